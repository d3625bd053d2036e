//! Handing out work: a lease from the queue, and all that a worker must know.

use chrono::TimeDelta;

use super::apply::Cause;
use super::{App, Error, Listener, Result};
use crate::db::executions::{self, Execution};
use crate::domain::ids::{Attempt, CommitSha, ExecutionId, ProjectName, WorkerId};
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{self, Task};
use crate::domain::work::{Assignment, Checkout, Claim, Claimed, Lease};
use crate::github::Grant;
use crate::queue::{Claimant, Limits};
use crate::say;

/// How long a job rests that cannot be handed out, as when GitHub is down.
const LATER: TimeDelta = TimeDelta::seconds(30);

/// A worker whose credential was checked.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The projects it may serve; every one, where nothing is said.
    pub projects: Option<Vec<ProjectName>>,
}

impl App {
    /// The next execution for a worker, if there is one. What an earlier start of the same worker
    /// held goes back into its queue first.
    pub async fn claim(&self, worker: &Worker, claim: &Claim) -> Result<Option<Claimed>> {
        let who = Claimant {
            worker: claim.worker.clone(),
            incarnation: claim.incarnation.clone(),
            projects: worker.projects.clone(),
        };
        let now = self.clock().now();
        let lease = TimeDelta::seconds(i64::from(self.settings().queue.lease_seconds));
        let mut tx = self.db().read().await?;
        if !self.queue().has_work(&mut tx, &who, now).await? {
            return Ok(None);
        }
        drop(tx);
        let mut tx = self.db().begin().await?;
        let lost = self.queue().take_back(&mut tx, &who).await?;
        self.recovered(&mut tx, lost).await?;
        let leased = self.queue().claim(&mut tx, &who, &self.limits(), now, lease).await?;
        tx.commit().await?;
        let Some(leased) = leased else { return Ok(None) };
        match self.hand_out(&leased, &claim.worker).await {
            Ok(claimed) => Ok(Some(claimed)),
            Err(error) => {
                tracing::warn!(execution.id = %leased.execution, %error, "cannot hand it out now");
                let mut tx = self.db().begin().await?;
                let later = self.clock().now() + LATER;
                self.queue().give_back(&mut tx, &leased, later).await?;
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    /// Hears when a job may have come, from now on.
    pub fn jobs(&self) -> Listener {
        self.inner.jobs.listener()
    }

    fn limits(&self) -> Limits {
        let projects = self.settings().projects.iter();
        Limits {
            total: self.settings().queue.concurrency,
            per_project: self.settings().queue.concurrency_per_project,
            of_project: projects
                .filter_map(|(name, project)| Some((name.clone(), project.concurrency?)))
                .collect(),
        }
    }

    async fn hand_out(&self, lease: &Lease, worker: &WorkerId) -> Result<Claimed> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, &lease.execution).await?;
        drop(tx);
        let sprint = self.sprint(&execution.sprint_id).await?;
        let run = sprint.run.as_ref().filter(|run| run.id == execution.run_id);
        let task = run
            .and_then(|run| run.find(execution.task))
            .ok_or(Error::NotYet("the task is not there"))?;
        let repo = self.repo(task.planned.repo()).await?;
        let read_token = repo.token(Grant::ReadContents).await?;
        let assignment = Assignment {
            execution: lease.execution.clone(),
            epoch: lease.epoch,
            lease_seconds: self.settings().queue.lease_seconds,
            project: execution.project.clone(),
            task: execution.task,
            title: task.planned.title.clone(),
            agent: execution.agent.clone(),
            prompt: prompt(&sprint, task, self.failure_before(&execution).await?.as_deref()),
            checkout: self.checkout(&sprint, task).await?,
            author: self.me().identity(),
        };
        self.taken(lease, &execution, worker, &assignment.checkout.base_sha).await?;
        Ok(Claimed { assignment, read_token: read_token.expose().to_owned() })
    }

    /// How the try before this one failed, if there was one and it did.
    async fn failure_before(&self, execution: &Execution) -> Result<Option<String>> {
        if execution.attempt.0 <= 1 {
            return Ok(None);
        }
        let before = Attempt(execution.attempt.0 - 1);
        let before = ExecutionId::of(&execution.run_id, execution.task, before);
        let mut tx = self.db().read().await?;
        let before = executions::get(&mut tx, &before).await?;
        Ok(before.failure.as_ref().map(|failure| failure.message.clone()))
    }

    async fn checkout(&self, sprint: &Sprint, task: &Task) -> Result<Checkout> {
        let name = task.planned.repo();
        let repo = self.repo(name).await?;
        let base = self.known(name).await?.default_branch;
        let base_sha =
            repo.find_head(&base).await?.ok_or(Error::NotYet("the base branch is not there"))?;
        Ok(Checkout {
            repo: name.clone(),
            url: repo.repository().await?.clone_url,
            base,
            base_sha,
            contains: before(sprint, task)
                .filter(|done| done.planned.repo() == name)
                .filter_map(|done| done.state.merge())
                .collect(),
            branch: task.branch.clone(),
        })
    }

    async fn taken(
        &self,
        lease: &Lease,
        execution: &Execution,
        worker: &WorkerId,
        base: &CommitSha,
    ) -> Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            let now = self.clock().now();
            executions::taken(&mut tx, &execution.id, worker, lease.epoch, base, now).await?;
            let event = Event::Task(execution.task, task::Event::Taken(execution.attempt));
            let cause = Cause::by(format!("worker {worker}"));
            if self.apply_in(&mut tx, &execution.sprint_id, &event, &cause).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return Ok(());
            }
        }
    }
}

/// The tasks of the run that this one waited for.
fn before<'a>(sprint: &'a Sprint, task: &'a Task) -> impl Iterator<Item = &'a Task> {
    let run = sprint.run.as_ref();
    task.planned.waits_for().filter_map(move |number| run?.find(number))
}

fn prompt(sprint: &Sprint, task: &Task, failure: Option<&str>) -> String {
    let delivered: Vec<_> = before(sprint, task)
        .map(|done| say::prompt::Delivered {
            title: done.planned.title.clone(),
            pull: done
                .state
                .pull()
                .map_or(String::new(), |pull| format!("{}#{pull}", done.planned.repo())),
        })
        .collect();
    say::prompt::task(task, &sprint.goal, &delivered, failure)
}
