//! Files and folders.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::View;
use crate::{git::content::Entry, model::Repo};

impl View {
    /// One item of `content-directory`; with the file's bytes it is a `content-file`.
    pub(crate) fn content(
        &self,
        repo: &Repo,
        reference: &str,
        entry: &Entry,
        bytes: Option<&[u8]>,
    ) -> Value {
        let full = self.world.full_name(repo);
        let path = &entry.path;
        let kind = match entry.kind.as_str() {
            "tree" => "dir",
            "commit" => "submodule",
            "symlink" => "symlink",
            _ => "file",
        };
        let url = self.origin.api(&format!("repos/{full}/contents/{path}?ref={reference}"));
        let object = if kind == "dir" { "trees" } else { "blobs" };
        let git = self.origin.api(&format!("repos/{full}/git/{object}/{}", entry.sha));
        let page = self.origin.page(&format!("{full}/blob/{reference}/{path}"));
        let raw = self.origin.page(&format!("{full}/raw/{reference}/{path}"));
        let mut body = json!({
            "type": kind,
            "size": entry.size,
            "name": path.rsplit('/').next().unwrap_or_default(),
            "path": path,
            "sha": entry.sha,
            "url": url,
            "git_url": git,
            "html_url": page,
            "download_url": if kind == "file" { raw.into() } else { Value::Null },
            "_links": { "self": url, "git": git, "html": page },
        });
        if let Some(bytes) = bytes {
            body["encoding"] = "base64".into();
            body["content"] = wrapped(bytes).into();
        }
        body
    }
}

/// Base64 in lines of 60, as GitHub sends it.
fn wrapped(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(60).map(String::from_utf8_lossy);
    lines.fold(String::new(), |mut whole, line| {
        whole.push_str(&line);
        whole.push('\n');
        whole
    })
}
