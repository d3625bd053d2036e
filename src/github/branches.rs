//! Branches, as GitHub has them.

use serde::Deserialize;
use serde_json::json;

use super::handles::found;
use super::{Error, Repo};
use crate::domain::ids::{BranchName, CommitSha};

#[derive(Deserialize)]
struct Ref {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: CommitSha,
}

impl Repo {
    /// The commit a branch is at; none, if there is no such branch.
    pub async fn find_head(&self, branch: &BranchName) -> Result<Option<CommitSha>, Error> {
        let at: Option<Ref> = found(self.read(&self.get(format!("git/ref/heads/{branch}"))).await)?;
        Ok(at.map(|at| at.object.sha))
    }

    /// Makes a branch that begins at a commit; it is fine if there is one of that name already.
    pub async fn create_branch(&self, branch: &BranchName, at: &CommitSha) -> Result<(), Error> {
        let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": at });
        match self.tell(&self.post("git/refs", body)).await {
            Err(error) if error.is_unprocessable() => Ok(()),
            told => told,
        }
    }

    /// Deletes a branch; it is fine if it is gone.
    pub async fn delete_branch(&self, branch: &BranchName) -> Result<(), Error> {
        match self.tell(&self.delete(format!("git/refs/heads/{branch}"), None)).await {
            Err(error) if error.is_gone() || error.is_unprocessable() => Ok(()),
            told => told,
        }
    }
}
