//! How much and how fast we ask. What would have to wait long is not done: the caller hears when
//! to come back.
//!
//! GitHub counts in several ways at once, and all of them are kept here, per installation:
//!
//! - the hour's budget, as its headers tell it, one for REST and one for GraphQL;
//! - points per minute: 900 for REST, where reading costs 1 and writing 5, and 2,000 for GraphQL;
//! - what creates content that notifies people: 80 a minute, 500 an hour;
//! - writes one after the other, a second apart, and only so many questions at once.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

mod budget;
mod gate;
mod ledger;
mod load;
mod verdict;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use budget::Budget;
pub(super) use load::Load;

use self::gate::Gate;
use super::ask::Who;
use super::transport::Answer;
use super::{Error, GitHub};
use crate::clock::Clock;
use crate::domain::ids::InstallationId;

/// A gate for each of those GitHub counts apart: the App itself, and every installation.
pub(super) struct Limits {
    spacing: Option<Duration>,
    clock: Clock,
    gates: Mutex<HashMap<Who, Arc<Gate>>>,
    reached: Mutex<Option<DateTime<Utc>>>,
    told: AtomicU64,
    held_back: AtomicU64,
}

/// How it stands between GitHub and us.
#[derive(Clone, Debug)]
pub struct Standing {
    /// When GitHub last answered at all.
    pub reached_at: Option<DateTime<Utc>>,
    /// How often GitHub told us that we ask too much.
    pub limits_told: u64,
    /// How often we held something back so that it would not have to.
    pub held_back: u64,
    /// What is left of every hour's budget that GitHub has told us of.
    pub budgets: Vec<Budget>,
}

impl Limits {
    pub(super) fn new(spacing: Option<Duration>, clock: Clock) -> Self {
        Self {
            spacing,
            clock,
            gates: Mutex::default(),
            reached: Mutex::default(),
            told: AtomicU64::new(0),
            held_back: AtomicU64::new(0),
        }
    }

    pub(super) fn gate(&self, who: Who) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate =
            gates.entry(who).or_insert_with(|| Arc::new(Gate::new(self.spacing, &self.clock)));
        Arc::clone(gate)
    }

    /// Learns from an answer how much may still be asked, and that GitHub is there.
    pub(super) fn heed(&self, gate: &Gate, load: Load, answer: &Answer) -> Result<(), Error> {
        if answer.status < 500 {
            let now = self.clock.now();
            *self.reached.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        let heeded = gate.heed(load, answer);
        if heeded.is_err() {
            self.told.fetch_add(1, Ordering::Relaxed);
        }
        heeded
    }

    /// Counts what was not asked because it would have been too much.
    pub(super) fn note_held_back(&self) {
        self.held_back.fetch_add(1, Ordering::Relaxed);
    }
}

impl GitHub {
    /// Until when only what is important should be asked in an installation: its budget for the
    /// hour is nearly spent, or GitHub wants to be left alone.
    pub fn spare_until(&self, installation: InstallationId) -> Option<DateTime<Utc>> {
        let now = self.inner.clock.now();
        self.inner.limits.gate(Who::Installation(installation)).spare_until(now)
    }

    /// How it stands between GitHub and us.
    pub fn standing(&self) -> Standing {
        let limits = &self.inner.limits;
        let gates = limits.gates.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut budgets: Vec<_> =
            gates.iter().flat_map(|(who, gate)| gate.budgets(who.installation())).collect();
        budgets.sort_by_key(|budget| (budget.installation, budget.resource));
        Standing {
            reached_at: *limits.reached.lock().unwrap_or_else(PoisonError::into_inner),
            limits_told: limits.told.load(Ordering::Relaxed),
            held_back: limits.held_back.load(Ordering::Relaxed),
            budgets,
        }
    }
}
