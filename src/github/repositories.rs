//! Repositories and where the App is installed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ask::Who;
use super::handles::found;
use super::lenient::or_default;
use super::pages::Pages;
use super::{Account, Error, GitHub, Installation, Repo};
use crate::domain::ids::{BranchName, InstallationId, RepoId, RepoName};

/// A repository.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Repository {
    /// GitHub's id, which survives a rename.
    pub id: RepoId,
    /// `owner/name`.
    pub full_name: RepoName,
    /// The branch a clone starts on; `main`, if GitHub does not say.
    #[serde(default = "main_branch")]
    pub default_branch: BranchName,
    /// Where git clones it from.
    #[serde(default, deserialize_with = "or_default")]
    pub clone_url: String,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// Whether the world may not see it.
    #[serde(default)]
    pub private: bool,
    /// Whether nothing may be changed in it any more.
    #[serde(default)]
    pub archived: bool,
}

fn main_branch() -> BranchName {
    BranchName("main".to_owned())
}

/// A place where the App is installed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Installed {
    /// Its id.
    pub id: InstallationId,
    /// Whose place it is.
    #[serde(default)]
    pub account: Option<Account>,
    /// Since when it is of no use, if it is.
    #[serde(default)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// What was granted there, which may be less than what the App asks for by now.
    #[serde(default, deserialize_with = "or_default")]
    pub permissions: BTreeMap<String, String>,
    /// Where people change it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
}

impl GitHub {
    /// Everywhere the App is installed.
    pub async fn installations(&self) -> Result<Vec<Installed>, Error> {
        Pages::new(self.clone(), Who::App, self.get("app/installations")).all().await
    }
}

impl Installation {
    /// The repositories the App can see here.
    pub async fn repositories(&self) -> Result<Vec<Repository>, Error> {
        let ask = self.github.get("installation/repositories");
        self.pages(ask).under("repositories").all().await
    }

    /// A repository by its id, whatever it is called by now; none, if the App cannot see it.
    pub async fn find_repository(&self, id: RepoId) -> Result<Option<Repository>, Error> {
        found(self.read(&self.github.get(&format!("repositories/{id}"))).await)
    }
}

impl Repo {
    /// Whether we can see it.
    pub async fn is_there(&self) -> Result<bool, Error> {
        Ok(found(self.repository().await)?.is_some())
    }

    /// The repository itself.
    pub async fn repository(&self) -> Result<Repository, Error> {
        self.read(&self.get("")).await
    }
}
