//! Pull requests: the half that issues do not have.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, Document, Id, Issue, Repo};

/// A proposal to merge one branch of a repository into another of the same one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pull {
    pub(crate) id: Id<Pull>,
    pub(crate) issue: Id<Issue>,
    pub(crate) repo: Id<Repo>,
    pub(crate) head: Tip,
    pub(crate) base: Tip,
    pub(crate) draft: bool,
    pub(crate) merged: Option<Merged>,
    pub(crate) reviewers: Vec<Id<Account>>,
    pub(crate) size: Size,
}

/// A branch and the commit it points to; of a closed pull request, the one it pointed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tip {
    pub(crate) branch: String,
    pub(crate) sha: String,
}

/// How and by whom a pull request was merged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Merged {
    pub(crate) sha: String,
    pub(crate) by: Id<Account>,
    pub(crate) at: DateTime<Utc>,
}

/// What git counts between base and head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) commits: u64,
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    pub(crate) changed_files: u64,
}

/// The three ways to merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    #[default]
    Merge,
    Squash,
    Rebase,
}

impl Document for Pull {
    const KIND: &'static str = "pull";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
