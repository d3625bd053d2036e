//! The scripted agent as a planner: it reads the goal and the issues in its prompt, and really calls
//! the tools. A line `scripted: …` in the goal makes it ask first, or misbehave.

use serde_json::{Value, json};

use super::tools::{Server, Tools};
use super::{Turn, line};

/// What a line `scripted: …` can ask of the planner, several words at once.
#[derive(Debug)]
struct Wishes(Vec<String>);

impl Wishes {
    fn read(words: &str) -> Self {
        Self(words.split_whitespace().map(str::to_owned).collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|wish| wish == word)
    }
}

impl Turn {
    pub(super) async fn plan(&self, server: &Server) -> Result<(), String> {
        let prompt = self.stage.prompt.as_str();
        let said = line(prompt, "scripted:").unwrap_or_default();
        let wishes = Wishes::read(&format!("{said} {}", self.script));
        self.stage.think("I am to plan. Let me look at what is there.");
        self.look_at_the_code().await;
        for answer in prompt.lines().filter(|line| line.contains(" answered: ")) {
            self.stage.think(&format!("I was told: {answer}"));
        }
        if wishes.has("die") {
            std::process::exit(17);
        }
        if wishes.has("hang") {
            return std::future::pending().await;
        }
        if wishes.has("silent") {
            self.stage.say("It is all very interesting.");
            return Ok(());
        }
        let (mut tools, names) = Tools::connect(server).await?;
        self.stage.say(&format!("My tools: {}.", names.join(", ")));
        let was_asked = prompt.contains("----- question ");
        if (wishes.has("ask") || wishes.has("chatty")) && !was_asked {
            return self.ask(&mut tools, if wishes.has("chatty") { 7 } else { 2 }).await;
        }
        if wishes.has("flawed") || wishes.has("hopeless") {
            for _ in 0..if wishes.has("hopeless") { 3 } else { 1 } {
                let call = self.stage.runs("submit_plan");
                let (done, answer) = tools.call("submit_plan", flawed(prompt)).await?;
                self.stage.ran(call, done, &answer);
            }
            if wishes.has("hopeless") {
                self.stage.say("I cannot do better.");
                return Ok(());
            }
        }
        self.pause().await;
        let call = self.stage.runs("submit_plan");
        let (done, answer) = tools.call("submit_plan", submission(prompt)).await?;
        self.stage.ran(call, done, &answer);
        if wishes.has("die-late") {
            std::process::exit(17);
        }
        self.stage.say(&answer);
        Ok(())
    }

    async fn ask(&self, tools: &mut Tools, many: usize) -> Result<(), String> {
        let asked = [
            json!({ "question": "Who is it for first?", "options": ["everybody", "people who sign in"] }),
            json!({ "question": "Must it work without JavaScript?", "options": ["yes", "no"] }),
            json!({ "question": "Which browsers count?" }),
            json!({ "question": "By when is it needed?" }),
            json!({ "question": "Is anything out of bounds?" }),
            json!({ "question": "What is the budget?" }),
            json!({ "question": "Who writes the manual?" }),
        ];
        for question in asked.into_iter().take(many) {
            self.pause().await;
            let call = self.stage.runs("ask_question");
            let (done, answer) = tools.call("ask_question", question).await?;
            self.stage.ran(call, done, &answer);
        }
        self.stage.say("I have asked what I must know.");
        Ok(())
    }

    async fn look_at_the_code(&self) {
        let folders = std::fs::read_dir(&self.stage.tree).into_iter().flatten().flatten();
        let mut folders: Vec<_> = folders.map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders {
            self.pause().await;
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.stage.read(&format!("{name}/README.md"));
            // What it may not change, it does not change; in a test somebody looks.
            let changed = std::fs::write(folder.join("scribble.txt"), "mine");
            if let Err(error) = changed {
                self.stage.think(&format!("{name} cannot be changed: {error}."));
            }
        }
    }
}

/// A plan with a circle, in a repository nobody has.
fn flawed(prompt: &str) -> Value {
    let mut plan = submission(prompt);
    let agent = roster(prompt).first().map_or("nobody", |(name, _)| *name).to_owned();
    let task = |key: &str, after: &str, repo: &str| {
        json!({
            "key": key, "title": format!("Do {key}"), "description": "Whatever it takes.",
            "repository": repo, "agent": agent, "depends_on": [after],
        })
    };
    let home = repositories(prompt).first().map_or("", |(name, _)| *name).to_owned();
    plan["tasks"] = json!([
        task("first", "third", &home),
        task("second", "first", "acme/shop"),
        task("third", "second", &home),
    ]);
    plan
}

/// A sensible plan: every issue of the milestone, and a task for each list item of the goal.
fn submission(prompt: &str) -> Value {
    let goal = between(prompt, "----- goal -----", "----- end of goal -----");
    let mut tasks = Vec::new();
    for (issue, title, text) in issues(prompt) {
        let repo = issue.split('#').next().unwrap_or_default();
        let (agent, reason) = chosen(prompt, &format!("{title} {text} {repo}"));
        tasks.push(json!({
            "key": issue, "issue": issue, "agent": agent, "reason": reason, "estimate": 2,
            "acceptance": [format!("“{title}” works as its issue says, and a test shows it")],
        }));
    }
    let mut last: Option<String> = None;
    for (nth, item) in goal.lines().filter_map(|line| line.trim().strip_prefix("- ")).enumerate() {
        let repos = repositories(prompt);
        let (repo, people) = match repos.iter().find(|(name, _)| item.contains(name)) {
            Some(found) => found.clone(),
            None => repos.first().cloned().unwrap_or_default(),
        };
        let title = item.replace(&format!("({repo})"), "").trim().to_owned();
        let (agent, reason) = chosen(prompt, &format!("{title} {repo}"));
        let key = format!("new-{}", nth + 1);
        tasks.push(json!({
            "key": key, "title": title, "repository": repo, "agent": agent, "reason": reason,
            "description": format!("{title}, as the goal of the sprint asks for."),
            "acceptance": ["a test shows it"], "files": ["README.md"], "estimate": 3,
            "priority": nth + 1, "owner": people.first(),
            "depends_on": last.iter().collect::<Vec<_>>(),
        }));
        last = Some(key);
    }
    let wanted = line(prompt, "The goal:").unwrap_or("the goal");
    json!({
        "problem": format!("People wait for this: {wanted}."),
        "goals": [wanted],
        "non_goals": ["anything the goal does not name"],
        "constraints": ["what works today goes on working"],
        "acceptance": ["every task's own acceptance holds"],
        "risks": ["tasks done side by side may touch the same files"],
        "tasks": tasks,
    })
}

/// The agent whose description shares most words with `text`, and why it.
fn chosen(prompt: &str, text: &str) -> (String, String) {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| 3 < word.len());
        words.map(str::to_lowercase).collect()
    };
    let wanted = words(text);
    let shared = |good_at: &str| -> Vec<String> {
        words(good_at).into_iter().filter(|word| wanted.contains(word)).collect()
    };
    let roster = roster(prompt);
    let best = roster.iter().max_by_key(|(_, good_at)| shared(good_at).len());
    let Some((name, good_at)) = best else { return ("nobody".to_owned(), String::new()) };
    let because = match shared(good_at).first() {
        Some(word) => format!("good at “{word}”"),
        None => "no other fits better".to_owned(),
    };
    ((*name).to_owned(), because)
}

/// The agents in the prompt, with what each is good at.
fn roster(prompt: &str) -> Vec<(&str, &str)> {
    let listed = between(prompt, "choose one of them", "The people who can write");
    listed.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("`: ")).collect()
}

/// The repositories in the prompt, with the people who can write there.
fn repositories(prompt: &str) -> Vec<(&str, Vec<&str>)> {
    let listed = prompt.split("so could own a task:").nth(1).unwrap_or_default();
    let listed = listed.trim_start().lines();
    let entries = listed.map_while(|line| line.strip_prefix("- ")?.split_once(": "));
    entries.map(|(repo, people)| (repo, people.split(", ").collect())).collect()
}

/// The issues in the prompt: name, title, text.
fn issues(prompt: &str) -> Vec<(&str, &str, &str)> {
    let parts = prompt.split("----- issue ").skip(1);
    parts
        .filter_map(|part| {
            let (name, rest) = part.split_once(" -----\n")?;
            let (said, _) = rest.split_once("----- end of issue -----")?;
            let (title, text) = said.split_once('\n').unwrap_or((said, ""));
            Some((name, title, text))
        })
        .collect()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or(rest, |(inside, _)| inside)
}
