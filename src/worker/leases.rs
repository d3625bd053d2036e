//! The leases a worker holds: renewed together, and never outlived by an agent that works on.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::account::Account;
use super::urgent::Urgent;
use crate::agent::Group;
use crate::causes::whole;
use crate::domain::ids::ExecutionId;
use crate::domain::work::{Assignment, Lease, Renewal, Renewed, Spent};
use crate::git::Key;

/// The leases held at the moment.
#[derive(Default)]
pub(super) struct Leases {
    held: Mutex<HashMap<ExecutionId, Arc<Held>>>,
    places: Mutex<HashMap<Key, Arc<Turn>>>,
    /// Told when there is one more.
    more: Notify,
}

/// Whose turn it is in a workspace.
type Turn = tokio::sync::Mutex<()>;

/// One lease, and what hangs on it.
pub(super) struct Held {
    pub(super) lease: Lease,
    pub(super) key: Key,
    /// Cancelled when the work is not wanted any more.
    pub(super) unwanted: CancellationToken,
    /// The message that interrupts the agent, and the latest one it was told.
    pub(super) urgent: Urgent,
    /// When the provider of its model wants to be called again, where it said so.
    resets_at: Mutex<Option<DateTime<Utc>>>,
    /// Whether the agent asked something and waits for the answer.
    pub(super) asks: AtomicBool,
    /// Whether it handed parts of its task to others and waits for them.
    pub(super) delegates: AtomicBool,
    /// What it may spend.
    pub(super) account: Account,
    /// Cancelled when somebody else has the lease.
    pub(super) lost: CancellationToken,
    length: Duration,
    confirmed: Mutex<Instant>,
    group: Mutex<Option<Arc<Group>>>,
}

impl Leases {
    /// Begins to hold the lease of an assignment just received.
    pub(super) fn hold(&self, assignment: &Assignment, key: Key) -> Arc<Held> {
        let held = Arc::new(Held {
            lease: Lease { execution: assignment.execution.clone(), epoch: assignment.epoch },
            key,
            unwanted: CancellationToken::new(),
            urgent: Urgent::new(assignment.told),
            asks: AtomicBool::new(false),
            delegates: AtomicBool::new(false),
            account: Account::new(assignment.allowance),
            resets_at: Mutex::new(None),
            lost: CancellationToken::new(),
            length: Duration::from_secs(assignment.lease_seconds.into()),
            confirmed: Mutex::new(Instant::now()),
            group: Mutex::new(None),
        });
        let former = locked(&self.held).insert(assignment.execution.clone(), Arc::clone(&held));
        if let Some(former) = former {
            // The server has given us the same execution again, so the older epoch is over.
            former.lost.cancel();
        }
        self.more.notify_one();
        held
    }

    /// Waits until nobody else works in a workspace; an older epoch may still be ending there.
    pub(super) async fn turn(&self, key: &Key) -> OwnedMutexGuard<()> {
        let turn = {
            let mut places = locked(&self.places);
            places.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(places.entry(key.clone()).or_default())
        };
        turn.lock_owned().await
    }

    /// Holds it no more.
    pub(super) fn release(&self, held: &Held) {
        let mut all = locked(&self.held);
        if all.get(&held.lease.execution).is_some_and(|now| now.lease == held.lease) {
            all.remove(&held.lease.execution);
        }
    }

    /// Whether an execution at work uses this workspace.
    pub(super) fn works_in(&self, key: &Key) -> bool {
        locked(&self.held).values().any(|held| held.key == *key)
    }

    fn all(&self) -> Vec<Arc<Held>> {
        locked(&self.held).values().cloned().collect()
    }

    fn hear(&self, renewal: &Renewal, asked: Instant) {
        let held = locked(&self.held).get(&renewal.lease.execution).cloned();
        let Some(held) = held.filter(|held| held.lease == renewal.lease) else { return };
        match renewal.renewed {
            Renewed::GoOn => {
                held.confirm(asked);
                held.urgent.comes(renewal.urgent);
                if let Some(limit) = renewal.allowance {
                    held.account.allow(limit);
                }
            }
            Renewed::Cancel => {
                held.confirm(asked);
                held.unwanted.cancel();
            }
            Renewed::Lost => held.lost.cancel(),
        }
    }
}

impl Held {
    /// From now on this agent works under the lease.
    pub(super) fn covers(&self, group: Arc<Group>) {
        *locked(&self.group) = Some(group);
    }

    /// The provider of its model said when it wants to be called again.
    pub(super) fn quota_until(&self, at: Option<DateTime<Utc>>) {
        *locked(&self.resets_at) = at;
    }

    /// When the provider of its model wants to be called again, where it said so.
    pub(super) fn resets_at(&self) -> Option<DateTime<Utc>> {
        *locked(&self.resets_at)
    }

    /// What it spent so far.
    fn spent(&self) -> Spent {
        Spent { lease: self.lease.clone(), so_far: self.account.spent() }
    }

    /// The agent is gone.
    pub(super) fn covers_nobody(&self) {
        *locked(&self.group) = None;
    }

    /// Kills whoever works under the lease, if anybody does.
    pub(super) async fn kill(&self) {
        let group = locked(&self.group).clone();
        if let Some(group) = group
            && let Err(error) = group.kill().await
        {
            // Whoever waits for the agent's end hears the same, and says so.
            tracing::warn!(execution.id = %self.lease.execution, error = whole(&error), "the agent is not gone yet");
        }
    }

    fn confirm(&self, asked: Instant) {
        *locked(&self.confirmed) = asked;
        if let Some(group) = locked(&self.group).as_ref().filter(|group| group.is_frozen()) {
            tracing::info!(execution.id = %self.lease.execution, "the lease is confirmed; the agent goes on");
            group.thaw();
        }
    }

    /// Freezes the agent when the lease could end soon: 15 s before, for a lease of 90 s.
    fn freeze_if_overdue(&self, now: Instant) {
        let safe = *locked(&self.confirmed) + self.length - self.length / 6;
        let group = locked(&self.group);
        if let Some(group) = group.as_ref().filter(|group| now >= safe && !group.is_frozen()) {
            tracing::warn!(execution.id = %self.lease.execution, "the lease is not confirmed; the agent is frozen");
            group.freeze();
        }
    }
}

/// Renews what is held, every beat, and freezes what is not renewed in time, until `shutdown`.
pub(super) async fn keep(shared: Arc<Shared>, shutdown: CancellationToken) {
    tokio::select! {
        () = keep_renewing(&shared) => {}
        () = keep_freezing(&shared) => {}
        () = shutdown.cancelled() => {}
    }
}

/// The server keeps its answer back for half a beat, so that it can say at once that work is not
/// wanted any more.
async fn keep_renewing(shared: &Shared) {
    let beat = shared.settings.beat;
    loop {
        let more = shared.leases.more.notified();
        let spent: Vec<Spent> = shared.leases.all().iter().map(|held| held.spent()).collect();
        if spent.is_empty() {
            more.await;
            continue;
        }
        let asked = Instant::now();
        let renewed = tokio::select! {
            renewed = shared.server.renew(&shared.settings.worker, spent, beat / 2) => renewed,
            // Asked again for all of them.
            () = more => continue,
        };
        match renewed {
            Ok(renewals) => {
                for renewal in &renewals.leases {
                    shared.leases.hear(renewal, asked);
                }
                // A server that answers at once is not asked all the time.
                let early = (beat / 2).saturating_sub(asked.elapsed());
                tokio::time::sleep(early.min(Duration::from_secs(1))).await;
            }
            Err(error) => {
                tracing::warn!(error = %whole(&error), "the leases could not be renewed; trying again");
                tokio::time::sleep(beat / 10).await;
            }
        }
    }
}

async fn keep_freezing(shared: &Shared) {
    loop {
        tokio::time::sleep((shared.settings.beat / 30).max(Duration::from_millis(50))).await;
        for held in shared.leases.all() {
            held.freeze_if_overdue(Instant::now());
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
