//! Handing out work: a lease from the queue, and all that a worker must know.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::apply::Cause;
use super::executing::{Happened, task_of};
use super::{App, Error, Listener, Result};
use crate::causes::whole;
use crate::db::executions::{self, Execution, Subject};
use crate::db::workers;
use crate::domain::budget::Limit;
use crate::domain::ids::{Attempt, CommitSha, ProjectName, RepoName, TaskNumber, WorkerId};
use crate::domain::plan::{PlannedTask, Prd};
use crate::domain::sprint::Sprint;
use crate::domain::task::Task;
use crate::domain::work::{
    Assignment, Checkout, Claim, Claimed, Class, Failure, Lease, Terms, Work,
};
use crate::github::Grant;
use crate::queue::Claimant;
use crate::say;

/// How long a job rests that cannot be handed out, as when GitHub is down.
const LATER: TimeDelta = TimeDelta::seconds(30);

/// How long it is not noted again that a worker asked for work.
const NOTED: TimeDelta = TimeDelta::seconds(20);

/// What is to be done, and what reads the code for it.
pub(super) struct Order {
    pub(super) told: Told,
    pub(super) work: Work,
    pub(super) read_tokens: BTreeMap<RepoName, String>,
    pub(super) terms: Terms,
}

/// What the agent is told: all of it, or what depends on what people said by the moment at which
/// a worker takes it.
pub(super) enum Told {
    /// All of it.
    Whole(String),
    /// What came before.
    Task(Box<say::prompt::Past>),
}

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
        self.heard_of(claim).await?;
        if claim.no_room.is_some() {
            return Ok(None);
        }
        let mut tx = self.db().read().await?;
        if !self.queue().has_work(&mut tx, &who, now).await? {
            return Ok(None);
        }
        drop(tx);
        let mut tx = self.db().begin().await?;
        let lost = self.queue().take_back(&mut tx, &who).await?;
        self.recovered(&mut tx, lost).await?;
        let limits = self.limits_now(&mut tx, now).await?;
        let leased = self.queue().claim(&mut tx, &who, &limits, now, lease).await?;
        tx.commit().await?;
        let Some(leased) = leased else { return Ok(None) };
        let Some(allowance) = self.afforded(&leased).await? else { return Ok(None) };
        match self.hand_out(&leased, &claim.worker, allowance).await {
            Ok(claimed) => Ok(Some(claimed)),
            Err(error) => {
                tracing::warn!(execution.id = %leased.execution, error = %whole(&error), "cannot hand it out now");
                let mut tx = self.db().begin().await?;
                executions::not_handed_out(&mut tx, &leased.execution, &error.to_string()).await?;
                let later = self.clock().now() + LATER;
                self.queue().give_back(&mut tx, &leased, later).await?;
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    /// Notes that a worker is there, and what it can start.
    async fn heard_of(&self, claim: &Claim) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db().read().await?;
        if claim.no_room.is_none() && workers::is_noted(&mut tx, &claim.worker, now, NOTED).await? {
            return Ok(());
        }
        drop(tx);
        let mut tx = self.db().begin().await?;
        workers::seen(&mut tx, claim, now).await?;
        Ok(tx.commit().await?)
    }

    /// Hears when a job may have come, from now on.
    pub fn jobs(&self) -> Listener {
        self.inner.jobs.listener()
    }

    async fn hand_out(
        &self,
        lease: &Lease,
        worker: &WorkerId,
        allowance: Limit,
    ) -> Result<Claimed> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, &lease.execution).await?;
        drop(tx);
        let sprint = self.sprint(&execution.sprint_id).await?;
        let order = match &execution.subject {
            Subject::Task(..) => self.order_for_task(&sprint, &execution).await?,
            Subject::Plan(number) => self.order_for_plan(&sprint, *number).await?,
            Subject::Review(..) => self.order_for_review(&sprint, &execution).await?,
        };
        let base = match &order.work {
            Work::Task(checkout) => Some(checkout.base_sha.clone()),
            Work::Plan { .. } | Work::Review { .. } => None,
        };
        self.taken(lease, &execution, worker, base.as_ref()).await?;
        let mut terms = order.terms;
        let (prompt, resume, told) = match order.told {
            Told::Whole(prompt) => (prompt, None, 0),
            // Read anew: what was said until this moment is part of it.
            Told::Task(past) => {
                let sprint = self.sprint(&execution.sprint_id).await?;
                let task = task_of(&sprint, &execution).ok_or(Error::NotYet("the task is gone"))?;
                let attempt = execution.attempt;
                let resume = say::prompt::resumed(task, attempt, &past);
                let usual = prompt(&sprint, task, attempt, &past);
                let prompt = match self.in_own_words(&execution, &sprint, task, &usual) {
                    Ok(prompt) => prompt,
                    Err(failure) => {
                        terms.refused = Some(failure);
                        usual
                    }
                };
                (prompt, Some(resume), task.dialogue.told().into())
            }
        };
        let assignment = Assignment {
            execution: lease.execution.clone(),
            epoch: lease.epoch,
            lease_seconds: self.settings().queue.lease_seconds,
            project: execution.project.clone(),
            agent: execution.agent.clone(),
            prompt,
            resume,
            told,
            allowance,
            work: order.work,
            author: self.me().identity(),
            terms,
        };
        Ok(Claimed { assignment, read_tokens: order.read_tokens })
    }

    /// What a task's agent is told, in the operator's own words if there are any.
    fn in_own_words(
        &self,
        execution: &Execution,
        sprint: &Sprint,
        task: &Task,
        prompt: &str,
    ) -> Result<String, Failure> {
        let agent = self.settings().agents.get(&execution.agent);
        let Some(own) = agent.and_then(|agent| agent.prompt.as_deref()) else {
            return Ok(prompt.to_owned());
        };
        let facts = say::prompt::Facts {
            prompt,
            title: &task.planned.title,
            repository: task.planned.repo().as_str(),
            issue: task.issue.number.0,
            text: &task.planned.text,
            goal: &sprint.goal.title,
            attempt: execution.attempt.0,
        };
        say::own_prompt::filled(own, &facts).map_err(|name| Failure {
            class: Class::Misconfigured,
            message: say::own_prompt::unknown_words(&execution.agent, &name),
        })
    }

    async fn order_for_task(&self, sprint: &Sprint, execution: &Execution) -> Result<Order> {
        let task = task_of(sprint, execution).ok_or(Error::NotYet("the task is not there"))?;
        self.must_have_its_owner(sprint, task).await?;
        let name = task.planned.repo();
        let repo = self.repo(name).await?;
        let read_token = repo.token(Grant::ReadContents).await?;
        let checkout = self.checkout(sprint, task).await?;
        let file = self.team_file_at(&repo, &checkout.base_sha).await?;
        let own = file.find(&execution.agent);
        let past = self.past(execution, &task.planned).await?;
        let instructions = own.and_then(|own| own.instructions.clone());
        Ok(Order {
            told: Told::Task(Box::new(say::prompt::Past {
                instructions,
                prd: prd_of(sprint),
                ..past
            })),
            work: Work::Task(checkout),
            read_tokens: [(name.clone(), read_token.expose().to_owned())].into(),
            terms: Terms {
                refused: file
                    .refuses(&execution.agent)
                    .map(|message| Failure { class: Class::Refused, message }),
                limits: own.map(|own| own.limits).unwrap_or_default(),
                hooks: file.hooks.clone(),
                egress: self.settings().egress_of(name),
            },
        })
    }

    /// How the try before this one failed, if it did, what was said when one last delivered, and what
    /// earlier work taught.
    async fn past(
        &self,
        execution: &Execution,
        planned: &PlannedTask,
    ) -> Result<say::prompt::Past> {
        let Subject::Task(run, task) = &execution.subject else {
            return Ok(say::prompt::Past::default());
        };
        let mut tx = self.db().read().await?;
        let all = executions::of_run(&mut tx, run).await?;
        drop(tx);
        let mut before: Vec<_> = all
            .iter()
            .filter(|one| one.subject == Subject::Task(run.clone(), *task))
            .filter(|one| one.attempt < execution.attempt)
            .collect();
        before.sort_by_key(|one| one.attempt);
        let last = before.last().and_then(|one| one.failure.as_ref());
        let delivery = before.iter().rev().find_map(|one| one.delivery.as_ref());
        let notes = self.notes_for_task(execution, (run.clone(), *task), planned).await?;
        Ok(say::prompt::Past {
            notes,
            failure: last.map(|failure| failure.message.clone()),
            summary: delivery.map(|delivery| delivery.summary.clone()),
            summaries: all.iter().filter_map(summary_of).collect(),
            failures: all.iter().filter_map(failure_of).collect(),
            ..say::prompt::Past::default()
        })
    }

    async fn checkout(&self, sprint: &Sprint, task: &Task) -> Result<Checkout> {
        let name = task.planned.repo();
        let repo = self.repo(name).await?;
        let base = self.base_of(sprint, task).await?;
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
            may_rebase: task.dialogue.may_rebase(),
            also: task.delegation.to_merge(),
            is_shared: task.delegation.is_shared && task.state.pull().is_none(),
            head: if task.state.pull().is_some() || task.delegation.is_shared {
                repo.find_head(&task.branch).await?
            } else {
                None
            },
        })
    }

    async fn taken(
        &self,
        lease: &Lease,
        execution: &Execution,
        worker: &WorkerId,
        base: Option<&CommitSha>,
    ) -> Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            let now = self.clock().now();
            executions::taken(&mut tx, &execution.id, worker, lease.epoch, base, now).await?;
            let Some(event) = Happened::Taken.to(execution) else { return Ok(()) };
            let cause = Cause::by(format!("worker {worker}"));
            if self.apply_in(&mut tx, &execution.sprint_id, &event, &cause).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return Ok(());
            }
        }
    }
}

/// Which task an execution delivered, and what its agent said it did.
fn summary_of(execution: &Execution) -> Option<(TaskNumber, String)> {
    let summary = &execution.delivery.as_ref()?.summary;
    match &execution.subject {
        Subject::Task(_, task) => Some((*task, summary.clone())),
        Subject::Plan(_) | Subject::Review(..) => None,
    }
}

/// Which task an execution failed at, and why.
fn failure_of(execution: &Execution) -> Option<(TaskNumber, String)> {
    let failure = &execution.failure.as_ref()?.message;
    match &execution.subject {
        Subject::Task(_, task) => Some((*task, failure.clone())),
        Subject::Plan(_) | Subject::Review(..) => None,
    }
}

/// What the team agreed on beyond the tasks.
fn prd_of(sprint: &Sprint) -> Option<Prd> {
    sprint.plan.as_ref()?.prd.clone()
}

/// The tasks of the run that this one waited for.
fn before<'a>(sprint: &'a Sprint, task: &'a Task) -> impl Iterator<Item = &'a Task> {
    let run = sprint.run.as_ref();
    task.planned.waits_for().filter_map(move |number| run?.find(number))
}

fn prompt(sprint: &Sprint, task: &Task, attempt: Attempt, past: &say::prompt::Past) -> String {
    let delivered: Vec<_> = before(sprint, task)
        .map(|done| say::prompt::Delivered {
            title: done.planned.title.clone(),
            pull: done
                .state
                .pull()
                .map_or(String::new(), |pull| format!("{}#{pull}", done.planned.repo())),
            summary: past.summaries.get(&done.planned.number).cloned(),
        })
        .collect();
    say::prompt::task(task, attempt, &sprint.goal, &delivered, past)
}
