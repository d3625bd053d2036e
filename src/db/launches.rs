//! The `launch` table: what somebody set going from the dashboard, and what came of it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Result, Tx};
use crate::domain::ids::{LaunchId, Login, RepoName, SprintId};
use crate::domain::launch::{Launch, Wish};
use crate::domain::refusal::Refusal;

#[derive(FromRow)]
struct Row {
    id: LaunchId,
    login: Login,
    repo: RepoName,
    wish: Json<Wish>,
    sprint_id: Option<SprintId>,
    begun_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    refused: Json<Vec<Refusal>>,
    trouble: Option<String>,
}

/// Writes a launch down; false if it is there already.
pub async fn begin(tx: &mut Tx, new: &Launch) -> Result<bool> {
    let begun = tx
        .query(
            "insert into launch (id, login, repo, wish, sprint_id, begun_at, refused)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (id) do nothing",
        )
        .bind(new.id.clone())
        .bind(new.by.clone())
        .bind(new.repo.clone())
        .bind(Json(new.wish.clone()))
        .bind(new.sprint.clone())
        .bind(new.begun_at)
        .bind(Json(new.refused.clone()))
        .run()
        .await?;
    Ok(begun == 1)
}

/// A launch of that id, if there is one.
pub async fn find(tx: &mut Tx, id: &LaunchId) -> Result<Option<Launch>> {
    let row: Option<Row> = tx
        .query(
            "select id, login, repo, wish, sprint_id, begun_at, ended_at, refused, trouble
             from launch where id = $1",
        )
        .bind(id.clone())
        .first()
        .await?;
    Ok(row.map(|row| Launch {
        id: row.id,
        by: row.login,
        repo: row.repo,
        wish: row.wish.0,
        sprint: row.sprint_id,
        begun_at: row.begun_at,
        ended_at: row.ended_at,
        refused: row.refused.0,
        trouble: row.trouble,
    }))
}

/// Notes which sprint it is about.
pub async fn leads_to(tx: &mut Tx, id: &LaunchId, sprint: &SprintId) -> Result<()> {
    tx.query("update launch set sprint_id = $2 where id = $1")
        .bind(id.clone())
        .bind(sprint.clone())
        .run()
        .await?;
    Ok(())
}

/// Ends a launch that is not over: done, or refused for these reasons.
pub async fn end(
    tx: &mut Tx,
    id: &LaunchId,
    refused: &[Refusal],
    trouble: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update launch set ended_at = $2, refused = $3, trouble = $4
         where id = $1 and ended_at is null",
    )
    .bind(id.clone())
    .bind(now)
    .bind(Json(refused.to_vec()))
    .bind(trouble.map(str::to_owned))
    .run()
    .await?;
    Ok(())
}

/// Forgets the launches that were over before then.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.query("delete from launch where ended_at < $1").bind(before).run().await
}
