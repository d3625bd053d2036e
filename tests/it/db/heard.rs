//! What was heard once and must not be heard again.

use team6::db::{Db, heard};

use crate::engines::{at, eight, in_one_transaction, on_every_engine};

#[tokio::test]
async fn a_thing_is_heard_for_the_first_time_once() {
    in_one_transaction(async |tx| {
        assert!(heard::first_time(tx, "comment 1: start", at(0)).await.unwrap());
        assert!(!heard::first_time(tx, "comment 1: start", at(1)).await.unwrap());
        assert!(heard::first_time(tx, "comment 2: start", at(1)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_was_heard_in_vain_can_be_heard_again() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        assert!(heard::first_time(&mut tx, "key", at(0)).await.unwrap());
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert!(heard::first_time(&mut tx, "key", at(0)).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_that_hear_the_same_one_is_the_first() {
    async fn hear(db: Db) -> bool {
        let mut tx = db.begin().await.unwrap();
        let first = heard::first_time(&mut tx, "key", at(0)).await.unwrap();
        tx.commit().await.unwrap();
        first
    }
    on_every_engine(async |db| {
        let first = eight(|_| hear(db.clone())).await;
        assert_eq!(first.iter().filter(|first| **first).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_heard_is_known() {
    in_one_transaction(async |tx| {
        assert!(!heard::is_known(tx, "a").await.unwrap());
        assert!(heard::first_time(tx, "a", at(0)).await.unwrap());
        assert!(heard::is_known(tx, "a").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn lines_heard_long_ago_are_forgotten_and_what_was_said_once_is_not() {
    in_one_transaction(async |tx| {
        for (key, when) in [("line 1 a 1", 0), ("line 2 b 1", 9), ("greeting spr", 0)] {
            assert!(heard::first_time(tx, key, at(when)).await.unwrap());
        }
        assert_eq!(heard::forget(tx, at(5)).await.unwrap(), 1);
        assert!(!heard::is_known(tx, "line 1 a 1").await.unwrap());
        assert!(heard::is_known(tx, "line 2 b 1").await.unwrap());
        assert!(heard::is_known(tx, "greeting spr").await.unwrap());
    })
    .await;
}
