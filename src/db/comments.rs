//! The `own_comment` table: comments that Team6 keeps up to date.

use sqlx::FromRow;

use super::{Result, Tx};
use crate::domain::ids::{CommentId, SprintId};

/// Which of a sprint's comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// The plan with its boxes.
    Plan,
    /// How the sprint stands.
    Status,
    /// What the planner agent is doing; one for each planning.
    Planning,
    /// A round of the planner's questions.
    Questions,
}

/// A comment of ours, and what we last saw or wrote in it.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct OwnComment {
    /// Whose.
    pub sprint_id: SprintId,
    /// Which.
    pub kind: Kind,
    /// Which part of it, from 1: a long plan is more than one comment, and every planning and every
    /// round of questions has one.
    pub part: i64,
    /// GitHub's id.
    pub comment_id: CommentId,
    /// The text as we last wrote it, with the edits we have taken in since.
    pub body: String,
}

/// Remembers a comment, in place of the one before of that kind and part.
pub async fn remember(tx: &mut Tx, comment: &OwnComment) -> Result<()> {
    let comment = comment.clone();
    tx.query(
        "insert into own_comment (sprint_id, kind, part, comment_id, body)
         values ($1, $2, $3, $4, $5)
         on conflict (sprint_id, kind, part) do update set comment_id = $4, body = $5",
    )
    .bind(comment.sprint_id)
    .bind(comment.kind)
    .bind(comment.part)
    .bind(comment.comment_id)
    .bind(comment.body)
    .run()
    .await?;
    Ok(())
}

/// A sprint's comments of that kind that were posted, part by part.
pub async fn of(tx: &mut Tx, sprint: &SprintId, kind: Kind) -> Result<Vec<OwnComment>> {
    tx.query(
        "select sprint_id, kind, part, comment_id, body from own_comment
         where sprint_id = $1 and kind = $2
         order by part",
    )
    .bind(sprint.clone())
    .bind(kind)
    .all()
    .await
}

/// The comment with that id, if it is ours.
pub async fn by_id(tx: &mut Tx, comment: CommentId) -> Result<Option<OwnComment>> {
    tx.query(
        "select sprint_id, kind, part, comment_id, body from own_comment where comment_id = $1",
    )
    .bind(comment)
    .first()
    .await
}
