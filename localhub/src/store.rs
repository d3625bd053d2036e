//! Where everything is kept: documents and deliveries in one SQLite file.

use std::path::Path;

use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    model::{App, Id, World, Write},
    webhooks::Delivery,
};

/// The database of one hub.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pool: SqlitePool,
}

/// Reading or writing the database did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no.
    #[error("reading or writing `hub.db`")]
    Database(#[from] sqlx::Error),
    /// A document is not what this version writes.
    #[error("understanding a document in `hub.db`")]
    Document(#[from] serde_json::Error),
}

/// A document is kept whole under its kind and id. A delivery is `due` until it was attempted.
const SCHEMA: [&str; 4] = [
    "create table if not exists document (
        kind text not null, id bigint not null, body text not null, primary key (kind, id))",
    "create table if not exists counter (id bigint primary key, last_id bigint not null)",
    "create table if not exists delivery (
        id bigint primary key, app bigint not null, due boolean not null, body text not null)",
    "create index if not exists delivery_due on delivery (app, id) where due",
];

impl Store {
    pub(crate) async fn open(file: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With less, a commit that was answered could be lost when the machine stops.
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        for statement in SCHEMA {
            sqlx::query(statement).execute(&pool).await?;
        }
        Ok(Self { pool })
    }

    pub(crate) async fn load(&self) -> Result<World, Error> {
        let mut world = World::default();
        let rows = sqlx::query("select kind, id, body from document").fetch_all(&self.pool).await?;
        for row in rows {
            let (kind, id): (String, i64) = (row.try_get("kind")?, row.try_get("id")?);
            world.load(&kind, id.cast_unsigned(), row.try_get("body")?)?;
        }
        let last: Option<i64> =
            sqlx::query_scalar("select last_id from counter").fetch_optional(&self.pool).await?;
        world.last_id = world.last_id.max(last.unwrap_or(0).cast_unsigned());
        Ok(world)
    }

    /// Writes what a command changed and the deliveries it caused: all of it or nothing.
    pub(crate) async fn save(
        &self,
        writes: &[Write],
        deliveries: &[Delivery],
        last_id: u64,
    ) -> Result<(), Error> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for write in writes {
            let query = match &write.body {
                Some(body) => sqlx::query(
                    "insert into document (kind, id, body) values ($1, $2, $3)
                     on conflict (kind, id) do update set body = excluded.body",
                )
                .bind(write.kind)
                .bind(write.id.cast_signed())
                .bind(body),
                None => sqlx::query("delete from document where kind = $1 and id = $2")
                    .bind(write.kind)
                    .bind(write.id.cast_signed()),
            };
            query.execute(&mut *tx).await?;
        }
        for delivery in deliveries {
            sqlx::query("insert into delivery (id, app, due, body) values ($1, $2, true, $3)")
                .bind(delivery.id.cast_signed())
                .bind(delivery.app.0.cast_signed())
                .bind(serde_json::to_string(delivery)?)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query(
            "insert into counter (id, last_id) values (1, $1)
             on conflict (id) do update set last_id = max(last_id, excluded.last_id)",
        )
        .bind(last_id.cast_signed())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The deliveries of an App that were never attempted, oldest first.
    pub(crate) async fn due(&self, app: Id<App>) -> Result<Vec<Delivery>, Error> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select body from delivery where app = $1 and due order by id limit 100",
        )
        .bind(app.0.cast_signed())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    /// Keeps what came of a delivery; it is not due any more.
    pub(crate) async fn attempted(&self, delivery: &Delivery) -> Result<(), Error> {
        sqlx::query("update delivery set due = false, body = $2 where id = $1")
            .bind(delivery.id.cast_signed())
            .bind(serde_json::to_string(delivery)?)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets a delivery, as if GitHub had never tried.
    pub(crate) async fn forget(&self, delivery: &Delivery) -> Result<(), Error> {
        sqlx::query("delete from delivery where id = $1")
            .bind(delivery.id.cast_signed())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The attempted deliveries of an App below an id, newest first.
    pub(crate) async fn deliveries(
        &self,
        app: Id<App>,
        below: u64,
        limit: u64,
    ) -> Result<Vec<Delivery>, Error> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select body from delivery
             where app = $1 and not due and id < $2
             order by id desc limit $3",
        )
        .bind(app.0.cast_signed())
        .bind(below.cast_signed())
        .bind(limit.cast_signed())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    pub(crate) async fn delivery(&self, app: Id<App>, id: u64) -> Result<Option<Delivery>, Error> {
        let row: Option<String> =
            sqlx::query_scalar("select body from delivery where app = $1 and id = $2")
                .bind(app.0.cast_signed())
                .bind(id.cast_signed())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|body| serde_json::from_str(&body)).transpose()?)
    }
}
