//! Branches and references.

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    problem::Problem,
};
use crate::model::{Need, Refusal};

/// What making or moving a reference takes.
#[derive(Default, Deserialize)]
pub(super) struct Target {
    #[serde(default, rename = "ref")]
    name: String,
    #[serde(default)]
    sha: String,
    #[serde(default)]
    force: bool,
}

pub(super) async fn branches(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let view = call.view();
    let all = repo.refs.iter().filter_map(|(name, sha)| {
        name.strip_prefix("refs/heads/").map(|branch| (branch.to_owned(), sha.clone()))
    });
    call.list(all.collect(), |(branch, sha)| view.short_branch(&repo, &branch, &sha))
}

pub(super) async fn branch(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let name = call.text("branch");
    let not_found = || Problem::new(axum::http::StatusCode::NOT_FOUND, "Branch not found");
    let sha = repo.branch(name).ok_or_else(not_found)?;
    let commit = call.hub.git(repo.id).commit(sha).await?;
    ok(call.view().branch(&repo, name, &commit))
}

pub(super) async fn show(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let name = format!("refs/{}", call.text("ref"));
    let found = call.hub.git(repo.id).refs_below(&[&name]).await?;
    ok(call.view().git_ref(&repo, &name, found.get(&name).ok_or(Refusal::NotFound)?))
}

pub(super) async fn matching(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let prefix = format!("refs/{}", call.text("ref"));
    let view = call.view();
    let all = repo.refs.iter().filter(|(name, _)| name.starts_with(&prefix));
    call.list(all.collect(), |(name, sha)| view.git_ref(&repo, name, sha))
}

pub(super) async fn create(call: Call, Input(input): Input<Target>) -> Reply {
    let repo = call.repo(Need::PUSH)?;
    call.hub.create_ref(call.actor, repo.id, &input.name, &input.sha).await?;
    created(call.view().git_ref(&repo, &input.name, &input.sha))
}

pub(super) async fn edit(call: Call, Input(input): Input<Target>) -> Reply {
    let repo = call.repo(Need::PUSH)?;
    let name = format!("refs/{}", call.text("ref"));
    call.hub.update_ref(call.actor, repo.id, &name, &input.sha, input.force).await?;
    ok(call.view().git_ref(&repo, &name, &input.sha))
}

pub(super) async fn delete(call: Call) -> Reply {
    let repo = call.repo(Need::PUSH)?;
    let name = format!("refs/{}", call.text("ref"));
    call.hub.delete_ref(call.actor, repo.id, &name).await?;
    no_content()
}
