//! What the scripted agent does where its task says that parts of it are for others.
//!
//! A line `hands out: backend: Title | what is to be done` in a task's text is a part for that agent; ` / ` in it
//! begins a new line. `adds: path: words` makes of a task that it adds a line to a file, and nothing else.

use std::path::Path;

use serde_json::json;

use super::recipe::{Edit, Recipe, Step};
use super::tools::Tools;
use super::{Turn, commit, shell};

/// How a prompt begins to tell of parts that are over.
const PARTS: &str = "Parts of this task that you handed to other agents";

impl Turn {
    /// Hands out what its task says is for others, the first time; whether its turn ends with that.
    pub(super) async fn hands_out(&self, first: &str, title: &str) -> Result<bool, String> {
        let parts: Vec<_> = first.lines().filter_map(part).collect();
        let is_resumed = self.stage.told.iter().any(|prompt| prompt.contains(PARTS));
        if parts.is_empty() || is_resumed {
            return Ok(false);
        }
        let Some(server) = &self.stage.tools else {
            return Err("there is nobody to hand anything to".to_owned());
        };
        let tree = self.stage.tree.as_path();
        if !first.lines().any(|line| line.trim() == "scripted: bare") {
            let lines: Vec<_> = parts.iter().map(|(_, title, _)| format!("- {title}\n")).collect();
            let text = format!("# {title}\n\nIts parts:\n\n{}", lines.concat());
            let edit = Edit::write("docs/parts.md", &text);
            edit.apply(tree)?;
            commit(tree, &Step::new("Outline", "Say what the parts are", vec![edit])).await?;
        }
        let (mut tools, _) = Tools::connect(server).await?;
        for (agent, title, text) in &parts {
            self.pause().await;
            let call = self.stage.runs("delegate_subtask");
            let passed = json!({
                "title": title, "description": text, "agent": agent,
                "acceptance": ["the tests pass"],
            });
            let (done, answer) = tools.call("delegate_subtask", passed).await?;
            self.stage.ran(call, done, &answer);
        }
        self.stage.say("I have handed out the parts, and go on when they are done.");
        Ok(true)
    }

    /// Merges what the prompt says could not be merged, and keeps what both sides say.
    pub(super) async fn merges_what_conflicts(&self) -> Result<(), String> {
        let tree = self.stage.tree.as_path();
        for words in self.stage.prompt.split("Run `git merge ").skip(1) {
            let head = words.split('`').next().unwrap_or_default();
            let call = self.stage.runs(&format!("git merge {head}"));
            let merged = shell::run(tree, "git", &["merge", "--no-edit", "--quiet", head]).await;
            self.stage.ran(call, merged.succeeded, &merged.text);
            if merged.succeeded {
                continue;
            }
            let both = ["diff", "--name-only", "--diff-filter=U"];
            for path in shell::must(tree, "git", &both).await?.lines() {
                keep_both(&tree.join(path))?;
                shell::must(tree, "git", &["add", "--", path]).await?;
            }
            shell::must(tree, "git", &["commit", "--quiet", "--no-edit"]).await?;
        }
        Ok(())
    }
}

/// A part that is for somebody else: the agent, its title, what is to be done.
fn part(line: &str) -> Option<(String, String, String)> {
    let (agent, rest) = line.trim().strip_prefix("hands out:")?.split_once(": ")?;
    let (title, text) = rest.split_once(" | ").unwrap_or((rest, rest));
    Some((agent.trim().to_owned(), title.trim().to_owned(), text.trim().replace(" / ", "\n")))
}

/// The recipe for a task whose text says what line it adds to which file.
pub(super) fn additions(tree: &Path, first: &str, title: &str) -> Option<Recipe> {
    let added = first.lines().find_map(|line| line.trim().strip_prefix("adds:"))?;
    let (path, words) = added.trim().split_once(": ")?;
    let before = std::fs::read_to_string(tree.join(path)).unwrap_or_default();
    let line = format!("{words}\n");
    let text = if before.contains(&line) { before } else { before + &line };
    let step = Step::new("Add the line", &format!("Add “{words}”"), vec![Edit::write(path, &text)]);
    let summary = format!("Added “{words}” to `{path}`.");
    Some(Recipe::new(title, "One line is enough.", vec![step], &summary))
}

/// Leaves what both sides of a conflict say.
fn keep_both(path: &Path) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(wrong)?;
    let is_a_mark =
        |line: &&str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let kept: Vec<_> = text.lines().filter(|line| !is_a_mark(line)).collect();
    std::fs::write(path, format!("{}\n", kept.join("\n"))).map_err(wrong)
}
