//! The `orchestration_runs` table.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Error, Result, Tx, tasks};
use crate::domain::budget::Purse;
use crate::domain::ids::{Login, RunId, RunNumber, SprintId};
use crate::domain::run::{Hold, Run, State};

#[derive(FromRow)]
struct Row {
    id: RunId,
    number: RunNumber,
    status: State,
    started_by: Login,
    holds: Json<Vec<Hold>>,
    purse: Json<Purse>,
}

/// When a run began and ended, and of which sprint it is.
#[derive(Clone, Debug, FromRow)]
pub struct Times {
    /// Its sprint.
    pub sprint_id: SprintId,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it has.
    pub finished_at: Option<DateTime<Utc>>,
    /// Since when nothing new is started in it, if so.
    pub held_since: Option<DateTime<Utc>>,
}

/// Writes a run down for the first time.
pub async fn insert(tx: &mut Tx, sprint: &SprintId, run: &Run, now: DateTime<Utc>) -> Result<()> {
    tx.query(
        "insert into orchestration_runs (id, sprint_id, number, status, started_by, started_at,
             holds, purse)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(run.id.clone())
    .bind(sprint.clone())
    .bind(run.number)
    .bind(run.state)
    .bind(run.started_by.clone())
    .bind(now)
    .bind(Json(run.holds.clone()))
    .bind(Json(run.purse))
    .run()
    .await?;
    Ok(())
}

/// Moves a run to its new state.
pub async fn advance(tx: &mut Tx, run: &Run, now: DateTime<Utc>) -> Result<()> {
    let finished = (!run.state.is_live()).then_some(now);
    tx.query(
        "update orchestration_runs
         set status = $2, holds = $3, finished_at = coalesce(finished_at, $4),
             held_since = case when $5 then coalesce(held_since, $6) end, purse = $7
         where id = $1",
    )
    .bind(run.id.clone())
    .bind(run.state)
    .bind(Json(run.holds.clone()))
    .bind(finished)
    .bind(!run.holds.is_empty())
    .bind(now)
    .bind(Json(run.purse))
    .run()
    .await?;
    Ok(())
}

/// A sprint's latest run, with its tasks.
pub async fn latest(tx: &mut Tx, sprint: &SprintId) -> Result<Option<Run>> {
    let row: Option<Row> = tx
        .query(
            "select id, number, status, started_by, holds, purse from orchestration_runs
             where sprint_id = $1 order by number desc limit 1",
        )
        .bind(sprint.clone())
        .first()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let tasks = tasks::of_run(tx, &row.id).await?;
    Ok(Some(Run {
        id: row.id,
        number: row.number,
        state: row.status,
        started_by: row.started_by,
        holds: row.holds.0,
        purse: row.purse.0,
        tasks,
    }))
}

/// When a run began and ended.
pub async fn times(tx: &mut Tx, run: &RunId) -> Result<Times> {
    tx.query(
        "select sprint_id, started_at, finished_at, held_since from orchestration_runs
         where id = $1",
    )
    .bind(run.clone())
    .first()
    .await?
    .ok_or_else(|| Error::Missing(format!("run {run}")))
}

/// A run with its tasks, if there is one of that id.
pub async fn find(tx: &mut Tx, id: &RunId) -> Result<Option<Run>> {
    let row: Option<Row> = tx
        .query("select id, number, status, started_by, holds, purse from orchestration_runs where id = $1")
        .bind(id.clone())
        .first()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let tasks = tasks::of_run(tx, &row.id).await?;
    Ok(Some(Run {
        id: row.id,
        number: row.number,
        state: row.status,
        started_by: row.started_by,
        holds: row.holds.0,
        purse: row.purse.0,
        tasks,
    }))
}
