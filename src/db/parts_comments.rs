//! The `parts_comment` table: the comments that ask about parts of a task beyond the limits.

use super::{Result, Tx};
use crate::domain::ids::{CommentId, RunId, TaskNumber};

/// Remembers a task's comment, in place of the one before.
pub async fn remember(
    tx: &mut Tx,
    run: &RunId,
    task: TaskNumber,
    comment: CommentId,
) -> Result<()> {
    tx.query(
        "insert into parts_comment (run_id, task, comment_id) values ($1, $2, $3)
         on conflict (run_id, task) do update set comment_id = $3",
    )
    .bind(run.clone())
    .bind(task)
    .bind(comment)
    .run()
    .await?;
    Ok(())
}

/// A task's comment, if there is one.
pub async fn of(tx: &mut Tx, run: &RunId, task: TaskNumber) -> Result<Option<CommentId>> {
    let row: Option<(CommentId,)> = tx
        .query("select comment_id from parts_comment where run_id = $1 and task = $2")
        .bind(run.clone())
        .bind(task)
        .first()
        .await?;
    Ok(row.map(|row| row.0))
}

/// Whose comment that is, if it is one of these.
pub async fn by_id(tx: &mut Tx, comment: CommentId) -> Result<Option<(RunId, TaskNumber)>> {
    tx.query("select run_id, task from parts_comment where comment_id = $1")
        .bind(comment)
        .first()
        .await
}
