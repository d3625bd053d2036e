//! Commits.

use serde_json::{Value, json};

use super::call::{Call, Reply, ok};
use crate::model::{Need, Refusal};

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let start = call.asked("sha").unwrap_or(&repo.default_branch);
    let Some(sha) = call.hub.git(repo.id).resolve(start).await? else {
        return Err(Refusal::NotFound.into());
    };
    let all = call.hub.git(repo.id).log(&["--max-count=1000", &sha]).await?;
    let view = call.view();
    call.list(all, |commit| view.commit(&repo, &commit))
}

pub(super) async fn show(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let sha = call.resolve(repo.id, call.text("ref")).await?;
    let (git, view) = (call.hub.git(repo.id), call.view());
    let commit = git.commit(&sha).await?;
    let from = commit.parents.first().map_or(crate::git::diff::EMPTY_TREE, String::as_str);
    let changes = git.changes(from, &sha).await?;
    let (additions, deletions): (u64, u64) = changes
        .iter()
        .fold((0, 0), |sum, change| (sum.0 + change.additions, sum.1 + change.deletions));
    let mut body = view.commit(&repo, &commit);
    body["stats"] = json!({
        "additions": additions, "deletions": deletions, "total": additions + deletions,
    });
    let files: Vec<Value> =
        changes.iter().map(|change| view.diff_entry(&repo, &sha, change)).collect();
    body["files"] = files.into();
    ok(body)
}

pub(super) async fn compare(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let (base, head) = call.text("basehead").split_once("...").ok_or(Refusal::NotFound)?;
    let (git, view) = (call.hub.git(repo.id), call.view());
    let base = git.resolve(base).await?.ok_or(Refusal::NotFound)?;
    let head = git.resolve(head).await?.ok_or(Refusal::NotFound)?;
    let fork = git.merge_base(&base, &head).await?.ok_or(Refusal::NotFound)?;
    let ahead = git.log(&["--reverse", &format!("{base}..{head}")]).await?;
    let behind = git.log(&[&format!("{head}..{base}")]).await?.len();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let changes = git.changes(&fork, &head).await?;
    let files = changes.iter().map(|change| view.diff_entry(&repo, &head, change));
    let commits = ahead.iter().map(|commit| view.commit(&repo, commit));
    let full = view.world.full_name(&repo);
    let page = view.origin.page(&format!("{full}/compare/{base}...{head}"));
    ok(json!({
        "url": view.origin.api(&format!("repos/{full}/compare/{base}...{head}")),
        "html_url": page,
        "permalink_url": page,
        "diff_url": format!("{page}.diff"),
        "patch_url": format!("{page}.patch"),
        "base_commit": view.commit(&repo, &git.commit(&base).await?),
        "merge_base_commit": view.commit(&repo, &git.commit(&fork).await?),
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "commits": commits.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    }))
}
