//! The tool by which an agent hands a part of its task to another agent.

use serde_json::{Value, json};

use super::MOST_EVER;
use crate::domain::plan::{LONGEST_TEXT, LONGEST_TITLE};
use crate::domain::proposal::Tool;

/// Hands a part of the task to another agent.
pub const DELEGATE: &str = "delegate_subtask";

/// The most sentences that say how one sees that a part is done.
const MOST_ACCEPTANCE: usize = 20;

/// What an agent passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// Which agent shall do it, if it names one.
    pub agent: Option<String>,
    /// What that agent must be good at, if it says so.
    pub good_at: Option<String>,
    /// In which repository, if it says so.
    pub repository: Option<String>,
}

/// The tool, for who works on a task.
pub fn delegate() -> Tool {
    Tool {
        name: DELEGATE,
        description: "Hand a part of your task to another agent, a specialist; call it once for each \
                      part. It does not wait: commit what the others need of your work and end your \
                      turn. Each works in a branch made from yours, and what it delivers is merged \
                      into yours; when all are done you are told what each delivered, in your next \
                      prompt, and bring it together. Hand over only what can be done side by side, in \
                      different files, and is worth a pull request of its own.",
        schema: json!({
            "type": "object",
            "properties": {
                "title": { "type": "string", "minLength": 1, "maxLength": LONGEST_TITLE },
                "description": {
                    "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT,
                    "description": "what is to be done, for an agent that sees only this and the code",
                },
                "acceptance": {
                    "type": "array", "maxItems": MOST_ACCEPTANCE,
                    "items": { "type": "string", "minLength": 1, "maxLength": 500 },
                    "description": "how one sees that it is done, a sentence each",
                },
                "agent": { "type": "string", "description": "which agent, by its name" },
                "good_at": {
                    "type": "string", "maxLength": 500,
                    "description": "what the agent must be good at, where you name none",
                },
                "repository": {
                    "type": "string",
                    "description": "your task's own; a part elsewhere is a task for people to plan",
                },
            },
            "required": ["title", "description"],
        }),
    }
}

/// What an agent passed, or what is wrong with it, all at once.
pub fn read(passed: &Value) -> Result<Wanted, Vec<String>> {
    let mut wrong = Vec::new();
    let text = |name: &str| {
        let text = passed.get(name).and_then(Value::as_str).map(|text| text.replace('\0', ""));
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let mut must = |name: &str, most: usize| match text(name) {
        None => {
            wrong.push(format!("`{name}` is missing"));
            String::new()
        }
        Some(text) if most < text.chars().count() => {
            wrong.push(format!("`{name}` has more than {most} characters"));
            String::new()
        }
        Some(text) => text,
    };
    let title = must("title", LONGEST_TITLE).split_whitespace().collect::<Vec<_>>().join(" ");
    let description = must("description", LONGEST_TEXT);
    let acceptance = match passed.get("acceptance") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(one)) => vec![one.trim().to_owned()],
        Some(Value::Array(all)) if all.iter().all(Value::is_string) => {
            all.iter().filter_map(Value::as_str).map(|one| one.trim().to_owned()).collect()
        }
        Some(_) => {
            wrong.push("`acceptance` is no list of sentences".to_owned());
            Vec::new()
        }
    };
    if MOST_ACCEPTANCE < acceptance.len() {
        wrong.push(format!("`acceptance` has more than {MOST_ACCEPTANCE} sentences"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(Wanted {
        title,
        text: description,
        acceptance,
        agent: text("agent"),
        good_at: text("good_at"),
        repository: text("repository"),
    })
}

/// Why no more is taken than may ever be.
pub fn too_many() -> String {
    format!(
        "Not recorded: your work is over, or you have handed out {MOST_EVER} parts, which is the most \
         there may be. Do the rest yourself, and end your turn."
    )
}
