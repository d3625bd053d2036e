//! What must be done on GitHub about a task's parts.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{Attempt, RunId, TaskNumber};

/// Something to be done about a task's parts. Each may be done twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Push what a try committed, and make an issue for each part that may begin. Twice is harmless:
    /// the branch then stands where it stood, and issues carry a hidden marker, looked for first.
    Share {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Whose commits.
        attempt: Attempt,
    },
    /// Bring the comment up to date that asks about parts beyond the limits. Twice is harmless: it is
    /// written whole, and looked for by a hidden marker before it is posted.
    Ask {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
    },
    /// Merge a part's pull request into its parent's branch. Twice is harmless: what is merged is
    /// not open any more, and only the head that was looked at is merged.
    Merge {
        /// Which run's task.
        run: RunId,
        /// The part.
        task: TaskNumber,
        /// Whose branch it is merged into.
        parent: TaskNumber,
    },
    /// Close the issue of a part that is merged. Twice is harmless: it is closed then.
    Close {
        /// Which run's task.
        run: RunId,
        /// The part.
        task: TaskNumber,
    },
}

impl Duty {
    /// Which run's task it is about.
    pub fn about(&self) -> (&RunId, TaskNumber) {
        match self {
            Self::Share { run, task, .. }
            | Self::Ask { run, task }
            | Self::Merge { run, task, .. }
            | Self::Close { run, task } => (run, *task),
        }
    }

    /// What comes after one another: parts are merged into one branch one by one.
    pub fn lane(&self) -> String {
        match self {
            Self::Share { run, task, .. } | Self::Merge { run, parent: task, .. } => {
                format!("parts {run} {task}")
            }
            Self::Ask { run, task } => format!("asked about parts {run} {task}"),
            Self::Close { run, task } => format!("close {run} {task}"),
        }
    }

    /// What names it, so that it is done once however often it was asked for before it began.
    pub fn name(&self) -> String {
        match self {
            Self::Share { run, task, attempt } => format!("share {run} {task} {attempt}"),
            Self::Ask { run, task } => format!("ask about parts {run} {task}"),
            Self::Merge { run, task, .. } => format!("merge part {run} {task}"),
            Self::Close { run, task } => format!("close part {run} {task}"),
        }
    }
}
