//! The `edits_taken` table: how far the edit history of a comment of ours was taken in.

use chrono::{DateTime, Utc};

use super::{Result, Tx};
use crate::domain::ids::CommentId;

/// Up to when a comment's edits were taken in, if they ever were.
pub async fn taken_until(tx: &mut Tx, comment: CommentId) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = tx
        .query("select taken_until from edits_taken where comment_id = $1")
        .bind(comment)
        .first()
        .await?;
    Ok(row.map(|(until,)| until))
}

/// Notes that a comment's edits were taken in up to then.
pub async fn take_until(tx: &mut Tx, comment: CommentId, until: DateTime<Utc>) -> Result<()> {
    tx.query(
        "insert into edits_taken (comment_id, taken_until) values ($1, $2)
         on conflict (comment_id) do update set taken_until = $2",
    )
    .bind(comment)
    .bind(until)
    .run()
    .await?;
    Ok(())
}
