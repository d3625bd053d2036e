//! What people want, as a form or a script says it, turned into what the application obeys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::board::{Act, Answer};
use crate::domain::command::Ask;
use crate::domain::dialogue::LONGEST_MESSAGE;
use crate::domain::ids::{AgentName, TaskNumber};
use crate::domain::memory::{self, NoteNumber};
use crate::domain::plan::TextHash;

/// What somebody wants of a sprint. Each says the same as the `/team6` command of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub(super) enum Wish {
    /// Draft the plan from the issues, or have the planner make it.
    Plan {
        /// Whether what people decided before is forgotten.
        #[serde(default)]
        fresh: bool,
    },
    /// Start the approved sprint.
    Start {
        /// Whether its warnings were read and accepted.
        #[serde(default)]
        despite_warnings: bool,
    },
    /// Start nothing new.
    Pause {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// Go on.
    Resume {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// End it.
    Cancel {
        /// Which task; none for the whole run.
        task: Option<TaskNumber>,
    },
    /// Let nothing wait for a task any more.
    Skip {
        /// Which task.
        task: TaskNumber,
    },
    /// Try a task again.
    Retry {
        /// Which task.
        task: TaskNumber,
        /// Whether it goes on from its last try.
        #[serde(default)]
        go_on: bool,
    },
    /// Give a task to a person.
    Owner {
        /// Which task.
        task: TaskNumber,
        /// Whom.
        person: String,
    },
    /// Have another agent do a task.
    Agent {
        /// Which task.
        task: TaskNumber,
        /// Which agent.
        agent: String,
    },
    /// Add a task to the plan.
    Add {
        /// What is to be done, in a line.
        title: String,
        /// Who owns it; nobody yet, where it is empty.
        #[serde(default)]
        owner: String,
        /// Who does it; the agent that fits best, where it is empty.
        #[serde(default)]
        agent: String,
        /// What it waits for: `T1, T2`; nothing, where it is empty.
        #[serde(default)]
        after: String,
    },
    /// Take a task out of the plan.
    Drop {
        /// Which task.
        task: TaskNumber,
    },
    /// Let more be spent.
    Budget {
        /// On which task; none for the whole run.
        task: Option<TaskNumber>,
        /// How much more: `5` dollars, `500000 tokens`, `30 minutes`.
        more: String,
    },
    /// Say something to a task's agent.
    Ask {
        /// Which task's.
        task: TaskNumber,
        /// What.
        text: String,
        /// Whether it interrupts the agent's turn; else it is told with the next one.
        #[serde(default)]
        now: bool,
    },
    /// Answer a question of the planner or of a task's agent.
    Answer {
        /// The task whose agent asked; none for the planner.
        task: Option<TaskNumber>,
        /// Which question.
        question: u32,
        /// The answer; none to skip the question.
        text: Option<String>,
    },
    /// Approve a task, or everything that one may approve.
    Approve {
        /// Which task; none for the whole plan.
        task: Option<TaskNumber>,
        /// The fingerprint of what was read: the task's `hash`, or the sprint's `whole`.
        hash: TextHash,
    },
    /// Withdraw an approval.
    Withdraw {
        /// Which task; none for the whole plan.
        task: Option<TaskNumber>,
        /// The fingerprint of what was approved.
        hash: TextHash,
    },
    /// Any other command that changes the plan, as one types it: `/team6 estimate T1 3`; or several,
    /// a line each, which are one change.
    Command {
        /// The line, or lines.
        line: String,
    },
}

impl Wish {
    /// What the application obeys; nothing, where a name is no name or a text is too long.
    pub(super) fn act(self) -> Option<Act> {
        let line = |words: String| Act::Line(format!("/team6 {words}"));
        let on = |verb: &str, task: Option<TaskNumber>| match task {
            Some(task) => line(format!("{verb} T{task}")),
            None => line(verb.to_owned()),
        };
        Some(match self {
            Self::Plan { fresh } => line(option("plan", "fresh", fresh)),
            Self::Start { despite_warnings } => {
                line(option("start", "despite-warnings", despite_warnings))
            }
            Self::Pause { task } => on("pause", task),
            Self::Resume { task } => on("resume", task),
            Self::Cancel { task } => on("cancel", task),
            Self::Skip { task } => on("skip", Some(task)),
            Self::Retry { task, go_on: false } => on("retry", Some(task)),
            Self::Retry { task, go_on: true } => line(format!("retry T{task} continue")),
            Self::Owner { task, person } => line(format!("owner T{task} @{}", name(&person)?)),
            Self::Agent { task, agent } => line(format!("agent T{task} {}", name(&agent)?)),
            Self::Drop { task } => on("drop", Some(task)),
            Self::Add { title, owner, agent, after } => {
                // What stands in quotation marks cannot hold any.
                let title: String =
                    title.chars().map(|c| if c == '"' { '\'' } else { c }).collect();
                let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut words = format!("add \"{title}\"");
                if !owner.trim().is_empty() {
                    words.extend([" owner @", name(&owner)?]);
                }
                if !agent.trim().is_empty() {
                    words.extend([" agent ", name(&agent)?]);
                }
                let after = after.replace(char::is_whitespace, "");
                if !after.is_empty() {
                    let is_list = |c: char| c.is_ascii_alphanumeric() || c == ',';
                    let list = Some(after.as_str()).filter(|list| list.chars().all(is_list))?;
                    words.extend([" after ", list]);
                }
                line(words)
            }
            Self::Budget { task, more } => {
                let more = more.trim().trim_start_matches('+').trim();
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "$._, ".contains(c);
                let more = Some(more).filter(|more| more.chars().all(is_plain))?;
                let of = task.map_or_else(String::new, |task| format!(" T{task}"));
                line(format!("budget{of} +{more}"))
            }
            Self::Ask { task, text, now } => {
                Act::Ask(Ask { task: Some(task), text: said(&text)?, now })
            }
            Self::Answer { task, question, text } => {
                let text = text.as_deref().map(said);
                let text = match text {
                    Some(said) => Some(said?),
                    None => None,
                };
                Act::Answer(Answer { task, question, text })
            }
            Self::Approve { task, hash } => Act::Approve { task, hash, withdrawn: false },
            Self::Withdraw { task, hash } => Act::Approve { task, hash, withdrawn: true },
            Self::Command { line } => Act::Line(line),
        })
    }
}

/// What somebody wants of what is noted about a project, as `/team6 memory` does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub(super) enum NoteWish {
    /// Note something.
    Add {
        /// A sentence or two.
        text: String,
        /// The only agent it is for; all, where none is named.
        agent: Option<String>,
    },
    /// Have a note say something else.
    Edit {
        /// Which.
        note: i64,
        /// What.
        text: String,
    },
    /// Have no agent told of it any more.
    Forget {
        /// Which.
        note: i64,
    },
}

impl NoteWish {
    /// The same in the application's words.
    pub(super) fn wish(self) -> memory::Wish {
        match self {
            Self::Add { text, agent } => memory::Wish::Add { text, agent: agent.map(AgentName) },
            Self::Edit { note, text } => memory::Wish::Edit { note: NoteNumber(note), text },
            Self::Forget { note } => memory::Wish::Forget { note: NoteNumber(note) },
        }
    }
}

/// A task as it is assigned now.
pub(super) struct Task<'a> {
    /// Its number.
    pub(super) number: i64,
    /// Its owner; nobody, where it is empty.
    pub(super) owner: &'a str,
    /// Its agent.
    pub(super) agent: &'a str,
}

/// The lines that assign tasks as the fields `owner-3` and `agent-3` say, where that is new. What
/// is no name is passed on, so that whoever wrote it is told.
pub(super) fn assigned<'a>(
    tasks: impl Iterator<Item = Task<'a>>,
    fields: &BTreeMap<String, String>,
) -> String {
    let mut lines = Vec::new();
    for task in tasks {
        let number = task.number;
        for (verb, now, sign) in [("owner", task.owner, "@"), ("agent", task.agent, "")] {
            let Some(said) = fields.get(&format!("{verb}-{number}")) else { continue };
            let said: String = said.split_whitespace().collect::<Vec<_>>().join("_");
            let said = said.trim_start_matches('@');
            if !said.is_empty() && !said.eq_ignore_ascii_case(now) {
                lines.push(format!("/team6 {verb} T{number} {sign}{said}"));
            }
        }
    }
    lines.join("\n")
}

fn option(command: &str, name: &str, is_on: bool) -> String {
    if is_on { format!("{command} --{name}") } else { command.to_owned() }
}

/// A person's or an agent's name, without what people write before it.
fn name(words: &str) -> Option<&str> {
    let name = words.trim().trim_start_matches('@');
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// What somebody says, if it is something and not too long.
fn said(words: &str) -> Option<String> {
    let words = words.trim();
    let is_fit = !words.is_empty() && words.chars().count() <= LONGEST_MESSAGE;
    is_fit.then(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(wish: Wish) -> Option<String> {
        let Act::Line(line) = wish.act()? else { panic!("it is no line") };
        Some(line)
    }

    #[test]
    fn a_wish_is_the_command_one_could_have_typed() {
        let task = TaskNumber(3);
        let owner = |person: &str| Wish::Owner { task, person: person.to_owned() };
        assert_eq!(line(owner(" @ada ")).as_deref(), Some("/team6 owner T3 @ada"));
        assert_eq!(line(owner("ada\n/team6 start")), None);
        let pause = |task| Wish::Pause { task };
        assert_eq!(line(pause(None)).as_deref(), Some("/team6 pause"));
        assert_eq!(line(pause(Some(task))).as_deref(), Some("/team6 pause T3"));
        let again = Wish::Retry { task, go_on: true };
        assert_eq!(line(again).as_deref(), Some("/team6 retry T3 continue"));
        let start = Wish::Start { despite_warnings: true };
        assert_eq!(line(start).as_deref(), Some("/team6 start --despite-warnings"));
    }

    #[test]
    fn a_task_is_added_as_one_would_have_typed_it() {
        let add = |title: &str, owner: &str, after: &str| {
            let (title, owner, after) = (title.to_owned(), owner.to_owned(), after.to_owned());
            line(Wish::Add { title, owner, agent: String::new(), after })
        };
        let whole = add("Say \"no\"\n/team6 start", " @ada", "T1, T2");
        let typed = "/team6 add \"Say 'no' /team6 start\" owner @ada after T1,T2";
        assert_eq!(whole.as_deref(), Some(typed));
        assert_eq!(add("x", "", "").as_deref(), Some("/team6 add \"x\""));
        assert_eq!(add("x", "ada grace", ""), None);
        assert_eq!(add("x", "", "T1 \"y\""), None);
    }

    #[test]
    fn only_what_is_assigned_anew_is_said() {
        let task = |number, owner| Task { number, owner, agent: "frontend" };
        let fields = [
            ("owner-1", "Ada"),
            ("agent-1", "backend"),
            ("owner-2", "@grace\n/team6 start"),
            ("agent-2", ""),
        ];
        let fields = fields.map(|(name, said)| (name.to_owned(), said.to_owned())).into();
        let lines = assigned([task(1, "ada"), task(2, ""), task(3, "")].into_iter(), &fields);
        assert_eq!(lines, "/team6 agent T1 backend\n/team6 owner T2 @grace_/team6_start");
    }

    #[test]
    fn what_is_said_to_an_agent_keeps_its_lines() {
        let ask = |text: &str| Wish::Ask { task: TaskNumber(3), text: text.to_owned(), now: true };
        let Some(Act::Ask(said)) = ask(" use blue\n/team6 start ").act() else { panic!() };
        assert_eq!((said.text.as_str(), said.now), ("use blue\n/team6 start", true));
        assert_eq!(ask(" \n ").act(), None);
        assert_eq!(ask(&"x".repeat(LONGEST_MESSAGE + 1)).act(), None);
    }
}
