//! What is about to happen in git, written down before it does.

use serde::{Deserialize, Serialize};

use super::{Account, Document, Id, Pull, Repo};

/// A change of references that git was asked for and that the database has not heard of yet.
///
/// Git and the database cannot commit together. So the intent is written first, then git moves
/// its references, then one transaction records what moved and forgets the intent. After a crash
/// the intent tells who to name for what is found in git.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: Id<Intent>,
    pub(crate) repo: Id<Repo>,
    pub(crate) by: Id<Account>,
    pub(crate) merge: Option<Merging>,
}

/// The merge an intent is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Merging {
    pub(crate) pull: Id<Pull>,
    /// The commit the base branch is going to point to.
    pub(crate) sha: String,
    /// The text that may carry closing keywords.
    pub(crate) message: String,
}

impl Document for Intent {
    const KIND: &'static str = "intent";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
