//! Installation tokens: what we show GitHub, and what we lend to git.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex as AsyncMutex;

use super::{Error, GitHub};
use crate::domain::ids::{InstallationId, RepoName};

/// How long before it ends a token is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// What a token may do, where it may not do all the App may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Clone and fetch.
    ReadContents,
    /// Push to any branch.
    WriteContents,
}

impl Grant {
    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Self::ReadContents => ("contents", "read"),
            Self::WriteContents => ("contents", "write"),
        }
    }
}

/// A key to an installation, for an hour at most. It does not show itself by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    secret: String,
    expires_at: DateTime<Utc>,
}

impl Token {
    /// The token itself; not for logs, command lines, URLs or files.
    pub fn expose(&self) -> &str {
        &self.secret
    }

    /// When it ends.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(until {})", self.expires_at)
    }
}

type Key = (InstallationId, BTreeSet<RepoName>, BTreeSet<Grant>);
/// Where one token is kept; whoever holds the lock is the only one who asks for it.
type Cell = Arc<AsyncMutex<Option<Token>>>;

/// The tokens we have.
#[derive(Default)]
pub(super) struct Tokens {
    cells: Mutex<HashMap<Key, Cell>>,
}

impl Tokens {
    /// The cell of a key; makes it, and throws away the cells nobody uses whose time is over.
    fn cell(&self, key: &Key, now: DateTime<Utc>) -> Cell {
        let mut cells = self.cells();
        cells.retain(|_, cell| {
            let fresh = |token: &Token| is_fresh(token, now);
            let is_used = Arc::strong_count(cell) > 1;
            is_used || cell.try_lock().is_ok_and(|token| token.as_ref().is_some_and(fresh))
        });
        Arc::clone(cells.entry(key.clone()).or_default())
    }

    /// Uses a token no more, because GitHub does not accept it; unless it was replaced meanwhile.
    pub(super) async fn forget(&self, installation: InstallationId, refused: &Token) {
        let cell = self.cells().get(&(installation, BTreeSet::new(), BTreeSet::new())).cloned();
        if let Some(cell) = cell {
            cell.lock().await.take_if(|token| token == refused);
        }
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<Key, Cell>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Minted {
    token: String,
    expires_at: DateTime<Utc>,
}

impl GitHub {
    /// A token for these repositories and nothing but these grants; for all the App may do
    /// wherever it is installed, where they are empty. Whoever asks for the same while it is on
    /// its way waits for it.
    /// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
    pub async fn token(
        &self,
        installation: InstallationId,
        repos: &[RepoName],
        grants: &[Grant],
    ) -> Result<Token, Error> {
        let key = (installation, repos.iter().cloned().collect(), grants.iter().copied().collect());
        let now = self.inner.clock.now();
        let cell = self.inner.tokens.cell(&key, now);
        let mut kept = cell.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| is_fresh(token, now)) {
            return Ok(token.clone());
        }
        let token = self.mint(&key).await?;
        *kept = Some(token.clone());
        Ok(token)
    }

    async fn mint(&self, (installation, repos, grants): &Key) -> Result<Token, Error> {
        let mut body = Map::new();
        if !repos.is_empty() {
            let names: Vec<_> = repos.iter().map(RepoName::name).collect();
            body.insert("repositories".to_owned(), json!(names));
        }
        if !grants.is_empty() {
            let pairs: HashMap<_, _> = grants.iter().map(|grant| grant.pair()).collect();
            body.insert("permissions".to_owned(), json!(pairs));
        }
        let path = format!("app/installations/{installation}/access_tokens");
        let ask = self.ask(Method::POST, &path, Some(Value::Object(body))).harmless();
        let Minted { token, expires_at } = match self.answer_as_app(&ask).await {
            Err(error) if error.is_gone() => return Err(Error::NotInstalled(*installation)),
            answered => answered?.json()?,
        };
        Ok(Token { secret: token, expires_at })
    }
}

fn is_fresh(token: &Token, now: DateTime<Utc>) -> bool {
    now + MARGIN < token.expires_at
}
