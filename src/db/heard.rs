//! The `heard` table: what was heard once and must not be heard again.

use chrono::{DateTime, Utc};

use super::{Result, Tx};

/// Notes that `key` was heard; false if it had been before.
pub async fn first_time(tx: &mut Tx, key: &str, now: DateTime<Utc>) -> Result<bool> {
    let new = tx
        .query("insert into heard (key, heard_at) values ($1, $2) on conflict (key) do nothing")
        .bind(key.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(new == 1)
}

/// Whether something was heard.
pub async fn is_known(tx: &mut Tx, key: &str) -> Result<bool> {
    let row: Option<(i64,)> =
        tx.query("select count(*) from heard where key = $1").bind(key.to_owned()).first().await?;
    Ok(row.is_some_and(|(count,)| count != 0))
}

/// Forgets the lines of comments that were heard before then: nobody tells of them any more. What
/// else was said once stays said.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.query("delete from heard where heard_at < $1 and (key like 'line %' or key like 'said %')")
        .bind(before)
        .run()
        .await
}
