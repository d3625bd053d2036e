//! The `agent_executions` table.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::plain::plain;
use super::{Error, Result, Tx};
use crate::domain::breaker::Ended;
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
    /// It did what it was for without commits.
    Done,
    /// It has nothing to show.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// What an execution is a try at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A task of a run.
    Task(RunId, TaskNumber),
    /// A sprint's planning, by its number.
    Plan(i64),
    /// The review agent's look at a try at a task of a run.
    Review(RunId, TaskNumber),
}

impl Subject {
    /// The task of a run on whose account it is, if it is on one's.
    pub fn account(&self) -> Option<(&RunId, TaskNumber)> {
        match self {
            Self::Task(run, task) | Self::Review(run, task) => Some((run, *task)),
            Self::Plan(_) => None,
        }
    }
}

/// One attempt of one agent at one task or plan, or its look at one.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// The sprint.
    pub sprint_id: SprintId,
    /// What it is a try at.
    pub subject: Subject,
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
    /// When it was put into the queue.
    pub queued_at: DateTime<Utc>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it could not be handed to a worker the last time.
    pub trouble: Option<String>,
}

/// An execution about to be queued.
#[derive(Clone, Debug)]
pub struct New {
    /// Its id.
    pub id: ExecutionId,
    /// The sprint.
    pub sprint: SprintId,
    /// What it is a try at.
    pub subject: Subject,
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
    let (kind, run, task, planning) = match new.subject {
        Subject::Task(run, task) => ("task", Some(run), Some(task), None),
        Subject::Plan(number) => ("plan", None, None, Some(number)),
        Subject::Review(run, task) => ("review", Some(run), Some(task), None),
    };
    tx.query(
        "insert into agent_executions
             (id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, epoch,
              queued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0, $10)
         on conflict (id) do nothing",
    )
    .bind(new.id)
    .bind(new.sprint)
    .bind(kind)
    .bind(run)
    .bind(task)
    .bind(planning)
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
    base: Option<&CommitSha>,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update agent_executions
         set status = 'running', worker = $2, epoch = $3, base_sha = $4, trouble = null,
             started_at = coalesce(started_at, $5)
         where id = $1",
    )
    .bind(id.clone())
    .bind(worker.clone())
    .bind(epoch)
    .bind(base.cloned())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes why it could not be handed to a worker.
pub async fn not_handed_out(tx: &mut Tx, id: &ExecutionId, trouble: &str) -> Result<()> {
    tx.query("update agent_executions set trouble = $2 where id = $1")
        .bind(id.clone())
        .bind(trouble.to_owned())
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

/// Notes that it did what it was for.
pub async fn done(tx: &mut Tx, id: &ExecutionId, now: DateTime<Utc>) -> Result<()> {
    tx.query("update agent_executions set status = 'done', finished_at = $2 where id = $1")
        .bind(id.clone())
        .bind(now)
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
    let row: Option<Row> = tx
        .query(
            "select id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, epoch,
                 delivery, failure, started_at, finished_at, trouble, queued_at
             from agent_executions where id = $1",
        )
        .bind(id.clone())
        .first()
        .await?;
    row.and_then(Row::whole).ok_or_else(|| Error::Missing(format!("execution {id}")))
}

/// The executions of a sprint, in the order they were queued.
pub async fn of_sprint(tx: &mut Tx, sprint: &SprintId) -> Result<Vec<Execution>> {
    let rows: Vec<Row> = tx
        .query(
            "select id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, epoch,
                 delivery, failure, started_at, finished_at, trouble, queued_at
             from agent_executions where sprint_id = $1 order by queued_at, id",
        )
        .bind(sprint.clone())
        .all()
        .await?;
    Ok(rows.into_iter().filter_map(Row::whole).collect())
}

/// The executions of a run, in the order they were queued.
pub async fn of_run(tx: &mut Tx, run: &RunId) -> Result<Vec<Execution>> {
    let rows: Vec<Row> = tx
        .query(
            "select id, sprint_id, kind, run_id, task, planning, attempt, project, agent, status, epoch,
                 delivery, failure, started_at, finished_at, trouble, queued_at
             from agent_executions where run_id = $1 order by queued_at, id",
        )
        .bind(run.clone())
        .all()
        .await?;
    Ok(rows.into_iter().filter_map(Row::whole).collect())
}

/// How an agent's last executions at tasks ended since then, the latest first.
pub async fn ended_of_agent(
    tx: &mut Tx,
    agent: &AgentName,
    since: DateTime<Utc>,
) -> Result<Vec<Ended>> {
    type Found = (RunId, TaskNumber, Status, Option<Json<Failure>>, DateTime<Utc>);
    let rows: Vec<Found> = tx
        .query(
            "select run_id, task, status, failure, finished_at
             from agent_executions
             where agent = $1 and kind = 'task' and finished_at >= $2 and status <> 'cancelled'
             order by finished_at desc, id desc limit 500",
        )
        .bind(agent.clone())
        .bind(since)
        .all()
        .await?;
    let ended = |(run, task, status, failure, at): Found| {
        let failed = failure.filter(|_| status == Status::Failed).map(|failure| failure.class);
        Ended { task: (run, task), failed, at }
    };
    Ok(rows.into_iter().map(ended).collect())
}

/// The agents that failed at a task since then.
pub async fn failing_agents(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<AgentName>> {
    let rows: Vec<(AgentName,)> = tx
        .query(
            "select distinct agent from agent_executions
             where kind = 'task' and status = 'failed' and finished_at >= $1 order by agent",
        )
        .bind(since)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

#[derive(FromRow)]
struct Row {
    id: ExecutionId,
    sprint_id: SprintId,
    kind: String,
    run_id: Option<RunId>,
    task: Option<TaskNumber>,
    planning: Option<i64>,
    attempt: Attempt,
    project: ProjectName,
    agent: AgentName,
    status: Status,
    epoch: Epoch,
    delivery: Option<Json<Delivery>>,
    failure: Option<Json<Failure>>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    trouble: Option<String>,
    queued_at: DateTime<Utc>,
}

impl Row {
    /// The execution; none, if it says neither of which task nor of which planning it is.
    fn whole(self) -> Option<Execution> {
        let subject = match (self.run_id, self.task, self.planning) {
            (Some(run), Some(task), None) if self.kind == "review" => Subject::Review(run, task),
            (Some(run), Some(task), None) => Subject::Task(run, task),
            (None, None, Some(number)) => Subject::Plan(number),
            (_, _, _) => return None,
        };
        Some(Execution {
            id: self.id,
            sprint_id: self.sprint_id,
            subject,
            attempt: self.attempt,
            project: self.project,
            agent: self.agent,
            status: self.status,
            epoch: self.epoch,
            delivery: self.delivery,
            failure: self.failure,
            started_at: self.started_at,
            finished_at: self.finished_at,
            trouble: self.trouble,
            queued_at: self.queued_at,
        })
    }
}
