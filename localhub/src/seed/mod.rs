//! A world described in one file.

mod grow;
mod plant;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Level, Role};

/// Everything a world starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// People.
    pub users: Vec<User>,
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// Repositories with everything in them.
    pub repositories: Vec<Repository>,
    /// Apps.
    pub apps: Vec<SeedApp>,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The name in addresses.
    pub login: String,
    /// The name people read.
    #[serde(default)]
    pub name: Option<String>,
    /// The mail address in commits.
    #[serde(default)]
    pub email: Option<String>,
    /// The personal access token; without one the person can only be talked about.
    #[serde(default)]
    pub token: Option<String>,
}

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The name in addresses.
    pub login: String,
    /// The name people read.
    #[serde(default)]
    pub name: Option<String>,
    /// The logins of its people, who may read its private repositories.
    #[serde(default)]
    pub members: Vec<String>,
}

/// A repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Login of a person or an organization.
    pub owner: String,
    /// The name in addresses.
    pub name: String,
    /// Whether only those with a role see it.
    #[serde(default)]
    pub private: bool,
    /// One line about it.
    #[serde(default)]
    pub description: Option<String>,
    /// `main` when absent.
    #[serde(default)]
    pub default_branch: Option<String>,
    /// Roles by login.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// The first commit: text by path.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// More commits on the default branch.
    #[serde(default)]
    pub commits: Vec<SeedCommit>,
    /// Labels.
    #[serde(default)]
    pub labels: Vec<SeedLabel>,
    /// Milestones.
    #[serde(default)]
    pub milestones: Vec<SeedMilestone>,
    /// Issues; they are numbered in this order.
    #[serde(default)]
    pub issues: Vec<SeedIssue>,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCommit {
    /// What it says.
    pub message: String,
    /// Login; the owner of the repository when absent.
    #[serde(default)]
    pub author: Option<String>,
    /// Text by path.
    pub files: BTreeMap<String, String>,
}

/// A label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedLabel {
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits.
    #[serde(default)]
    pub color: Option<String>,
    /// One line about it.
    #[serde(default)]
    pub description: Option<String>,
}

/// A milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedMilestone {
    /// Its title.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// An issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedIssue {
    /// Its title, by which a second seeding knows it.
    pub title: String,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
    /// Login; the owner of the repository when absent.
    #[serde(default)]
    pub author: Option<String>,
    /// Names of labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Logins.
    #[serde(default)]
    pub assignees: Vec<String>,
    /// The title of a milestone.
    #[serde(default)]
    pub milestone: Option<String>,
    /// Titles of issues of the same repository that come first.
    #[serde(default)]
    pub blocked_by: Vec<String>,
}

/// An App.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedApp {
    /// The name in addresses; its bot is `slug[bot]`.
    pub slug: String,
    /// The name people read; the slug when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Login.
    pub owner: String,
    /// What it may touch.
    #[serde(default)]
    pub permissions: BTreeMap<String, Level>,
    /// The events it hears of.
    #[serde(default)]
    pub events: Vec<String>,
    /// Where webhooks go.
    #[serde(default)]
    pub webhook_url: Option<String>,
    /// What webhooks are signed with; a random one when absent.
    #[serde(default)]
    pub webhook_secret: Option<String>,
    /// Where it is installed: `owner` for all repositories, `owner/name` for one.
    #[serde(default)]
    pub install_on: Vec<String>,
}
