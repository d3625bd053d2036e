//! Copies of a SQLite database, made while it is used.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use super::MIGRATIONS;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL has tools of its own.
    #[error(
        "the database is PostgreSQL: back it up with `pg_dump --format=custom`, restore it with \
         `pg_restore`, or use your server's own backups"
    )]
    Postgres,
    /// There is something where the copy belongs.
    #[error("`{}` is there already, and is not overwritten", .0.display())]
    Taken(PathBuf),
    /// What is to be copied is not there.
    #[error("there is no `{}`", .0.display())]
    Nothing(PathBuf),
    /// What is to be restored is not a whole database of ours.
    #[error("`{}` cannot be restored: {why}", file.display())]
    Unusable {
        /// Which file.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("writing `{}`", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite failed.
    #[error("copying the database")]
    Engine(#[from] sqlx::Error),
}

/// Writes all that is committed at this moment into a new file that only its owner can read, while
/// a server may go on. The copy is there whole, or not at all.
pub async fn save(url: &str, file: &Path) -> Result<(), Error> {
    let source = path_of(url)?;
    if !source.exists() {
        return Err(Error::Nothing(source));
    }
    let part = beside(file)?;
    let mut from = SqliteConnectOptions::new().filename(&source).connect().await?;
    // SQLite writes into an empty file, and so into one whose rights are set.
    private(&part)?;
    let copied = sqlx::query("vacuum into $1")
        .bind(part.to_string_lossy().into_owned())
        .execute(&mut from)
        .await;
    from.close().await?;
    let checked = match copied {
        Ok(_) => check(&part, file).await,
        Err(error) => Err(error.into()),
    };
    settle(&part, file, checked)
}

/// Puts a copy where the database belongs, which must not be there.
pub async fn restore(url: &str, file: &Path) -> Result<(), Error> {
    let target = path_of(url)?;
    if !file.exists() {
        return Err(Error::Nothing(file.to_owned()));
    }
    for rest in ["", "-wal", "-shm"] {
        let there = with(&target, rest);
        if there.exists() {
            return Err(Error::Taken(there));
        }
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
    }
    let part = beside(&target)?;
    private(&part)?;
    fs::copy(file, &part).map_err(|source| io_error(&part, source))?;
    let checked = check(&part, file).await;
    settle(&part, &target, checked)
}

/// Gives a finished copy its name, unless something has that name; or throws it away.
fn settle(part: &Path, file: &Path, checked: Result<(), Error>) -> Result<(), Error> {
    let named = checked.and_then(|()| {
        let synced = File::open(part).and_then(|part| part.sync_all());
        synced.map_err(|source| io_error(part, source))?;
        fs::hard_link(part, file).map_err(|source| {
            if source.kind() == io::ErrorKind::AlreadyExists {
                Error::Taken(file.to_owned())
            } else {
                io_error(file, source)
            }
        })
    });
    let _ = fs::remove_file(part);
    named
}

/// Whether a copy is a whole database, and not from a later version than ours; people know it as
/// `file`.
async fn check(copy: &Path, file: &Path) -> Result<(), Error> {
    let unusable = |why: String| Error::Unusable { file: file.to_owned(), why };
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    let mut copy = options.connect().await.map_err(|error| unusable(error.to_string()))?;
    let found = look(&mut copy).await;
    copy.close().await?;
    let (whole, version) = found.map_err(|error| unusable(error.to_string()))?;
    if whole != "ok" {
        return Err(unusable(whole));
    }
    let ours = MIGRATIONS.iter().map(|migration| migration.version).max();
    if Some(version) > ours {
        return Err(unusable("it is from a later version of Team6".to_owned()));
    }
    Ok(())
}

async fn look(copy: &mut SqliteConnection) -> Result<(String, i64), sqlx::Error> {
    let (whole,): (String,) =
        sqlx::query_as("pragma integrity_check(1)").fetch_one(&mut *copy).await?;
    let (version,): (i64,) =
        sqlx::query_as("select max(version) from _sqlx_migrations").fetch_one(copy).await?;
    Ok((whole, version))
}

fn path_of(url: &str) -> Result<PathBuf, Error> {
    if !url.starts_with("sqlite:") {
        return Err(Error::Postgres);
    }
    Ok(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())
}

/// Where a copy is made before it gets its name.
fn beside(file: &Path) -> Result<PathBuf, Error> {
    if file.exists() {
        return Err(Error::Taken(file.to_owned()));
    }
    let part = with(file, &format!(".{}.part", std::process::id()));
    let _ = fs::remove_file(&part);
    Ok(part)
}

/// An empty file that only its owner can read.
fn private(file: &Path) -> Result<(), Error> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.map(drop).map_err(|source| io_error(file, source))
}

fn with(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn io_error(file: &Path, source: io::Error) -> Error {
    Error::Io { file: file.to_owned(), source }
}
