//! The `session` table: who is signed in to the dashboard, and the tokens of their scripts.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Result, Tx};
use crate::domain::ids::Login;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// A person's browser.
    Browser,
    /// A person's script.
    Script,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Session {
    /// A fingerprint of what the browser shows.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// Who.
    pub login: Login,
    /// Which browser, or what for.
    pub name: String,
    /// Since when.
    pub made_at: DateTime<Utc>,
    /// When it was shown last, give or take a minute.
    pub seen_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: DateTime<Utc>,
}

/// Begins a session, and forgets those that are over.
pub async fn begin(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.query("delete from session where ends_at <= $1").bind(session.made_at).run().await?;
    let new = session.clone();
    tx.query(
        "insert into session (id, kind, login, name, made_at, seen_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.id)
    .bind(new.kind)
    .bind(new.login.0.to_ascii_lowercase())
    .bind(new.name)
    .bind(new.made_at)
    .bind(new.seen_at)
    .bind(new.ends_at)
    .run()
    .await?;
    Ok(())
}

/// A session that is not over.
pub async fn find(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<Option<Session>> {
    tx.query(
        "select id, kind, login, name, made_at, seen_at, ends_at from session
         where id = $1 and ends_at > $2",
    )
    .bind(id.to_owned())
    .bind(now)
    .first()
    .await
}

/// A person's sessions that are not over, latest first.
pub async fn of(tx: &mut Tx, login: &Login, now: DateTime<Utc>) -> Result<Vec<Session>> {
    tx.query(
        "select id, kind, login, name, made_at, seen_at, ends_at from session
         where login = $1 and ends_at > $2 order by seen_at desc, id",
    )
    .bind(login.0.to_ascii_lowercase())
    .bind(now)
    .all()
    .await
}

/// Notes that a session was shown.
pub async fn seen(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<()> {
    tx.query("update session set seen_at = $2 where id = $1")
        .bind(id.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Ends a session of this person; false if they have no such session.
pub async fn end(tx: &mut Tx, id: &str, login: &Login) -> Result<bool> {
    let ended = tx
        .query("delete from session where id = $1 and login = $2")
        .bind(id.to_owned())
        .bind(login.0.to_ascii_lowercase())
        .run()
        .await?;
    Ok(ended == 1)
}
