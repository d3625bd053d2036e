//! The `orchestration_tasks` table.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::plain::plain;
use super::{Result, Tx};
use crate::domain::budget::Purse;
use crate::domain::delegation::Delegation;
use crate::domain::dialogue::Dialogue;
use crate::domain::found::Barred;
use crate::domain::ids::{
    BranchName, IssueNumber, IssueRef, Login, PullNumber, RepoName, RunId, SprintId, TaskNumber,
};
use crate::domain::plan::{Dependency, PlannedTask};
use crate::domain::task::{State, Task};

#[derive(FromRow)]
struct Row {
    repo: RepoName,
    issue: IssueNumber,
    branch: BranchName,
    planned: Json<PlannedTask>,
    waits_for: Json<Vec<Dependency>>,
    state: Json<State>,
    held_by: Option<Login>,
    dialogue: Json<Dialogue>,
    barred: Json<Vec<Barred>>,
    purse: Json<Purse>,
    delegation: Json<Delegation>,
}

/// Since when a task is where it is.
#[derive(Clone, Copy, Debug, PartialEq, FromRow)]
pub struct Times {
    /// Which task.
    pub number: TaskNumber,
    /// When it came into its state.
    pub since: DateTime<Utc>,
    /// Since when a person or something else keeps it from starting, if so.
    pub held_since: Option<DateTime<Utc>>,
}

/// Where a task is found.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Place {
    /// The sprint.
    pub sprint_id: SprintId,
    /// The run.
    pub run_id: RunId,
    /// The task.
    pub number: TaskNumber,
}

/// Writes a task down for the first time. `owner` is not optional: no task runs without one.
pub async fn insert(
    tx: &mut Tx,
    run: &RunId,
    task: &Task,
    owner: &Login,
    now: DateTime<Utc>,
) -> Result<()> {
    let planned = task.planned.clone();
    tx.query(
        "insert into orchestration_tasks (run_id, number, repo, issue, title, owner, agent, branch,
             planned, waits_for, state, status, attempt, pull, merge_commit, updated_at, since,
             held_by, barred, dialogue, purse, delegation, parent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17,
             $18, $19, $20, $21, $22)",
    )
    .bind(run.clone())
    .bind(planned.number)
    .bind(planned.repo().clone())
    .bind(task.issue.number)
    .bind(planned.title.clone())
    .bind(owner.clone())
    .bind(planned.agent.clone())
    .bind(task.branch.clone())
    .bind(Json(planned))
    .bind(Json(task.waits_for.clone()))
    .bind(Json(task.state.clone()))
    .bind(status(&task.state))
    .bind(task.state.attempt())
    .bind(task.state.pull())
    .bind(task.state.merge())
    .bind(now)
    .bind(task.held_by.clone())
    .bind(Json(task.barred.clone()))
    .bind(plain(&task.dialogue))
    .bind(Json(task.purse))
    .bind(plain(&task.delegation))
    .bind(task.delegation.parent)
    .run()
    .await?;
    Ok(())
}

/// Moves a task to its new state, with the words it has then.
pub async fn advance(tx: &mut Tx, run: &RunId, task: &Task, now: DateTime<Utc>) -> Result<()> {
    tx.query(
        "update orchestration_tasks
         set waits_for = $3, state = $4, status = $5, attempt = $6, pull = $7, merge_commit = $8,
             updated_at = $9, branch = $10, title = $11, planned = $12, held_by = $13,
             barred = $14, repo = $15,
             since = case when status = $5 and attempt = $6 then since else $9 end,
             held_since = case when $16 then coalesce(held_since, $9) end, dialogue = $17,
             purse = $18, delegation = $19
         where run_id = $1 and number = $2",
    )
    .bind(run.clone())
    .bind(task.planned.number)
    .bind(Json(task.waits_for.clone()))
    .bind(Json(task.state.clone()))
    .bind(status(&task.state))
    .bind(task.state.attempt())
    .bind(task.state.pull())
    .bind(task.state.merge())
    .bind(now)
    .bind(task.branch.clone())
    .bind(task.planned.title.clone())
    .bind(Json(task.planned.clone()))
    .bind(task.held_by.clone())
    .bind(Json(task.barred.clone()))
    .bind(task.planned.repo().clone())
    .bind(task.is_held())
    .bind(plain(&task.dialogue))
    .bind(Json(task.purse))
    .bind(plain(&task.delegation))
    .run()
    .await?;
    Ok(())
}

/// The tasks of a run, by number.
pub async fn of_run(tx: &mut Tx, run: &RunId) -> Result<Vec<Task>> {
    let rows: Vec<Row> = tx
        .query(
            "select repo, issue, branch, planned, waits_for, state, held_by, barred,
                 dialogue, purse, delegation
             from orchestration_tasks
             where run_id = $1 order by number",
        )
        .bind(run.clone())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Task {
            planned: row.planned.0,
            issue: IssueRef { repo: row.repo, number: row.issue },
            branch: row.branch,
            waits_for: row.waits_for.0,
            state: row.state.0,
            held_by: row.held_by,
            dialogue: row.dialogue.0,
            barred: row.barred.0,
            purse: row.purse.0,
            delegation: row.delegation.0,
        })
        .collect())
}

/// Since when the tasks of a run are where they are.
pub async fn times(tx: &mut Tx, run: &RunId) -> Result<Vec<Times>> {
    tx.query(
        "select number, since, held_since from orchestration_tasks
         where run_id = $1 order by number",
    )
    .bind(run.clone())
    .all()
    .await
}

/// Calls a repository by its new name where tasks are found by it, also those of past runs.
pub async fn rename(tx: &mut Tx, from: &RepoName, to: &RepoName) -> Result<()> {
    tx.query("update orchestration_tasks set repo = $2 where repo = $1")
        .bind(from.clone())
        .bind(to.clone())
        .run()
        .await?;
    Ok(())
}

/// The task whose pull request that is.
pub async fn of_pull(tx: &mut Tx, repo: &RepoName, pull: PullNumber) -> Result<Option<Place>> {
    tx.query(
        "select r.sprint_id, t.run_id, t.number
         from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
         where t.repo = $1 and t.pull = $2
         order by r.number desc limit 1",
    )
    .bind(repo.clone())
    .bind(pull)
    .first()
    .await
}

/// The tasks of runs under way whose pull requests in a repository are with people.
pub async fn in_review(tx: &mut Tx, repo: &RepoName) -> Result<Vec<(Place, PullNumber)>> {
    let rows: Vec<(SprintId, RunId, TaskNumber, PullNumber)> = tx
        .query(
            "select r.sprint_id, t.run_id, t.number, t.pull
             from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
             where t.repo = $1 and t.status = 'review' and t.pull is not null
               and r.status in ('pending', 'running', 'paused')
             order by t.run_id, t.number",
        )
        .bind(repo.clone())
        .all()
        .await?;
    let place = |(sprint_id, run_id, number, pull)| (Place { sprint_id, run_id, number }, pull);
    Ok(rows.into_iter().map(place).collect())
}

/// The latest task that an issue describes.
pub async fn of_issue(tx: &mut Tx, issue: &IssueRef) -> Result<Option<Place>> {
    tx.query(
        "select r.sprint_id, t.run_id, t.number
         from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
         where t.repo = $1 and t.issue = $2
         order by r.started_at desc limit 1",
    )
    .bind(issue.repo.clone())
    .bind(issue.number)
    .first()
    .await
}

/// The sprints under way in which some task waits for an issue outside of it.
pub async fn waiting_for(tx: &mut Tx, issue: &IssueRef) -> Result<Vec<SprintId>> {
    let rows: Vec<(SprintId, Json<Vec<Dependency>>)> = tx
        .query(
            "select r.sprint_id, t.waits_for
             from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
             where t.status = 'waiting' and r.status in ('pending', 'running', 'paused')",
        )
        .all()
        .await?;
    let outside = Dependency::Outside(issue.clone());
    let waiting: BTreeSet<_> = rows
        .into_iter()
        .filter(|(_, waits_for)| waits_for.contains(&outside))
        .map(|(sprint, _)| sprint)
        .collect();
    Ok(waiting.into_iter().collect())
}

/// The branches that tasks of other sprints work or worked on.
pub async fn branches_of_others(
    tx: &mut Tx,
    sprint: &SprintId,
) -> Result<BTreeSet<(RepoName, BranchName)>> {
    let rows: Vec<(RepoName, BranchName)> = tx
        .query(
            "select distinct t.repo, t.branch
             from orchestration_tasks t join orchestration_runs r on r.id = t.run_id
             where r.sprint_id <> $1",
        )
        .bind(sprint.clone())
        .all()
        .await?;
    Ok(rows.into_iter().collect())
}

/// The word that operators query by, as docs/ARCHITECTURE.md has it.
fn status(state: &State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Assigned { .. } => "assigned",
        State::InProgress { .. } => "in_progress",
        State::Delivered { .. } => "delivered",
        State::AgentReview { .. } => "agent_review",
        State::Review { .. } => "review",
        State::Asking { .. } => "asking",
        State::Delegating { .. } => "delegating",
        State::Spent { .. } => "spent",
        State::Rework { .. } => "rework",
        State::Closed { .. } => "closed",
        State::Done { .. } => "done",
        State::Failed { .. } => "failed",
        State::Stopping { .. } => "stopping",
        State::Cancelled { .. } => "cancelled",
        State::Skipped { .. } => "skipped",
    }
}

/// The tasks that were done last, whose workspaces nobody needs any more.
pub async fn lately_done(tx: &mut Tx) -> Result<Vec<(RunId, TaskNumber)>> {
    tx.query(
        "select run_id, number from orchestration_tasks
         where status = 'done' order by updated_at desc limit 1000",
    )
    .all()
    .await
}
