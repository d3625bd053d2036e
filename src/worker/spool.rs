//! An execution's trace on its way to the server, which may be slow or away; the agent never waits for it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::server::{Error, Server};
use crate::causes::whole;
use crate::domain::work::{Lease, TraceLine};

const BATCH: usize = 64;
const EVERY: Duration = Duration::from_millis(500);
/// What waits for the server may not take more memory than this, bodies and all.
const BYTES: usize = 8 << 20;
const LINES: usize = 50_000;

/// The lines that wait.
#[derive(Default)]
pub(super) struct Spool {
    waiting: Mutex<Waiting>,
    full: Notify,
    closed: CancellationToken,
    secrets: Mutex<Vec<String>>,
}

/// What stands where a secret stood.
const HIDDEN: &str = "(hidden)";

#[derive(Default)]
struct Waiting {
    lines: VecDeque<(TraceLine, usize)>,
    bytes: usize,
    last: i64,
    /// How many lines from the front have lost their bodies already.
    emptied: usize,
}

impl Spool {
    /// Adds a line; never waits.
    pub(super) fn push(&self, kind: &str, body: Value) {
        let mut text = body.to_string();
        let mut body = body;
        if let Some(hidden) = self.hidden(&text) {
            // What stands there instead needs no quoting, and neither does a secret.
            body = serde_json::from_str(&hidden).unwrap_or(Value::Null);
            text = hidden;
        }
        let size = text.len();
        let mut waiting = self.lock();
        waiting.last += 1;
        let line = TraceLine { seq: waiting.last, kind: kind.to_owned(), body };
        waiting.lines.push_back((line, size));
        waiting.bytes += size;
        waiting.shrink();
        if waiting.lines.len() >= BATCH {
            self.full.notify_one();
        }
    }

    /// Adds a line about what the worker itself does, for people.
    pub(super) fn tell(&self, text: &str) {
        self.push("worker", json!({ "text": text }));
    }

    /// From now on this stands in no line: an agent may say whatever it was given. It is made of letters and digits.
    pub(super) fn hides(&self, secret: &str) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.to_owned());
    }

    /// A text without what is to be hidden.
    pub(super) fn without_secrets(&self, text: String) -> String {
        self.hidden(&text).unwrap_or(text)
    }

    fn hidden(&self, text: &str) -> Option<String> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let said = || secrets.iter().filter(|secret| text.contains(secret.as_str()));
        said().next()?;
        Some(said().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), HIDDEN)))
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.closed.cancel();
    }

    /// Sends what comes until the spool is closed and empty, or the server does not want it any more.
    pub(super) async fn send(
        &self,
        server: &Server,
        lease: &Lease,
        pause: Duration,
    ) -> Result<(), Error> {
        let mut backoff = Backoff::new(pause);
        loop {
            let batch = self.batch();
            if batch.is_empty() && self.closed.is_cancelled() {
                return Ok(());
            }
            if let Some(last) = batch.last().map(|line| line.seq) {
                match server.trace(lease, batch).await {
                    Ok(()) => self.sent(last),
                    Err(Error::Lost) => return Err(Error::Lost),
                    Err(error @ (Error::Refused(_) | Error::TooBig)) => {
                        tracing::error!(execution.id = %lease.execution, error = %whole(&error), "lines of the trace are dropped");
                        self.sent(last);
                    }
                    Err(error @ (Error::Away(_) | Error::InTrouble(_))) => {
                        tracing::debug!(error = %whole(&error), "the trace waits");
                        backoff.wait().await;
                        continue;
                    }
                }
                backoff.reset();
            }
            if self.lock().lines.len() < BATCH {
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = self.full.notified() => {}
                    () = self.closed.cancelled() => {}
                }
            }
        }
    }

    fn batch(&self) -> Vec<TraceLine> {
        self.lock().lines.iter().take(BATCH).map(|(line, _)| line.clone()).collect()
    }

    fn sent(&self, last: i64) {
        let mut waiting = self.lock();
        while waiting.lines.front().is_some_and(|(line, _)| line.seq <= last) {
            waiting.drop_first();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Empties the oldest lines, and drops them if even that is too much.
    fn shrink(&mut self) {
        while self.bytes > BYTES && self.emptied < self.lines.len() {
            let (line, size) = &mut self.lines[self.emptied];
            line.body = json!({ "truncated": *size });
            self.bytes -= *size;
            *size = 0;
            self.emptied += 1;
        }
        while self.lines.len() > LINES {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, size)) = self.lines.pop_front() {
            self.bytes -= size;
            self.emptied = self.emptied.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_the_server_stays_small_and_keeps_its_order() {
        let spool = Spool::default();
        for _ in 0..300 {
            spool.push("message", json!("x".repeat(60_000)));
        }
        let waiting = spool.lock();
        assert!(waiting.bytes <= BYTES);
        let seqs: Vec<i64> = waiting.lines.iter().map(|(line, _)| line.seq).collect();
        assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
        assert_eq!(waiting.lines[0].0.body, json!({ "truncated": 60_002 }));
        assert!(waiting.lines[299].0.body.is_string());
    }

    #[test]
    fn what_is_hidden_stands_in_no_line() {
        let spool = Spool::default();
        spool.hides("4f2a");
        spool.push("raw", json!({ "env": ["TOKEN=4f2a4f2a"], "4f2a": "\"quoted\"" }));
        let line = spool.lock().lines[0].0.body.clone();
        assert_eq!(line, json!({ "env": ["TOKEN=(hidden)(hidden)"], "(hidden)": "\"quoted\"" }));
        assert_eq!(spool.without_secrets("x4f2a".to_owned()), "x(hidden)");
    }

    #[test]
    fn what_was_sent_is_forgotten() {
        let spool = Spool::default();
        (0..100).for_each(|n| spool.tell(&n.to_string()));
        assert_eq!(spool.batch().len(), BATCH);
        spool.sent(64);
        assert_eq!(spool.batch().first().map(|line| line.seq), Some(65));
        spool.sent(100);
        assert_eq!(spool.lock().bytes, 0);
    }
}
