//! Merging pull requests.

use serde::Deserialize;
use serde_json::json;

use super::call::{Call, Input, Reply, accepted, no_content, ok};
use crate::{actions::pulls::MergeInput, model::Refusal};

/// What updating a branch takes.
#[derive(Default, Deserialize)]
pub(super) struct Expected {
    expected_head_sha: Option<String>,
}

pub(super) async fn check(call: Call) -> Reply {
    match call.pull()?.merged {
        Some(_) => no_content(),
        None => Err(Refusal::NotFound.into()),
    }
}

pub(super) async fn merge(call: Call, Input(input): Input<MergeInput>) -> Reply {
    let pull = call.pull()?.id;
    let sha = call.hub.merge_pull(call.actor, pull, &input).await?;
    ok(json!({ "sha": sha, "merged": true, "message": "Pull Request successfully merged" }))
}

pub(super) async fn update_branch(call: Call, Input(input): Input<Expected>) -> Reply {
    let pull = call.pull()?;
    call.hub.update_branch(call.actor, pull.id, input.expected_head_sha.as_deref()).await?;
    let url = call.view().pull_simple(&pull)["html_url"].clone();
    accepted(json!({ "message": "Updating pull request branch.", "url": url }))
}
