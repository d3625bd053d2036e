//! What an agent said and did, put together from the lines of its trace.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::money::{Money, Tokens};
use crate::domain::work::TraceLine;
use crate::say::harmless;

/// The longest text of one step that is shown.
const LONGEST: usize = 4_000;
/// How many lines of a diff are shown.
const LINES: usize = 60;
/// How many unchanged lines around a change are shown.
const AROUND: usize = 2;

/// Something an agent said or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// It said something.
    Said {
        /// What.
        text: String,
    },
    /// It thought something.
    Thought {
        /// What.
        text: String,
    },
    /// It used a tool.
    Tool {
        /// What for.
        title: String,
        /// How it stands.
        status: &'static str,
        /// What came of it.
        output: String,
        /// What it changed.
        diffs: Vec<Diff>,
    },
    /// It says what it is going to do.
    Plan {
        /// Each item, and how it stands.
        items: Vec<(String, &'static str)>,
    },
    /// Its worker says something about it.
    Worker {
        /// What.
        text: String,
    },
}

/// How a file changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FileDiff)]
pub struct Diff {
    /// Which.
    pub path: String,
    /// How many lines were added.
    pub added: usize,
    /// How many were removed.
    pub removed: usize,
    /// The lines, each with `+`, `-`, a space, or `…` where some are left out.
    pub lines: Vec<(char, String)>,
}

/// The steps that these lines are. A tool that reports again is one step, and so is what is said
/// without a break.
pub fn steps(lines: &[TraceLine]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut tools: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    for line in lines {
        match line.kind.as_str() {
            "message" => say(&mut steps, &spoken(&line.body), false),
            "thought" => say(&mut steps, &spoken(&line.body), true),
            "tool" => {
                let id = text_at(&line.body, "/toolCallId");
                let known = tools.remove(&id);
                let (at, before) = known.unwrap_or((steps.len(), Value::Null));
                let now = merged(before, &line.body);
                let step = tool(&now);
                if at == steps.len() {
                    steps.push(step);
                } else {
                    steps[at] = step;
                }
                tools.insert(id, (at, now));
            }
            // An agent tells its whole plan again whenever a part of it is done.
            "plan" => {
                let known = steps.iter().position(|step| matches!(step, Step::Plan { .. }));
                match known {
                    Some(at) => steps[at] = plan(&line.body),
                    None => steps.push(plan(&line.body)),
                }
            }
            "worker" => steps.push(Step::Worker { text: cut(&spoken(&line.body)) }),
            // What it used is shown as its cost; what nobody understands is not shown.
            _ => {}
        }
    }
    steps
}

/// What a statement of the ledger says: tokens and cost.
pub fn cost(statements: &[&Value]) -> Option<String> {
    let mut cost = Money::default();
    let mut tokens = 0_u64;
    for statement in statements {
        cost += serde_json::from_value::<Money>(statement["cost"].clone()).ok()?;
        let more: Tokens = serde_json::from_value(statement["tokens"].clone()).ok()?;
        tokens = tokens.saturating_add(more.total());
    }
    (!statements.is_empty()).then(|| format!("{cost} · {} tokens", thousands(tokens)))
}

fn thousands(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{} k", number / 1_000),
        _ => format!("{}.{} M", number / 1_000_000, number % 1_000_000 / 100_000),
    }
}

/// In a few words, what a line says.
pub fn brief(line: &TraceLine) -> Option<String> {
    steps(std::slice::from_ref(line)).pop().map(|step| match step {
        Step::Said { text } | Step::Thought { text } | Step::Worker { text } => text,
        Step::Tool { title, .. } => title,
        Step::Plan { items } => {
            let current = items.iter().find(|(_, status)| *status == "working");
            current.or(items.last()).map_or_else(String::new, |(text, _)| text.clone())
        }
    })
}

/// Goes on with what was said, or begins anew.
fn say(steps: &mut Vec<Step>, more: &str, is_thought: bool) {
    match (steps.last_mut(), is_thought) {
        (Some(Step::Said { text }), false) | (Some(Step::Thought { text }), true) => {
            *text = cut(&format!("{text}{more}"));
        }
        (_, false) => steps.push(Step::Said { text: cut(more) }),
        (_, true) => steps.push(Step::Thought { text: cut(more) }),
    }
}

fn spoken(body: &Value) -> String {
    let text = body.pointer("/content/text").or_else(|| body.get("text"));
    let text = text.or(Some(body)).and_then(Value::as_str);
    text.or_else(|| body.get("start").and_then(Value::as_str)).unwrap_or_default().to_owned()
}

fn text_at(body: &Value, pointer: &str) -> String {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn merged(before: Value, update: &Value) -> Value {
    let (Value::Object(mut before), Value::Object(update)) = (before, update) else {
        return update.clone();
    };
    for (name, value) in update {
        if !value.is_null() {
            before.insert(name.clone(), value.clone());
        }
    }
    Value::Object(before)
}

fn tool(body: &Value) -> Step {
    let content = body.get("content").and_then(Value::as_array);
    let mut output = String::new();
    let mut diffs = Vec::new();
    for part in content.into_iter().flatten() {
        match part.get("type").and_then(Value::as_str) {
            Some("diff") => diffs.push(diff(
                &text_at(part, "/path"),
                &text_at(part, "/oldText"),
                &text_at(part, "/newText"),
            )),
            _ => output.push_str(&text_at(part, "/content/text")),
        }
    }
    let title = text_at(body, "/title");
    Step::Tool {
        title: if title.is_empty() { "a tool".to_owned() } else { harmless::on_page(&title, 200) },
        status: status(body),
        output: cut(&output),
        diffs,
    }
}

/// How a tool or an item of a plan stands: one of the badges.
fn status(body: &Value) -> &'static str {
    match body.get("status").and_then(Value::as_str) {
        Some("completed") => "done",
        Some("failed") => "failed",
        Some("in_progress") => "working",
        _ => "waiting",
    }
}

fn plan(body: &Value) -> Step {
    let entries = body.get("entries").and_then(Value::as_array);
    let items = entries.into_iter().flatten().take(50);
    let item = |entry: &Value| (harmless::on_page(&text_at(entry, "/content"), 300), status(entry));
    Step::Plan { items: items.map(item).collect() }
}

fn cut(text: &str) -> String {
    harmless::lines_on_page(text, LONGEST)
}

/// What is between the beginning and the end that both texts have in common.
fn diff(path: &str, old: &str, new: &str) -> Diff {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same = |pairs: usize, at: &dyn Fn(usize) -> bool| (0..pairs).take_while(|n| at(*n)).count();
    let least = old.len().min(new.len());
    let head = same(least, &|n| old[n] == new[n]);
    let tail = same(least - head, &|n| old[old.len() - 1 - n] == new[new.len() - 1 - n]);
    let (removed, added) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mark = |mark: char| move |line: &&str| (mark, harmless::lines_on_page(line, 400));
    let around = head.saturating_sub(AROUND);
    let before = old[around..head].iter().map(mark(' '));
    let behind = old[old.len() - tail..].iter().take(AROUND).map(mark(' '));
    let changed = removed.iter().map(mark('-')).chain(added.iter().map(mark('+')));
    let mut lines: Vec<_> = before.chain(changed).chain(behind).collect();
    if LINES < lines.len() {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(('…', format!("{more} more lines")));
    }
    // Where on a worker its workspace is says nothing to people.
    let inside = path.split_once("/workspaces/").and_then(|(_, rest)| rest.split_once("/tree/"));
    let path = inside.map_or(path, |(_, inside)| inside);
    Diff { path: harmless::on_page(path, 200), added: added.len(), removed: removed.len(), lines }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(seq: i64, kind: &str, body: Value) -> TraceLine {
        TraceLine { seq, kind: kind.to_owned(), body }
    }

    #[test]
    fn what_is_said_in_pieces_is_one_step_and_a_tool_that_reports_twice_is_one() {
        let message = |text: &str| json!({ "content": { "type": "text", "text": text } });
        let begun = json!({ "toolCallId": "1", "title": "Edit a.css", "status": "in_progress" });
        let change =
            json!({ "type": "diff", "path": "a.css", "oldText": "a\nb", "newText": "a\nc" });
        let ended = json!({ "toolCallId": "1", "status": "completed", "content": [change] });
        let steps = steps(&[
            line(1, "message", message("I will ")),
            line(2, "message", message("look.")),
            line(3, "tool", begun),
            line(4, "tool", ended),
            line(5, "usage", json!({ "used": 7 })),
        ]);
        let lines = vec![(' ', "a".into()), ('-', "b".into()), ('+', "c".into())];
        let diffs = vec![Diff { path: "a.css".into(), added: 1, removed: 1, lines }];
        let (title, status) = ("Edit a.css".to_owned(), "done");
        let tool = Step::Tool { title, status, output: String::new(), diffs };
        assert_eq!(steps, [Step::Said { text: "I will look.".into() }, tool]);
    }

    #[test]
    fn what_calls_were_made_is_added_up() {
        let statement = json!({
            "tokens": { "input": 12_000, "cache_read": 0, "cache_write": 0, "output": 500 },
            "cost": 1_250_000,
        });
        assert_eq!(cost(&[&statement, &statement]).unwrap(), "$2.50 · 25 k tokens");
        assert_eq!(cost(&[]), None);
    }
}
