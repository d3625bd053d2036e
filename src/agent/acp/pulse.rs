//! What an agent says while it works: passed on, cut to size, and missed when it stops.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Error, Group, Limits, Trace};

const BODY: usize = 64 << 10;
const SUMMARY: usize = 16 << 10;
const TICK: Duration = Duration::from_millis(250);

/// Listens to one agent.
pub(in super::super) struct Pulse {
    trace: Trace,
    heard: AtomicU64,
    turns: AtomicU64,
    resting: AtomicBool,
    ignoring: AtomicBool,
    said: Mutex<String>,
}

impl Pulse {
    pub(in super::super) fn new(trace: Trace) -> Self {
        Self {
            trace,
            heard: AtomicU64::new(0),
            turns: AtomicU64::new(0),
            resting: AtomicBool::new(false),
            ignoring: AtomicBool::new(false),
            said: Mutex::new(String::new()),
        }
    }

    /// Takes one notification of the agent.
    pub(super) fn hear(&self, method: &str, params: &Value) {
        self.heard.fetch_add(1, Ordering::Relaxed);
        if self.ignoring.load(Ordering::Relaxed) {
            return;
        }
        let mut body = params.get("update").unwrap_or(params).clone();
        let update = body.get("sessionUpdate").and_then(Value::as_str).unwrap_or(method).to_owned();
        let kind = kind(&update);
        match kind {
            "message" => self.remember(&body),
            "tool" => self.said.lock().unwrap_or_else(PoisonError::into_inner).clear(),
            _ => {}
        }
        drop_meta(&mut body);
        (self.trace)(kind, capped(body, &update));
    }

    /// Takes one request of the agent.
    pub(super) fn hear_request(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether what the agent says is a repetition of what it said in an earlier life.
    pub(super) fn ignores(&self, ignores: bool) {
        self.ignoring.store(ignores, Ordering::Relaxed);
    }

    /// The agent ended its turn, and waits for us.
    pub(super) fn rests(&self) {
        self.resting.store(true, Ordering::Relaxed);
    }

    /// Another turn begins: what was said before does not count, nor the time it took.
    pub(super) fn begins(&self) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.turns.fetch_add(1, Ordering::Relaxed);
        self.resting.store(false, Ordering::Relaxed);
    }

    /// The last thing the agent said, after its last tool.
    pub(super) fn summary(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).trim().to_owned()
    }

    /// Ends when the agent has been silent, or at work, for too long; time stands still while it is
    /// frozen or waits for us, and begins anew with each turn.
    pub(in super::super) async fn watch(&self, limits: Limits, group: &Group) -> Error {
        let (silence, turn) =
            (Duration::from_secs(limits.silence), Duration::from_secs(limits.turn));
        let (mut quiet, mut total, mut heard, mut turns) = (Duration::ZERO, Duration::ZERO, 0, 0);
        loop {
            tokio::time::sleep(TICK).await;
            let present = self.turns.load(Ordering::Relaxed);
            if present != turns {
                (quiet, total, turns) = (Duration::ZERO, Duration::ZERO, present);
            }
            if group.is_frozen() || self.resting.load(Ordering::Relaxed) {
                continue;
            }
            let now = self.heard.load(Ordering::Relaxed);
            quiet = if now == heard { quiet + TICK } else { Duration::ZERO };
            (total, heard) = (total + TICK, now);
            if quiet >= silence {
                return Error::Silent(silence);
            }
            if total >= turn {
                return Error::TooLong(turn);
            }
        }
    }

    fn remember(&self, body: &Value) {
        let text = body.pointer("/content/text").and_then(Value::as_str).unwrap_or_default();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() + text.len() <= SUMMARY {
            said.push_str(text);
        }
    }
}

/// What people call an update.
fn kind(update: &str) -> &'static str {
    match update {
        "agent_message_chunk" => "message",
        "agent_thought_chunk" => "thought",
        "tool_call" | "tool_call_update" => "tool",
        "plan" => "plan",
        "usage_update" => "usage",
        _ => "raw",
    }
}

/// Removes `_meta`, in which some agents send half a megabyte.
fn drop_meta(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("_meta");
            fields.values_mut().for_each(drop_meta);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_meta),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The body, or its beginning if it is too big to keep.
fn capped(body: Value, update: &str) -> Value {
    let text = body.to_string();
    if text.len() <= BODY {
        return body;
    }
    let end = (0..=BODY / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    json!({ "sessionUpdate": update, "truncated": text.len(), "start": text[..end] })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn heard(updates: &[Value]) -> (Vec<(&'static str, Value)>, String) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let pulse = Pulse::new(Arc::new(move |kind, body| kept.lock().unwrap().push((kind, body))));
        for update in updates {
            pulse.hear("session/update", &json!({ "sessionId": "s", "update": update }));
        }
        let lines = lines.lock().unwrap().clone();
        (lines, pulse.summary())
    }

    fn message(text: &str) -> Value {
        json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } })
    }

    #[test]
    fn the_summary_is_what_was_said_last() {
        let tool =
            json!({ "sessionUpdate": "tool_call", "toolCallId": "1", "title": "cargo test" });
        let (lines, summary) =
            heard(&[message("Let me look."), tool, message("All "), message("done.\n")]);
        assert_eq!(summary, "All done.");
        let kinds: Vec<_> = lines.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ["message", "tool", "message", "message"]);
    }

    #[test]
    fn unknown_updates_are_kept_and_big_ones_are_cut() {
        let odd =
            json!({ "sessionUpdate": "weather", "sky": "blue", "_meta": "x".repeat(100_000) });
        let (lines, _) = heard(&[odd, message(&"é".repeat(100_000))]);
        assert_eq!(lines[0], ("raw", json!({ "sessionUpdate": "weather", "sky": "blue" })));
        assert!(lines[1].1.to_string().len() < BODY);
        assert!(lines[1].1["truncated"].as_u64().unwrap() > 200_000);
    }
}
