//! What the dashboard reads: many sprints, runs and executions at a glance.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Result, Tx};
use crate::domain::ids::{
    AgentName, ExecutionId, IssueNumber, Login, ProjectName, PullNumber, RepoName, RunId,
    RunNumber, SprintId, TaskNumber, WorkerId,
};
use crate::domain::run;
use crate::domain::sprint::{Goal, State};

/// A sprint, as a list shows it.
#[derive(Clone, Debug, FromRow)]
pub struct Sprint {
    /// Its id.
    pub id: SprintId,
    /// Its project.
    pub project: ProjectName,
    /// Where its sprint issue is.
    pub repo: RepoName,
    /// The sprint issue.
    pub issue: IssueNumber,
    /// What it says.
    pub goal: Json<Goal>,
    /// Whether it still is one.
    pub state: State,
    /// How often anything was decided about it.
    pub revision: i64,
}

/// A run, as a list shows it.
#[derive(Clone, Debug, FromRow)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its sprint.
    pub sprint_id: SprintId,
    /// Its place among the sprint's.
    pub number: RunNumber,
    /// Where it is.
    pub status: run::State,
    /// Who started it.
    pub started_by: Login,
    /// When.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it has.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A task, as a list shows it.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Task {
    /// Its run.
    pub run_id: RunId,
    /// Its number.
    pub number: TaskNumber,
    /// Where it is done.
    pub repo: RepoName,
    /// Its title.
    pub title: String,
    /// Its owner.
    pub owner: Login,
    /// The word for where it is.
    pub status: String,
    /// Its pull request, if there is one.
    pub pull: Option<PullNumber>,
    /// Since when it is there.
    pub updated_at: DateTime<Utc>,
}

/// How many of a run's tasks are somewhere.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Count {
    /// Which run.
    pub run_id: RunId,
    /// Where.
    pub status: String,
    /// How many.
    pub tasks: i64,
}

/// What an agent did in a sprint.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Deeds {
    /// Which sprint.
    pub sprint_id: SprintId,
    /// Which agent.
    pub agent: AgentName,
    /// How often it was tried.
    pub tries: i64,
    /// How many of them delivered.
    pub delivered: i64,
    /// How many of them failed.
    pub failed: i64,
    /// How many are at work.
    pub at_work: i64,
    /// When one was last put into the queue.
    pub last_at: DateTime<Utc>,
}

/// What the ledger of an execution says at its end.
#[derive(Clone, Debug, FromRow)]
pub struct Spent {
    /// Which sprint's.
    pub sprint_id: SprintId,
    /// Which run's, if it was a task's.
    pub run_id: Option<RunId>,
    /// Which task's.
    pub task: Option<TaskNumber>,
    /// Which execution.
    pub execution_id: ExecutionId,
    /// Whose.
    pub agent: AgentName,
    /// The statement.
    pub body: Json<serde_json::Value>,
}

/// Jobs of a queue in one state.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Jobs {
    /// The queue.
    pub queue: String,
    /// `ready` or `leased`.
    pub state: String,
    /// How many.
    pub jobs: i64,
    /// How many of them are held back by a pause.
    pub held: i64,
}

/// A worker that holds leases.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Worker {
    /// Which.
    pub worker: WorkerId,
    /// In which queue.
    pub queue: String,
    /// How many.
    pub leases: i64,
    /// Until when the freshest of them lasts.
    pub leased_until: DateTime<Utc>,
}

/// Every sprint.
pub async fn sprints(tx: &mut Tx) -> Result<Vec<Sprint>> {
    tx.query("select id, project, repo, issue, goal, state, revision from sprint order by id")
        .all()
        .await
}

/// A sprint of that id, without all that belongs to it.
pub async fn sprint(tx: &mut Tx, id: &SprintId) -> Result<Option<Sprint>> {
    tx.query("select id, project, repo, issue, goal, state, revision from sprint where id = $1")
        .bind(id.clone())
        .first()
        .await
}

/// The latest run of every sprint that has one.
pub async fn latest_runs(tx: &mut Tx) -> Result<Vec<Run>> {
    tx.query(
        "select r.id, r.sprint_id, r.number, r.status, r.started_by, r.started_at, r.finished_at
         from orchestration_runs r
         where r.number = (select max(l.number) from orchestration_runs l
                           where l.sprint_id = r.sprint_id)
         order by r.sprint_id",
    )
    .all()
    .await
}

/// The runs of a sprint, latest first.
pub async fn runs_of(tx: &mut Tx, sprint: &SprintId) -> Result<Vec<Run>> {
    tx.query(
        "select id, sprint_id, number, status, started_by, started_at, finished_at
         from orchestration_runs where sprint_id = $1 order by number desc",
    )
    .bind(sprint.clone())
    .all()
    .await
}

/// Every run, latest first.
pub async fn runs(tx: &mut Tx) -> Result<Vec<Run>> {
    tx.query(
        "select id, sprint_id, number, status, started_by, started_at, finished_at
         from orchestration_runs order by started_at desc, id desc",
    )
    .all()
    .await
}

/// A run of that id, if there is one.
pub async fn run(tx: &mut Tx, id: &RunId) -> Result<Option<Run>> {
    tx.query(
        "select id, sprint_id, number, status, started_by, started_at, finished_at
         from orchestration_runs where id = $1",
    )
    .bind(id.clone())
    .first()
    .await
}

/// How many tasks of each run are where.
pub async fn counts(tx: &mut Tx) -> Result<Vec<Count>> {
    tx.query(
        "select run_id, status, count(*) as tasks from orchestration_tasks
         group by run_id, status order by run_id, status",
    )
    .all()
    .await
}

/// The tasks of runs under way about which a person must decide.
pub async fn with_people(tx: &mut Tx) -> Result<Vec<Task>> {
    tx.query(
        "select t.run_id, t.number, t.repo, t.title, t.owner, t.status, t.pull, t.updated_at
         from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
         where t.status in ('review', 'asking', 'closed', 'failed')
           and r.status in ('pending', 'running', 'paused')
         order by t.updated_at, t.run_id, t.number",
    )
    .all()
    .await
}

/// What agents did, by sprint.
pub async fn deeds(tx: &mut Tx) -> Result<Vec<Deeds>> {
    tx.query(
        "select sprint_id, agent, count(*) as tries,
             count(case when status in ('delivered', 'published', 'done') then 1 end) as delivered,
             count(case when status = 'failed' then 1 end) as failed,
             count(case when status = 'running' then 1 end) as at_work,
             max(queued_at) as last_at
         from agent_executions group by sprint_id, agent order by agent, sprint_id",
    )
    .all()
    .await
}

/// What the ledgers of executions say.
pub async fn spent(tx: &mut Tx) -> Result<Vec<Spent>> {
    tx.query(
        "select e.sprint_id, e.run_id, e.task, e.id as execution_id, e.agent, t.body
         from trace t join agent_executions e on e.id = t.execution_id
         where t.kind = 'ledger' order by t.execution_id, t.epoch, t.seq",
    )
    .all()
    .await
}

/// What the ledgers of a run's executions say.
pub async fn spent_in(tx: &mut Tx, run: &RunId) -> Result<Vec<Spent>> {
    tx.query(
        "select e.sprint_id, e.run_id, e.task, e.id as execution_id, e.agent, t.body
         from agent_executions e join trace t on t.execution_id = e.id
         where e.run_id = $1 and t.kind = 'ledger' order by t.execution_id, t.epoch, t.seq",
    )
    .bind(run.clone())
    .all()
    .await
}

/// How many lines the traces of a task's tries have.
pub async fn lines_of_task(tx: &mut Tx, run: &RunId, task: TaskNumber) -> Result<i64> {
    let row: Option<(i64,)> = tx
        .query(
            "select count(*) from trace t join agent_executions e on e.id = t.execution_id
             where e.run_id = $1 and e.task = $2",
        )
        .bind(run.clone())
        .bind(task)
        .first()
        .await?;
    Ok(row.map_or(0, |(lines,)| lines))
}

/// When the checks of a task's pull request were found to stand as they do.
pub async fn checked_at(
    tx: &mut Tx,
    run: &RunId,
    task: TaskNumber,
) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = tx
        .query(
            "select c.read_at
             from orchestration_tasks t join pull_check c on c.repo = t.repo and c.pull = t.pull
             where t.run_id = $1 and t.number = $2",
        )
        .bind(run.clone())
        .bind(task)
        .first()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// The jobs that wait or are at work, by queue.
pub async fn jobs(tx: &mut Tx) -> Result<Vec<Jobs>> {
    tx.query(
        "select queue, state, count(*) as jobs, count(case when held then 1 end) as held
         from job where state in ('ready', 'leased')
         group by queue, state order by queue, state",
    )
    .all()
    .await
}

/// The workers that hold leases.
pub async fn workers(tx: &mut Tx) -> Result<Vec<Worker>> {
    tx.query(
        "select worker, queue, count(*) as leases, max(leased_until) as leased_until
         from job where state = 'leased' and worker is not null and leased_until is not null
         group by worker, queue order by worker, queue",
    )
    .all()
    .await
}
