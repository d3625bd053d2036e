//! GitHub Apps, where they are installed, and the tokens they were given.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, Area, Document, Id, Level, Repo};

/// What an App may touch, by area name.
pub(crate) type Permissions = BTreeMap<String, Level>;

/// Whether `granted` reaches `level` in `area`; metadata may always be read.
pub(crate) fn reaches(granted: &Permissions, area: Area, level: Level) -> bool {
    (area == Area::Metadata && level == Level::Read)
        || granted.get(area.name()).is_some_and(|have| *have >= level)
}

/// A registered App.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) id: Id<App>,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) owner: Id<Account>,
    /// The `slug[bot]` account that is seen to act.
    pub(crate) bot: Id<Account>,
    pub(crate) client_id: String,
    /// The private key; a real GitHub keeps only the public half.
    pub(crate) pem: String,
    pub(crate) permissions: Permissions,
    pub(crate) events: BTreeSet<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) webhook_secret: String,
    pub(crate) created_at: DateTime<Utc>,
}

/// An App on an account, for all or some of its repositories.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Installation {
    pub(crate) id: Id<Installation>,
    pub(crate) app: Id<App>,
    pub(crate) account: Id<Account>,
    /// `None` means all repositories, also those to come.
    pub(crate) selected: Option<BTreeSet<Id<Repo>>>,
    pub(crate) permissions: Permissions,
    pub(crate) events: BTreeSet<String>,
    #[serde(default)]
    pub(crate) suspended_at: Option<DateTime<Utc>>,
    /// Whether it was taken off again; its last webhook may still be told.
    #[serde(default)]
    pub(crate) deleted: bool,
    pub(crate) created_at: DateTime<Utc>,
}

impl Installation {
    /// Whether the App may do anything there.
    pub(crate) fn is_of_use(&self) -> bool {
        !self.deleted && self.suspended_at.is_none()
    }

    pub(crate) fn covers(&self, repo: &Repo) -> bool {
        !self.deleted
            && !repo.deleted
            && self.account == repo.owner
            && self.selected.as_ref().is_none_or(|some| some.contains(&repo.id))
    }
}

/// An installation token that is still good or was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) id: Id<Token>,
    pub(crate) secret: String,
    pub(crate) installation: Id<Installation>,
    /// `None` means everything the installation covers.
    pub(crate) repos: Option<BTreeSet<Id<Repo>>>,
    pub(crate) permissions: Permissions,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Document for App {
    const KIND: &'static str = "app";
    fn id(&self) -> Id<Self> {
        self.id
    }
}

impl Document for Installation {
    const KIND: &'static str = "installation";
    fn id(&self) -> Id<Self> {
        self.id
    }
}

impl Document for Token {
    const KIND: &'static str = "token";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
