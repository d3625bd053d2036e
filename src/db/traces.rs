//! The `trace` table: what agents said and did.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::plain::plain;
use super::{Result, Tx};
use crate::domain::ids::{Epoch, ExecutionId};
use crate::domain::work::TraceLine;

/// Adds lines to an execution's trace; a line that is there stays as it is.
pub async fn add(
    tx: &mut Tx,
    execution: &ExecutionId,
    epoch: Epoch,
    lines: Vec<TraceLine>,
    now: DateTime<Utc>,
) -> Result<()> {
    for line in lines {
        tx.query(
            "insert into trace (execution_id, epoch, seq, kind, body, received_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (execution_id, epoch, seq) do nothing",
        )
        .bind(execution.clone())
        .bind(epoch)
        .bind(line.seq)
        .bind(line.kind)
        .bind(plain(line.body))
        .bind(now)
        .run()
        .await?;
    }
    Ok(())
}

/// An execution's trace, in order.
pub async fn of(tx: &mut Tx, execution: &ExecutionId) -> Result<Vec<TraceLine>> {
    let rows: Vec<(i64, String, Json<serde_json::Value>)> = tx
        .query("select seq, kind, body from trace where execution_id = $1 order by epoch, seq")
        .bind(execution.clone())
        .all()
        .await?;
    Ok(rows.into_iter().map(|(seq, kind, body)| TraceLine { seq, kind, body: body.0 }).collect())
}

/// The last lines of an execution's trace, the newest first.
pub async fn last(tx: &mut Tx, execution: &ExecutionId, most: i64) -> Result<Vec<TraceLine>> {
    let rows: Vec<(i64, String, Json<serde_json::Value>)> = tx
        .query(
            "select seq, kind, body from trace
             where execution_id = $1 and kind in ('tool', 'plan', 'message')
             order by epoch desc, seq desc limit $2",
        )
        .bind(execution.clone())
        .bind(most)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(seq, kind, body)| TraceLine { seq, kind, body: body.0 }).collect())
}
