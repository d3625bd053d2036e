//! Every database engine Team6 runs on, fresh for every test.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, Once};

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use futures::FutureExt as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use team6::db::{Db, Tx};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::aloud;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Tells a story on a fresh SQLite file, and on a fresh PostgreSQL database where
/// `TEAM6_TEST_POSTGRES` names a server. The story may open its database again by the URL.
pub(crate) async fn on_every_engine_at(story: impl AsyncFn(Db, String)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("team6.db").display());
    let db = Db::open(&url).await.unwrap();
    story(db.clone(), url).await;
    db.close().await;

    on_an_empty_postgres(async |url| {
        let db = Db::open(&url).await.unwrap();
        story(db.clone(), url).await;
        db.close().await;
    })
    .await;
}

/// Tells a story on an empty PostgreSQL database, where there is a server for it.
pub(crate) async fn on_an_empty_postgres(story: impl AsyncFn(String)) {
    let Ok(server) = std::env::var("TEAM6_TEST_POSTGRES") else {
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            aloud("PostgreSQL suite skipped: TEAM6_TEST_POSTGRES names no server");
        });
        return;
    };
    let admin = PgPool::connect(&format!("{server}/postgres")).await.unwrap();
    let name = format!("team6_{}", Uuid::now_v7().simple());
    let say = async |sql: String| {
        sqlx::query(AssertSqlSafe(sql)).execute(&admin).await.unwrap();
    };
    say(format!("create database {name} template template0")).await;
    let told = AssertUnwindSafe(story(format!("{server}/{name}"))).catch_unwind().await;
    say(format!("drop database {name} with (force)")).await;
    admin.close().await;
    if let Err(panic) = told {
        eprintln!("this was on PostgreSQL:");
        resume_unwind(panic);
    }
}

/// Tells a story on databases that were at an earlier version, held data as that version wrote it,
/// and were then opened by this one.
pub(crate) async fn on_every_engine_from(version: i64, data: &str, story: impl AsyncFn(Db)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("team6.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let old = SqlitePool::connect_with(options).await.unwrap();
    MIGRATIONS.run_to(version, &old).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(data.to_owned())).execute(&old).await.unwrap();
    old.close().await;
    let db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
    story(db.clone()).await;
    db.close().await;

    on_an_empty_postgres(async |url| {
        let old = PgPool::connect(&url).await.unwrap();
        MIGRATIONS.run_to(version, &old).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(data.to_owned())).execute(&old).await.unwrap();
        old.close().await;
        let db = Db::open(&url).await.unwrap();
        story(db.clone()).await;
        db.close().await;
    })
    .await;
}

/// The same, for stories that need no more than the database.
pub(crate) async fn on_every_engine(story: impl AsyncFn(Db)) {
    on_every_engine_at(async |db, _| story(db).await).await;
}

/// The same, for stories that fit into one transaction.
pub(crate) async fn in_one_transaction(story: impl AsyncFn(&mut Tx)) {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        story(&mut tx).await;
        tx.commit().await.unwrap();
    })
    .await;
}

/// A moment, so many seconds after another.
pub(crate) fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_700_000_000, 0).unwrap() + TimeDelta::seconds(second)
}

/// Lets eight begin at the same moment, each in a task of its own, and waits for all.
pub(crate) async fn eight<T, F>(work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(8));
    // Collected, because a lazy `map` would start each only when the one before is done.
    let running: Vec<_> = (0..8)
        .map(|n| {
            let (start, work) = (start.clone(), work(n));
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.unwrap());
    }
    results
}
