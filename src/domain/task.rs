//! A task's life, once its sprint was started.

use serde::{Deserialize, Serialize};

use super::ids::{Attempt, BranchName, CommitSha, IssueRef, PullNumber};
use super::plan::{Dependency, PlannedTask};
use super::work::Class;
use Event::{
    Delivered, Failed, Lost, PullClosed, PullMerged, PullOpened, PullReopened, Released, Retried,
    Taken,
};
use State as S;

/// A task of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The task as it was approved.
    pub planned: PlannedTask,
    /// The issue that describes it.
    pub issue: IssueRef,
    /// The branch its work is on.
    pub branch: BranchName,
    /// What it still waits for.
    pub waits_for: Vec<Dependency>,
    /// Where it is.
    pub state: State,
}

/// Where a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Something it depends on is not done.
    Waiting,
    /// It is in its project's queue.
    Assigned {
        /// Which try this is.
        attempt: Attempt,
    },
    /// An agent works on it.
    InProgress {
        /// Which try this is.
        attempt: Attempt,
    },
    /// The agent delivered, and the pull request is about to be opened.
    Delivered {
        /// Which try it was.
        attempt: Attempt,
    },
    /// Its owner reviews the pull request.
    Review {
        /// Which try it was.
        attempt: Attempt,
        /// Where.
        pull: PullNumber,
    },
    /// The pull request was closed without being merged; its owner decides.
    Closed {
        /// Which try it was.
        attempt: Attempt,
        /// Which pull request.
        pull: PullNumber,
    },
    /// The pull request is merged.
    Done {
        /// Which try it was.
        attempt: Attempt,
        /// Which pull request.
        pull: PullNumber,
        /// The commit on the base that contains it.
        merge: CommitSha,
    },
    /// Every try failed; its owner decides.
    Failed {
        /// Which try was the last.
        attempt: Attempt,
    },
}

/// What can happen to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Everything it waited for is done.
    Released,
    /// A worker took this try.
    Taken(Attempt),
    /// The worker that had this try is gone; it is in the queue again.
    Lost(Attempt),
    /// This try delivered commits.
    Delivered(Attempt),
    /// This try failed.
    Failed(Attempt, Class),
    /// Its pull request is open.
    PullOpened(PullNumber),
    /// Its pull request was merged, as this commit.
    PullMerged(PullNumber, CommitSha),
    /// Its pull request was closed without being merged.
    PullClosed(PullNumber),
    /// Its pull request was opened again.
    PullReopened(PullNumber),
    /// A person asked for another try.
    Retried,
}

/// What follows from something that happened to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// Put this try into the queue, to be taken after a pause of so many seconds.
    Queue {
        /// Which try.
        attempt: Attempt,
        /// How long to wait first.
        pause_seconds: u32,
    },
    /// Push this try's commits and open the pull request.
    Publish(Attempt),
    /// Its dependants may no longer have to wait for it.
    Release,
    /// Ask the owner what to do: every try failed.
    AskAboutFailure(Attempt),
    /// Ask the owner what to do: the pull request was closed.
    AskAboutClosedPull(PullNumber),
}

/// An event that makes no sense where the task is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("a task that is {state:?} cannot meet {event:?}")]
pub struct Nonsense {
    /// Where the task is.
    pub state: State,
    /// What was said to happen.
    pub event: Event,
}

/// How often a task is tried before its owner is asked.
pub const MOST_ATTEMPTS: Attempt = Attempt(5);

/// How long to wait before the try after this one, in seconds: 10, 20, 40 … at most 300.
pub fn pause_after(attempt: Attempt) -> u32 {
    let doublings = u32::try_from(attempt.0.clamp(1, 10) - 1).unwrap_or(0);
    (10 << doublings).min(300)
}

impl State {
    /// What becomes of a task in this state, and what follows.
    ///
    /// Every state meets every event here and nowhere else. There is no `_` arm: whoever adds a
    /// state or an event is led by the compiler to this page.
    #[expect(clippy::unnested_or_patterns, reason = "a table reads better with its rows apart")]
    pub fn decide(&self, event: &Event) -> Result<(Self, Vec<Consequence>), Nonsense> {
        let nonsense = || Err(Nonsense { state: self.clone(), event: event.clone() });
        let nothing_new = || Ok((self.clone(), Vec::new()));
        match (self.clone(), event) {
            (S::Waiting, Released) => Ok(queued(Attempt(1), 0)),
            (S::Assigned { attempt }, Taken(of)) if attempt == *of => {
                Ok((S::InProgress { attempt }, vec![]))
            }
            (S::InProgress { attempt }, Lost(of)) if attempt == *of => {
                Ok((S::Assigned { attempt }, vec![]))
            }
            (S::InProgress { attempt } | S::Assigned { attempt }, Delivered(of))
                if attempt == *of =>
            {
                Ok((S::Delivered { attempt }, vec![Consequence::Publish(attempt)]))
            }
            (S::InProgress { attempt } | S::Assigned { attempt }, Failed(of, class))
                if attempt == *of =>
            {
                Ok(after_failure(attempt, *class))
            }
            // Pushed and refused for good, as a workflow file is.
            (S::Delivered { attempt }, Failed(of, class)) if attempt == *of => {
                Ok(after_failure(attempt, *class))
            }
            (S::Delivered { attempt }, PullOpened(pull)) => {
                Ok((S::Review { attempt, pull: *pull }, vec![]))
            }
            (
                S::Review { attempt, pull } | S::Closed { attempt, pull },
                PullMerged(merged, merge),
            ) if pull == *merged => {
                let merge = merge.clone();
                Ok((S::Done { attempt, pull, merge }, vec![Consequence::Release]))
            }
            (S::Review { attempt, pull }, PullClosed(closed)) if pull == *closed => {
                Ok((S::Closed { attempt, pull }, vec![Consequence::AskAboutClosedPull(pull)]))
            }
            (S::Closed { attempt, pull }, PullReopened(opened)) if pull == *opened => {
                Ok((S::Review { attempt, pull }, vec![]))
            }
            (S::Closed { attempt, .. } | S::Failed { attempt }, Retried) => {
                Ok(queued(Attempt(attempt.0 + 1), 0))
            }

            // GitHub and workers repeat themselves. Hearing it again changes nothing.
            (S::InProgress { attempt }, Taken(of)) if attempt == *of => nothing_new(),
            (S::Assigned { attempt }, Lost(of)) if attempt == *of => nothing_new(),
            (S::Delivered { attempt } | S::Review { attempt, .. }, Delivered(of))
                if attempt == *of =>
            {
                nothing_new()
            }
            (
                S::Review { pull, .. } | S::Closed { pull, .. } | S::Done { pull, .. },
                PullOpened(of),
            )
            | (S::Review { pull, .. }, PullReopened(of))
            | (S::Closed { pull, .. }, PullClosed(of))
            | (S::Done { pull, .. }, PullMerged(of, _) | PullClosed(of))
                if pull == *of =>
            {
                nothing_new()
            }
            (
                S::Assigned { .. }
                | S::InProgress { .. }
                | S::Delivered { .. }
                | S::Review { .. }
                | S::Closed { .. }
                | S::Done { .. }
                | S::Failed { .. },
                Released,
            ) => nothing_new(),

            (
                S::Waiting,
                Taken(_) | Lost(_) | Delivered(_) | Failed(..) | PullOpened(_) | PullMerged(..)
                | PullClosed(_) | PullReopened(_) | Retried,
            )
            | (
                S::Assigned { .. }
                | S::InProgress { .. }
                | S::Delivered { .. }
                | S::Review { .. }
                | S::Closed { .. }
                | S::Done { .. }
                | S::Failed { .. },
                Taken(_) | Lost(_) | Delivered(_) | Failed(..) | PullOpened(_) | PullMerged(..)
                | PullClosed(_) | PullReopened(_) | Retried,
            ) => nonsense(),
        }
    }

    /// Which try the task is at; 0 before the first.
    pub fn attempt(&self) -> Attempt {
        match self {
            Self::Waiting => Attempt(0),
            Self::Assigned { attempt }
            | Self::InProgress { attempt }
            | Self::Delivered { attempt }
            | Self::Review { attempt, .. }
            | Self::Closed { attempt, .. }
            | Self::Done { attempt, .. }
            | Self::Failed { attempt } => *attempt,
        }
    }

    /// Its pull request, once there is one.
    pub fn pull(&self) -> Option<PullNumber> {
        match self {
            Self::Review { pull, .. } | Self::Closed { pull, .. } | Self::Done { pull, .. } => {
                Some(*pull)
            }
            Self::Waiting
            | Self::Assigned { .. }
            | Self::InProgress { .. }
            | Self::Delivered { .. }
            | Self::Failed { .. } => None,
        }
    }

    /// The commit on the base that contains its work, once it is merged.
    pub fn merge(&self) -> Option<CommitSha> {
        match self {
            Self::Done { merge, .. } => Some(merge.clone()),
            Self::Waiting
            | Self::Assigned { .. }
            | Self::InProgress { .. }
            | Self::Delivered { .. }
            | Self::Review { .. }
            | Self::Closed { .. }
            | Self::Failed { .. } => None,
        }
    }

    /// Whether nothing more will happen to it.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// The word people read.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Assigned { .. } => "assigned",
            Self::InProgress { .. } => "in progress",
            Self::Delivered { .. } => "delivered",
            Self::Review { .. } => "in review",
            Self::Closed { .. } => "closed unmerged",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
        }
    }
}

fn queued(attempt: Attempt, pause_seconds: u32) -> (State, Vec<Consequence>) {
    (State::Assigned { attempt }, vec![Consequence::Queue { attempt, pause_seconds }])
}

fn after_failure(attempt: Attempt, class: Class) -> (State, Vec<Consequence>) {
    if class.is_worth_retrying() && attempt < MOST_ATTEMPTS {
        queued(Attempt(attempt.0 + 1), pause_after(attempt))
    } else {
        (State::Failed { attempt }, vec![Consequence::AskAboutFailure(attempt)])
    }
}
