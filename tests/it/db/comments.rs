//! Comments that Team6 keeps up to date.

use team6::db::comments::{self, Kind, OwnComment};
use team6::db::sprints;
use team6::domain::ids::{CommentId, SprintId};

use super::sprint;
use crate::engines::{in_one_transaction, on_every_engine};

fn comment(sprint: &SprintId, kind: Kind, id: i64, body: &str) -> OwnComment {
    let (sprint_id, comment_id) = (sprint.clone(), CommentId(id));
    OwnComment { sprint_id, kind, part: 1, comment_id, body: body.into() }
}

#[tokio::test]
async fn a_sprints_two_comments_are_found_by_kind_and_by_id() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        let plan = comment(&sprint.id, Kind::Plan, 1, "- [ ] T1");
        let status = comment(&sprint.id, Kind::Status, 2, "all well");
        comments::remember(tx, &plan).await.unwrap();
        assert_eq!(comments::of(tx, &sprint.id, Kind::Status).await.unwrap(), []);
        comments::remember(tx, &status).await.unwrap();
        assert_eq!(comments::of(tx, &sprint.id, Kind::Plan).await.unwrap(), [plan]);
        assert_eq!(comments::by_id(tx, CommentId(2)).await.unwrap(), Some(status));
        assert_eq!(comments::by_id(tx, CommentId(3)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_comment_that_had_to_be_posted_again_takes_the_place_of_the_first() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        comments::remember(tx, &comment(&sprint.id, Kind::Plan, 1, "old")).await.unwrap();
        let new = comment(&sprint.id, Kind::Plan, 9, "new");
        comments::remember(tx, &new).await.unwrap();
        assert_eq!(comments::of(tx, &sprint.id, Kind::Plan).await.unwrap(), [new]);
        assert_eq!(comments::by_id(tx, CommentId(1)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_parts_of_a_long_plan_come_in_order_and_each_is_found_by_its_id() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        let part = |part, id| OwnComment { part, ..comment(&sprint.id, Kind::Plan, id, "T") };
        for one in [part(2, 7), part(1, 8), part(3, 9)] {
            comments::remember(tx, &one).await.unwrap();
        }
        let of_plan = comments::of(tx, &sprint.id, Kind::Plan).await.unwrap();
        assert_eq!(of_plan, [part(1, 8), part(2, 7), part(3, 9)]);
        assert_eq!(comments::by_id(tx, CommentId(7)).await.unwrap(), Some(part(2, 7)));
    })
    .await;
}

#[tokio::test]
async fn one_comment_is_not_two_things() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        let sprint = sprint(12, 3);
        sprints::insert(&mut tx, &sprint, crate::engines::at(0)).await.unwrap();
        comments::remember(&mut tx, &comment(&sprint.id, Kind::Plan, 1, "")).await.unwrap();
        let twin = comment(&sprint.id, Kind::Status, 1, "");
        assert!(comments::remember(&mut tx, &twin).await.is_err());
    })
    .await;
}
