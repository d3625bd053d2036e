//! What an agent reached and what it was refused, by host.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How many hosts are told apart; what comes then is counted together.
const MOST: usize = 200;
const OTHERS: &str = "others";

/// Hears of every host that is reached or refused, when that happens first. It must not wait.
pub type Watch = Arc<dyn Fn(News) + Send + Sync>;

/// Something that happens for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A host is reached.
    Reached {
        /// Which.
        host: String,
    },
    /// A host is not reached.
    Refused {
        /// Which.
        host: String,
        /// Why not.
        why: String,
    },
}

/// What became of the connections to one host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many were made.
    pub reached: u64,
    /// How many were refused.
    pub refused: u64,
    /// Bytes the agent sent.
    pub sent: u64,
    /// Bytes the agent got.
    pub received: u64,
}

/// The tallies of one agent.
pub(super) struct Journal {
    watch: Watch,
    hosts: Mutex<BTreeMap<String, Tally>>,
}

impl Journal {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch, hosts: Mutex::default() }
    }

    pub(super) fn reached(&self, host: &str) {
        let first = self.note(host, |tally| {
            tally.reached += 1;
            tally.reached == 1
        });
        if first {
            (self.watch)(News::Reached { host: host.to_owned() });
        }
    }

    pub(super) fn refused(&self, host: &str, why: &str) {
        let first = self.note(host, |tally| {
            tally.refused += 1;
            tally.refused == 1
        });
        if first {
            (self.watch)(News::Refused { host: host.to_owned(), why: why.to_owned() });
        }
    }

    pub(super) fn moved(&self, host: &str, sent: u64, received: u64) {
        self.note(host, |tally| {
            tally.sent += sent;
            tally.received += received;
            false
        });
    }

    pub(super) fn tallies(&self) -> BTreeMap<String, Tally> {
        self.lock().clone()
    }

    fn note(&self, host: &str, what: impl FnOnce(&mut Tally) -> bool) -> bool {
        let mut hosts = self.lock();
        let fits = hosts.contains_key(host) || hosts.len() < MOST;
        let host = if fits { host } else { OTHERS };
        what(hosts.entry(host.to_owned()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Tally>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
