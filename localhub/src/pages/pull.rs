//! The page of a pull request: conversation, commits, files.

use std::sync::Arc;

use askama::Template;

use super::{
    commit::{Check, CommitLine, checks},
    diff::{self, FileDiff},
    frame::{Face, Frame, RepoHead, page},
    issue::{Topic, live_frame},
    thread::Entry,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{
    git::diff::EMPTY_TREE,
    model::{Issue, Need, Pull, Repo, State},
};

#[derive(Template)]
#[template(path = "pull.html")]
struct Page {
    frame: Frame,
    head: RepoHead,
    topic: Topic,
    /// `conversation`, `commits` or `files`.
    tab: &'static str,
    here: String,
    base: String,
    branch: String,
    counts: Counts,
    commits: Vec<CommitLine>,
    files: Vec<FileDiff>,
    checks: Vec<Check>,
    merging: Merging,
    /// Who reviews cannot judge what is their own.
    may_judge: bool,
    sha: String,
}

struct Counts {
    commits: u64,
    files: u64,
    additions: u64,
    deletions: u64,
}

/// Whether and how it can be merged.
struct Merging {
    class: &'static str,
    words: String,
    /// Why there are no buttons, although nothing is wrong with the pull request.
    why_not: Option<String>,
    may_merge: bool,
    is_behind: bool,
    /// For those who may change it: what it can be turned into.
    turns: Option<&'static str>,
}

pub(super) async fn show(visit: Visit) -> Answer {
    match visit.text("number").split_once('.') {
        Some((number, "diff" | "patch")) => plain(&visit, number).await,
        _ => tab(&visit, "conversation").await,
    }
}

pub(super) async fn commits(visit: Visit) -> Answer {
    tab(&visit, "commits").await
}

pub(super) async fn files(visit: Visit) -> Answer {
    tab(&visit, "files").await
}

async fn tab(visit: &Visit, tab: &'static str) -> Answer {
    let (issue, pull) = visit.pull()?;
    let repo = visit.repo()?;
    visit.actor.require(&visit.world, &repo, Need::READ_PULLS)?;
    let (mut commits, mut files) = (Vec::new(), Vec::new());
    if tab == "commits" {
        let range = format!("{}..{}", pull.base.sha, pull.head.sha);
        commits = CommitLine::log(visit, &repo, &["--reverse", "--max-count=250", &range]).await?;
    }
    if tab == "files" {
        files = visit.hub.pull_files(&pull).await?.iter().map(FileDiff::of).collect();
    }
    let merging = Merging::of(visit, &repo, &issue, &pull).await?;
    let own = visit.person().is_some_and(|person| person.id == issue.author);
    page(&Page {
        frame: live_frame(visit, &repo, &issue),
        head: RepoHead::of(visit, &repo, "pulls"),
        topic: Topic::of(visit, &repo, &issue),
        tab,
        here: visit.page_of(&issue),
        base: pull.base.branch.clone(),
        branch: pull.head.branch.clone(),
        counts: Counts {
            commits: pull.size.commits,
            files: pull.size.changed_files,
            additions: pull.size.additions,
            deletions: pull.size.deletions,
        },
        commits,
        files,
        checks: checks(visit, &repo, &pull.head.sha),
        merging,
        may_judge: !own,
        sha: pull.head.sha.clone(),
    })
}

impl Merging {
    async fn of(visit: &Visit, repo: &Repo, issue: &Issue, pull: &Pull) -> Result<Self, Trouble> {
        let own = visit.person().is_some_and(|person| person.id == issue.author);
        let merging = Self {
            class: "neutral",
            words: String::new(),
            why_not: None,
            may_merge: false,
            is_behind: false,
            turns: (issue.state == State::Open && (own || visit.may(repo, Need::EDIT_PULLS)))
                .then_some(if pull.draft { "ready" } else { "draft" }),
        };
        if let Some(merged) = &pull.merged {
            let by = Face::at(&visit.world, merged.by).login;
            let short = merged.sha.get(..7).unwrap_or_default();
            let words = format!("{by} merged this into {} as {short}.", pull.base.branch);
            return Ok(Self { class: "merged", words, ..merging });
        }
        if issue.state == State::Closed {
            let words = "This was closed without being merged.".to_owned();
            return Ok(Self { words, ..merging });
        }
        let git = visit.hub.git(repo.id);
        let is_behind = match repo.branch(&pull.base.branch) {
            Some(base) => !git.is_ancestor(base, &pull.head.sha).await?,
            None => false,
        };
        let may_push = visit.may(repo, Need::PUSH);
        let merging = Self { is_behind: is_behind && may_push, ..merging };
        if visit.hub.is_mergeable(pull.id).await? != Some(true) {
            let words =
                format!("This conflicts with {}, so it cannot be merged.", pull.base.branch);
            return Ok(Self { class: "bad", words, is_behind: false, ..merging });
        }
        if pull.draft {
            let words = "This is a draft, so it cannot be merged yet.".to_owned();
            return Ok(Self { words, ..merging });
        }
        let words = format!("This can be merged into {} without conflicts.", pull.base.branch);
        let why_not = (!may_push).then(|| match visit.person() {
            None => "Choose who you are acting as to merge it.".to_owned(),
            Some(person) => {
                format!("{} may not push to this repository, and so not merge.", person.login)
            }
        });
        Ok(Self { class: "good", words, may_merge: may_push, why_not, ..merging })
    }
}

/// `/pull/7.diff`
async fn plain(visit: &Visit, number: &str) -> Answer {
    let number = number.parse().map_err(|_| Trouble::not_found())?;
    let repo = visit.repo()?;
    visit.actor.require(&visit.world, &repo, Need::READ_PULLS)?;
    let pull = visit.world.pull(&repo, number).map(Arc::clone).ok_or_else(Trouble::not_found)?;
    let git = visit.hub.git(repo.id);
    let fork = git.merge_base(&pull.base.sha, &pull.head.sha).await?;
    let from = fork.as_deref().unwrap_or(EMPTY_TREE);
    diff::plain(&git, from, &pull.head.sha).await
}
