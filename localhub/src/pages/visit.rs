//! One look at a page: who looks, at what.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{HeaderMap, Uri, header, request::Parts},
};

use super::{markdown::Place, trouble::Trouble};
use crate::{
    hub::Hub,
    json::View,
    model::{
        Account, AccountKind, Actor, Change, Comment, Id, Issue, Need, Pull, Refusal, Repo, World,
    },
};

/// The cookie that says who one is. On a hub for tests everybody may be anybody.
pub(super) const COOKIE: &str = "localhub_person";

/// One request for a page.
pub(super) struct Visit {
    pub(super) hub: Hub,
    pub(super) world: Arc<World>,
    pub(super) actor: Actor,
    /// The address as it was asked for, without the origin.
    pub(super) here: String,
    params: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
}

impl FromRequestParts<Hub> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Trouble> {
        let params = RawPathParams::from_request_parts(parts, hub).await;
        let params = params.map_err(|_| Trouble::not_found())?;
        let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Self { params: params.collect(), ..Self::of(hub, &parts.headers, &parts.uri) })
    }
}

impl Visit {
    /// A visit of which only who and where is known.
    pub(super) fn of(hub: &Hub, headers: &HeaderMap, uri: &Uri) -> Self {
        let world = hub.world();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|one| one.to_str().ok());
        let mut pairs =
            cookies.flat_map(|one| one.split(';')).filter_map(|one| one.split_once('='));
        let login = pairs.find(|(name, _)| name.trim() == COOKIE).map(|(_, login)| login.trim());
        let person = login.and_then(|login| world.account(login));
        let person = person.filter(|account| account.kind == AccountKind::Person);
        let actor = person.map_or(Actor::Nobody, |person| Actor::Person(person.id));
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let query = query.into_owned().collect();
        let here = uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
        Self { hub: hub.clone(), world, actor, here, params: BTreeMap::new(), query }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> Result<u64, Trouble> {
        self.text(name).parse().map_err(|_| Trouble::not_found())
    }

    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The person who looks, when it is one.
    pub(super) fn person(&self) -> Option<&Arc<Account>> {
        self.actor.account(&self.world).ok().map(|id| self.world.accounts.at(id))
    }

    /// The repository in the address, when this person may see it.
    pub(super) fn repo(&self) -> Result<Arc<Repo>, Trouble> {
        let name = self.text("repo");
        let name = name.strip_suffix(".git").unwrap_or(name);
        let repo = self.world.repo(self.text("owner"), name).ok_or_else(Trouble::not_found)?;
        self.actor.require(&self.world, repo, Need::METADATA)?;
        Ok(Arc::clone(repo))
    }

    /// The issue or pull request in the address.
    pub(super) fn issue(&self) -> Result<(Arc<Repo>, Arc<Issue>), Trouble> {
        let (repo, number) = (self.repo()?, self.number("number")?);
        let issue = self.world.issue(&repo, number).cloned().ok_or_else(Trouble::not_found)?;
        Ok((repo, issue))
    }

    /// The pull request in the address.
    pub(super) fn pull(&self) -> Result<(Arc<Issue>, Arc<Pull>), Trouble> {
        let (_, issue) = self.issue()?;
        let pull = issue.pull.ok_or_else(Trouble::not_found)?;
        let pull = Arc::clone(self.world.pulls.at(pull));
        Ok((issue, pull))
    }

    /// The comment in the address.
    pub(super) fn comment(&self) -> Result<(Arc<Issue>, Arc<Comment>), Trouble> {
        let (repo, id) = (self.repo()?, self.number("comment")?);
        let gone = || Trouble::from(Refusal::NotFound);
        let comment = self.world.comments.find(Id::new(id)).cloned().ok_or_else(gone)?;
        let issue = Arc::clone(self.world.issues.at(comment.issue));
        if issue.repo == repo.id { Ok((issue, comment)) } else { Err(gone()) }
    }

    pub(super) fn may(&self, repo: &Repo, need: Need) -> bool {
        self.actor.may(&self.world, repo, need)
    }

    /// Runs a command of the model for the person who looks.
    pub(super) async fn change<T>(
        &self,
        command: impl FnOnce(&mut Change) -> Result<T, Refusal>,
    ) -> Result<T, Trouble> {
        Ok(self.hub.change(self.actor, command).await?)
    }

    /// For what JSON knows as well.
    pub(super) fn view(&self) -> View {
        View { world: Arc::clone(&self.world), origin: self.hub.origin() }
    }

    /// How texts in a repository read for the person who looks.
    pub(super) fn place<'a>(&'a self, repo: &'a Repo) -> Place<'a> {
        Place { world: &self.world, actor: self.actor, repo: Some(repo), base: None }
    }

    /// `/owner/repo`.
    pub(super) fn home_of(&self, repo: &Repo) -> String {
        format!("/{}", self.world.full_name(repo))
    }

    /// `/owner/repo/issues/7`, or `pull`.
    pub(super) fn page_of(&self, issue: &Issue) -> String {
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        let home = self.home_of(self.world.repos.at(issue.repo));
        format!("{home}/{kind}/{}", issue.number)
    }
}
