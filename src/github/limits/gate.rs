//! Where the questions of one installation wait their turn.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::super::Error;
use super::super::transport::Answer;
use super::budget::{Budget, Primary};
use super::ledger::Ledger;
use super::load::Load;
use super::verdict::{after, is_limit};
use crate::clock::Clock;
use crate::domain::ids::InstallationId;

/// How many questions of one installation are on their way at once; GitHub allows 100.
const AT_ONCE: usize = 16;
/// The longest a question waits here for its turn.
const PATIENCE: TimeDelta = TimeDelta::seconds(4);
/// How long to stay away when GitHub does not say; doubled each time it happens again.
const PENANCE: TimeDelta = TimeDelta::seconds(60);
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// Where the questions of one installation wait their turn.
pub(in crate::github) struct Gate {
    /// Between two writes; none, where the server has no limits at all.
    spacing: Option<TimeDelta>,
    clock: Clock,
    slots: Arc<Semaphore>,
    /// Held by the write that is on its way.
    writes: Arc<Turns<()>>,
    state: Mutex<State>,
}

struct State {
    /// When the last write was answered.
    written_at: Option<DateTime<Utc>>,
    closed_until: Option<DateTime<Utc>>,
    strikes: u32,
    rest: Resource,
    graphql: Resource,
    content_of_minute: Ledger,
    content_of_hour: Ledger,
}

/// What is counted apart for REST and GraphQL.
struct Resource {
    points: Ledger,
    primary: Option<Primary>,
}

/// The permission to ask one question; it ends with the answer.
pub(in crate::github) struct Turn {
    gate: Arc<Gate>,
    load: Load,
    _slot: OwnedSemaphorePermit,
    _write: Option<OwnedMutexGuard<()>>,
}

impl Gate {
    pub(super) fn new(spacing: Option<Duration>, clock: &Clock) -> Self {
        let resource = |points| Resource { points: Ledger::new(MINUTE, points), primary: None };
        let state = State {
            written_at: None,
            closed_until: None,
            strikes: 0,
            rest: resource(900),
            graphql: resource(2_000),
            content_of_minute: Ledger::new(MINUTE, 80),
            content_of_hour: Ledger::new(TimeDelta::hours(1), 500),
        };
        Self {
            spacing: spacing.map(|spacing| TimeDelta::from_std(spacing).unwrap_or(MINUTE)),
            clock: clock.clone(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            writes: Arc::default(),
            state: Mutex::new(state),
        }
    }

    /// Waits for a turn, to be held until the answer is there. Writes come one after the other and
    /// keep their distance from the answer before, so that GitHub sees it kept, however long each
    /// was on its way.
    pub(in crate::github) async fn pass(self: &Arc<Self>, load: Load) -> Result<Turn, Error> {
        let now = self.clock.now();
        let latest = now + PATIENCE;
        self.state().open(load, now)?;
        let slot = self.before(latest, Arc::clone(&self.slots).acquire_owned()).await?;
        let slot = slot.map_err(|_| Error::Limited { until: latest })?;
        let write = if load.paced {
            Some(self.before(latest, Arc::clone(&self.writes).lock_owned()).await?)
        } else {
            None
        };
        loop {
            let now = self.clock.now();
            let at = self.state().begin(load, self.spacing, now, latest)?;
            if at <= now {
                let gate = Arc::clone(self);
                return Ok(Turn { gate, load, _slot: slot, _write: write });
            }
            self.clock.sleep_until(at).await;
        }
    }

    async fn before<T>(
        &self,
        latest: DateTime<Utc>,
        what: impl Future<Output = T>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            what = what => Ok(what),
            () = self.clock.sleep_until(latest) => Err(Error::Limited { until: latest + PATIENCE }),
        }
    }

    /// Learns from an answer how much we may still ask.
    pub(super) fn heed(&self, load: Load, answer: &Answer) -> Result<(), Error> {
        let now = self.clock.now();
        let mut state = self.state();
        let primary = Primary::of(answer);
        if primary.is_some() {
            state.resource(load).primary = primary;
        }
        let spent = primary.and_then(|primary| primary.spent_until(now));
        let asked = answer.header("retry-after").and_then(|text| after(text, now));
        if !is_limit(answer, asked.or(spent).is_some()) {
            state.strikes = 0;
            return Ok(());
        }
        if let (None, Some(until)) = (asked, spent) {
            // That shuts this budget alone.
            return Err(Error::Limited { until });
        }
        // Answers to what was on its way already are about the same offence.
        let closed = state.closed_until.filter(|until| now < *until);
        if closed.is_none() {
            state.strikes += 1;
        }
        let penance = PENANCE * 2_i32.pow(state.strikes.clamp(1, 6) - 1);
        let until = asked.or(closed).unwrap_or(now + penance).max(now + TimeDelta::seconds(1));
        state.closed_until = state.closed_until.max(Some(until));
        Err(Error::Limited { until })
    }

    /// Until when only what is important should be asked.
    pub(super) fn spare_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let state = self.state();
        let closed = state.closed_until.filter(|until| now < *until);
        closed.max(state.rest.primary.and_then(|primary| primary.low_until(now)))
    }

    /// What GitHub told of the hour's budgets.
    pub(super) fn budgets(&self, installation: Option<InstallationId>) -> Vec<Budget> {
        let state = self.state();
        [("rest", state.rest.primary), ("graphql", state.graphql.primary)]
            .into_iter()
            .filter_map(|(resource, primary)| {
                let Primary { limit, remaining, reset } = primary?;
                Some(Budget { installation, resource, limit, remaining, reset })
            })
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn resource(&mut self, load: Load) -> &mut Resource {
        if load.graphql { &mut self.graphql } else { &mut self.rest }
    }

    /// Whether GitHub lets us ask at all.
    fn open(&mut self, load: Load, now: DateTime<Utc>) -> Result<(), Error> {
        let spent = self.resource(load).primary.and_then(|primary| primary.spent_until(now));
        match self.closed_until.filter(|until| now < *until).max(spent) {
            Some(until) => Err(Error::Limited { until }),
            None => Ok(()),
        }
    }

    /// Begins now, or says when there is room; an error, if that is too late.
    fn begin(
        &mut self,
        load: Load,
        spacing: Option<TimeDelta>,
        now: DateTime<Utc>,
        latest: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, Error> {
        self.open(load, now)?;
        // What a server without limits says all the same is heard above.
        let Some(spacing) = spacing else { return Ok(now) };
        let mut at = self.resource(load).points.room_for(load.points, now);
        if let Some(written) = self.written_at.filter(|_| load.paced) {
            at = at.max(written + spacing);
        }
        if load.creates {
            at = at.max(self.content_of_minute.room_for(1, now));
            at = at.max(self.content_of_hour.room_for(1, now));
        }
        if latest < at {
            return Err(Error::Limited { until: at });
        }
        if at <= now {
            self.resource(load).points.begin(load.points);
            self.content_of_minute.begin(load.creates.into());
            self.content_of_hour.begin(load.creates.into());
        }
        Ok(at)
    }

    fn end(&mut self, load: Load, now: DateTime<Utc>) {
        self.resource(load).points.end(load.points, now);
        self.content_of_minute.end(load.creates.into(), now);
        self.content_of_hour.end(load.creates.into(), now);
        if load.paced {
            self.written_at = Some(now);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = self.gate.clock.now();
        if self.gate.spacing.is_some() {
            self.gate.state().end(self.load, now);
        }
    }
}
