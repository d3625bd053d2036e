//! Comments on issues and pull requests.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;

use super::lenient::or_default;
use super::{Account, Error, Repo};
use crate::domain::ids::{CommentId, IssueNumber, Login};

/// A comment on an issue or pull request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Its id in GraphQL, which asks for its history.
    #[serde(default, deserialize_with = "or_default")]
    pub node_id: String,
    /// What it says.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Who wrote it; nobody, if the account was deleted.
    #[serde(default)]
    pub user: Option<Account>,
    /// Where people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// When it was written.
    #[serde(default)]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(default)]
    pub updated_at: DateTime<Utc>,
    #[serde(default, deserialize_with = "or_default")]
    issue_url: String,
}

impl Comment {
    /// Whether this account wrote it.
    pub fn is_by(&self, login: &Login) -> bool {
        self.user.as_ref().is_some_and(|user| user.login == *login)
    }

    /// The issue or pull request it is on, where GitHub says so.
    pub fn issue(&self) -> Option<IssueNumber> {
        self.issue_url.rsplit_once('/')?.1.parse().ok().map(IssueNumber)
    }
}

impl Repo {
    /// The comments of an issue or pull request that changed at `since` or later, or all, oldest
    /// first.
    pub async fn comments(
        &self,
        issue: IssueNumber,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Comment>, Error> {
        let ask = self.get(format!("issues/{issue}/comments"));
        let ask = match since {
            Some(since) => ask.with("since", &since.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => ask,
        };
        self.pages(ask).all().await
    }

    /// The comments anywhere in the repository that changed at `since` or later.
    pub async fn comments_since(&self, since: DateTime<Utc>) -> Result<Vec<Comment>, Error> {
        let ask = self.get("issues/comments").with("sort", "updated").with("direction", "asc");
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        self.pages(ask.with("since", &since)).all().await
    }

    /// One comment.
    pub async fn comment(&self, comment: CommentId) -> Result<Comment, Error> {
        self.read(&self.get(format!("issues/comments/{comment}"))).await
    }

    /// The first comment by `author` that holds `marker`: what somebody else marked is not ours.
    pub async fn find_marked(
        &self,
        issue: IssueNumber,
        marker: &str,
        author: &Login,
    ) -> Result<Option<Comment>, Error> {
        self.pages(self.get(format!("issues/{issue}/comments")))
            .find(|comment: &Comment| comment.is_by(author) && comment.body.contains(marker))
            .await
    }

    /// Comments on an issue or pull request. Look for it first: asked twice, GitHub says it twice.
    pub async fn create_comment(&self, issue: IssueNumber, body: &str) -> Result<Comment, Error> {
        let ask = self.post(format!("issues/{issue}/comments"), json!({ "body": body }));
        self.read(&ask).await
    }

    /// Rewrites a comment, whatever it says by now: read it just before.
    pub async fn rewrite_comment(&self, comment: CommentId, body: &str) -> Result<Comment, Error> {
        let ask = self.patch(format!("issues/comments/{comment}"), json!({ "body": body }));
        self.read(&ask).await
    }
}
