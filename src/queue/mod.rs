//! Who works next: one queue `agents-{project}` per project, made when it is first needed.
//!
//! A job is one execution and its id is the execution's, so enqueuing twice is once. Whoever claims
//! a job holds a lease with an epoch; a newer epoch makes every older one deaf and dumb.

mod database;
mod next;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Result, Tx};
use crate::domain::ids::{AgentName, Epoch, ExecutionId, ProjectName, RunId, WorkerId};
use crate::domain::work::{Lease, Renewed};

/// The engine that keeps the queues.
#[derive(Clone, Copy, Debug)]
pub enum Queue {
    /// In the same database as the state, and committed with it.
    Database,
}

/// A job to be put into a queue.
#[derive(Clone, Debug)]
pub struct Job {
    /// The execution, and so the job's id.
    pub execution: ExecutionId,
    /// Which run it belongs to, if to one, so that the run can be paused.
    pub run: Option<RunId>,
    /// Whose queue.
    pub project: ProjectName,
    /// Which agent's work it is.
    pub agent: AgentName,
    /// Of jobs with the same one, one is on lease at a time.
    pub key: Option<String>,
    /// Lower is sooner.
    pub priority: i64,
    /// Not before.
    pub run_at: DateTime<Utc>,
}

/// How many jobs may be on lease at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// In all.
    pub total: u32,
    /// In one project, where nothing else is said.
    pub per_project: u32,
    /// In these projects.
    pub of_project: BTreeMap<ProjectName, u32>,
    /// Of these agents, in all projects; others are not limited.
    pub of_agent: BTreeMap<AgentName, u32>,
}

/// Who asks for a job.
#[derive(Clone, Debug)]
pub struct Claimant {
    /// The worker.
    pub worker: WorkerId,
    /// Which start of it.
    pub incarnation: String,
    /// The projects it may serve; every one, where nothing is said.
    pub projects: Option<Vec<ProjectName>>,
}

/// What became of a job whose worker was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It is in its queue again.
    Requeued(ExecutionId),
    /// Too many workers were lost over it.
    Dead(ExecutionId),
    /// Nobody wanted it any more, and now nobody works on it.
    Stopped(ExecutionId),
}

/// How often a job may lose its worker without a word before it counts as failed.
pub const MOST_RECOVERIES: i64 = 3;

/// How often a job's worker may be restarted before the job is suspected of being the reason.
pub const MOST_RESTARTS: i64 = 30;

/// How deep the queues are.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Depth {
    /// `agents-{project}`.
    pub queue: String,
    /// Jobs that wait.
    pub ready: i64,
    /// Jobs on lease.
    pub leased: i64,
    /// From when on the job could have started that waits longest.
    pub oldest: Option<DateTime<Utc>>,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From when on it may be taken.
    pub run_at: DateTime<Utc>,
    /// Until when a worker has it, if one does.
    pub leased_until: Option<DateTime<Utc>>,
    /// How many of its queue are before it.
    pub ahead: i64,
    /// How many of its queue are at work.
    pub at_work: i64,
    /// How many of all queues are at work.
    pub at_work_in_all: i64,
    /// How many of its agent are at work, in all queues.
    pub at_work_of_agent: i64,
    /// Whether another job that it may not run beside is still on lease.
    pub follows: bool,
}

impl Limits {
    /// How many jobs of a project may be on lease at once.
    pub fn of(&self, project: &ProjectName) -> u32 {
        self.of_project.get(project).copied().unwrap_or(self.per_project)
    }
}

/// The name of a project's queue, and of no other's: `acme/my-web` must not meet `acme-my/web`.
pub fn name(project: &ProjectName) -> String {
    format!("agents-{project}")
}

impl Queue {
    /// Puts a job into its queue; one that is there stays as it is.
    pub async fn enqueue(self, tx: &mut Tx, job: &Job, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Database => database::enqueue(tx, job, now).await,
        }
    }

    /// Whether there may be something for a claimant; only looks, so that asking costs no write.
    pub async fn has_work(self, tx: &mut Tx, who: &Claimant, now: DateTime<Utc>) -> Result<bool> {
        match self {
            Self::Database => database::has_work(tx, who, now).await,
        }
    }

    /// Leases the next job the claimant may have.
    pub async fn claim(
        self,
        tx: &mut Tx,
        who: &Claimant,
        limits: &Limits,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<Lease>> {
        match self {
            Self::Database => database::claim(tx, who, limits, now, lease).await,
        }
    }

    /// Makes a lease last until then, and tells whether the work is still wanted, and which
    /// message interrupts it; 0 for none.
    pub async fn renew(
        self,
        tx: &mut Tx,
        lease: &Lease,
        until: DateTime<Utc>,
    ) -> Result<(Renewed, i64)> {
        match self {
            Self::Database => database::renew(tx, lease, until).await,
        }
    }

    /// Whether one of these leases is not to be worked on any more, or is interrupted; only looks.
    pub async fn has_news(self, tx: &mut Tx, leases: &[Lease]) -> Result<bool> {
        match self {
            Self::Database => database::has_news(tx, leases).await,
        }
    }

    /// Has a message interrupt the agent that does a job; 0 for none.
    pub async fn interrupt(self, tx: &mut Tx, execution: &ExecutionId, message: i64) -> Result<()> {
        match self {
            Self::Database => database::interrupt(tx, execution, message).await,
        }
    }

    /// Lets nobody take a job, or has its worker stop; true if nobody works on it now.
    pub async fn stop(self, tx: &mut Tx, execution: &ExecutionId) -> Result<bool> {
        match self {
            Self::Database => database::stop(tx, execution).await,
        }
    }

    /// Whether a lease is the latest of its job.
    pub async fn holds(self, tx: &mut Tx, lease: &Lease) -> Result<bool> {
        match self {
            Self::Database => database::holds(tx, lease).await,
        }
    }

    /// Ends a job; false if the lease is somebody else's now.
    pub async fn finish(self, tx: &mut Tx, lease: &Lease) -> Result<bool> {
        match self {
            Self::Database => database::finish(tx, lease).await,
        }
    }

    /// Gives a job back untouched, to be claimed again from then on.
    pub async fn give_back(self, tx: &mut Tx, lease: &Lease, run_at: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Database => database::give_back(tx, lease, run_at).await,
        }
    }

    /// Takes back the leases that an earlier start of a worker held.
    pub async fn take_back(self, tx: &mut Tx, who: &Claimant) -> Result<Vec<Recovered>> {
        match self {
            Self::Database => database::take_back(tx, who).await,
        }
    }

    /// Takes back the leases that ran out.
    pub async fn reap(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Recovered>> {
        match self {
            Self::Database => database::reap(tx, now).await,
        }
    }

    /// Gives every lease at least until then, after an outage in which nobody could renew.
    pub async fn grace(self, tx: &mut Tx, until: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Database => database::grace(tx, until).await,
        }
    }

    /// Keeps a run's jobs from being claimed, or lets them be claimed again.
    pub async fn hold(self, tx: &mut Tx, run: &RunId, held: bool) -> Result<()> {
        match self {
            Self::Database => database::hold(tx, run, held).await,
        }
    }

    /// How many leases end before then, because they were not renewed in a while.
    pub async fn late(self, tx: &mut Tx, before: DateTime<Utc>) -> Result<i64> {
        match self {
            Self::Database => database::late(tx, before).await,
        }
    }

    /// The same for one job.
    pub async fn hold_one(self, tx: &mut Tx, execution: &ExecutionId, held: bool) -> Result<()> {
        match self {
            Self::Database => database::hold_one(tx, execution, held).await,
        }
    }

    /// Makes whoever else asks for this wait until we commit, as claims wait for each other.
    pub async fn one_at_a_time(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Database => database::one_at_a_time(tx, now).await,
        }
    }

    /// Where those of these jobs stand that wait or are at work.
    pub async fn places(
        self,
        tx: &mut Tx,
        of: &BTreeSet<ExecutionId>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<ExecutionId, Place>> {
        match self {
            Self::Database => standing::places(tx, of, now).await,
        }
    }

    /// The workers that hold a lease.
    pub async fn workers(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<WorkerId>> {
        match self {
            Self::Database => standing::workers(tx, now).await,
        }
    }

    /// How deep each queue is.
    pub async fn depths(self, tx: &mut Tx) -> Result<Vec<Depth>> {
        match self {
            Self::Database => database::depths(tx).await,
        }
    }
}

/// The first epoch of a job nobody has claimed yet.
pub const UNCLAIMED: Epoch = Epoch(0);
