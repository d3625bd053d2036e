//! The page of a person or an organization.

use askama::Template;

use super::{
    frame::{Face, Frame, page, repos_seen},
    home::Line,
    list::Row,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{Need, State};

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    face: Face,
    members: Vec<Face>,
    repos: Vec<Line>,
    assigned: Vec<Row>,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let world = &visit.world;
    let account = world.account(visit.text("owner")).ok_or_else(Trouble::not_found)?;
    let repos = repos_seen(world, visit.actor).into_iter();
    let repos = repos.filter(|repo| repo.owner == account.id);
    let assigned = world.issues.iter().filter(|issue| {
        let repo = world.repos.at(issue.repo);
        issue.state == State::Open
            && issue.assignees.contains(&account.id)
            && visit.may(repo, Need::READ_ISSUES)
    });
    page(&Page {
        frame: Frame::of(&visit),
        face: Face::of(account),
        members: account.members.iter().map(|id| Face::at(world, *id)).collect(),
        repos: repos.map(|repo| Line::of(&visit, repo)).collect(),
        assigned: assigned.map(|issue| Row::of(&visit, issue)).collect(),
    })
}
