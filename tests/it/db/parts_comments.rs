//! Comments that ask about parts of a task.

use team6::db::{parts_comments, runs, sprints};
use team6::domain::ids::{CommentId, TaskNumber};
use team6::domain::run::State;

use super::{run, sprint};
use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn a_tasks_comment_is_found_by_the_task_and_by_its_id_also_when_it_was_posted_again() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, at(0)).await.unwrap();
        let run = run(&sprint, 1, State::Running);
        runs::insert(tx, &sprint.id, &run, at(0)).await.unwrap();
        let task = TaskNumber(2);
        assert_eq!(parts_comments::of(tx, &run.id, task).await.unwrap(), None);
        for id in [7, 9] {
            parts_comments::remember(tx, &run.id, task, CommentId(id)).await.unwrap();
        }
        assert_eq!(parts_comments::of(tx, &run.id, task).await.unwrap(), Some(CommentId(9)));
        let found = parts_comments::by_id(tx, CommentId(9)).await.unwrap();
        assert_eq!(found, Some((run.id, task)));
        assert_eq!(parts_comments::by_id(tx, CommentId(7)).await.unwrap(), None);
    })
    .await;
}
