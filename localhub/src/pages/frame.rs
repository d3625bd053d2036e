//! What is around every page, and the small things that many pages show.

#![expect(clippy::unnecessary_wraps, reason = "pages end with these, and a page may fail")]

use std::sync::Arc;

use askama::Template;
use axum::response::{Html as Whole, IntoResponse, Redirect, Response};
use chrono::{DateTime, SecondsFormat, Utc};

use super::{trouble::Answer, visit::Visit};
use crate::model::{
    Account, AccountKind, Actor, Id, Issue, Label, Need, Repo, State, World, issue::Reason,
};

/// Who looks, who else one could be, and where one is.
pub(super) struct Frame {
    pub(super) person: Option<Face>,
    pub(super) people: Vec<Face>,
    pub(super) here: String,
    /// Where the script asks for the version of a page that may change, and the version shown.
    pub(super) live: Option<(String, String)>,
}

impl Frame {
    pub(super) fn of(visit: &Visit) -> Self {
        let accounts = visit.world.accounts.iter();
        let people = accounts.filter(|account| account.kind == AccountKind::Person);
        Self {
            person: visit.person().map(|person| Face::of(person)),
            people: people.map(|person| Face::of(person)).collect(),
            here: visit.here.clone(),
            live: None,
        }
    }

    pub(super) fn is_nobody(&self) -> bool {
        self.person.is_none()
    }
}

/// An account as it is shown next to what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) id: u64,
    pub(super) login: String,
    pub(super) name: Option<String>,
    pub(super) page: String,
    pub(super) is_bot: bool,
}

impl Face {
    pub(super) fn of(account: &Account) -> Self {
        let is_bot = account.kind == AccountKind::Bot;
        let login = account.login.clone();
        let page = match login.strip_suffix("[bot]") {
            Some(slug) if is_bot => format!("/apps/{slug}"),
            _ => format!("/{login}"),
        };
        let name = account.name.clone().filter(|name| *name != login);
        Self { id: account.id.0, login, name, page, is_bot }
    }

    pub(super) fn at(world: &World, id: Id<Account>) -> Self {
        Self::of(world.accounts.at(id))
    }
}

/// A label with its color, which is data and so cannot be in the stylesheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: String,
}

impl Tag {
    pub(super) fn of(label: &Label) -> Self {
        let description = label.description.clone().unwrap_or_default();
        Self { name: label.name.clone(), color: label.color.clone(), description }
    }
}

/// A moment, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) exact: String,
    pub(super) ago: String,
}

impl Moment {
    pub(super) fn of(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let seconds = (now - at).num_seconds();
        let many = |count: i64, unit: &str| {
            format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
        };
        let ago = match seconds {
            ..60 => "just now".to_owned(),
            60..3600 => many(seconds / 60, "minute"),
            3600..86_400 => many(seconds / 3600, "hour"),
            86_400..2_592_000 => many(seconds / 86_400, "day"),
            _ => format!("on {}", at.format("%-d %B %Y")),
        };
        Self { exact, ago }
    }
}

/// How an issue stands: the word, and the class that gives it its color.
pub(super) fn standing(world: &World, issue: &Issue) -> (&'static str, &'static str) {
    let pull = issue.pull.map(|pull| world.pulls.at(pull));
    match (issue.state, pull) {
        (State::Open, Some(pull)) if pull.draft => ("Draft", "draft"),
        (State::Open, _) => ("Open", "open"),
        (State::Closed, Some(pull)) if pull.merged.is_some() => ("Merged", "merged"),
        (State::Closed, Some(_)) => ("Closed", "closed"),
        (State::Closed, None) => match issue.state_reason {
            Some(Reason::NotPlanned) => ("Closed as not planned", "draft"),
            Some(Reason::Duplicate) => ("Closed as duplicate", "draft"),
            Some(Reason::Completed | Reason::Reopened) | None => ("Closed", "merged"),
        },
    }
}

/// The head of every page of a repository.
pub(super) struct RepoHead {
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) home: String,
    pub(super) private: bool,
    pub(super) branch: String,
    pub(super) issues: usize,
    pub(super) pulls: usize,
    pub(super) tab: &'static str,
}

impl RepoHead {
    pub(super) fn of(visit: &Visit, repo: &Repo, tab: &'static str) -> Self {
        let all = visit.world.issues.iter();
        let open = all.filter(|issue| issue.repo == repo.id && issue.state == State::Open);
        let (pulls, issues): (Vec<_>, Vec<_>) = open.partition(|issue| issue.pull.is_some());
        Self {
            owner: visit.world.accounts.at(repo.owner).login.clone(),
            name: repo.name.clone(),
            home: visit.home_of(repo),
            private: repo.private,
            branch: repo.default_branch.clone(),
            issues: issues.len(),
            pulls: pulls.len(),
            tab,
        }
    }
}

/// The repositories that somebody sees, by name.
pub(super) fn repos_seen(world: &World, actor: Actor) -> Vec<&Arc<Repo>> {
    let mut seen: Vec<_> =
        world.repos.iter().filter(|repo| actor.may(world, repo, Need::METADATA)).collect();
    seen.sort_by_key(|repo| world.full_name(repo));
    seen
}

/// A template in words. Ours cannot fail: they write to a string what is at hand.
pub(super) fn written(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}

/// A page as an answer.
pub(super) fn page(page: &impl Template) -> Answer {
    Ok(Whole(written(page)).into_response())
}

/// Back to a page after a form was taken.
pub(super) fn back_to(page: &str) -> Answer {
    Ok(redirect(page))
}

/// Elsewhere.
pub(super) fn redirect(page: &str) -> Response {
    Redirect::to(page).into_response()
}
