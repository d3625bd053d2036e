//! The scripted agent as a reviewer: it looks at what really changed, and hands its review in.

use serde_json::{Value, json};

use super::tools::Tools;
use super::{Turn, shell};

/// How the prompt of a review begins.
pub(super) const BEGINS: &str = "You review one pull request";

impl Turn {
    /// Reviews, and in the way that its `--script` asks for: `strict` wants a change once, `stubborn` each
    /// time; `curious` only asks; `silent`, `hang` and `die` hand nothing in.
    pub(super) async fn review(&self, prompt: &str) -> Result<(), String> {
        let wants = |word: &str| self.script.split_whitespace().any(|wish| wish == word);
        self.stage.think("I am to review. Let me look at what changed.");
        let changed = self.changed(prompt).await?;
        if wants("die") {
            std::process::exit(17);
        }
        if wants("hang") {
            return std::future::pending().await;
        }
        if wants("silent") {
            self.stage.say("It is all very interesting.");
            return Ok(());
        }
        let Some(server) = &self.stage.tools else {
            return Err("there is nobody to hand a review to".to_owned());
        };
        let again = prompt.contains("You asked for changes before");
        let (mut tools, _) = Tools::connect(server).await?;
        let review = if wants("stubborn") || (wants("strict") && !again) {
            changes(&changed, "Say what this is for.")
        } else if wants("curious") {
            changes(&changed, "Could this be smaller?")
        } else {
            json!({
                "verdict": "approve",
                "summary": format!("Read {} changed files; nothing must change.", changed.len()),
            })
        };
        self.pause().await;
        let call = self.stage.runs("submit_review");
        let (done, answer) = tools.call("submit_review", review).await?;
        self.stage.ran(call, done, &answer);
        self.stage.say(&answer);
        Ok(())
    }

    /// The files that changed, by the command that the prompt names.
    async fn changed(&self, prompt: &str) -> Result<Vec<String>, String> {
        let command = prompt.lines().find_map(|line| line.trim().strip_prefix("git -C "));
        let words: Vec<_> = command.unwrap_or_default().split(' ').collect();
        let [folder, "diff", range] = words[..] else {
            return Err("nobody says what changed".to_owned());
        };
        let tree = self.stage.tree.join(folder);
        let call = self.stage.runs(&format!("git diff --name-only {range}"));
        let files = shell::run(&tree, "git", &["diff", "--name-only", range]).await;
        self.stage.ran(call, files.succeeded, &files.text);
        // What it may not change, it does not change; in a test somebody looks.
        if let Err(error) = std::fs::write(tree.join("scribble.txt"), "mine") {
            self.stage.think(&format!("{folder} cannot be changed: {error}."));
        }
        Ok(files.text.lines().map(str::to_owned).collect())
    }
}

fn changes(changed: &[String], text: &str) -> Value {
    let path = changed.first().map_or("README.md", String::as_str);
    json!({
        "verdict": "request_changes",
        "summary": "It works, but nobody can tell why.",
        "remarks": [{ "path": path, "line": 1, "text": text }],
    })
}
