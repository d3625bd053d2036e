//! The page of an issue.

use askama::Template;

use super::{
    frame::{Face, Frame, RepoHead, page, redirect, standing},
    live::version_of,
    sidebar::Sidebar,
    thread::{Entry, Post, entries, first_post},
    trouble::Answer,
    visit::Visit,
};
use crate::model::{Issue, Need, Repo, State};

/// What the pages of issues and of pull requests have in common.
pub(super) struct Topic {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: (&'static str, &'static str),
    pub(super) is_open: bool,
    pub(super) is_issue: bool,
    pub(super) author: Face,
    pub(super) first: Post,
    pub(super) entries: Vec<Entry>,
    pub(super) sidebar: Sidebar,
    /// The address that its forms start with.
    pub(super) acts: String,
    pub(super) may_close: bool,
    /// Who may comment: everybody who can read.
    pub(super) voices: Vec<String>,
}

impl Topic {
    pub(super) fn of(visit: &Visit, repo: &Repo, issue: &Issue) -> Self {
        let world = &visit.world;
        let own = visit.person().is_some_and(|person| person.id == issue.author);
        let people = world.accounts.iter().filter(|account| {
            let actor = crate::model::Actor::Person(account.id);
            account.kind == crate::model::AccountKind::Person
                && actor.may(world, repo, Need::DISCUSS_EITHER.on(issue))
        });
        Self {
            number: issue.number,
            title: issue.title.clone(),
            state: standing(world, issue),
            is_open: issue.state == State::Open,
            is_issue: issue.pull.is_none(),
            author: Face::at(world, issue.author),
            first: first_post(visit, repo, issue),
            entries: entries(visit, repo, issue),
            sidebar: Sidebar::of(visit, repo, issue),
            acts: format!("{}/issues/{}", visit.home_of(repo), issue.number),
            may_close: own || visit.may(repo, Need::TRIAGE.on(issue)),
            voices: people.map(|account| account.login.clone()).collect(),
        }
    }
}

/// A frame whose page tells when it has changed.
pub(super) fn live_frame(visit: &Visit, repo: &Repo, issue: &Issue) -> Frame {
    let asks = format!("{}/issues/{}/version", visit.home_of(repo), issue.number);
    Frame { live: Some((asks, version_of(&visit.world, issue))), ..Frame::of(visit) }
}

#[derive(Template)]
#[template(path = "issue.html")]
struct Page {
    frame: Frame,
    head: RepoHead,
    topic: Topic,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let (repo, issue) = visit.issue()?;
    visit.actor.require(&visit.world, &repo, Need::READ_ISSUES.on(&issue))?;
    if issue.pull.is_some() {
        return Ok(redirect(&visit.page_of(&issue)));
    }
    page(&Page {
        frame: live_frame(&visit, &repo, &issue),
        head: RepoHead::of(&visit, &repo, "issues"),
        topic: Topic::of(&visit, &repo, &issue),
    })
}
