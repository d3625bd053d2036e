//! Where we ask: an installation, and a repository in it.

use std::fmt::Display;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ask::{Ask, Who};
use super::pages::Pages;
use super::{Error, GitHub, Grant, Token};
use crate::domain::ids::{InstallationId, RepoName};

/// GitHub, where our App is installed.
#[derive(Clone, Debug)]
pub struct Installation {
    pub(super) github: GitHub,
    pub(super) id: InstallationId,
}

/// A repository our App can see. All that can be asked about it is a method of this type.
#[derive(Clone, Debug)]
pub struct Repo {
    pub(super) on: Installation,
    pub(super) name: RepoName,
}

impl GitHub {
    /// GitHub, through this installation.
    pub fn on(&self, installation: InstallationId) -> Installation {
        Installation { github: self.clone(), id: installation }
    }
}

impl Installation {
    /// Its id.
    pub fn id(&self) -> InstallationId {
        self.id
    }

    /// A repository, by name; that it is there is not checked.
    pub fn repo(&self, name: &RepoName) -> Repo {
        Repo { on: self.clone(), name: name.clone() }
    }

    pub(super) async fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, Error> {
        self.github.read(Who::Installation(self.id), ask).await
    }

    pub(super) fn pages<T: DeserializeOwned>(&self, ask: Ask) -> Pages<T> {
        Pages::new(self.github.clone(), Who::Installation(self.id), ask)
    }
}

impl Repo {
    /// Its name, as it was given.
    pub fn name(&self) -> &RepoName {
        &self.name
    }

    /// The installation it is seen through.
    pub fn installation(&self) -> &Installation {
        &self.on
    }

    /// A token for this repository alone, to lend to git.
    pub async fn token(&self, grant: Grant) -> Result<Token, Error> {
        let repos = std::slice::from_ref(&self.name);
        self.on.github.token(self.on.id, repos, &[grant]).await
    }

    /// A question about something in it.
    pub(super) fn get(&self, path: impl Display) -> Ask {
        self.ask(Method::GET, path, None)
    }

    pub(super) fn post(&self, path: impl Display, body: Value) -> Ask {
        self.ask(Method::POST, path, Some(body))
    }

    pub(super) fn patch(&self, path: impl Display, body: Value) -> Ask {
        self.ask(Method::PATCH, path, Some(body))
    }

    pub(super) fn put(&self, path: impl Display, body: Value) -> Ask {
        self.ask(Method::PUT, path, Some(body))
    }

    pub(super) fn delete(&self, path: impl Display, body: Option<Value>) -> Ask {
        self.ask(Method::DELETE, path, body)
    }

    fn ask(&self, method: Method, path: impl Display, body: Option<Value>) -> Ask {
        let path = format!("repos/{}/{path}", self.name);
        self.on.github.ask(method, path.trim_end_matches('/'), body)
    }

    pub(super) async fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, Error> {
        self.on.read(ask).await
    }

    /// Asks for something whose answer does not matter.
    pub(super) async fn tell(&self, ask: &Ask) -> Result<(), Error> {
        self.on.github.answer(Who::Installation(self.on.id), ask).await.map(drop)
    }

    pub(super) fn pages<T: DeserializeOwned>(&self, ask: Ask) -> Pages<T> {
        self.on.pages(ask)
    }
}

/// Turns "it is not there" into nothing.
pub(super) fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error),
    }
}
