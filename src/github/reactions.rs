//! Small signs that we heard.

use serde_json::json;

use super::{Error, Repo};
use crate::domain::ids::{CommentId, IssueNumber};

/// A sign under a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// 👀 We read it.
    Eyes,
    /// 👍 It is done.
    ThumbsUp,
    /// 😕 We do not understand.
    Confused,
    /// 🚀 Here we go.
    Rocket,
}

impl Reaction {
    fn word(self) -> &'static str {
        match self {
            Self::Eyes => "eyes",
            Self::ThumbsUp => "+1",
            Self::Confused => "confused",
            Self::Rocket => "rocket",
        }
    }
}

impl Repo {
    /// Reacts to a comment; doing it twice is doing it once.
    /// <https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment>
    pub async fn react(&self, comment: CommentId, reaction: Reaction) -> Result<(), Error> {
        let body = json!({ "content": reaction.word() });
        self.tell(&self.post(format!("issues/comments/{comment}/reactions"), body)).await
    }

    /// Reacts to a comment on a line; doing it twice is doing it once.
    /// <https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-a-pull-request-review-comment>
    pub async fn react_to_line(&self, comment: i64, reaction: Reaction) -> Result<(), Error> {
        let body = json!({ "content": reaction.word() });
        self.tell(&self.post(format!("pulls/comments/{comment}/reactions"), body)).await
    }

    /// Reacts to an issue itself; doing it twice is doing it once.
    pub async fn react_to_issue(
        &self,
        issue: IssueNumber,
        reaction: Reaction,
    ) -> Result<(), Error> {
        let body = json!({ "content": reaction.word() });
        self.tell(&self.post(format!("issues/{issue}/reactions"), body)).await
    }
}
