//! What the scripted agent makes of what people say to it, and what it asks them.

use serde_json::json;

use super::recipe::{Edit, Step};
use super::tools::Tools;
use super::{Turn, commit, line, shell};

/// Somebody's words in the prompt.
struct Said {
    by: String,
    number: String,
    text: String,
    /// The threads of a review: number, file, words.
    threads: Vec<(i64, String, String)>,
}

impl Turn {
    /// Waits for a sign in its home, where a line `scripted: wait` says so; for tests.
    pub(super) async fn waits_to_go_on(&self, first: &str) {
        let waits = line(first, "scripted:").is_some_and(|words| words.starts_with("wait"));
        let Some(home) = std::env::home_dir().filter(|_| waits) else { return };
        let _ = std::fs::write(home.join(".scripted-waits"), "");
        while !home.join(".scripted-go-on").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What it must know first, where a line `scripted: ask …` says so and nobody answered.
    pub(super) fn open_question(&self, first: &str) -> Option<String> {
        let words = line(first, "scripted:")?;
        let question =
            ["ask ", "elicit ", "choose "].iter().find_map(|way| words.strip_prefix(way))?;
        let is_answered =
            self.stage.told.iter().any(|prompt| prompt.contains("an answer to your question"));
        (!is_answered).then(|| question.to_owned())
    }

    pub(super) async fn asks(&self, question: &str) -> Result<(), String> {
        let way = line(self.stage.told.first().map_or("", String::as_str), "scripted:");
        let way = way.and_then(|words| words.split(' ').next()).unwrap_or_default();
        if way != "ask" {
            let call = self.stage.runs("a form");
            let answer = self.stage.elicits(question, way == "choose").await;
            self.stage.ran(call, true, &answer);
            self.stage.say(&format!("I was answered: {answer}"));
            return Ok(());
        }
        let Some(server) = &self.stage.tools else {
            return Err("there is nobody to ask".to_owned());
        };
        let (mut tools, _) = Tools::connect(server).await?;
        for (name, passed) in [
            ("report_progress", json!({ "text": "Finding out what is wanted" })),
            ("ask_question", json!({ "question": question })),
        ] {
            let call = self.stage.runs(name);
            let (done, answer) = tools.call(name, passed).await?;
            self.stage.ran(call, done, &answer);
        }
        self.stage.say("I have asked what I must know.");
        Ok(())
    }

    /// Does what people say in this turn's prompt; answers what it says to that, if they said
    /// anything.
    pub(super) async fn do_what_people_say(&self) -> Result<Option<String>, String> {
        let said = said(&self.stage.prompt);
        if said.is_empty() {
            return Ok(None);
        }
        let mut answers = Vec::new();
        for one in &said {
            let first: String =
                one.text.lines().next().unwrap_or_default().chars().take(60).collect();
            if one.text.trim_end().ends_with('?') && one.threads.is_empty() {
                answers.push(format!("You ask: “{first}” It is the smallest change that works."));
                continue;
            }
            if let Some(base) = one.text.split("`git rebase ").nth(1) {
                let base = base.split('`').next().unwrap_or_default();
                let call = self.stage.runs(&format!("git rebase -X theirs {base}"));
                let tree = self.stage.tree.as_path();
                let done = shell::must(tree, "git", &["rebase", "-X", "theirs", base]).await;
                self.stage.ran(call, done.is_ok(), done.as_deref().unwrap_or_else(|e| e));
                done?;
                answers.push(format!("Rebased onto {base}."));
                continue;
            }
            let mut edits = vec![Edit::write(
                &format!("docs/asked_for/{}.md", one.number),
                &format!("# {} asked for this\n\n{}\n", one.by, one.text.trim()),
            )];
            let tree = self.stage.tree.as_path();
            self.write(&edits[0]).await?;
            // One after the other: two threads may be about one file.
            for (_, path, words) in &one.threads {
                if let Some(edit) = self.noted(path, words) {
                    self.write(&edit).await?;
                    edits.push(edit);
                }
            }
            let step = Step::new("Do it", &format!("Do what {} asked for: {first}", one.by), edits);
            let call = self.stage.runs("git commit");
            let committed = commit(tree, &step).await;
            self.stage.ran(call, committed.is_ok(), committed.as_deref().unwrap_or_else(|e| e));
            committed?;
            answers.push(format!("Done as {} asked: “{first}”", one.by));
            self.answer_threads(one).await?;
        }
        Ok(Some(answers.join("\n\n")))
    }

    async fn write(&self, edit: &Edit) -> Result<(), String> {
        self.pause().await;
        let (old, new) = edit.apply(self.stage.tree.as_path())?;
        self.stage.wrote(edit.path(), old, &new);
        Ok(())
    }

    async fn answer_threads(&self, said: &Said) -> Result<(), String> {
        let Some(server) = self.stage.tools.as_ref().filter(|_| !said.threads.is_empty()) else {
            return Ok(());
        };
        let (mut tools, _) = Tools::connect(server).await?;
        // It leaves the last one to Team6, as agents forget things.
        let answered = said.threads.len().max(2) - 1;
        for (thread, path, _) in said.threads.iter().take(answered) {
            let call = self.stage.runs("answer_thread");
            let passed =
                json!({ "thread": thread, "text": format!("Changed in `{path}`, as you say.") });
            let (done, answer) = tools.call("answer_thread", passed).await?;
            self.stage.ran(call, done, &answer);
        }
        Ok(())
    }

    /// A file with what was said about it written below, in a comment where it is code.
    fn noted(&self, path: &str, words: &str) -> Option<Edit> {
        let before = std::fs::read_to_string(self.stage.tree.join(path)).ok()?;
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = match path.rsplit('.').next() {
            Some("rs") => format!("// {words}"),
            Some("sh" | "toml" | "yml") => format!("# {words}"),
            Some(_) | None => words,
        };
        let is_there = before.lines().any(|one| one == line);
        (!is_there).then(|| Edit::write(path, &format!("{}\n{line}\n", before.trim_end())))
    }
}

/// What people said, as the prompt has it: `ada says (message 3):` and quoted lines.
fn said(prompt: &str) -> Vec<Said> {
    // What is dealt with stands before this.
    let new = prompt.split("People who may guide you say this").nth(1).unwrap_or_default();
    let mut all: Vec<Said> = Vec::new();
    let mut quotes: Vec<String> = Vec::new();
    let mut thread: Option<(i64, String)> = None;
    for text in new.lines() {
        if let Some(quote) = text.strip_prefix('>') {
            if let Some(last) = quotes.last_mut() {
                last.push_str(quote.strip_prefix(' ').unwrap_or(quote));
                last.push('\n');
            }
            continue;
        }
        if let Some((by, rest)) = text.split_once(" says (message ") {
            finish(&mut all, thread.take(), &mut quotes);
            let number = rest.chars().take_while(char::is_ascii_digit).collect();
            all.push(Said { by: by.to_owned(), number, text: String::new(), threads: Vec::new() });
        } else if let Some(rest) = text.strip_prefix("Thread ") {
            finish(&mut all, thread.take(), &mut quotes);
            let number = rest.split(':').next().and_then(|number| number.parse().ok());
            let path = rest.split('`').nth(1).unwrap_or_default().to_owned();
            thread = number.map(|number| (number, path));
        }
        quotes.push(String::new());
    }
    finish(&mut all, thread.take(), &mut quotes);
    all
}

/// Puts what was quoted where it belongs: a thread quotes the code and then the words.
fn finish(all: &mut [Said], thread: Option<(i64, String)>, quotes: &mut Vec<String>) {
    let mut quoted = std::mem::take(quotes).into_iter().filter(|quote| !quote.is_empty());
    let Some(last) = all.last_mut() else { return };
    match thread {
        Some((number, path)) => {
            last.threads.push((number, path, quoted.next_back().unwrap_or_default()));
        }
        None => last.text.push_str(&quoted.collect::<Vec<_>>().join("\n")),
    }
}
