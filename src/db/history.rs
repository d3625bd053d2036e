//! The `history` table: every decision, with its cause.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Result, Tx};
use crate::domain::ids::{DeliveryId, RunId, SprintId, TaskNumber};

/// Something that was decided.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Entry {
    /// Of which sprint.
    pub sprint_id: SprintId,
    /// Of which run, if there was one.
    pub run_id: Option<RunId>,
    /// About which task, if about one.
    pub task: Option<TaskNumber>,
    /// When.
    pub at: DateTime<Utc>,
    /// Because of whom.
    pub caused_by: String,
    /// Because of which webhook, if because of one.
    pub delivery_id: Option<DeliveryId>,
    /// What, as a sentence.
    pub text: String,
}

/// Adds an entry.
pub async fn note(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let entry = entry.clone();
    tx.query(
        "insert into history (id, sprint_id, run_id, task, at, caused_by, delivery_id, text)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(entry.sprint_id)
    .bind(entry.run_id)
    .bind(entry.task)
    .bind(entry.at)
    .bind(entry.caused_by)
    .bind(entry.delivery_id)
    .bind(entry.text)
    .run()
    .await?;
    Ok(())
}

/// A sprint's history, oldest first.
pub async fn of_sprint(tx: &mut Tx, sprint: &SprintId) -> Result<Vec<Entry>> {
    tx.query(
        "select sprint_id, run_id, task, at, caused_by, delivery_id, text
         from history where sprint_id = $1 order by id",
    )
    .bind(sprint.clone())
    .all()
    .await
}

/// What was decided of all sprints, oldest first, behind the first `skip` entries.
pub async fn since(tx: &mut Tx, skip: usize) -> Result<Vec<Entry>> {
    tx.query(
        "select sprint_id, run_id, task, at, caused_by, delivery_id, text
         from history order by id limit 10000 offset $1",
    )
    .bind(i64::try_from(skip).unwrap_or(i64::MAX))
    .all()
    .await
}

/// The latest entries of a sprint, newest first.
pub async fn latest(tx: &mut Tx, sprint: &SprintId, most: i64) -> Result<Vec<Entry>> {
    tx.query(
        "select sprint_id, run_id, task, at, caused_by, delivery_id, text
         from history where sprint_id = $1 order by id desc limit $2",
    )
    .bind(sprint.clone())
    .bind(most)
    .all()
    .await
}

/// The latest entries of one of a sprint's runs, newest first.
pub async fn latest_of_run(
    tx: &mut Tx,
    sprint: &SprintId,
    run: &RunId,
    most: i64,
) -> Result<Vec<Entry>> {
    tx.query(
        "select sprint_id, run_id, task, at, caused_by, delivery_id, text
         from history where sprint_id = $1 and run_id = $2 order by id desc limit $3",
    )
    .bind(sprint.clone())
    .bind(run.clone())
    .bind(most)
    .all()
    .await
}
