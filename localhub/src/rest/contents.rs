//! Files and folders.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, Input, Reply, created, ok};
use crate::{
    git::content::FileEdit,
    model::{Need, Refusal},
};

/// What writing or deleting a file takes.
#[derive(Default, Deserialize)]
pub(super) struct Writing {
    #[serde(default)]
    message: String,
    content: Option<String>,
    branch: Option<String>,
    sha: Option<String>,
}

pub(super) async fn show(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CODE)?;
    let reference = call.asked("ref").unwrap_or(&repo.default_branch).to_owned();
    let (git, view) = (call.hub.git(repo.id), call.view());
    let sha = git.resolve(&reference).await?.ok_or(Refusal::NotFound)?;
    let path = call.text("path").trim_matches('/');
    let entry = if path.is_empty() { None } else { git.entry(&sha, path).await? };
    match entry {
        Some(entry) if entry.kind != "tree" => {
            let bytes = git.blob(&entry.sha).await?;
            if wants_raw(&call) {
                return Ok(axum::response::IntoResponse::into_response(bytes));
            }
            ok(view.content(&repo, &reference, &entry, Some(&bytes)))
        }
        None if !path.is_empty() => Err(Refusal::NotFound.into()),
        _ => {
            let all = git.folder(&sha, path).await?;
            let all = all.iter().map(|entry| view.content(&repo, &reference, entry, None));
            ok(all.collect())
        }
    }
}

fn wants_raw(call: &Call) -> bool {
    call.accept.contains("raw")
}

pub(super) async fn write(call: Call, Input(input): Input<Writing>) -> Reply {
    let text = input.content.clone().unwrap_or_default();
    let text: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(text);
    let bytes =
        bytes.map_err(|_| Refusal::Unprocessable("content is not valid Base64".to_owned()))?;
    change(&call, &input, Some(bytes)).await
}

pub(super) async fn delete(call: Call, Input(input): Input<Writing>) -> Reply {
    change(&call, &input, None).await
}

async fn change(call: &Call, input: &Writing, content: Option<Vec<u8>>) -> Reply {
    let repo = call.repo(Need::PUSH)?;
    let branch = input.branch.clone().unwrap_or_else(|| repo.default_branch.clone());
    let path = call.text("path").trim_matches('/').to_owned();
    let file = FileEdit { path: path.clone(), content: content.clone() };
    let expected = input.sha.as_deref();
    let sha =
        call.hub.write_file(call.actor, repo.id, &branch, file, expected, &input.message).await?;
    let (git, view) = (call.hub.git(repo.id), call.view());
    let entry = git.entry(&sha, &path).await?;
    let rendered =
        entry.map_or(Value::Null, |entry| view.content(&repo, &branch, &entry, content.as_deref()));
    let commit = view.commit(&repo, &git.commit(&sha).await?);
    // Here the commit is git's, without the accounts around it.
    let mut inner = commit["commit"].clone();
    inner["sha"] = commit["sha"].clone();
    inner["node_id"] = commit["node_id"].clone();
    inner["html_url"] = commit["html_url"].clone();
    inner["parents"] = commit["parents"].clone();
    let body = json!({ "content": rendered, "commit": inner });
    if content.is_some() && input.sha.is_none() { created(body) } else { ok(body) }
}
