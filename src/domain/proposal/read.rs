//! The shape of a submission, read so that everything wrong with it is found at once.

use serde_json::{Map, Value};

use super::{LARGEST_ESTIMATE, LONGEST_ENTRY, LONGEST_TEXT, MOST_ENTRIES};
use crate::domain::plan::{LONGEST_TITLE, Prd};

/// A submission with the right shape, not looked at any closer.
#[derive(Debug, Default)]
pub(super) struct Submission {
    pub(super) prd: Prd,
    pub(super) tasks: Vec<Draft>,
}

/// One of its tasks.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) issue: Option<String>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) repo: Option<String>,
    pub(super) acceptance: Vec<String>,
    pub(super) files: Vec<String>,
    pub(super) after: Vec<String>,
    pub(super) estimate: Option<u32>,
    pub(super) priority: Option<u32>,
    pub(super) agent: String,
    pub(super) reason: Option<String>,
    pub(super) owner: Option<String>,
}

/// Reads a submission as well as it can be, and notes what is wrong.
pub(super) fn submission(value: &Value, most_tasks: usize, flaws: &mut Vec<String>) -> Submission {
    let Some(fields) = value.as_object() else {
        flaws.push("the plan is not an object".to_owned());
        return Submission::default();
    };
    let mut plan = Part { name: "the plan".to_owned(), fields, flaws };
    let prd = Prd {
        problem: plan.text("problem", LONGEST_TEXT, true),
        goals: plan.list("goals"),
        non_goals: plan.list("non_goals"),
        constraints: plan.list("constraints"),
        acceptance: plan.list("acceptance"),
        risks: plan.list("risks"),
    };
    for (name, list) in [("goals", &prd.goals), ("acceptance", &prd.acceptance)] {
        if list.is_empty() {
            plan.wrong(&format!("needs at least one entry in `{name}`"));
        }
    }
    let nothing = Vec::new();
    let tasks = fields.get("tasks").and_then(Value::as_array).unwrap_or(&nothing);
    if tasks.is_empty() {
        plan.wrong("has no `tasks`");
    }
    if most_tasks < tasks.len() {
        let (many, most) = (tasks.len(), most_tasks);
        plan.wrong(&format!("has {many} tasks, and at most {most} are allowed: merge some"));
    }
    let tasks = tasks.iter().take(most_tasks.max(1) * 2).enumerate();
    let tasks = tasks.map(|(nth, task)| draft(nth, task, flaws)).collect();
    Submission { prd, tasks }
}

fn draft(nth: usize, value: &Value, flaws: &mut Vec<String>) -> Draft {
    let place = format!("task {}", nth + 1);
    let Some(fields) = value.as_object() else {
        flaws.push(format!("{place} is not an object"));
        return Draft::default();
    };
    let key = fields.get("key").and_then(Value::as_str).unwrap_or_default().trim();
    let name = if key.is_empty() { place } else { format!("task `{}`", cut(key, 64)) };
    let mut task = Part { name, fields, flaws };
    let issue = task.optional("issue", 200);
    let is_new = issue.is_none();
    Draft {
        key: task.text("key", 64, true),
        title: task.text("title", LONGEST_TITLE, is_new),
        text: task.text("description", LONGEST_TEXT, is_new),
        repo: task.optional("repository", 200),
        acceptance: task.list("acceptance"),
        files: task.list("files"),
        after: task.list("depends_on"),
        estimate: task.whole("estimate"),
        priority: task.whole("priority"),
        agent: task.text("agent", 64, true),
        reason: task.optional("reason", LONGEST_ENTRY),
        owner: task.optional("owner", 64),
        issue,
    }
}

/// A part of it that is one object, and where its flaws are noted.
struct Part<'a> {
    name: String,
    fields: &'a Map<String, Value>,
    flaws: &'a mut Vec<String>,
}

impl Part<'_> {
    fn wrong(&mut self, what: &str) {
        self.flaws.push(format!("{} {what}", self.name));
    }

    fn text(&mut self, field: &str, most: usize, needed: bool) -> String {
        let text = match self.fields.get(field) {
            None | Some(Value::Null) => "",
            Some(Value::String(text)) => text.trim(),
            Some(_) => {
                self.wrong(&format!("has a `{field}` that is no text"));
                return String::new();
            }
        };
        if needed && text.is_empty() {
            self.wrong(&format!("needs a `{field}`"));
        }
        self.short_enough(field, text, most);
        text.to_owned()
    }

    fn optional(&mut self, field: &str, most: usize) -> Option<String> {
        Some(self.text(field, most, false)).filter(|text| !text.is_empty())
    }

    fn list(&mut self, field: &str) -> Vec<String> {
        let entries = match self.fields.get(field) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(entries)) => entries,
            Some(_) => {
                self.wrong(&format!("has `{field}` that is no list"));
                return Vec::new();
            }
        };
        if MOST_ENTRIES < entries.len() {
            let many = entries.len();
            self.wrong(&format!("has {many} entries in `{field}`, at most {MOST_ENTRIES} fit"));
        }
        let mut list = Vec::new();
        for entry in entries.iter().take(MOST_ENTRIES) {
            let Some(text) = entry.as_str().map(str::trim).filter(|text| !text.is_empty()) else {
                self.wrong(&format!("has an entry in `{field}` that is no text"));
                continue;
            };
            self.short_enough(field, text, LONGEST_ENTRY);
            list.push(text.to_owned());
        }
        list
    }

    fn whole(&mut self, field: &str) -> Option<u32> {
        let value = self.fields.get(field).filter(|value| !value.is_null())?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (1..=LARGEST_ESTIMATE).contains(number));
        if number.is_none() {
            self.wrong(&format!("has a `{field}` that is no number from 1 to {LARGEST_ESTIMATE}"));
        }
        number
    }

    fn short_enough(&mut self, field: &str, text: &str, most: usize) {
        let long = text.chars().count();
        if most < long {
            self.wrong(&format!("has `{field}` of {long} characters, at most {most} fit"));
        }
    }
}

/// The beginning of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
