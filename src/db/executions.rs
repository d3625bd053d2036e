//! The `agent_executions` table.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::plain::plain;
use super::{Error, Result, Tx};
use crate::domain::ids::{
    AgentName, Attempt, CommitSha, Epoch, ExecutionId, ProjectName, RunId, SprintId, TaskNumber,
    WorkerId,
};
use crate::domain::work::{Delivery, Failure};

/// Where an execution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    /// In its project's queue.
    Queued,
    /// A worker has it.
    Running,
    /// Its commits are here, on their way to GitHub.
    Delivered,
    /// Its commits are on GitHub.
    Published,
    /// It has nothing to show.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// One attempt of one agent at one task.
#[derive(Clone, Debug, FromRow)]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// The sprint.
    pub sprint_id: SprintId,
    /// The run.
    pub run_id: RunId,
    /// The task.
    pub task: TaskNumber,
    /// Which try.
    pub attempt: Attempt,
    /// The project whose queue it was put in.
    pub project: ProjectName,
    /// The agent.
    pub agent: AgentName,
    /// Where it is.
    pub status: Status,
    /// The generation of its lease.
    pub epoch: Epoch,
    /// What was delivered.
    pub delivery: Option<Json<Delivery>>,
    /// Why it failed.
    pub failure: Option<Json<Failure>>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// An execution about to be queued.
#[derive(Clone, Debug)]
pub struct New {
    /// Its id.
    pub id: ExecutionId,
    /// The run.
    pub run: RunId,
    /// The task.
    pub task: TaskNumber,
    /// Which try.
    pub attempt: Attempt,
    /// The project.
    pub project: ProjectName,
    /// The agent.
    pub agent: AgentName,
}

/// Writes an execution down; one that is there stays as it is.
pub async fn insert(tx: &mut Tx, new: &New, now: DateTime<Utc>) -> Result<()> {
    let new = new.clone();
    tx.query(
        "insert into agent_executions
             (id, run_id, task, attempt, project, agent, status, epoch, queued_at)
         values ($1, $2, $3, $4, $5, $6, 'queued', 0, $7)
         on conflict (id) do nothing",
    )
    .bind(new.id)
    .bind(new.run)
    .bind(new.task)
    .bind(new.attempt)
    .bind(new.project)
    .bind(new.agent)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes that a worker took it, as a new generation of its lease.
pub async fn taken(
    tx: &mut Tx,
    id: &ExecutionId,
    worker: &WorkerId,
    epoch: Epoch,
    base: &CommitSha,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update agent_executions
         set status = 'running', worker = $2, epoch = $3, base_sha = $4,
             started_at = coalesce(started_at, $5)
         where id = $1",
    )
    .bind(id.clone())
    .bind(worker.clone())
    .bind(epoch)
    .bind(base.clone())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes that its worker is gone and it is in the queue again.
pub async fn lost(tx: &mut Tx, id: &ExecutionId) -> Result<()> {
    tx.query("update agent_executions set status = 'queued' where id = $1 and status = 'running'")
        .bind(id.clone())
        .run()
        .await?;
    Ok(())
}

/// Notes that it delivered.
pub async fn delivered(
    tx: &mut Tx,
    id: &ExecutionId,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update agent_executions set status = 'delivered', delivery = $2, finished_at = $3
         where id = $1",
    )
    .bind(id.clone())
    .bind(plain(delivery))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes that its commits are on GitHub.
pub async fn published(tx: &mut Tx, id: &ExecutionId) -> Result<()> {
    tx.query("update agent_executions set status = 'published' where id = $1")
        .bind(id.clone())
        .run()
        .await?;
    Ok(())
}

/// Notes that it failed, or was stopped.
pub async fn failed(
    tx: &mut Tx,
    id: &ExecutionId,
    status: Status,
    failure: Option<&Failure>,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update agent_executions set status = $2, failure = $3, finished_at = $4 where id = $1",
    )
    .bind(id.clone())
    .bind(status)
    .bind(failure.map(plain))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The execution of that id.
pub async fn get(tx: &mut Tx, id: &ExecutionId) -> Result<Execution> {
    tx.query(
        "select e.id, r.sprint_id, e.run_id, e.task, e.attempt, e.project, e.agent, e.status,
             e.epoch, e.delivery, e.failure, e.started_at, e.finished_at
         from agent_executions e join orchestration_runs r on r.id = e.run_id
         where e.id = $1",
    )
    .bind(id.clone())
    .first()
    .await?
    .ok_or_else(|| Error::Missing(format!("execution {id}")))
}

/// The executions of a run, in the order they were queued.
pub async fn of_run(tx: &mut Tx, run: &RunId) -> Result<Vec<Execution>> {
    tx.query(
        "select e.id, r.sprint_id, e.run_id, e.task, e.attempt, e.project, e.agent, e.status,
             e.epoch, e.delivery, e.failure, e.started_at, e.finished_at
         from agent_executions e join orchestration_runs r on r.id = e.run_id
         where e.run_id = $1 order by e.queued_at, e.id",
    )
    .bind(run.clone())
    .all()
    .await
}
