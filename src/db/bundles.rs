//! The `bundle` table: commits on their way from a worker to GitHub.

use super::{Error, Result, Tx};
use crate::domain::ids::{Epoch, ExecutionId};

/// Keeps a bundle until it is published; one sent again takes the place of the first.
pub async fn store(
    tx: &mut Tx,
    execution: &ExecutionId,
    epoch: Epoch,
    bytes: Vec<u8>,
) -> Result<()> {
    tx.query(
        "insert into bundle (execution_id, epoch, bytes) values ($1, $2, $3)
         on conflict (execution_id) do update set epoch = $2, bytes = $3",
    )
    .bind(execution.clone())
    .bind(epoch)
    .bind(bytes)
    .run()
    .await?;
    Ok(())
}

/// The bundle of an execution.
pub async fn get(tx: &mut Tx, execution: &ExecutionId) -> Result<Vec<u8>> {
    let row: Option<(Vec<u8>,)> = tx
        .query("select bytes from bundle where execution_id = $1")
        .bind(execution.clone())
        .first()
        .await?;
    row.map(|row| row.0).ok_or_else(|| Error::Missing(format!("bundle of {execution}")))
}

/// Whether the bundle of an execution is here, from that generation of its lease.
pub async fn is_here(tx: &mut Tx, execution: &ExecutionId, epoch: Epoch) -> Result<bool> {
    let row: Option<(i64,)> = tx
        .query("select epoch from bundle where execution_id = $1 and epoch = $2")
        .bind(execution.clone())
        .bind(epoch)
        .first()
        .await?;
    Ok(row.is_some())
}

/// Drops a bundle whose commits are on GitHub.
pub async fn drop(tx: &mut Tx, execution: &ExecutionId) -> Result<()> {
    tx.query("delete from bundle where execution_id = $1").bind(execution.clone()).run().await?;
    Ok(())
}
