//! Commits, comparisons and check runs.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{
    diff::{self, FileDiff},
    frame::{Frame, Moment, RepoHead, page},
    markdown::{self, Html, boxes::Boxes},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{
    git::{Commit, diff::EMPTY_TREE},
    model::{CheckRun, Id, Need, Repo},
};

/// A commit in a list.
pub(super) struct CommitLine {
    pub(super) page: String,
    pub(super) short: String,
    pub(super) title: String,
    /// The message below its first line.
    pub(super) rest: String,
    pub(super) author: String,
    pub(super) at: Moment,
}

impl CommitLine {
    fn of(visit: &Visit, repo: &Repo, commit: &Commit) -> Self {
        let (title, rest) = commit.message.split_once('\n').unwrap_or((&commit.message, ""));
        let now = visit.hub.clock().now();
        let at = DateTime::parse_from_rfc3339(&commit.author.at).map_or(now, |at| at.to_utc());
        Self {
            page: format!("{}/commit/{}", visit.home_of(repo), commit.sha),
            short: commit.sha.get(..7).unwrap_or_default().to_owned(),
            title: title.to_owned(),
            rest: rest.trim().to_owned(),
            author: commit.author.name.clone(),
            at: Moment::of(at, now),
        }
    }

    /// The commits that `git log` tells of.
    pub(super) async fn log(
        visit: &Visit,
        repo: &Repo,
        range: &[&str],
    ) -> Result<Vec<Self>, Trouble> {
        let commits = visit.hub.git(repo.id).log(range).await?;
        Ok(commits.iter().map(|commit| Self::of(visit, repo, commit)).collect())
    }
}

#[derive(Template)]
#[template(path = "commit.html")]
struct Page {
    frame: Frame,
    head: RepoHead,
    title: String,
    commits: Vec<CommitLine>,
    checks: Vec<Check>,
    files: Vec<FileDiff>,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let git = visit.hub.git(repo.id);
    let sha = git.resolve(visit.text("sha")).await?.ok_or_else(Trouble::not_found)?;
    let commit = git.commit(&sha).await?;
    let from = commit.parents.first().map_or(EMPTY_TREE, String::as_str);
    let files = git.changes(from, &sha).await?;
    page(&Page {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "code"),
        title: format!("Commit {}", &sha[..7]),
        commits: vec![CommitLine::of(&visit, &repo, &commit)],
        checks: checks(&visit, &repo, &sha),
        files: files.iter().map(FileDiff::of).collect(),
    })
}

/// What happened between two commits: `main...topic`.
pub(super) async fn compare(visit: Visit) -> Answer {
    let repo = code(&visit)?;
    let git = visit.hub.git(repo.id);
    let span = visit.text("span");
    let raw = [".diff", ".patch"].iter().find_map(|end| span.strip_suffix(end));
    let (base, head) = raw.unwrap_or(span).split_once("...").ok_or_else(Trouble::not_found)?;
    // A new branch is compared with nothing.
    let base = git.resolve(base).await?;
    let head = git.resolve(head).await?.ok_or_else(Trouble::not_found)?;
    let fork = match &base {
        Some(base) => git.merge_base(base, &head).await?,
        None => None,
    };
    let from = fork.as_deref().unwrap_or(EMPTY_TREE);
    if raw.is_some() {
        return diff::plain(&git, from, &head).await;
    }
    let files = git.changes(from, &head).await?;
    let range = base.map_or(head.clone(), |base| format!("{base}..{head}"));
    page(&Page {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "code"),
        title: format!("Comparing {span}"),
        commits: CommitLine::log(&visit, &repo, &["--max-count=250", &range]).await?,
        checks: Vec::new(),
        files: files.iter().map(FileDiff::of).collect(),
    })
}

/// The repository, for one who may read its code.
pub(super) fn code(visit: &Visit) -> Result<std::sync::Arc<Repo>, Trouble> {
    let repo = visit.repo()?;
    visit.actor.require(&visit.world, &repo, Need::READ_CODE)?;
    Ok(repo)
}

/// A check run in a list.
pub(super) struct Check {
    pub(super) page: String,
    pub(super) name: String,
    pub(super) words: String,
    pub(super) class: &'static str,
    pub(super) title: String,
}

impl Check {
    fn of(visit: &Visit, repo: &Repo, run: &CheckRun) -> Self {
        let words = run.conclusion.as_ref().unwrap_or(&run.status).replace('_', " ");
        let class = match run.conclusion.as_deref() {
            Some("success") => "good",
            Some("neutral" | "skipped") => "neutral",
            Some(_) => "bad",
            None => "waiting",
        };
        let app = &visit.world.apps.at(run.app).name;
        Self {
            page: format!("{}/runs/{}", visit.home_of(repo), run.id.0),
            name: format!("{app} / {}", run.name),
            words,
            class,
            title: run.output.title.clone().unwrap_or_default(),
        }
    }
}

/// The latest run of each App and name on a commit.
pub(super) fn checks(visit: &Visit, repo: &Repo, sha: &str) -> Vec<Check> {
    let on = |run: &&std::sync::Arc<CheckRun>| run.repo == repo.id && run.head_sha == sha;
    let runs: Vec<_> = visit.world.checks.iter().filter(on).collect();
    let latest = runs.iter().filter(|run| {
        !runs
            .iter()
            .any(|other| other.app == run.app && other.name == run.name && other.id > run.id)
    });
    latest.map(|run| Check::of(visit, repo, run)).collect()
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    frame: Frame,
    head: RepoHead,
    check: Check,
    commit: (String, String),
    details: Option<String>,
    times: Vec<(&'static str, Moment)>,
    summary: Html,
    text: Html,
}

pub(super) async fn check(visit: Visit) -> Answer {
    let repo = visit.repo()?;
    visit.actor.require(&visit.world, &repo, Need::READ_CHECKS)?;
    let run = visit.world.checks.find(Id::new(visit.number("check")?));
    let run = run.filter(|run| run.repo == repo.id).ok_or_else(Trouble::not_found)?;
    let place = visit.place(&repo);
    let text = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        markdown::comment(&text, &place, &Boxes::shown(&text))
    };
    let now = visit.hub.clock().now();
    let time = |word, at: Option<DateTime<Utc>>| at.map(|at| (word, Moment::of(at, now)));
    let web = |url: &&String| url.starts_with("http://") || url.starts_with("https://");
    page(&CheckPage {
        frame: Frame::of(&visit),
        head: RepoHead::of(&visit, &repo, "code"),
        check: Check::of(&visit, &repo, run),
        commit: (
            format!("{}/commit/{}", visit.home_of(&repo), run.head_sha),
            run.head_sha.get(..7).unwrap_or_default().to_owned(),
        ),
        details: run.details_url.as_ref().filter(web).cloned(),
        times: [time("started", run.started_at), time("completed", run.completed_at)]
            .into_iter()
            .flatten()
            .collect(),
        summary: text(&run.output.summary),
        text: text(&run.output.text),
    })
}
