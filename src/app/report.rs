//! What workers report. Whoever speaks for an older generation of a lease is not listened to.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::apply::Cause;
use super::executing::{Happened, task_of};
use super::{App, Result};
use crate::db::executions::{self, Execution, Status};
use crate::db::{Tx, bundles, sprints, tasks, traces};
use crate::domain::ids::ExecutionId;
use crate::domain::work::{Class, Delivery, Failure, Lease, Outcome, Renewal, TraceLine};

/// How often we look for what another server decided.
const A_MOMENT: Duration = Duration::from_secs(2);

/// How long a provider's quota is waited for, in seconds: where it said nothing, and at least and
/// at most where it did.
const USUAL: u32 = 300;
const SHORTEST: i64 = 30;
const LONGEST: i64 = 24 * 3_600;

/// The lease is somebody else's now, or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

impl App {
    /// Keeps a worker's leases alive.
    pub async fn renew(&self, leases: Vec<Lease>) -> Result<Vec<Renewal>> {
        let lasts = TimeDelta::seconds(i64::from(self.settings().queue.lease_seconds));
        let until = self.clock().now() + lasts;
        let mut tx = self.db().begin().await?;
        let mut renewals = Vec::with_capacity(leases.len());
        for lease in leases {
            let (renewed, urgent) = self.queue().renew(&mut tx, &lease, until).await?;
            renewals.push(Renewal { lease, renewed, urgent, allowance: None });
        }
        tx.commit().await?;
        Ok(renewals)
    }

    /// Waits until one of these leases is not to be worked on any more or is interrupted, or so long.
    pub async fn until_news(&self, leases: &[Lease], patience: Duration) -> Result<()> {
        let over = tokio::time::sleep(patience);
        tokio::pin!(over);
        let mut jobs = self.jobs();
        loop {
            let mut tx = self.db().read().await?;
            if self.queue().has_news(&mut tx, leases).await? {
                return Ok(());
            }
            drop(tx);
            // Another server's news arrive by looking.
            let a_moment = tokio::time::sleep(A_MOMENT);
            tokio::select! {
                () = jobs.rung() => {}
                () = a_moment => {}
                () = &mut over => return Ok(()),
            }
        }
    }

    /// Keeps lines of a trace.
    pub async fn trace(&self, lease: &Lease, lines: Vec<TraceLine>) -> Result<Result<(), Stale>> {
        let mut tx = self.db().begin().await?;
        if !self.queue().holds(&mut tx, lease).await? {
            return Ok(Err(Stale));
        }
        let now = self.clock().now();
        traces::add(&mut tx, &lease.execution, lease.epoch, lines, now).await?;
        tx.commit().await?;
        self.inner.changes.ring();
        Ok(Ok(()))
    }

    /// Keeps the commits of an execution until they are published.
    pub async fn keep_bundle(&self, lease: &Lease, bytes: Vec<u8>) -> Result<Result<(), Stale>> {
        let mut tx = self.db().begin().await?;
        if !self.queue().holds(&mut tx, lease).await? {
            return Ok(Err(Stale));
        }
        bundles::store(&mut tx, &lease.execution, lease.epoch, bytes).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Ends an execution. Ending it twice in the same way is ending it once.
    pub async fn finish(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        resets_at: Option<DateTime<Utc>>,
    ) -> Result<Result<(), Stale>> {
        loop {
            let mut tx = self.db().begin().await?;
            let execution = executions::get(&mut tx, &lease.execution).await?;
            if !self.queue().finish(&mut tx, lease).await? {
                let same = execution.epoch == lease.epoch && execution.finished_at.is_some();
                return Ok(if same { Ok(()) } else { Err(Stale) });
            }
            let outcome = &self.without_progress(&mut tx, &execution, outcome).await?;
            let mut happened = self.ended(&mut tx, lease, &execution, outcome).await?;
            if let Happened::Failed(failure) = &happened
                && failure.class == Class::Quota
                && matches!(execution.subject, executions::Subject::Task(..))
            {
                happened = Happened::Exhausted(pause(self.clock().now(), resets_at));
            }
            if let Happened::Failed(failure) = &happened
                && failure.class == Class::Spent
                && matches!(execution.subject, executions::Subject::Task(..))
            {
                happened = Happened::Spent;
                if self.refused_more(&mut tx, &execution).await?.is_none() {
                    continue;
                }
            }
            happened = self.with_parts(&mut tx, &execution, happened).await?;
            let cause = Cause::by(format!("agent {}", execution.agent));
            let heard = match happened.to(&execution) {
                Some(event) => {
                    self.apply_in(&mut tx, &execution.sprint_id, &event, &cause).await?.is_some()
                }
                None => true,
            };
            if heard {
                tx.commit().await?;
                self.inner.figures.execution_ended(word(outcome));
                self.wake();
                if matches!(outcome, Outcome::Failed(_)) {
                    self.tell_if_it_broke(&execution).await?;
                }
                return Ok(Ok(()));
            }
        }
    }

    /// The same outcome, where nothing was done once too often in a row as what it is then.
    async fn without_progress(
        &self,
        tx: &mut Tx,
        execution: &Execution,
        outcome: &Outcome,
    ) -> Result<Outcome> {
        let Outcome::Failed(failure) = outcome else { return Ok(outcome.clone()) };
        let most = self.settings().budgets.idle_turns;
        let (sprint, _) = sprints::get(tx, &execution.sprint_id).await?;
        let task = task_of(&sprint, execution);
        let is_idle = failure.class == Class::NothingDone
            && matches!(execution.subject, executions::Subject::Task(..))
            && task.is_some_and(|task| task.dialogue.makes_no_progress(most));
        if !is_idle {
            return Ok(outcome.clone());
        }
        let message =
            format!("no progress: nothing was done {most} turns in a row; {}", failure.message);
        Ok(Outcome::Failed(Failure { class: Class::NoProgress, message }))
    }

    /// The same, where parts of the task are with others: then it is not over.
    async fn with_parts(
        &self,
        tx: &mut Tx,
        execution: &Execution,
        happened: Happened,
    ) -> Result<Happened> {
        let (sprint, _) = sprints::get(tx, &execution.sprint_id).await?;
        let is_a_try = matches!(execution.subject, executions::Subject::Task(..));
        let task = task_of(&sprint, execution).filter(|_| is_a_try);
        let waits = task.is_some_and(|task| task.delegation.waits());
        Ok(match happened {
            Happened::Delivered | Happened::Asked | Happened::Replied if waits => {
                Happened::Delegated
            }
            other @ (Happened::Taken
            | Happened::Lost
            | Happened::Failed(_)
            | Happened::Exhausted(_)
            | Happened::Spent
            | Happened::Delivered
            | Happened::Replied
            | Happened::Asked
            | Happened::Delegated
            | Happened::Stopped) => other,
        })
    }

    /// Whether a try delivered what its parts did and nothing of its own, which needs no bundle.
    async fn adds_nothing(
        &self,
        tx: &mut Tx,
        execution: &Execution,
        delivery: &Delivery,
    ) -> Result<bool> {
        let (sprint, _) = sprints::get(tx, &execution.sprint_id).await?;
        let task = task_of(&sprint, execution);
        let is_shared = task.is_some_and(|task| task.delegation.is_shared);
        Ok(is_shared && delivery.head == delivery.base_sha)
    }

    async fn ended(
        &self,
        tx: &mut Tx,
        lease: &Lease,
        execution: &Execution,
        outcome: &Outcome,
    ) -> Result<Happened> {
        let now = self.clock().now();
        let id: &ExecutionId = &execution.id;
        let failure = match outcome {
            Outcome::Done => {
                executions::done(tx, id, now).await?;
                return Ok(Happened::Replied);
            }
            Outcome::Asked => {
                executions::done(tx, id, now).await?;
                return Ok(Happened::Asked);
            }
            Outcome::Delivered(delivery) => {
                if bundles::is_here(tx, id, lease.epoch).await?
                    || self.adds_nothing(tx, execution, delivery).await?
                {
                    executions::delivered(tx, id, delivery, now).await?;
                    return Ok(Happened::Delivered);
                }
                Failure {
                    class: Class::Machinery,
                    message: "the worker reported commits that it never handed over".to_owned(),
                }
            }
            Outcome::Failed(failure) => failure.clone(),
            Outcome::Cancelled => {
                executions::failed(tx, id, Status::Cancelled, None, now).await?;
                return Ok(Happened::Stopped);
            }
        };
        executions::failed(tx, id, Status::Failed, Some(&failure), now).await?;
        Ok(Happened::Failed(failure))
    }

    /// The workspaces whose tasks are over, as `{run without its kind}_{task}`.
    pub async fn removable(&self) -> Result<Vec<String>> {
        let mut tx = self.db().read().await?;
        let done = tasks::lately_done(&mut tx).await?;
        Ok(done
            .into_iter()
            .filter_map(|(run, task)| Some(format!("{}_{task}", run.0.split_once('_')?.1)))
            .collect())
    }
}

/// How long a task waits whose model's provider wants no more calls, in seconds: until it said it
/// does again, if it did.
fn pause(now: DateTime<Utc>, resets_at: Option<DateTime<Utc>>) -> u32 {
    let seconds = resets_at.map(|at| (at - now).num_seconds().clamp(SHORTEST, LONGEST));
    seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(USUAL)
}

/// An outcome in a word, for those who count.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered(_) => "delivered",
        Outcome::Done => "done",
        Outcome::Asked => "asked",
        Outcome::Failed(_) => "failed",
        Outcome::Cancelled => "cancelled",
    }
}
