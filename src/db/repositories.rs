//! The `repository` table: where the App is installed.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Result, Tx};
use crate::domain::found::Trouble;
use crate::domain::ids::{BranchName, InstallationId, RepoId, RepoName};

/// A repository the App is installed on.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Repository {
    /// GitHub's id.
    pub id: RepoId,
    /// `owner/name`, as it is now.
    pub name: RepoName,
    /// Through which installation we reach it.
    pub installation: InstallationId,
    /// The branch pull requests are opened against.
    pub default_branch: BranchName,
    /// Why we cannot work in it, if so.
    pub trouble: Option<Trouble>,
}

impl Repository {
    /// Whether we can read what is in it.
    pub fn can_be_seen(&self) -> bool {
        matches!(self.trouble, None | Some(Trouble::Archived))
    }
}

/// The repository of that id, if we know it.
pub async fn by_id(tx: &mut Tx, id: RepoId) -> Result<Option<Repository>> {
    tx.query("select id, name, installation, default_branch, trouble from repository where id = $1")
        .bind(id)
        .first()
        .await
}

/// Remembers a repository as it is now.
pub async fn remember(tx: &mut Tx, repository: &Repository, now: DateTime<Utc>) -> Result<()> {
    // A name that was given to another repository since must not stand in the way.
    tx.query("delete from repository where name = $2 and id <> $1")
        .bind(repository.id)
        .bind(repository.name.clone())
        .run()
        .await?;
    tx.query(
        "insert into repository
             (id, name, installation, default_branch, heard_until, touched_until, seen_at, trouble)
         values ($1, $2, $3, $4, $5, $5, $5, $6)
         on conflict (id) do update
         set name = $2, installation = $3, default_branch = $4, seen_at = $5, trouble = $6,
             trouble_since = case when $6 is null then null
                 else coalesce(repository.trouble_since, $5) end",
    )
    .bind(repository.id)
    .bind(repository.name.clone())
    .bind(repository.installation)
    .bind(repository.default_branch.clone())
    .bind(now)
    .bind(repository.trouble)
    .run()
    .await?;
    Ok(())
}

/// Notes why we cannot work in a repository; since when, only if that is new.
pub async fn set_trouble(
    tx: &mut Tx,
    id: RepoId,
    trouble: Trouble,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "update repository set trouble = $2, trouble_since = coalesce(trouble_since, $3)
         where id = $1",
    )
    .bind(id)
    .bind(trouble)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The repository of that name, if we know it.
pub async fn find(tx: &mut Tx, name: &RepoName) -> Result<Option<Repository>> {
    tx.query(
        "select id, name, installation, default_branch, trouble from repository
         where name = $1",
    )
    .bind(name.clone())
    .first()
    .await
}

/// Every repository we know.
pub async fn all(tx: &mut Tx) -> Result<Vec<Repository>> {
    tx.query("select id, name, installation, default_branch, trouble from repository order by name")
        .all()
        .await
}

/// Up to when a repository's issues and pull requests were looked through.
pub async fn touched_until(tx: &mut Tx, id: RepoId) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> =
        tx.query("select touched_until from repository where id = $1").bind(id).first().await?;
    Ok(row.map(|row| row.0))
}

/// Notes that a repository's issues and pull requests were looked through up to then.
pub async fn set_touched_until(tx: &mut Tx, id: RepoId, until: DateTime<Utc>) -> Result<()> {
    tx.query("update repository set touched_until = $2 where id = $1")
        .bind(id)
        .bind(until)
        .run()
        .await?;
    Ok(())
}

/// Up to when a repository's comments were looked through; those before we knew it are not ours
/// to answer.
pub async fn heard_until(tx: &mut Tx, id: RepoId) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> =
        tx.query("select heard_until from repository where id = $1").bind(id).first().await?;
    Ok(row.map(|row| row.0))
}

/// Notes that a repository's comments were looked through up to then.
pub async fn set_heard_until(tx: &mut Tx, id: RepoId, until: DateTime<Utc>) -> Result<()> {
    tx.query("update repository set heard_until = $2 where id = $1")
        .bind(id)
        .bind(until)
        .run()
        .await?;
    Ok(())
}
