//! What holds for every table.

use team6::db::{Db, sprints};
use team6::domain::sprint::{Sprint, State};

use super::sprint;
use crate::engines::{on_every_engine, on_every_engine_at};

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    on_every_engine_at(async |db, url| {
        let mut tx = db.begin().await.unwrap();
        sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let db = Db::open(&url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(sprints::all(&mut tx).await.unwrap(), [sprint(12, 3).id]);
        drop(tx);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_not_committed_never_happened() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.unwrap();
        drop(tx);
        let mut tx = db.read().await.unwrap();
        assert!(sprints::all(&mut tx).await.unwrap().is_empty());
    })
    .await;
}

/// As on a full disk, where SQLite takes back by itself what it cannot commit.
#[tokio::test]
async fn after_a_commit_that_failed_one_can_write_again() {
    on_every_engine(async |db| {
        let Db::Sqlite { writer, .. } = &db else { return };
        let mut connection = writer.acquire().await.unwrap();
        connection.lock_handle().await.unwrap().set_commit_hook(|| false);
        drop(connection);
        let mut tx = db.begin().await.unwrap();
        sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.unwrap();
        tx.commit().await.unwrap_err();

        let mut tx = db.begin().await.unwrap();
        assert!(sprints::all(&mut tx).await.unwrap().is_empty());
        sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_reads_waits_for_no_writer_and_sees_one_moment() {
    on_every_engine(async |db| {
        let before = sprint(12, 3);
        let mut write = db.begin().await.unwrap();
        sprints::insert(&mut write, &before, crate::engines::at(0)).await.unwrap();
        write.commit().await.unwrap();

        let mut write = db.begin().await.unwrap();
        let (_, revision) = sprints::get(&mut write, &before.id).await.unwrap();
        let after = Sprint { state: State::Forgotten, ..before.clone() };
        assert!(
            sprints::advance(&mut write, &after, revision, crate::engines::at(0)).await.unwrap()
        );
        let mut read = db.read().await.unwrap();
        assert_eq!(sprints::get(&mut read, &before.id).await.unwrap().0, before);
        write.commit().await.unwrap();
        assert_eq!(sprints::get(&mut read, &before.id).await.unwrap().0, before);

        drop(read);
        let mut read = db.read().await.unwrap();
        assert_eq!(sprints::get(&mut read, &before.id).await.unwrap().0, after);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_reads_cannot_write() {
    on_every_engine(async |db| {
        let mut tx = db.read().await.unwrap();
        assert!(sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.is_err());
    })
    .await;
}
