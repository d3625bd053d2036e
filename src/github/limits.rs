//! How much and how fast we ask. What would have to wait long is not done: the caller hears when
//! to come back.
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

use super::Error;
use super::ask::Who;
use super::transport::Answer;
use crate::clock::Clock;

/// How many questions of one installation are on their way at once; GitHub allows 100.
const AT_ONCE: usize = 16;
/// The longest a question waits here for its turn.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long to stay away when GitHub does not say; doubled each time it happens again.
const PENANCE: TimeDelta = TimeDelta::seconds(60);

/// A gate for each budget GitHub counts: every installation has one for REST and one for GraphQL.
pub(super) struct Limits {
    spacing: Duration,
    clock: Clock,
    gates: Mutex<HashMap<(Who, bool), Arc<Gate>>>,
}

/// Where the questions of one budget wait their turn.
pub(super) struct Gate {
    spacing: Duration,
    clock: Clock,
    slots: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next_write: Option<Instant>,
    closed_until: Option<DateTime<Utc>>,
    strikes: u32,
}

impl Limits {
    pub(super) fn new(spacing: Duration, clock: Clock) -> Self {
        Self { spacing, clock, gates: Mutex::default() }
    }

    pub(super) fn gate(&self, who: Who, graphql: bool) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry((who, graphql)).or_insert_with(|| {
            Arc::new(Gate {
                spacing: self.spacing,
                clock: self.clock.clone(),
                slots: Arc::new(Semaphore::new(AT_ONCE)),
                state: Mutex::default(),
            })
        });
        Arc::clone(gate)
    }
}

impl Gate {
    /// Waits for a turn, to be held while asking; a `paced` one keeps its distance from the last.
    pub(super) async fn pass(&self, paced: bool) -> Result<Option<OwnedSemaphorePermit>, Error> {
        self.open()?;
        let Ok(turn) = timeout(PATIENCE, Arc::clone(&self.slots).acquire_owned()).await else {
            return Err(Error::Limited { until: self.clock.now() + PATIENCE });
        };
        if paced {
            sleep_until(self.reserve()?).await;
        }
        self.open()?;
        Ok(turn.ok())
    }

    /// Whether GitHub lets us ask at all.
    fn open(&self) -> Result<(), Error> {
        match self.state().closed_until.filter(|until| self.clock.now() < *until) {
            Some(until) => Err(Error::Limited { until }),
            None => Ok(()),
        }
    }

    /// The moment of the next write, unless it is too far off.
    fn reserve(&self) -> Result<Instant, Error> {
        let mut state = self.state();
        let now = Instant::now();
        let turn = state.next_write.map_or(now, |next| next.max(now));
        if turn > now + PATIENCE {
            return Err(Error::Limited { until: self.clock.now() + (turn - now) });
        }
        state.next_write = Some(turn + self.spacing);
        Ok(turn)
    }

    /// Learns from an answer how much we may still ask.
    pub(super) fn heed(&self, answer: &Answer) -> Result<(), Error> {
        let now = self.clock.now();
        let reset = answer
            .header("x-ratelimit-reset")
            .filter(|_| answer.header("x-ratelimit-remaining") == Some("0"))
            .and_then(|seconds| DateTime::from_timestamp(seconds.parse().ok()?, 0));
        let told = answer.header("retry-after").and_then(|text| after(text, now)).or(reset);
        let mut state = self.state();
        if !is_limit(answer, told.is_some()) {
            state.strikes = 0;
            state.closed_until = state.closed_until.max(reset);
            return Ok(());
        }
        // Answers to what was on its way already are about the same offence.
        let closed = state.closed_until.filter(|until| now < *until);
        if closed.is_none() {
            state.strikes += 1;
        }
        let penance = PENANCE * 2_i32.pow(state.strikes.clamp(1, 6) - 1);
        let until = told.or(closed).unwrap_or(now + penance).max(now + TimeDelta::seconds(1));
        state.closed_until = state.closed_until.max(Some(until));
        Err(Error::Limited { until })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an answer means "too much" rather than "you may not".
fn is_limit(answer: &Answer, told: bool) -> bool {
    let said = || String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    match answer.status {
        429 => true,
        403 => {
            told || ["secondary rate limit", "abuse detection"]
                .iter()
                .any(|word| said().contains(word))
        }
        // GraphQL says it with a smile.
        200 => told && said().contains(r#""rate_limited""#),
        _ => false,
    }
}

/// The moment a `retry-after` means: seconds, or a date where a proxy answered.
fn after(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let a_day = now + TimeDelta::days(1);
    let moment = match text.parse() {
        Ok(seconds) => now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?,
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc(),
    };
    Some(moment.min(a_day))
}
