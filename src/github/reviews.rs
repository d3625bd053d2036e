//! Reviews of pull requests and what they say about single lines.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::lenient::or_default;
use super::{Account, Error, Repo, Verdict};
use crate::domain::ids::{CommitSha, PullNumber};

/// A review.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Review {
    /// GitHub's id.
    pub id: i64,
    /// Who reviewed; nobody, if the account was deleted.
    #[serde(default)]
    pub user: Option<Account>,
    /// What it says.
    #[serde(default, rename = "state")]
    pub verdict: Verdict,
    /// What it says as a whole.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Of which commit; unknown, if that is gone.
    #[serde(default)]
    pub commit_id: Option<CommitSha>,
    /// When; not yet, while it is pending.
    #[serde(default)]
    pub submitted_at: Option<DateTime<Utc>>,
}

/// A comment on a line.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ReviewComment {
    /// GitHub's id.
    pub id: i64,
    /// The review it belongs to.
    #[serde(default, rename = "pull_request_review_id")]
    pub review: Option<i64>,
    /// The comment it answers, if it is not the first of its thread.
    #[serde(default)]
    pub in_reply_to_id: Option<i64>,
    /// Who wrote it; nobody, if the account was deleted.
    #[serde(default)]
    pub user: Option<Account>,
    /// What it says.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// In which file.
    #[serde(default, deserialize_with = "or_default")]
    pub path: String,
    /// At which line; none, if the line is not part of the pull request any more.
    #[serde(default)]
    pub line: Option<i64>,
    /// The lines around it.
    #[serde(default, deserialize_with = "or_default")]
    pub diff_hunk: String,
    /// When it was written.
    #[serde(default)]
    pub created_at: DateTime<Utc>,
}

impl Repo {
    /// The reviews of a pull request, oldest first.
    pub async fn reviews(&self, pull: PullNumber) -> Result<Vec<Review>, Error> {
        self.pages(self.get(format!("pulls/{pull}/reviews"))).all().await
    }

    /// The comments on lines of a pull request, oldest first.
    pub async fn review_comments(&self, pull: PullNumber) -> Result<Vec<ReviewComment>, Error> {
        self.pages(self.get(format!("pulls/{pull}/comments"))).all().await
    }

    /// Reviews a pull request in words only: it neither approves nor asks for changes.
    pub async fn remark(&self, pull: PullNumber, body: &str) -> Result<Review, Error> {
        let path = format!("pulls/{pull}/reviews");
        self.read(&self.post(path, json!({ "body": body, "event": "COMMENT" }))).await
    }

    /// Answers in a thread, by the id of the thread's first comment.
    pub async fn reply(
        &self,
        pull: PullNumber,
        thread: i64,
        body: &str,
    ) -> Result<ReviewComment, Error> {
        let path = format!("pulls/{pull}/comments/{thread}/replies");
        self.read(&self.post(path, json!({ "body": body }))).await
    }
}
