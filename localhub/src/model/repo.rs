//! Repositories.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, Document, Id, Issue, Role};

/// A repository, and what we last knew of its git references.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Repo {
    pub(crate) id: Id<Repo>,
    pub(crate) owner: Id<Account>,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) description: Option<String>,
    pub(crate) default_branch: String,
    pub(crate) roles: BTreeMap<Id<Account>, Role>,
    /// Shared by issues and pull requests.
    pub(crate) next_number: u64,
    pub(crate) next_milestone: u64,
    /// Branches and tags by full name, as they were when we last told anybody about them.
    pub(crate) refs: BTreeMap<String, String>,
    /// What a seed has put here once and will not put here again.
    pub(crate) seeded: BTreeSet<String>,
    pub(crate) created_at: DateTime<Utc>,
    /// `owner/name`, small, of the names it had; who asks by one is sent on.
    #[serde(default)]
    pub(crate) former: Vec<String>,
    /// Where the issues went that were moved away, by the numbers they had here.
    #[serde(default)]
    pub(crate) moved: BTreeMap<u64, Id<Issue>>,
    /// The numbers of the issues that were deleted.
    #[serde(default)]
    pub(crate) gone: BTreeSet<u64>,
    /// Whether nothing may be changed in it.
    #[serde(default)]
    pub(crate) archived: bool,
    /// Whether it is gone; what happened in it may still be told.
    #[serde(default)]
    pub(crate) deleted: bool,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) pushed_at: DateTime<Utc>,
}

impl Repo {
    /// The commit a branch points to.
    pub(crate) fn branch(&self, name: &str) -> Option<&String> {
        self.refs.get(&format!("refs/heads/{name}"))
    }
}

impl Document for Repo {
    const KIND: &'static str = "repository";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
