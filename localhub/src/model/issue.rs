//! Issues; every pull request is one too.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, App, Document, Id, Label, Milestone, Pull, Reaction, Repo};

/// An issue, or the issue half of a pull request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: Id<Issue>,
    pub(crate) repo: Id<Repo>,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author: Id<Account>,
    pub(crate) via_app: Option<Id<App>>,
    pub(crate) state: State,
    pub(crate) state_reason: Option<Reason>,
    pub(crate) labels: Vec<Id<Label>>,
    pub(crate) assignees: Vec<Id<Account>>,
    pub(crate) milestone: Option<Id<Milestone>>,
    /// The issues that must be closed before this one can be worked on.
    pub(crate) blocked_by: BTreeSet<Id<Issue>>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) pull: Option<Id<Pull>>,
    pub(crate) happenings: Vec<Happening>,
    pub(crate) closed_by: Option<Id<Account>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    #[default]
    Open,
    Closed,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// Why an issue has its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    Completed,
    NotPlanned,
    Duplicate,
    Reopened,
}

impl Reason {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
            Self::Reopened => "reopened",
        }
    }
}

/// One line of an issue's timeline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Happening {
    pub(crate) id: u64,
    pub(crate) by: Id<Account>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) what: What,
}

/// What happened to an issue, with names as they were then.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum What {
    Labeled { name: String, color: String },
    Unlabeled { name: String, color: String },
    Assigned { who: Id<Account> },
    Unassigned { who: Id<Account> },
    Milestoned { title: String },
    Demilestoned { title: String },
    Renamed { from: String, to: String },
    Closed { commit: Option<String> },
    Reopened,
    Merged { commit: String },
    ReviewRequested { who: Id<Account> },
    ReviewRequestRemoved { who: Id<Account> },
}

impl Document for Issue {
    const KIND: &'static str = "issue";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
