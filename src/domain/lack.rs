//! What a sprint issue lacks to be one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why an issue is no sprint issue any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Lack {
    /// Its label was taken off.
    Label,
    /// It is in no milestone, as when that was deleted.
    Milestone,
    /// Its milestone was closed.
    MilestoneClosed,
    /// It was closed.
    Closed,
    /// It was deleted, or moved to another repository.
    Gone,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Label => "its label was taken off",
            Self::Milestone => "it is in no milestone any more",
            Self::MilestoneClosed => "its milestone was closed",
            Self::Closed => "it was closed",
            Self::Gone => "it was deleted or moved to another repository",
        })
    }
}

impl Lack {
    /// What makes it a sprint issue again.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Label => "Put the label back, and it goes on by itself.",
            Self::Milestone => "Put it into an open milestone, and it goes on by itself.",
            Self::MilestoneClosed => "Reopen the milestone, and it goes on by itself.",
            Self::Closed => "Reopen it, and it goes on by itself.",
            Self::Gone => "Whoever runs Team6 can end the run with `team6 cancel`.",
        }
    }
}
