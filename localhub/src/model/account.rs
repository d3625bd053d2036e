//! People, organizations and the bots of Apps.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Document, Id};

/// Somebody who can own or do things.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: Id<Account>,
    pub(crate) login: String,
    pub(crate) kind: AccountKind,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// A person's personal access token.
    pub(crate) token: Option<String>,
    /// The people of an organization.
    pub(crate) members: Vec<Id<Account>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// What GitHub calls the `type` of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    Person,
    Organization,
    Bot,
}

impl Account {
    /// The mail address git commits of this account carry.
    pub(crate) fn commit_email(&self) -> String {
        // Apps are told to commit as `ID+slug[bot]@users.noreply.github.com`.
        self.email
            .clone()
            .unwrap_or_else(|| format!("{}+{}@users.noreply.localhub", self.id.0, self.login))
    }

    pub(crate) fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.login)
    }
}

impl Document for Account {
    const KIND: &'static str = "account";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
