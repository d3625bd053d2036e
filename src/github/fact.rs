//! What a delivery hints at, in our words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::domain::ids::{
    BranchName, CommentId, CommitSha, InstallationId, IssueNumber, Login, MilestoneNumber,
    PullNumber, RepoId, RepoName,
};

/// One thing a delivery hints at. What it says may be old: whoever acts on it reads the truth
/// first. Only an edit of a comment carries all of itself, because GitHub's REST answers do not
/// tell what a comment said before, nor who changed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fact")]
pub enum Fact {
    /// Something about an issue changed.
    IssueTouched {
        /// Where.
        place: Place,
        /// Which issue.
        issue: IssueNumber,
        /// The milestones it is in or was just taken out of: all their sprints may want to look.
        milestones: Vec<MilestoneNumber>,
        /// Who did it.
        sender: Actor,
    },
    /// Somebody commented on an issue or pull request.
    CommentCreated {
        /// Where.
        place: Place,
        /// The issue, or the pull request by its number.
        issue: IssueNumber,
        /// Whether it is a pull request.
        on_pull: bool,
        /// Which comment.
        comment: CommentId,
        /// Who wrote it.
        author: Actor,
        /// What it says.
        body: String,
        /// When it was written.
        at: DateTime<Utc>,
    },
    /// Somebody changed a comment's text; a tick in a checkbox is such a change.
    CommentEdited(CommentEdit),
    /// A comment is gone.
    CommentDeleted {
        /// Where.
        place: Place,
        /// The issue, or the pull request by its number.
        issue: IssueNumber,
        /// Which comment.
        comment: CommentId,
        /// Who deleted it.
        sender: Actor,
    },
    /// Something about a pull request changed.
    PullTouched {
        /// Where.
        place: Place,
        /// Which pull request.
        pull: PullNumber,
        /// Whether it was merged.
        merged: bool,
        /// Whether it is still open.
        open: bool,
        /// The branch it brings.
        head: BranchName,
        /// Who did it.
        sender: Actor,
    },
    /// Somebody reviewed a pull request.
    ReviewSubmitted {
        /// Where.
        place: Place,
        /// Which pull request.
        pull: PullNumber,
        /// GitHub's id of the review.
        review: i64,
        /// Who reviewed.
        author: Actor,
        /// What the review says.
        verdict: Verdict,
        /// What the review says as a whole.
        body: String,
    },
    /// Somebody commented on a line of a pull request.
    ReviewCommented {
        /// Where.
        place: Place,
        /// Which pull request.
        pull: PullNumber,
        /// GitHub's id of the comment.
        comment: i64,
        /// Who wrote it.
        author: Actor,
        /// What it says.
        body: String,
    },
    /// A check of a commit began or ended.
    CheckTouched {
        /// Where.
        place: Place,
        /// Which commit.
        sha: CommitSha,
    },
    /// Something about a milestone changed.
    MilestoneTouched {
        /// Where.
        place: Place,
        /// Which milestone.
        milestone: MilestoneNumber,
    },
    /// A branch moved.
    PushTo {
        /// Where.
        place: Place,
        /// Which branch.
        branch: BranchName,
    },
    /// A repository was renamed, archived, deleted, or the people who may work in it changed.
    RepositoryChanged {
        /// Where.
        place: Place,
    },
    /// The App was installed, removed, suspended, or can see other repositories than before.
    InstallationChanged {
        /// Which installation.
        installation: InstallationId,
    },
}

impl Fact {
    /// The repository it is about; an installation is about many.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::IssueTouched { place, .. }
            | Self::CommentCreated { place, .. }
            | Self::CommentEdited(CommentEdit { place, .. })
            | Self::CommentDeleted { place, .. }
            | Self::PullTouched { place, .. }
            | Self::ReviewSubmitted { place, .. }
            | Self::ReviewCommented { place, .. }
            | Self::CheckTouched { place, .. }
            | Self::MilestoneTouched { place, .. }
            | Self::PushTo { place, .. }
            | Self::RepositoryChanged { place } => Some(place),
            Self::InstallationChanged { .. } => None,
        }
    }
}

/// A change of a comment's text, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommentEdit {
    /// Where.
    pub place: Place,
    /// The issue, or the pull request by its number.
    pub issue: IssueNumber,
    /// Which comment.
    pub comment: CommentId,
    /// Who had written it.
    pub author: Actor,
    /// Who changed it.
    pub sender: Actor,
    /// What it said before.
    pub from: String,
    /// What it said then.
    pub to: String,
    /// When it was changed.
    pub at: DateTime<Utc>,
}

/// The repository a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The repository, for ever.
    pub id: RepoId,
    /// Its name when the delivery was made.
    pub name: RepoName,
    /// Through which installation we heard; deliveries of a repository's own webhook name none.
    pub installation: Option<InstallationId>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// GitHub's id, which survives a rename.
    pub id: i64,
    /// The name; deleted accounts are called `ghost`, as on GitHub.
    pub login: Login,
    /// Whether it is an App, ours or another's.
    pub is_bot: bool,
}
