//! What executions spend, and what they may: counted with every beat, and decided by the sprint.

use super::apply::{Applied, Cause};
use super::executing::task_of;
use super::{App, Result};
use crate::db::executions::{self, Execution, Subject};
use crate::db::{Tx, spending, sprints};
use crate::domain::budget::{self, Budgets, Limit, Purse, Spending};
use crate::domain::plan::Plan;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::work::{Class, Failure, Lease, Outcome};

impl App {
    /// Notes what an execution spent so far, and answers what it may; nothing, where nobody asks
    /// or listens any more.
    pub async fn spends(&self, lease: &Lease, so_far: Spending) -> Result<Option<Limit>> {
        loop {
            let mut tx = self.db().begin().await?;
            if !self.queue().holds(&mut tx, lease).await? {
                return Ok(None);
            }
            let execution = executions::get(&mut tx, &lease.execution).await?;
            let Some((run, task)) = execution.subject.account() else { return Ok(None) };
            if spending::of(&mut tx, lease).await? == so_far {
                return self.allowance(&mut tx, &execution, lease).await.map(Some);
            }
            spending::note(&mut tx, lease, (run, task), so_far).await?;
            let by_task = spending::of_task(&mut tx, run, task).await?;
            let by_run = spending::of_run(&mut tx, run).await?;
            let counted = budget::Event::Counted { task, by_task, by_run, refused: false };
            let cause = Cause::by(format!("agent {}", execution.agent));
            let (id, event) = (&execution.sprint_id, Event::Budget(counted));
            if self.apply_in(&mut tx, id, &event, &cause).await?.is_none() {
                continue;
            }
            let allowance = self.allowance(&mut tx, &execution, lease).await?;
            tx.commit().await?;
            self.wake();
            return Ok(Some(allowance));
        }
    }

    /// Notes that an execution was refused what it wanted to spend; `None` if somebody else was
    /// faster, and the transaction must be begun anew.
    pub(super) async fn refused_more(
        &self,
        tx: &mut Tx,
        execution: &Execution,
    ) -> Result<Option<Applied>> {
        let Subject::Task(run, task) = &execution.subject else {
            return Ok(Some(Applied::Ignored));
        };
        let by_task = spending::of_task(tx, run, *task).await?;
        let by_run = spending::of_run(tx, run).await?;
        let refused = budget::Event::Counted { task: *task, by_task, by_run, refused: true };
        let cause = Cause::by(format!("agent {}", execution.agent));
        self.apply_in(tx, &execution.sprint_id, &Event::Budget(refused), &cause).await
    }

    /// What an execution may spend under this lease.
    async fn allowance(&self, tx: &mut Tx, execution: &Execution, lease: &Lease) -> Result<Limit> {
        let (sprint, _) = sprints::get(tx, &execution.sprint_id).await?;
        let (of_agent, so_far) = (self.of_agent(execution), spending::of(tx, lease).await?);
        let Some((run, number)) = execution.subject.account() else { return Ok(of_agent) };
        let by_task = spending::of_task(tx, run, number).await?;
        let by_run = spending::of_run(tx, run).await?;
        let (task, all) = purses(&sprint, execution);
        Ok(budget::allowance(of_agent, so_far, (&task, by_task), (&all, by_run)))
    }

    /// What an execution may spend that is about to be handed out; it is ended at once, and its
    /// task held, where that is nothing.
    pub(super) async fn afforded(&self, lease: &Lease) -> Result<Option<Limit>> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, &lease.execution).await?;
        let allowance = self.allowance(&mut tx, &execution, lease).await?;
        drop(tx);
        let counts = execution.subject.account().is_some();
        if !counts || !allowance.is_nothing() {
            return Ok(Some(allowance));
        }
        let message = "nothing is left of the budget".to_owned();
        let spent = Outcome::Failed(Failure { class: Class::Spent, message });
        // Somebody else's now, if it is stale.
        let _ = self.finish(lease, &spent, None).await?;
        Ok(None)
    }

    /// What the operator lets an agent spend on one execution.
    fn of_agent(&self, execution: &Execution) -> Limit {
        let agent = self.settings().agents.get(&execution.agent);
        agent.map(|agent| agent.budget.limit()).unwrap_or_default()
    }

    /// What the operator lets be spent on a run that begins, and on its tasks.
    pub(super) fn budgets(&self, sprint: &Sprint) -> Budgets {
        let settings = self.settings();
        let tasks = sprint.plan.iter().flat_map(|plan: &Plan| &plan.tasks);
        Budgets {
            run: settings.run_budget(&sprint.project),
            tasks: tasks.map(|task| (task.number, settings.task_budget(&task.agent))).collect(),
        }
    }
}

/// The purses of an execution's task and run; empty ones, if they are not the sprint's any more.
fn purses(sprint: &Sprint, execution: &Execution) -> (Purse, Purse) {
    let task = task_of(sprint, execution).map(|task| task.purse).unwrap_or_default();
    (task, sprint.run.as_ref().map(|run| run.purse).unwrap_or_default())
}
