//! The `sprint` table, and a sprint put together from all its tables.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Error, Result, Tx, plans, runs};
use crate::domain::ids::{
    IssueNumber, IssueRef, MilestoneNumber, ProjectName, RepoId, RepoName, SprintId,
};
use crate::domain::planning::Planning;
use crate::domain::sprint::{Goal, Lack, Sprint, State};

#[derive(FromRow)]
struct Row {
    id: SprintId,
    project: ProjectName,
    repo_id: RepoId,
    repo: RepoName,
    issue: IssueNumber,
    milestone: MilestoneNumber,
    goal: Json<Goal>,
    state: State,
    lack: Option<Lack>,
    planning: Json<Planning>,
    revision: i64,
}

/// Which edition of a sprint was read; whoever saves an older one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(i64);

/// Writes a sprint down for the first time; false if it is there already.
pub async fn insert(tx: &mut Tx, sprint: &Sprint, now: DateTime<Utc>) -> Result<bool> {
    let sprint = sprint.clone();
    let inserted = tx
        .query(
            "insert into sprint (id, project, repo_id, repo, issue, milestone, goal, state, planning,
                 lack, since, revision)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)
             on conflict do nothing",
        )
        .bind(sprint.id)
        .bind(sprint.project)
        .bind(sprint.repo_id)
        .bind(sprint.repo)
        .bind(sprint.issue)
        .bind(sprint.milestone)
        .bind(Json(sprint.goal))
        .bind(sprint.state)
        .bind(Json(sprint.planning))
        .bind(sprint.lack)
        .bind(now)
        .run()
        .await?;
    Ok(inserted == 1)
}

/// A sprint with its plan, its approvals and its latest run.
pub async fn find(tx: &mut Tx, id: &SprintId) -> Result<Option<(Sprint, Revision)>> {
    let row: Option<Row> = tx
        .query(
            "select id, project, repo_id, repo, issue, milestone, goal, state, lack, planning,
                 revision
             from sprint where id = $1",
        )
        .bind(id.clone())
        .first()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let sprint = Sprint {
        project: row.project,
        repo: row.repo,
        repo_id: row.repo_id,
        issue: row.issue,
        milestone: row.milestone,
        goal: row.goal.0,
        state: row.state,
        lack: row.lack,
        planning: row.planning.0,
        plan: plans::latest(tx, id).await?,
        approvals: plans::approvals(tx, id).await?,
        run: runs::latest(tx, id).await?,
        id: row.id,
    };
    Ok(Some((sprint, Revision(row.revision))))
}

/// Which edition of a sprint is the latest, if there is one.
pub async fn revision(tx: &mut Tx, id: &SprintId) -> Result<Option<Revision>> {
    let row: Option<(i64,)> =
        tx.query("select revision from sprint where id = $1").bind(id.clone()).first().await?;
    Ok(row.map(|(revision,)| Revision(revision)))
}

/// The same, where it must be there.
pub async fn get(tx: &mut Tx, id: &SprintId) -> Result<(Sprint, Revision)> {
    find(tx, id).await?.ok_or_else(|| Error::Missing(format!("sprint {id}")))
}

/// Moves the sprint's own row on to what was decided; false if somebody was faster.
pub async fn advance(
    tx: &mut Tx,
    sprint: &Sprint,
    read: Revision,
    now: DateTime<Utc>,
) -> Result<bool> {
    let moved = tx
        .query(
            "update sprint
             set project = $3, repo = $4, milestone = $5, goal = $6, state = $7,
                 planning = $8, lack = $9,
                 since = case when state = $7 then since else $10 end,
                 revision = revision + 1
             where id = $1 and revision = $2",
        )
        .bind(sprint.id.clone())
        .bind(read.0)
        .bind(sprint.project.clone())
        .bind(sprint.repo.clone())
        .bind(sprint.milestone)
        .bind(Json(sprint.goal.clone()))
        .bind(sprint.state)
        .bind(Json(sprint.planning.clone()))
        .bind(sprint.lack)
        .bind(now)
        .run()
        .await?;
    Ok(moved == 1)
}

/// Since when a sprint is what it is: recognized, or none any more.
pub async fn since(tx: &mut Tx, id: &SprintId) -> Result<DateTime<Utc>> {
    let row: Option<(DateTime<Utc>,)> =
        tx.query("select since from sprint where id = $1").bind(id.clone()).first().await?;
    Ok(row.ok_or_else(|| Error::Missing(format!("sprint {id}")))?.0)
}

/// The sprints whose latest run is under way, whatever became of their issues.
pub async fn under_way(tx: &mut Tx) -> Result<Vec<SprintId>> {
    let rows: Vec<(SprintId,)> = tx
        .query(
            "select distinct sprint_id from orchestration_runs
             where status in ('pending', 'running', 'paused') order by sprint_id",
        )
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The sprint that a milestone is, if it is one.
pub async fn of_milestone(
    tx: &mut Tx,
    repo: RepoId,
    milestone: MilestoneNumber,
) -> Result<Option<SprintId>> {
    let row: Option<(SprintId,)> = tx
        .query(
            "select id from sprint
             where repo_id = $1 and milestone = $2 and state = 'recognized'",
        )
        .bind(repo)
        .bind(milestone)
        .first()
        .await?;
    Ok(row.map(|row| row.0))
}

/// The recognized sprints of a project.
pub async fn of_project(tx: &mut Tx, project: &ProjectName) -> Result<Vec<SprintId>> {
    let rows: Vec<(SprintId,)> = tx
        .query("select id from sprint where project = $1 and state = 'recognized' order by id")
        .bind(project.clone())
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The sprints that may still change by themselves: recognized, and their last run, if there was
/// one, is not completed.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<SprintId>> {
    let rows: Vec<(SprintId,)> = tx
        .query(
            "select s.id from sprint s
             where s.state = 'recognized'
               and not exists (select 1 from orchestration_runs r
                               where r.sprint_id = s.id and r.status = 'completed'
                                 and r.number = (select max(l.number) from orchestration_runs l
                                                 where l.sprint_id = s.id))
             order by s.id",
        )
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The sprint of this sprint issue.
pub async fn at(tx: &mut Tx, issue: &IssueRef) -> Result<Option<SprintId>> {
    let row: Option<(SprintId,)> = tx
        .query("select id from sprint where repo = $1 and issue = $2")
        .bind(issue.repo.clone())
        .bind(issue.number)
        .first()
        .await?;
    Ok(row.map(|row| row.0))
}

/// Every sprint we ever recognized.
pub async fn all(tx: &mut Tx) -> Result<Vec<SprintId>> {
    let rows: Vec<(SprintId,)> = tx.query("select id from sprint order by id").all().await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
