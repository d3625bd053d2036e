//! An agent without a model: it knows the demo's tasks by heart and does something sensible for any other.
//!
//! It is a real agent in every other way: a process of its own that speaks the protocol, looks at the files, changes
//! them, runs the tests and commits. A line `scripted: …` in its task makes it misbehave, for tests.

mod demo;
mod generic;
mod lead;
mod mischief;
mod notes;
mod people;
mod planner;
mod recipe;
mod reviewer;
mod shell;
mod spend;
pub(super) mod tools;

use std::path::Path;
use std::time::Duration;

use self::mischief::Mischief;
use self::recipe::Recipe;
use super::acp::{self, Abilities, Stage};

/// How the scripted agent behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The time between two steps.
    pub pace: Duration,
    /// What it does as a planner or reviewer; as a planner, a line `scripted: …` in the goal says it too.
    pub script: String,
    /// Whether it can reach its tools only through a program, and not over HTTP.
    pub no_http: bool,
    /// Whether it forgets its sessions when it ends.
    pub forgetful: bool,
}

/// Serves the protocol on standard input and output.
pub async fn serve(manner: Manner) -> Result<(), String> {
    let able = Abilities { http: !manner.no_http, memory: !manner.forgetful };
    let turn = move |stage| {
        let Manner { pace, script, .. } = manner.clone();
        async move { Turn { stage, pace, script }.take().await }
    };
    acp::serve(turn, able).await
}

/// Does `task` in the working tree `tree` without telling anybody; answers the summary.
pub async fn work(tree: &Path, task: &str) -> Result<String, String> {
    let recipe = chosen(tree, task);
    for step in &recipe.steps {
        for edit in &step.edits {
            edit.apply(tree)?;
        }
        commit(tree, step).await?;
    }
    Ok(recipe.summary)
}

/// One turn of the agent.
struct Turn {
    stage: Stage,
    pace: Duration,
    script: String,
}

impl Turn {
    async fn take(&self) -> Result<(), String> {
        // What the session is about is said in its first turn.
        let first = self.stage.told.first().map_or("", String::as_str);
        if first.starts_with(reviewer::BEGINS) {
            return self.review(first).await;
        }
        let Some(title) = line(first, "Task:") else {
            return match &self.stage.tools {
                Some(server) => self.plan(server).await,
                None => Err("this is no task, and there are no tools to plan with".to_owned()),
            };
        };
        let tree = self.stage.tree.as_path();
        let repo = line(first, "Repository:").unwrap_or("the repository");
        let mischief = Mischief::asked_for(first);
        self.stage
            .think(&format!("The task is “{title}” in {repo}. Let me look at what is there."));
        self.look_around(tree).await;
        self.waits_to_go_on(first).await;
        self.spends(first).await?;
        if mischief == Some(Mischief::Nothing) {
            self.stage.say("I looked at everything and see nothing to do.");
            return Ok(());
        }
        if let Some(question) = self.open_question(first) {
            return self.asks(&question).await;
        }
        if self.hands_out(first, title).await? {
            return Ok(());
        }
        self.merges_what_conflicts().await?;
        let heeded = self.keeps_notes(first).await?;
        let recipe = lead::additions(tree, first, title).unwrap_or_else(|| chosen(tree, title));
        let said = if is_done(tree, &recipe).await {
            "This is already done: the commits are there and the tree is clean.".to_owned()
        } else {
            let verified = self.follow(&recipe, mischief).await?;
            format!("{}\n\n{verified}{heeded}", recipe.summary)
        };
        match self.do_what_people_say().await? {
            Some(answer) if self.stage.told.len() > 1 => self.stage.say(&answer),
            Some(answer) => self.stage.say(&format!("{said}\n\n{answer}")),
            None => self.stage.say(&said),
        }
        Ok(())
    }

    /// Edits, runs the tests, commits; answers how the result was verified.
    async fn follow(&self, recipe: &Recipe, mischief: Option<Mischief>) -> Result<String, String> {
        let tree = self.stage.tree.as_path();
        let mut plan: Vec<&str> = recipe.steps.iter().map(|step| step.plan.as_str()).collect();
        plan.extend(["Run the tests", "Commit"]);
        self.stage.think(&recipe.thought);
        for (done, step) in recipe.steps.iter().enumerate() {
            self.stage.plan(&plan, done);
            for edit in &step.edits {
                self.pause().await;
                let (old, new) = edit.apply(tree)?;
                self.stage.wrote(edit.path(), old, &new);
            }
        }
        if let Some(mischief) = mischief {
            mischief.in_the_middle().await;
        }
        self.stage.plan(&plan, recipe.steps.len());
        self.pause().await;
        let verified = self.test(tree).await?;
        self.stage.plan(&plan, recipe.steps.len() + 1);
        for step in &recipe.steps {
            self.pause().await;
            let call = self.stage.runs(&format!("git commit -m \"{}\"", step.commit));
            let committed = commit(tree, step).await;
            self.stage.ran(call, committed.is_ok(), committed.as_deref().unwrap_or_else(|e| e));
            committed?;
        }
        if let Some(mischief) = mischief {
            mischief.at_the_end(tree).await?;
        }
        self.stage.plan(&plan, plan.len());
        Ok(verified)
    }

    async fn look_around(&self, tree: &Path) {
        let call = self.stage.runs("git ls-files");
        let files = shell::run(tree, "git", &["ls-files"]).await;
        self.stage.ran(call, files.succeeded, &files.text);
        for path in ["README.md", "Cargo.toml", "src/lib.rs"] {
            if tree.join(path).is_file() {
                self.pause().await;
                self.stage.read(path);
            }
        }
    }

    async fn test(&self, tree: &Path) -> Result<String, String> {
        let Some((program, args)) = shell::test_command(tree).await else {
            let words = "I could not run the tests: the tools for them are not on this machine.";
            return Ok(words.to_owned());
        };
        let command = format!("{program} {}", args.join(" "));
        let call = self.stage.runs(&command);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let tested = shell::run(tree, program, &args).await;
        self.stage.ran(call, tested.succeeded, &tested.text);
        if tested.succeeded {
            Ok(format!("Verified with `{command}`, which passes."))
        } else {
            Err(format!("`{command}` fails: {}", tested.text))
        }
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pace).await;
    }
}

/// The recipe for a task, if it fits what is there; else a general one.
fn chosen(tree: &Path, title: &str) -> Recipe {
    let known = demo::recipes().into_iter().find(|recipe| recipe.is_for(title));
    known.filter(|recipe| recipe.fits(tree)).unwrap_or_else(|| generic::recipe(tree, title))
}

async fn is_done(tree: &Path, recipe: &Recipe) -> bool {
    let log = shell::run(tree, "git", &["log", "-n", "200", "--format=%s"]).await.text;
    let status = shell::run(tree, "git", &["status", "--porcelain"]).await.text;
    let is_there = |commit: &str| log.lines().any(|line| line == commit);
    status.is_empty() && recipe.steps.iter().all(|step| is_there(&step.commit))
}

/// Commits a step's files; what is committed already is left alone.
async fn commit(tree: &Path, step: &recipe::Step) -> Result<String, String> {
    let mut add = vec!["add", "--"];
    add.extend(step.edits.iter().map(recipe::Edit::path));
    shell::must(tree, "git", &add).await?;
    if shell::run(tree, "git", &["diff", "--cached", "--quiet"]).await.succeeded {
        return Ok("nothing new to commit".to_owned());
    }
    shell::must(tree, "git", &["commit", "--quiet", "--message", &step.commit]).await?;
    shell::must(tree, "git", &["log", "-1", "--format=%h %s"]).await
}

/// What follows `name` on a line of its own.
fn line<'a>(prompt: &'a str, name: &str) -> Option<&'a str> {
    prompt.lines().find_map(|line| Some(line.trim().strip_prefix(name)?.trim()))
}
