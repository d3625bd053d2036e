//! The `repository` table: where the App is installed.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Result, Tx};
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
             (id, name, installation, default_branch, heard_until, touched_until, seen_at)
         values ($1, $2, $3, $4, $5, $5, $5)
         on conflict (id) do update
         set name = $2, installation = $3, default_branch = $4, seen_at = $5",
    )
    .bind(repository.id)
    .bind(repository.name.clone())
    .bind(repository.installation)
    .bind(repository.default_branch.clone())
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The repository of that name, if we know it.
pub async fn find(tx: &mut Tx, name: &RepoName) -> Result<Option<Repository>> {
    tx.query("select id, name, installation, default_branch from repository where name = $1")
        .bind(name.clone())
        .first()
        .await
}

/// Every repository we know.
pub async fn all(tx: &mut Tx) -> Result<Vec<Repository>> {
    tx.query("select id, name, installation, default_branch from repository order by name")
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
