//! Check runs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{App, Document, Id, Repo};

/// One check of one App on one commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckRun {
    pub(crate) id: Id<CheckRun>,
    pub(crate) repo: Id<Repo>,
    pub(crate) app: Id<App>,
    /// All runs of an App on a commit share one suite.
    pub(crate) suite: u64,
    pub(crate) name: String,
    pub(crate) head_sha: String,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) output: Output,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
}

/// What a check run tells people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Output {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
}

/// The states a check run can be in.
pub(crate) const STATUSES: [&str; 6] =
    ["queued", "in_progress", "completed", "waiting", "requested", "pending"];

/// The ways a check run can end; `stale` only GitHub itself may set.
pub(crate) const CONCLUSIONS: [&str; 7] =
    ["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"];

impl Document for CheckRun {
    const KIND: &'static str = "check_run";
    fn id(&self) -> Id<Self> {
        self.id
    }
}
