//! What agents shall do, put into the queue of its project.

use chrono::TimeDelta;

use super::{App, Result};
use crate::config::PLANNER;
use crate::db::executions::Subject;
use crate::db::{Tx, executions};
use crate::domain::ids::{AgentName, ExecutionId, RunId, TaskNumber};
use crate::domain::planning::Try;
use crate::domain::sprint::Sprint;
use crate::queue::Job;

impl App {
    /// People wait for a plan, so it goes before every task.
    pub(super) async fn enqueue_planning(
        &self,
        tx: &mut Tx,
        sprint: &Sprint,
        of: Try,
        execution: &ExecutionId,
        pause_seconds: u32,
    ) -> Result<()> {
        let new = executions::New {
            id: execution.clone(),
            sprint: sprint.id.clone(),
            subject: Subject::Plan(of.number),
            attempt: of.attempt,
            project: sprint.project.clone(),
            agent: AgentName(PLANNER.to_owned()),
        };
        self.put_into_queue(tx, &new, None, 0, pause_seconds).await
    }

    pub(super) async fn put_into_queue(
        &self,
        tx: &mut Tx,
        new: &executions::New,
        run: Option<RunId>,
        priority: i64,
        pause_seconds: u32,
    ) -> Result<()> {
        let now = self.clock().now();
        executions::insert(tx, new, now).await?;
        let job = Job {
            execution: new.id.clone(),
            run,
            project: new.project.clone(),
            agent: new.agent.clone(),
            key: concurrency_key(&new.subject),
            priority,
            run_at: now
                + TimeDelta::seconds(i64::from(pause_seconds))
                + jitter(&new.id, pause_seconds),
        };
        Ok(self.queue().enqueue(tx, &job, now).await?)
    }

    pub(super) async fn enqueue(
        &self,
        tx: &mut Tx,
        sprint: &Sprint,
        run_id: &RunId,
        number: TaskNumber,
        execution: &ExecutionId,
        pause_seconds: u32,
    ) -> Result<()> {
        let task = sprint.run.as_ref().and_then(|run| run.find(number));
        let Some(task) = task else { return Ok(()) };
        let new = executions::New {
            id: execution.clone(),
            sprint: sprint.id.clone(),
            subject: Subject::Task(run_id.clone(), number),
            attempt: task.state.attempt(),
            project: sprint.project.clone(),
            agent: task.planned.agent.clone(),
        };
        self.put_into_queue(tx, &new, Some(run_id.clone()), number.0, pause_seconds).await?;
        if !sprint.run.as_ref().is_some_and(|run| run.hands_out(task)) {
            self.queue().hold_one(tx, execution, true).await?;
        }
        Ok(())
    }
}

/// An agent that is being stopped may go on for a moment; the next try at its task waits for that.
fn concurrency_key(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Task(run, task) => Some(format!("{run} T{task}")),
        Subject::Plan(_) | Subject::Review(..) => None,
    }
}

/// Up to a fifth of the pause more, the same for the same execution, so that tries which failed
/// together do not come back together.
fn jitter(execution: &ExecutionId, pause_seconds: u32) -> TimeDelta {
    let mixed =
        execution.0.bytes().fold(5_381_i64, |hash, byte| (hash * 33 + i64::from(byte)) % 1_000);
    TimeDelta::milliseconds(i64::from(pause_seconds) * mixed / 5)
}
