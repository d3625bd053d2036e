//! Reading such a file: what can be used of it, and everything that is wrong with it.

use super::yaml::{Is, Key, Node, parse};
use super::{Caps, Described, Flaw, Hooks, LARGEST, TeamFile};
use crate::domain::ids::AgentName;
use crate::domain::refusal::shown;

/// What only the operator says about an agent.
const OPERATOR: &[&str] = &[
    "budget",
    "command",
    "concurrency",
    "egress",
    "env",
    "environment",
    "files",
    "key",
    "model",
    "preset",
    "secrets",
    "set",
    "speaks",
    "token",
];

/// How much a repository may say.
const MOST_AGENTS: usize = 50;
const MOST_LABELS: usize = 20;
const LONGEST_LINE: usize = 300;
const LONGEST_TEXT: usize = 4_000;

/// Reads the text of such a file.
pub fn read(text: &str) -> TeamFile {
    if u64::try_from(text.len()).is_ok_and(|length| LARGEST < length) {
        return TeamFile::unusable(format!("it has more than {} KiB", LARGEST >> 10));
    }
    let root = match parse(text) {
        Ok(root) => root,
        Err(flaw) => return TeamFile { flaws: vec![flaw], ..TeamFile::default() },
    };
    let (mut file, mut flaws) = (TeamFile::default(), Flaws::default());
    for (key, node) in flaws.map("the file", root) {
        match key.name.as_str() {
            "agents" => file.agents = flaws.agents(node),
            "hooks" => file.hooks = flaws.hooks(node),
            other => {
                let only = if OPERATOR.contains(&other) {
                    the_operators(other)
                } else {
                    format!("`{}` is not known; there are `agents` and `hooks`", shown(other))
                };
                flaws.add(key.line, only);
            }
        }
    }
    TeamFile { flaws: flaws.0, ..file }
}

fn the_operators(key: &str) -> String {
    format!("`{key}` is for whoever runs Team6 to say, in its own settings")
}

/// What was found wrong so far.
#[derive(Default)]
struct Flaws(Vec<Flaw>);

impl Flaws {
    fn add(&mut self, line: usize, what: impl Into<String>) {
        self.0.push(Flaw::at(line, what));
    }

    fn map(&mut self, what: &str, node: Node) -> Vec<(Key, Node)> {
        match node.is {
            Is::Map(entries) => entries,
            Is::Nothing => Vec::new(),
            Is::Text(_) | Is::List(_) => {
                self.add(
                    node.line,
                    format!("{what} is made of names and what they are: `name: …`"),
                );
                Vec::new()
            }
        }
    }

    fn agents(&mut self, node: Node) -> Option<Vec<Described>> {
        let line = node.line;
        let mut agents: Vec<Described> = Vec::new();
        let entries = match node.is {
            Is::Nothing => return None,
            Is::List(items) => items.into_iter().filter_map(|item| self.bare(item)).collect(),
            Is::Map(_) | Is::Text(_) => self.map("`agents`", node),
        };
        if entries.is_empty() {
            self.add(line, "`agents` lists none; leave it out, and there are all");
        }
        if MOST_AGENTS < entries.len() {
            self.add(line, format!("`agents` lists more than {MOST_AGENTS}"));
        }
        for (key, node) in entries.into_iter().take(MOST_AGENTS) {
            if agents.iter().any(|known| known.name.0 == key.name) {
                self.add(key.line, format!("`{}` is listed twice", shown(&key.name)));
            } else {
                agents.push(self.agent(key, node));
            }
        }
        Some(agents)
    }

    /// A name in a list of names.
    fn bare(&mut self, item: Node) -> Option<(Key, Node)> {
        let line = item.line;
        let Is::Text(name) = item.is else {
            self.add(line, "a list of agents has their names and no more");
            return None;
        };
        Some((Key { line, name }, Node { line, is: Is::Nothing }))
    }

    fn agent(&mut self, key: Key, node: Node) -> Described {
        let what = format!("`{}`", shown(&key.name));
        let mut agent = Described {
            name: AgentName(key.name),
            line: key.line,
            description: None,
            labels: Vec::new(),
            instructions: None,
            limits: Caps::default(),
        };
        for (key, node) in self.map(&what, node) {
            match key.name.as_str() {
                "description" => agent.description = self.text(&key, node, LONGEST_LINE),
                "labels" => agent.labels = self.labels(&key, node),
                "instructions" => agent.instructions = self.text(&key, node, LONGEST_TEXT),
                "limits" => agent.limits = self.limits(node),
                other if OPERATOR.contains(&other) => self.add(key.line, the_operators(other)),
                other => self.add(
                    key.line,
                    format!(
                        "`{}` is not known; an agent has `description`, `labels`, `instructions` and `limits`",
                        shown(other)
                    ),
                ),
            }
        }
        agent.description = agent.description.map(|text| one_line(&text));
        agent
    }

    fn labels(&mut self, key: &Key, node: Node) -> Vec<String> {
        let line = node.line;
        let items = match node.is {
            Is::List(items) if items.len() <= MOST_LABELS => items,
            Is::Text(_) => vec![node],
            Is::Nothing => Vec::new(),
            Is::List(_) | Is::Map(_) => {
                self.add(line, format!("`labels` is a list of at most {MOST_LABELS} names"));
                Vec::new()
            }
        };
        let labels = items.into_iter().filter_map(|item| self.text(key, item, LONGEST_LINE));
        labels.map(|label| one_line(&label)).collect()
    }

    fn limits(&mut self, node: Node) -> Caps {
        let mut caps = Caps::default();
        for (key, node) in self.map("`limits`", node) {
            match key.name.as_str() {
                "silence_seconds" => caps.silence_seconds = self.seconds(&key, &node),
                "turn_seconds" => caps.turn_seconds = self.seconds(&key, &node),
                other => self.add(
                    key.line,
                    format!(
                        "`{}` is not known; `limits` has `silence_seconds` and `turn_seconds`",
                        shown(other)
                    ),
                ),
            }
        }
        caps
    }

    fn seconds(&mut self, key: &Key, node: &Node) -> Option<u64> {
        let text = if let Is::Text(text) = &node.is { text.as_str() } else { "" };
        let seconds = text.parse().ok().filter(|seconds| 0 < *seconds);
        if seconds.is_none() {
            self.add(node.line, format!("`{}` is a number of seconds", key.name));
        }
        seconds
    }

    fn hooks(&mut self, node: Node) -> Hooks {
        let mut hooks = Hooks::default();
        for (key, node) in self.map("`hooks`", node) {
            let hook = match key.name.as_str() {
                "after_create" => &mut hooks.after_create,
                "before_run" => &mut hooks.before_run,
                "after_run" => &mut hooks.after_run,
                "before_remove" => &mut hooks.before_remove,
                other => {
                    let words = format!(
                        "`{}` is not known; there are `after_create`, `before_run`, `after_run` and `before_remove`",
                        shown(other)
                    );
                    self.add(key.line, words);
                    continue;
                }
            };
            *hook = self.text(&key, node, LONGEST_TEXT);
        }
        hooks
    }

    fn text(&mut self, key: &Key, node: Node, longest: usize) -> Option<String> {
        let line = node.line;
        let Is::Text(text) = node.is else {
            if node.is != Is::Nothing {
                self.add(line, format!("`{}` is a text", key.name));
            }
            return None;
        };
        if text.contains('\0') {
            self.add(line, format!("`{}` has a character that no text has", key.name));
            return None;
        }
        if longest < text.chars().count() {
            self.add(line, format!("`{}` has more than {longest} characters", key.name));
            return None;
        }
        Some(text).filter(|text| !text.trim().is_empty())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
