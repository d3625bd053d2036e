//! The `pull_check` table: the checks of pull requests, as they were when we last read them.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::plain::plain;
use super::{Result, Tx};
use crate::domain::ids::{CommitSha, PullNumber, RepoName};
use crate::domain::verdict::Verdict;

/// Notes the checks of a pull request's head; false if they are known to stand so.
pub async fn note(
    tx: &mut Tx,
    (repo, pull): (&RepoName, PullNumber),
    head: &CommitSha,
    checks: &[Verdict],
    now: DateTime<Utc>,
) -> Result<bool> {
    if of(tx, repo, pull).await? == Some((head.clone(), checks.to_vec())) {
        return Ok(false);
    }
    tx.query(
        "insert into pull_check (repo, pull, head, checks, read_at) values ($1, $2, $3, $4, $5)
         on conflict (repo, pull) do update set head = $3, checks = $4, read_at = $5",
    )
    .bind(repo.clone())
    .bind(pull)
    .bind(head.clone())
    .bind(plain(checks))
    .bind(now)
    .run()
    .await?;
    Ok(true)
}

/// The checks of a pull request, and the commit they are about; none, if we never read them.
pub async fn of(
    tx: &mut Tx,
    repo: &RepoName,
    pull: PullNumber,
) -> Result<Option<(CommitSha, Vec<Verdict>)>> {
    let row: Option<(CommitSha, Json<Vec<Verdict>>)> = tx
        .query("select head, checks from pull_check where repo = $1 and pull = $2")
        .bind(repo.clone())
        .bind(pull)
        .first()
        .await?;
    Ok(row.map(|(head, checks)| (head, checks.0)))
}
