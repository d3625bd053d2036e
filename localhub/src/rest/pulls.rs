//! Pull requests.

use serde::Deserialize;
use serde_json::json;

use super::call::{Call, Input, Reply, created, ok};
use crate::model::{
    Need,
    change::pulls::{NewPull, PullPatch},
};

/// What asking for reviews takes.
#[derive(Default, Deserialize)]
pub(super) struct Reviewers {
    #[serde(default)]
    reviewers: Vec<String>,
}

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::READ_PULLS)?;
    let view = call.view();
    let state = call.asked("state").unwrap_or("open");
    let owner = &view.world.accounts.at(repo.owner).login;
    let all = view.world.pulls.iter().filter(|pull| pull.repo == repo.id).filter(|pull| {
        let issue = view.world.issues.at(pull.issue);
        let head = format!("{owner}:{}", pull.head.branch);
        (state == "all" || issue.state.name() == state)
            && call.asked("base").is_none_or(|base| base == pull.base.branch)
            && call.asked("head").is_none_or(|asked| asked == head || asked == pull.head.branch)
    });
    let mut all: Vec<_> = all.cloned().collect();
    if call.asked("sort") == Some("updated") {
        all.sort_by_key(|pull| view.world.issues.at(pull.issue).updated_at);
    }
    // Newest first, except where another sort is asked for.
    let descending = match call.asked("direction") {
        Some(direction) => direction == "desc",
        None => matches!(call.asked("sort"), None | Some("created")),
    };
    if descending {
        all.reverse();
    }
    call.list(all, |pull| view.pull_simple(&pull))
}

pub(super) async fn create(call: Call, Input(new): Input<NewPull>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    let id = call.hub.open_pull(call.actor, repo, new).await?;
    let view = call.view();
    created(view.pull(view.world.pulls.at(id), None))
}

pub(super) async fn show(call: Call) -> Reply {
    let pull = call.pull()?;
    let mergeable = call.hub.is_mergeable(pull.id).await?;
    ok(call.view().pull(&pull, mergeable))
}

pub(super) async fn edit(call: Call, Input(patch): Input<PullPatch>) -> Reply {
    let pull = call.pull()?.id;
    call.hub.edit_pull(call.actor, pull, patch).await?;
    show(call).await
}

pub(super) async fn commits(call: Call) -> Reply {
    let pull = call.pull()?;
    let view = call.view();
    let repo = view.world.repos.at(pull.repo);
    let range = format!("{}..{}", pull.base.sha, pull.head.sha);
    let all = call.hub.git(pull.repo).log(&["--reverse", "--max-count=250", &range]).await?;
    call.list(all, |commit| view.commit(repo, &commit))
}

pub(super) async fn files(call: Call) -> Reply {
    let pull = call.pull()?;
    let view = call.view();
    let repo = view.world.repos.at(pull.repo);
    let all = call.hub.pull_files(&pull).await?;
    call.list(all, |change| view.diff_entry(repo, &pull.head.sha, &change))
}

/// The open pull requests a commit is the head of, and the merged ones it came from.
pub(super) async fn of_commit(call: Call) -> Reply {
    let repo = call.repo(Need::READ_PULLS)?;
    let sha = call.resolve(repo.id, call.text("ref")).await?;
    let view = call.view();
    let all = view.world.pulls.iter().filter(|pull| {
        pull.repo == repo.id
            && (pull.head.sha == sha
                || pull.merged.as_ref().is_some_and(|merged| merged.sha == sha))
    });
    call.list(all.cloned().collect(), |pull| view.pull_simple(&pull))
}

pub(super) async fn reviewers(call: Call) -> Reply {
    let users = call.view().users(&call.pull()?.reviewers);
    ok(json!({ "users": users, "teams": [] }))
}

pub(super) async fn request(call: Call, Input(input): Input<Reviewers>) -> Reply {
    let pull = call.pull()?.id;
    call.change(|change| change.request_reviews(pull, &input.reviewers)).await?;
    created(call.view().pull_simple(&*call.pull()?))
}

pub(super) async fn unrequest(call: Call, Input(input): Input<Reviewers>) -> Reply {
    let pull = call.pull()?.id;
    call.change(|change| change.unrequest_reviews(pull, &input.reviewers)).await?;
    ok(call.view().pull_simple(&*call.pull()?))
}
