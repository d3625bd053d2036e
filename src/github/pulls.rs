//! Pull requests.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::lenient::or_default;
use super::{Account, Error, Repo, State};
use crate::domain::ids::{BranchName, CommitSha, Login, PullNumber, RepoId};

/// A pull request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: PullNumber,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// Its text; empty, if it has none.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Whether it is open.
    #[serde(default)]
    pub state: State,
    /// Whether it is not to be reviewed yet.
    #[serde(default, deserialize_with = "or_default")]
    pub draft: bool,
    /// When it was merged.
    #[serde(default)]
    pub merged_at: Option<DateTime<Utc>>,
    /// When it was closed, merged or not.
    #[serde(default)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Who merged it, where GitHub says so: lists do not.
    #[serde(default)]
    pub merged_by: Option<Account>,
    /// The commit the merge made; before the merge, one GitHub tries it out with.
    #[serde(default)]
    pub merge_commit_sha: Option<CommitSha>,
    /// Whether it could be merged; unknown while GitHub tries, and in lists.
    #[serde(default)]
    pub mergeable: Option<bool>,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// Who opened it; nobody, if the account was deleted.
    #[serde(default)]
    pub user: Option<Account>,
    /// What it brings.
    pub head: Side,
    /// Where it goes.
    pub base: Side,
    /// Who was asked to review it and has not yet.
    #[serde(default, deserialize_with = "or_default")]
    pub requested_reviewers: Vec<Account>,
    /// When anything about it last changed.
    #[serde(default)]
    pub updated_at: DateTime<Utc>,
    #[serde(default, deserialize_with = "or_default")]
    merged: bool,
}

/// A branch at one end of a pull request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Side {
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: BranchName,
    /// Its last commit.
    pub sha: CommitSha,
    /// In which repository; unknown, if that was deleted.
    #[serde(default)]
    repo: Option<In>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct In {
    id: RepoId,
}

impl Pull {
    /// Whether it was merged; a closed one may not have been.
    pub fn is_merged(&self) -> bool {
        self.merged || self.merged_at.is_some()
    }

    /// Whether it comes from a fork, which we do not push to and do not trust.
    pub fn is_from_a_fork(&self) -> bool {
        self.head.repo.is_none() || self.head.repo != self.base.repo
    }
}

/// A pull request to be opened.
#[derive(Clone, Debug, Serialize)]
pub struct NewPull {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The branch it brings.
    pub head: BranchName,
    /// The branch it goes to.
    pub base: BranchName,
    /// Whether it is not to be reviewed yet.
    pub draft: bool,
}

/// How a pull request is merged; repositories may forbid some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// With a merge commit.
    Merge,
    /// As one commit.
    Squash,
    /// Commit by commit.
    Rebase,
}

/// What a merge made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Merged {
    /// The commit the base is at now.
    pub sha: CommitSha,
}

impl Repo {
    /// One pull request.
    pub async fn pull(&self, pull: PullNumber) -> Result<Pull, Error> {
        self.read(&self.get(format!("pulls/{pull}"))).await
    }

    /// The pull requests, open and closed, that bring this branch of this repository.
    pub async fn pulls_from(&self, branch: &BranchName) -> Result<Vec<Pull>, Error> {
        let head = format!("{}:{branch}", self.name.owner());
        let ask = self.get("pulls").with("state", "all").with("head", &head);
        let mut pulls: Vec<Pull> = self.pages(ask).all().await?;
        pulls.retain(|pull| pull.head.branch == *branch);
        Ok(pulls)
    }

    /// The open pull requests.
    pub async fn open_pulls(&self) -> Result<Vec<Pull>, Error> {
        self.pages(self.get("pulls").with("state", "open")).all().await
    }

    /// Opens a pull request; unprocessable, if there is one from this branch or nothing to merge.
    pub async fn create_pull(&self, new: &NewPull) -> Result<Pull, Error> {
        self.read(&self.post("pulls", json!(new))).await
    }

    /// Rewrites a pull request's title and text.
    pub async fn rewrite_pull(
        &self,
        pull: PullNumber,
        title: &str,
        body: &str,
    ) -> Result<Pull, Error> {
        let body = json!({ "title": title, "body": body });
        self.read(&self.patch(format!("pulls/{pull}"), body)).await
    }

    /// Closes a pull request without merging it.
    pub async fn close_pull(&self, pull: PullNumber) -> Result<Pull, Error> {
        let body = json!({ "state": State::Closed });
        self.read(&self.patch(format!("pulls/{pull}"), body)).await
    }

    /// Asks people for a review; unprocessable, if one of them cannot be asked.
    pub async fn request_reviewers(&self, pull: PullNumber, people: &[Login]) -> Result<(), Error> {
        let body = json!({ "reviewers": people });
        self.tell(&self.post(format!("pulls/{pull}/requested_reviewers"), body)).await
    }

    /// Merges a pull request, if `head` is still what it brings: a conflict, if it is not; not
    /// allowed, if a rule or a merge conflict forbids it.
    /// <https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request>
    pub async fn merge(
        &self,
        pull: PullNumber,
        head: &CommitSha,
        method: Method,
    ) -> Result<Merged, Error> {
        let body = json!({ "sha": head, "merge_method": method });
        self.read(&self.put(format!("pulls/{pull}/merge"), body)).await
    }
}
