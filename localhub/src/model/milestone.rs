//! Milestones.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, Document, Id, Repo, State};

/// A milestone of a repository; its number has a sequence of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Milestone {
    pub(crate) id: Id<Milestone>,
    pub(crate) repo: Id<Repo>,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) state: State,
    pub(crate) creator: Id<Account>,
    pub(crate) due_on: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
}

impl Document for Milestone {
    const KIND: &'static str = "milestone";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
