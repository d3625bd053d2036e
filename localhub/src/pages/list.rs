//! Lists of issues and pull requests, and what is in a milestone.

use askama::Template;

use super::{
    frame::{Face, Frame, Moment, RepoHead, Tag, page, standing},
    markdown::{self, Html, boxes::Boxes},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{Issue, Need, Repo, State};

/// An issue or a pull request in a list.
pub(super) struct Row {
    pub(super) page: String,
    pub(super) repo: String,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: (&'static str, &'static str),
    pub(super) tags: Vec<Tag>,
    pub(super) author: Face,
    pub(super) opened: Moment,
    pub(super) assignees: Vec<Face>,
    pub(super) milestone: Option<String>,
    pub(super) comments: usize,
    /// Open issues this one waits for.
    pub(super) waits_for: usize,
}

impl Row {
    pub(super) fn of(visit: &Visit, issue: &Issue) -> Self {
        let world = &visit.world;
        let labels = issue.labels.iter().map(|label| Tag::of(world.labels.at(*label)));
        let milestone = issue.milestone.map(|id| world.milestones.at(id).title.clone());
        let blockers = issue.blocked_by.iter().filter_map(|id| world.issues.find(*id));
        Self {
            page: visit.page_of(issue),
            repo: world.full_name(world.repos.at(issue.repo)),
            number: issue.number,
            title: issue.title.clone(),
            state: standing(world, issue),
            tags: labels.collect(),
            author: Face::at(world, issue.author),
            opened: Moment::of(issue.created_at, visit.hub.clock().now()),
            assignees: issue.assignees.iter().map(|id| Face::at(world, *id)).collect(),
            milestone,
            comments: world.comments_on(issue).count(),
            waits_for: blockers.filter(|other| other.state == State::Open).count(),
        }
    }
}

#[derive(Template)]
#[template(path = "list.html")]
struct Page {
    frame: Frame,
    head: RepoHead,
    /// `issues` or `pulls`, as in the address.
    kind: &'static str,
    state: &'static str,
    counts: [(&'static str, &'static str, usize); 3],
    rows: Vec<Row>,
}

pub(super) async fn issues(visit: Visit) -> Answer {
    list(&visit, "issues")
}

pub(super) async fn pulls(visit: Visit) -> Answer {
    list(&visit, "pulls")
}

fn list(visit: &Visit, kind: &'static str) -> Answer {
    let repo = visit.repo()?;
    let state = match visit.asked("state") {
        Some("closed") => "closed",
        Some("all") => "all",
        _ => "open",
    };
    let all = all(visit, &repo).filter(|issue| issue.pull.is_some() == (kind == "pulls"));
    let all: Vec<&Issue> = all.collect();
    let open = all.iter().filter(|issue| issue.state == State::Open).count();
    let counts =
        [("open", "Open", open), ("closed", "Closed", all.len() - open), ("all", "All", all.len())];
    let wanted = all.into_iter().filter(|one| state == "all" || one.state.name() == state);
    let rows = wanted.map(|issue| Row::of(visit, issue)).collect();
    let head = RepoHead::of(visit, &repo, kind);
    page(&Page { frame: Frame::of(visit), head, kind, state, counts, rows })
}

/// Newest first.
fn all<'a>(visit: &'a Visit, repo: &'a Repo) -> impl Iterator<Item = &'a Issue> {
    let here = visit.world.issues.iter().rev().filter(|issue| issue.repo == repo.id);
    here.filter(|issue| visit.may(repo, Need::READ_ISSUES.on(issue))).map(AsRef::as_ref)
}

#[derive(Template)]
#[template(path = "milestone.html")]
struct MilestonePage {
    frame: Frame,
    head: RepoHead,
    title: String,
    state: &'static str,
    description: Html,
    due: Option<String>,
    closed: usize,
    rows: Vec<Row>,
}

pub(super) async fn milestone(visit: Visit) -> Answer {
    let repo = visit.repo()?;
    let number = visit.number("milestone")?;
    let found = visit.world.milestone(&repo, number).ok_or_else(Trouble::not_found)?;
    let text = found.description.clone().unwrap_or_default();
    let inside = all(&visit, &repo).filter(|issue| issue.milestone == Some(found.id));
    let mut inside: Vec<&Issue> = inside.collect();
    // In the order of their numbers, what is open first.
    inside.sort_by_key(|issue| (issue.state == State::Closed, issue.number));
    let closed = inside.iter().filter(|issue| issue.state == State::Closed).count();
    page(&MilestonePage {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "issues"),
        title: found.title.clone(),
        state: found.state.name(),
        description: markdown::comment(&text, &visit.place(&repo), &Boxes::shown(&text)),
        due: found.due_on.map(|due| due.format("%-d %B %Y").to_string()),
        closed,
        rows: inside.into_iter().map(|issue| Row::of(&visit, issue)).collect(),
    })
}
