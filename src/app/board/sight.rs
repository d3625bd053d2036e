//! What a person may do in a repository: for looking, as GitHub said within the last minute.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{App, Result};
use crate::domain::ids::{Login, RepoName};
use crate::domain::permission::Permission;

/// How long it counts for looking what GitHub said; who acts is asked about anew.
const COUNTS: TimeDelta = TimeDelta::seconds(60);
/// How much is kept.
const MOST: usize = 10_000;

type Key = (String, RepoName);

/// What GitHub lately said.
#[derive(Default)]
pub struct Sights(Mutex<BTreeMap<Key, (Permission, DateTime<Utc>)>>);

impl App {
    /// Whether a person may see what is in a repository.
    pub(super) async fn may_see(&self, person: &Login, repo: &RepoName) -> Result<bool> {
        Ok(Permission::Read <= self.sight(person, repo).await?)
    }

    /// What a person may do in a repository, as it was within the last minute.
    pub(super) async fn sight(&self, person: &Login, repo: &RepoName) -> Result<Permission> {
        let now = self.clock().now();
        let key = (person.0.to_ascii_lowercase(), repo.clone());
        if let Some((permission, at)) = self.sights().get(&key).copied()
            && now < at + COUNTS
        {
            return Ok(permission);
        }
        let permission = self.permission_in(repo, person).await?;
        let mut sights = self.sights();
        if MOST <= sights.len() {
            sights.clear();
        }
        sights.insert(key, (permission, now));
        Ok(permission)
    }

    fn sights(&self) -> std::sync::MutexGuard<'_, BTreeMap<Key, (Permission, DateTime<Utc>)>> {
        self.inner.sights.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
