//! Comments, who rewrote them, and reactions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, App, Document, Id, Issue};

/// A comment on an issue or a pull request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: Id<Comment>,
    pub(crate) issue: Id<Issue>,
    pub(crate) author: Id<Account>,
    pub(crate) via_app: Option<Id<App>>,
    pub(crate) body: String,
    pub(crate) edits: Vec<Edit>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// One rewriting of a text: who, when, and what it said before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Edit {
    pub(crate) by: Id<Account>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) before: String,
}

/// One emoji of one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) by: Id<Account>,
    pub(crate) content: String,
    pub(crate) at: DateTime<Utc>,
}

/// The reactions GitHub knows.
pub(crate) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

impl Document for Comment {
    const KIND: &'static str = "comment";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
