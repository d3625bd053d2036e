//! The `plan` and `approval` tables.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Result, Tx};
use crate::domain::ids::{Login, SprintId, TaskNumber};
use crate::domain::plan::{Plan, TextHash};
use crate::domain::sprint::Approval;

/// Adds a version of a sprint's plan.
pub async fn add(tx: &mut Tx, sprint: &SprintId, plan: &Plan, now: DateTime<Utc>) -> Result<()> {
    tx.query("insert into plan (sprint_id, version, body, created_at) values ($1, $2, $3, $4)")
        .bind(sprint.clone())
        .bind(plan.version)
        .bind(Json(plan.clone()))
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Replaces what is written down for a version: with what only we remember, such as the issue that
/// a task got.
pub async fn rewrite(tx: &mut Tx, sprint: &SprintId, plan: &Plan) -> Result<()> {
    tx.query("update plan set body = $3 where sprint_id = $1 and version = $2")
        .bind(sprint.clone())
        .bind(plan.version)
        .bind(Json(plan.clone()))
        .run()
        .await?;
    Ok(())
}

/// A sprint's plan as it was in one version.
pub async fn of_version(tx: &mut Tx, sprint: &SprintId, version: i64) -> Result<Option<Plan>> {
    let row: Option<(Json<Plan>,)> = tx
        .query("select body from plan where sprint_id = $1 and version = $2")
        .bind(sprint.clone())
        .bind(version)
        .first()
        .await?;
    Ok(row.map(|(plan,)| plan.0))
}

/// When a version of a sprint's plan was made.
pub async fn made_at(
    tx: &mut Tx,
    sprint: &SprintId,
    version: i64,
) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = tx
        .query("select created_at from plan where sprint_id = $1 and version = $2")
        .bind(sprint.clone())
        .bind(version)
        .first()
        .await?;
    Ok(row.map(|row| row.0))
}

/// The versions of a sprint's plan and when each was made, latest first.
pub async fn versions(tx: &mut Tx, sprint: &SprintId) -> Result<Vec<(i64, DateTime<Utc>)>> {
    tx.query("select version, created_at from plan where sprint_id = $1 order by version desc")
        .bind(sprint.clone())
        .all()
        .await
}

/// Notes in which version a person approved something last.
pub async fn note_approver(
    tx: &mut Tx,
    sprint: &SprintId,
    person: &Login,
    version: i64,
) -> Result<()> {
    tx.query(
        "insert into approver (sprint_id, login, version) values ($1, $2, $3)
         on conflict (sprint_id, login) do update set version = $3",
    )
    .bind(sprint.clone())
    .bind(person.0.to_ascii_lowercase())
    .bind(version)
    .run()
    .await?;
    Ok(())
}

/// The version in which a person approved something last, if ever.
pub async fn approved_last(tx: &mut Tx, sprint: &SprintId, person: &Login) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx
        .query("select version from approver where sprint_id = $1 and login = $2")
        .bind(sprint.clone())
        .bind(person.0.to_ascii_lowercase())
        .first()
        .await?;
    Ok(row.map(|(version,)| version))
}

/// A sprint's plan as it stands.
pub async fn latest(tx: &mut Tx, sprint: &SprintId) -> Result<Option<Plan>> {
    let row: Option<(Json<Plan>,)> = tx
        .query("select body from plan where sprint_id = $1 order by version desc limit 1")
        .bind(sprint.clone())
        .first()
        .await?;
    Ok(row.map(|(plan,)| plan.0))
}

#[derive(FromRow)]
struct ApprovalRow {
    task: TaskNumber,
    hash: TextHash,
    approved_by: Login,
    approved_at: DateTime<Utc>,
}

/// The approvals that count.
pub async fn approvals(tx: &mut Tx, sprint: &SprintId) -> Result<Vec<Approval>> {
    let rows: Vec<ApprovalRow> = tx
        .query(
            "select task, hash, approved_by, approved_at from approval
             where sprint_id = $1 order by task, hash",
        )
        .bind(sprint.clone())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Approval {
            task: row.task,
            hash: row.hash,
            by: row.approved_by,
            at: row.approved_at,
        })
        .collect())
}

/// Makes the approvals that count be these.
pub async fn set_approvals(tx: &mut Tx, sprint: &SprintId, approvals: &[Approval]) -> Result<()> {
    tx.query("delete from approval where sprint_id = $1").bind(sprint.clone()).run().await?;
    for approval in approvals {
        tx.query(
            "insert into approval (sprint_id, task, hash, approved_by, approved_at)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(sprint.clone())
        .bind(approval.task)
        .bind(approval.hash.clone())
        .bind(approval.by.clone())
        .bind(approval.at)
        .run()
        .await?;
    }
    Ok(())
}
