//! Commits, branches, references, comparisons.

use serde_json::{Value, json};

use super::View;
use crate::{
    git::{Commit, Signature, diff::Change},
    model::Repo,
};

impl View {
    /// `commit`.
    pub(crate) fn commit(&self, repo: &Repo, commit: &Commit) -> Value {
        let full = self.world.full_name(repo);
        let api = |path: &str| self.origin.api(&format!("repos/{full}/{path}"));
        let page = |sha: &str| self.origin.page(&format!("{full}/commit/{sha}"));
        let sha = &commit.sha;
        let parents = commit.parents.iter().map(|parent| {
            json!({ "sha": parent, "url": api(&format!("commits/{parent}")),
                    "html_url": page(parent) })
        });
        json!({
            "url": api(&format!("commits/{sha}")),
            "sha": sha,
            "node_id": format!("C_{sha}"),
            "html_url": page(sha),
            "comments_url": api(&format!("commits/{sha}/comments")),
            "commit": {
                "url": api(&format!("git/commits/{sha}")),
                "author": git_user(&commit.author),
                "committer": git_user(&commit.committer),
                "message": commit.message,
                "comment_count": 0,
                "tree": { "sha": commit.tree, "url": api(&format!("git/trees/{}", commit.tree)) },
                "verification": unsigned(),
            },
            "author": self.account_of(&commit.author),
            "committer": self.account_of(&commit.committer),
            "parents": parents.collect::<Vec<_>>(),
        })
    }

    /// The account a commit's mail address belongs to.
    fn account_of(&self, signature: &Signature) -> Value {
        let account = self
            .world
            .accounts
            .iter()
            .find(|account| account.commit_email().eq_ignore_ascii_case(&signature.email));
        account.map_or(Value::Null, |account| self.account(account))
    }

    /// `diff-entry`.
    pub(crate) fn diff_entry(&self, repo: &Repo, commit: &str, change: &Change) -> Value {
        let full = self.world.full_name(repo);
        let path = &change.path;
        let mut body = json!({
            "sha": change.sha,
            "filename": path,
            "status": change.status,
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": self.origin.page(&format!("{full}/blob/{commit}/{path}")),
            "raw_url": self.origin.page(&format!("{full}/raw/{commit}/{path}")),
            "contents_url":
                self.origin.api(&format!("repos/{full}/contents/{path}?ref={commit}")),
        });
        if let Some(patch) = &change.patch {
            body["patch"] = patch.clone().into();
        }
        if let Some(previous) = &change.previous {
            body["previous_filename"] = previous.clone().into();
        }
        body
    }

    /// `git-ref`.
    pub(crate) fn git_ref(&self, repo: &Repo, name: &str, sha: &str) -> Value {
        let full = self.world.full_name(repo);
        json!({
            "ref": name,
            "node_id": format!("REF_{name}"),
            "url": self.origin.api(&format!("repos/{full}/git/{name}")),
            "object": {
                "type": "commit",
                "sha": sha,
                "url": self.origin.api(&format!("repos/{full}/git/commits/{sha}")),
            },
        })
    }

    /// `short-branch`.
    pub(crate) fn short_branch(&self, repo: &Repo, name: &str, sha: &str) -> Value {
        let full = self.world.full_name(repo);
        let url = self.origin.api(&format!("repos/{full}/commits/{sha}"));
        json!({ "name": name, "commit": { "sha": sha, "url": url }, "protected": false })
    }

    /// `branch-with-protection`.
    pub(crate) fn branch(&self, repo: &Repo, name: &str, commit: &Commit) -> Value {
        let full = self.world.full_name(repo);
        let url = self.origin.api(&format!("repos/{full}/branches/{name}"));
        json!({
            "name": name,
            "commit": self.commit(repo, commit),
            "_links": { "html": self.origin.page(&format!("{full}/tree/{name}")), "self": url },
            "protected": false,
            "protection": { "enabled": false },
            "protection_url": format!("{url}/protection"),
        })
    }
}

fn git_user(signature: &Signature) -> Value {
    json!({ "name": signature.name, "email": signature.email, "date": signature.at })
}

fn unsigned() -> Value {
    json!({
        "verified": false, "reason": "unsigned", "signature": null, "payload": null,
        "verified_at": null,
    })
}
