//! Signing in and out.

use aws_lc_rs::digest;
use chrono::TimeDelta;
use uuid::Uuid;

use super::super::{App, Result};
use crate::db::sessions::{self, Kind, Session};
use crate::domain::ids::Login;

/// How long a browser stays signed in, and a script's token counts.
const BROWSER: TimeDelta = TimeDelta::days(14);
const SCRIPT: TimeDelta = TimeDelta::days(365);
/// How exactly it is noted when a session was seen last.
const EXACT: TimeDelta = TimeDelta::minutes(1);

impl App {
    /// Signs a person in; what their browser, or script, is to show from now on.
    pub async fn sign_in(&self, login: &Login, kind: Kind, name: &str) -> Result<String> {
        let secret = [Uuid::new_v4(), Uuid::new_v4()].map(|one| one.simple().to_string()).concat();
        let now = self.clock().now();
        let lasts = match kind {
            Kind::Browser => BROWSER,
            Kind::Script => SCRIPT,
        };
        let session = Session {
            id: fingerprint(&secret),
            kind,
            login: login.clone(),
            name: name.chars().take(120).collect(),
            made_at: now,
            seen_at: now,
            ends_at: now + lasts,
        };
        let mut tx = self.db().begin().await?;
        sessions::begin(&mut tx, &session).await?;
        tx.commit().await?;
        tracing::info!(by = %login, "signed in to the dashboard");
        Ok(secret)
    }

    /// Whose session that is.
    pub async fn signed_in(&self, secret: &str, kind: Kind) -> Result<Option<Session>> {
        let (id, now) = (fingerprint(secret), self.clock().now());
        let mut tx = self.db().read().await?;
        let found = sessions::find(&mut tx, &id, now).await?;
        drop(tx);
        let Some(session) = found.filter(|session| session.kind == kind) else { return Ok(None) };
        if session.seen_at + EXACT <= now {
            let mut tx = self.db().begin().await?;
            sessions::seen(&mut tx, &id, now).await?;
            tx.commit().await?;
        }
        Ok(Some(session))
    }

    /// Where a person is signed in.
    pub async fn sessions_of(&self, login: &Login) -> Result<Vec<Session>> {
        let mut tx = self.db().read().await?;
        Ok(sessions::of(&mut tx, login, self.clock().now()).await?)
    }

    /// Ends a session of this person.
    pub async fn sign_out(&self, id: &str, login: &Login) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let ended = sessions::end(&mut tx, id, login).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

/// What is kept of a secret.
fn fingerprint(secret: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
