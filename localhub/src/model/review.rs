//! Reviews and the comments on lines that belong to them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, Document, Id, Pull, Reaction};

/// One person's (or bot's) judgment of a pull request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Review {
    pub(crate) id: Id<Review>,
    pub(crate) pull: Id<Pull>,
    pub(crate) author: Id<Account>,
    pub(crate) body: String,
    pub(crate) verdict: Verdict,
    pub(crate) commit: String,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
}

/// What a review says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Verdict {
    Pending,
    Commented,
    Approved,
    ChangesRequested,
    Dismissed,
}

impl Verdict {
    /// The word REST answers with; webhooks say it in lower case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Commented => "COMMENTED",
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Dismissed => "DISMISSED",
        }
    }

    /// The word REST asks with.
    pub(crate) fn asked(event: &str) -> Option<Self> {
        match event {
            "APPROVE" => Some(Self::Approved),
            "REQUEST_CHANGES" => Some(Self::ChangesRequested),
            "COMMENT" => Some(Self::Commented),
            _ => None,
        }
    }
}

/// A comment on a line of a pull request's diff.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReviewComment {
    pub(crate) id: Id<ReviewComment>,
    pub(crate) pull: Id<Pull>,
    pub(crate) review: Id<Review>,
    pub(crate) author: Id<Account>,
    pub(crate) body: String,
    pub(crate) spot: Spot,
    pub(crate) reply_to: Option<Id<ReviewComment>>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// The place in a diff a comment is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) path: String,
    pub(crate) commit: String,
    /// `None` means the whole file.
    pub(crate) line: Option<u64>,
    pub(crate) side: String,
    pub(crate) hunk: String,
}

impl Document for Review {
    const KIND: &'static str = "review";
    fn id(&self) -> Id<Self> {
        self.id
    }
}

impl Document for ReviewComment {
    const KIND: &'static str = "review_comment";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
