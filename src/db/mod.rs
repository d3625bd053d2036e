//! Everything Team6 remembers: one text of SQL for SQLite and PostgreSQL.

pub mod backup;
pub mod board;
pub mod bundles;
pub mod comments;
pub mod deliveries;
pub mod edits;
pub mod effects;
pub mod executions;
pub mod heard;
pub mod history;
pub mod launches;
pub mod notes;
pub mod parts_comments;
mod plain;
pub mod plans;
pub mod pull_checks;
pub mod query;
pub mod repositories;
pub mod runs;
pub mod sessions;
pub mod spending;
pub mod sprints;
pub mod tasks;
pub mod traces;
pub mod workers;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// What the database can say went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine itself failed.
    #[error("asking the database")]
    Engine(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migrating the database")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The turn to open a file cannot be taken.
    #[error("waiting for the turn to open the database")]
    Lock(#[source] std::io::Error),
    /// A row that must be there is not.
    #[error("no {0} in the database")]
    Missing(String),
}

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The database Team6 was configured with.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file. It has one writer, for which transactions queue up in memory and in order, instead
    /// of polling for the file's lock; readers do not wait for it.
    Sqlite {
        /// One connection.
        writer: SqlitePool,
        /// A few connections.
        readers: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

/// A transaction: the only way to reach a table.
pub enum Tx {
    /// Holds SQLite's write lock from its first statement, unless it only reads.
    Sqlite(Transaction<'static, Sqlite>),
    /// `READ COMMITTED`, unless it only reads.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Connects and migrates. `url` is `sqlite:path` or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            // A delivery we said we stored must be stored, even if the power goes: FULL.
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(30))
                // Rows come from a thread of the driver: of a large sprint all in one go.
                .row_buffer_size(1_024);
            let pool = |most| SqlitePoolOptions::new().max_connections(most);
            // Two processes that find a fresh file at the same time take turns.
            let _turn = only_one(options.get_filename()).await?;
            // After a commit that failed and that SQLite took back by itself, as on a full disk, the
            // driver believes for ever that the transaction is open: such a connection is replaced.
            let writer = pool(1)
                .before_acquire(|connection, _| {
                    let is_clean = !connection.is_in_transaction();
                    Box::pin(async move { Ok(is_clean) })
                })
                .connect_with(options.clone())
                .await?;
            MIGRATIONS.run(&writer).await?;
            let readers = pool(4).connect_with(options.pragma("query_only", "on")).await?;
            Ok(Self::Sqlite { writer, readers })
        } else {
            let pool = PgPoolOptions::new().max_connections(16).connect(url).await?;
            MIGRATIONS.run(&pool).await?;
            Ok(Self::Postgres(pool))
        }
    }

    /// Whether the database has all the migrations we know, and no other.
    pub async fn is_up_to_date(&self) -> Result<bool> {
        let ours: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        let mut tx = self.read().await?;
        let theirs: Vec<(i64,)> = tx
            .query("select version from _sqlx_migrations where success order by version")
            .all()
            .await?;
        Ok(theirs.into_iter().map(|(version,)| version).eq(ours))
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, waits for nobody, and sees one moment.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(
                pool.begin_with("begin isolation level repeatable read, read only").await?,
            ),
        })
    }

    /// Lets go of every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Waits until nobody else opens this file; for as long as what it gives is kept.
async fn only_one(file: &Path) -> Result<std::fs::File> {
    let mut lock = file.as_os_str().to_owned();
    lock.push(".opening");
    let locking = tokio::task::spawn_blocking(move || {
        let lock = std::fs::File::create(lock)?;
        lock.lock()?;
        Ok(lock)
    });
    let locked: std::io::Result<_> = locking.await.map_err(std::io::Error::other).flatten();
    locked.map_err(Error::Lock)
}

impl Tx {
    /// Makes it so.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
