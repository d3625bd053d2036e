//! How far the history of a comment was taken in.

use team6::db::edits;
use team6::domain::ids::CommentId;

use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn a_history_is_taken_in_up_to_a_moment() {
    in_one_transaction(async |tx| {
        let (one, other) = (CommentId(1), CommentId(2));
        assert_eq!(edits::taken_until(tx, one).await.unwrap(), None);
        edits::take_until(tx, one, at(1)).await.unwrap();
        edits::take_until(tx, one, at(2)).await.unwrap();
        assert_eq!(edits::taken_until(tx, one).await.unwrap(), Some(at(2)));
        assert_eq!(edits::taken_until(tx, other).await.unwrap(), None);
    })
    .await;
}
