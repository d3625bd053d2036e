//! What webhooks tell about.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Account, CheckRun, Comment, Id, Installation, Issue, Label, Milestone, Pull, Repo, Review,
    ReviewComment,
};

/// Something that happened and that subscribers hear of.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The value of `X-GitHub-Event`.
    pub(crate) name: &'static str,
    pub(crate) action: Option<&'static str>,
    pub(crate) sender: Id<Account>,
    pub(crate) repo: Option<Id<Repo>>,
    pub(crate) subject: Subject,
    /// What edited fields said before.
    pub(crate) changes: BTreeMap<&'static str, String>,
}

/// What an event is about, with documents as they were where they may be gone by now.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Issue(Id<Issue>),
    /// As it was where it is no more.
    IssueWas(Arc<Issue>),
    IssueLabel(Id<Issue>, Arc<Label>),
    IssueAssignee(Id<Issue>, Id<Account>),
    IssueMilestone(Id<Issue>, Arc<Milestone>),
    Comment(Arc<Comment>),
    Label(Arc<Label>),
    Milestone(Arc<Milestone>),
    Review(Id<Review>),
    ReviewComment(Arc<ReviewComment>),
    ReviewRequest(Id<Issue>, Id<Account>),
    /// A pull request's head moved.
    Synchronized {
        pull: Id<Pull>,
        before: String,
        after: String,
    },
    CheckRun(Id<CheckRun>),
    Push(Box<Push>),
    Dependency {
        blocked: Id<Issue>,
        blocking: Id<Issue>,
    },
    Repository,
    Installation(Id<Installation>),
    /// An installation sees other repositories than before.
    Selected {
        installation: Id<Installation>,
        added: Vec<Id<Repo>>,
        removed: Vec<Id<Repo>>,
    },
    Ping,
}

/// A reference that moved; `None` where it did not or does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Push {
    pub(crate) reference: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) forced: bool,
    pub(crate) commits: Vec<PushedCommit>,
}

/// A commit as push webhooks and closing keywords need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PushedCommit {
    pub(crate) sha: String,
    pub(crate) tree: String,
    pub(crate) message: String,
    pub(crate) at: String,
    pub(crate) author: (String, String),
    pub(crate) committer: (String, String),
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) modified: Vec<String>,
}
