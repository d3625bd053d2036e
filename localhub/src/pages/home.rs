//! The first page: who is here, and what there is.

use askama::Template;

use super::{
    frame::{Face, Frame, page, repos_seen},
    trouble::Answer,
    visit::Visit,
};
use crate::model::{Repo, State};

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    owners: Vec<Owner>,
    apps: Vec<(String, String)>,
    origin: String,
}

/// Somebody with repositories.
pub(super) struct Owner {
    pub(super) face: Face,
    pub(super) repos: Vec<Line>,
}

/// A repository in a list.
pub(super) struct Line {
    pub(super) home: String,
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) description: String,
    pub(super) issues: usize,
    pub(super) pulls: usize,
}

impl Line {
    pub(super) fn of(visit: &Visit, repo: &Repo) -> Self {
        let all = visit.world.issues.iter();
        let open = all.filter(|issue| issue.repo == repo.id && issue.state == State::Open);
        let (pulls, issues): (Vec<_>, Vec<_>) = open.partition(|issue| issue.pull.is_some());
        Self {
            home: visit.home_of(repo),
            name: repo.name.clone(),
            private: repo.private,
            description: repo.description.clone().unwrap_or_default(),
            issues: issues.len(),
            pulls: pulls.len(),
        }
    }
}

pub(super) async fn show(visit: Visit) -> Answer {
    let mut owners: Vec<Owner> = Vec::new();
    for repo in repos_seen(&visit.world, visit.actor) {
        let face = Face::at(&visit.world, repo.owner);
        let line = Line::of(&visit, repo);
        match owners.iter_mut().find(|owner| owner.face == face) {
            Some(owner) => owner.repos.push(line),
            None => owners.push(Owner { face, repos: vec![line] }),
        }
    }
    let apps = visit.world.apps.iter().map(|app| (app.slug.clone(), app.name.clone()));
    let (apps, origin) = (apps.collect(), visit.hub.origin().0);
    page(&Page { frame: Frame::of(&visit), owners, apps, origin })
}
