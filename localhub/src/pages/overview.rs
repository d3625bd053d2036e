//! The page of a repository.

use askama::Template;

use super::{
    commit::CommitLine,
    frame::{Frame, RepoHead, page},
    list::Row,
    markdown::{self, Html, Place},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{Repo, State};

/// How many of each are shown.
const SOME: usize = 6;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    head: RepoHead,
    description: String,
    issues: Vec<Row>,
    pulls: Vec<Row>,
    milestones: Vec<Stone>,
    commits: Vec<CommitLine>,
    readme: Option<Html>,
    clone: String,
}

/// A milestone and how far it is.
struct Stone {
    page: String,
    title: String,
    state: &'static str,
    closed: usize,
    total: usize,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let repo = visit.repo()?;
    let all = visit.world.issues.iter().rev();
    let open = all.filter(|issue| issue.repo == repo.id && issue.state == State::Open);
    let (pulls, issues): (Vec<_>, Vec<_>) = open.partition(|issue| issue.pull.is_some());
    let rows = |some: Vec<_>| {
        let some = some.into_iter().take(SOME);
        some.map(|issue: &std::sync::Arc<_>| Row::of(&visit, issue)).collect()
    };
    let (commits, readme) = match repo.branch(&repo.default_branch) {
        None => (Vec::new(), None),
        Some(tip) => (
            CommitLine::log(&visit, &repo, &[&format!("--max-count={SOME}"), tip]).await?,
            readme(&visit, &repo, tip).await?,
        ),
    };
    page(&Page {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "overview"),
        description: repo.description.clone().unwrap_or_default(),
        issues: rows(issues),
        pulls: rows(pulls),
        milestones: stones(&visit, &repo),
        commits,
        readme,
        clone: visit.hub.origin().page(&format!("{}.git", visit.world.full_name(&repo))),
    })
}

fn stones(visit: &Visit, repo: &Repo) -> Vec<Stone> {
    let here = visit.world.milestones.iter().filter(|one| one.repo == repo.id);
    let stones = here.map(|one| {
        let inside = visit.world.issues.iter().filter(|issue| issue.milestone == Some(one.id));
        let (closed, open): (Vec<_>, Vec<_>) = inside.partition(|i| i.state == State::Closed);
        Stone {
            page: format!("{}/milestone/{}", visit.home_of(repo), one.number),
            title: one.title.clone(),
            state: one.state.name(),
            closed: closed.len(),
            total: closed.len() + open.len(),
        }
    });
    stones.collect()
}

async fn readme(visit: &Visit, repo: &Repo, tip: &str) -> Result<Option<Html>, Trouble> {
    let git = visit.hub.git(repo.id);
    let Some(entry) = git.entry(tip, "README.md").await? else { return Ok(None) };
    let bytes = git.blob(&entry.sha).await?;
    let base = format!("{}/blob/{}/", visit.home_of(repo), repo.default_branch);
    let place = Place { base: Some(&base), ..visit.place(repo) };
    Ok(Some(markdown::file(&String::from_utf8_lossy(&bytes), &place)))
}
