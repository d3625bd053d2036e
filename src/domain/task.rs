//! A task's life, once its sprint was started.

mod machine;

use serde::{Deserialize, Serialize};

use super::budget::Purse;
use super::delegation::Delegation;
use super::dialogue::Dialogue;
use super::found::Barred;
use super::ids::{Attempt, BranchName, CommitSha, IssueRef, Login, PullNumber};
use super::plan::{Dependency, PlannedTask};
use super::work::Class;

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
    /// Who keeps it from being started, if anybody does.
    pub held_by: Option<Login>,
    /// What people and its agent say to each other.
    pub dialogue: Dialogue,
    /// What else does.
    pub barred: Vec<Barred>,
    /// What may be spent on it.
    pub purse: Purse,
    /// Of which task it is a part, and what parts of it its agent handed to others.
    pub delegation: Delegation,
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
    /// The review agent looks at the pull request, before the owner is asked.
    AgentReview {
        /// Which try it was.
        attempt: Attempt,
        /// Where.
        pull: PullNumber,
    },
    /// Its owner reviews the pull request.
    Review {
        /// Which try it was.
        attempt: Attempt,
        /// Where.
        pull: PullNumber,
    },
    /// Its agent asked something, ended its turn, and waits for the answer.
    Asking {
        /// Which try asked.
        attempt: Attempt,
        /// Its pull request, if there is one already.
        pull: Option<PullNumber>,
    },
    /// Its agent handed parts of it to others, ended its turn, and goes on when they are over.
    Delegating {
        /// Which try did.
        attempt: Attempt,
        /// Its pull request, if there is one already.
        pull: Option<PullNumber>,
    },
    /// Its agent spent what it may spend, and waits until somebody allows more.
    Spent {
        /// Which try it was.
        attempt: Attempt,
        /// Its pull request, if there is one already.
        pull: Option<PullNumber>,
    },
    /// Its agent works on what people said about the pull request.
    Rework {
        /// Which try this is.
        attempt: Attempt,
        /// Which pull request.
        pull: PullNumber,
        /// How far it is.
        stage: Stage,
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
    /// A person ended it, and its agent is being stopped.
    Stopping {
        /// Which try is stopped.
        attempt: Attempt,
        /// Its pull request, if there is one, which stays as it is.
        pull: Option<PullNumber>,
        /// What it will be then.
        then: Ending,
    },
    /// A person ended it. What waits for it goes on waiting.
    Cancelled {
        /// Which try was the last; 0 if there was none.
        attempt: Attempt,
        /// Its pull request, which stays as it is.
        pull: Option<PullNumber>,
    },
    /// A person said that the others shall not wait for it.
    Skipped {
        /// Which try was the last; 0 if there was none.
        attempt: Attempt,
        /// Its pull request, which stays as it is.
        pull: Option<PullNumber>,
        /// Who said so.
        by: Login,
    },
}

/// How far the work on what people said about a pull request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is in its project's queue.
    Queued,
    /// The agent works on it.
    AtWork,
    /// The agent delivered, and the commits are about to be pushed.
    Delivered,
}

/// How a person ended a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// What waits for it goes on waiting.
    Cancelled,
    /// Nothing shall wait for it.
    Skipped(Login),
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
    /// The provider of this try's model wants no more calls for so many seconds.
    Exhausted(Attempt, u32),
    /// The agent of this try spent what it may spend.
    Spent(Attempt),
    /// More may be spent.
    Funded,
    /// Its pull request is open, and what was delivered is in it.
    PullOpened(PullNumber),
    /// The same, and the review agent looks at it before the owner is asked.
    Presented(PullNumber),
    /// The review agent is done with this try.
    Reviewed(Attempt),
    /// The review agent sends this try back.
    Returned(Attempt),
    /// Its pull request was merged, as this commit.
    PullMerged(PullNumber, CommitSha),
    /// Its pull request was closed without being merged.
    PullClosed(PullNumber),
    /// Its pull request was opened again.
    PullReopened(PullNumber),
    /// A person asked for another try.
    Retried(Again),
    /// A person ended it.
    Cancelled,
    /// A person said that the others shall not wait for it.
    Skipped(Login),
    /// The agent of this try is gone, because a person ended the task.
    Stopped(Attempt),
    /// The agent of this try asked something and ended its turn.
    Asked(Attempt),
    /// The agent of this try handed parts of the task to others and ended its turn.
    Delegated(Attempt),
    /// The agent of this try ended its turn without new commits, as one does that only answers.
    Replied(Attempt),
    /// Something was said that its agent is to hear, or its parts are over, and the agent rests.
    Called,
}

/// How a person wants a task tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// From the base, on a new branch.
    Fresh,
    /// From where the last try stopped, on its branch.
    Continue,
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
    /// Push this try's commits, and begin what its agent handed to others.
    Share(Attempt),
    /// Its dependants may no longer have to wait for it.
    Release,
    /// Ask the owner what to do: every try failed.
    AskAboutFailure(Attempt),
    /// Tell the owner that the agent could not do what was asked about its pull request.
    AskAboutRework(Attempt),
    /// Tell the owner that this try's agent spent what it may spend.
    AskAboutBudget(Attempt),
    /// Answer the threads of the review that this try was about, and ask for another one.
    AnswerReview(Attempt),
    /// Have the review agent look at this try.
    Examine(Attempt),
    /// Nobody waits for the review of this try any more.
    StopReview(Attempt),
    /// Ask people to review this try.
    AskForReview(Attempt),
    /// Ask people to review what the review agent sent back, if nobody was asked since.
    AskForReviewAfterAll,
    /// Ask the owner what to do: the pull request was closed.
    AskAboutClosedPull(PullNumber),
    /// Stop this try's agent, or take the try out of its queue.
    Stop(Attempt),
    /// Say what is left of a task that a person ended.
    SayWhatIsLeft,
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
    /// Which try the task is at; 0 before the first.
    pub fn attempt(&self) -> Attempt {
        match self {
            Self::Waiting => Attempt(0),
            Self::Assigned { attempt }
            | Self::InProgress { attempt }
            | Self::Delivered { attempt }
            | Self::AgentReview { attempt, .. }
            | Self::Review { attempt, .. }
            | Self::Asking { attempt, .. }
            | Self::Delegating { attempt, .. }
            | Self::Spent { attempt, .. }
            | Self::Rework { attempt, .. }
            | Self::Closed { attempt, .. }
            | Self::Done { attempt, .. }
            | Self::Failed { attempt }
            | Self::Stopping { attempt, .. }
            | Self::Cancelled { attempt, .. }
            | Self::Skipped { attempt, .. } => *attempt,
        }
    }

    /// Its pull request, once there is one.
    pub fn pull(&self) -> Option<PullNumber> {
        match self {
            Self::AgentReview { pull, .. }
            | Self::Review { pull, .. }
            | Self::Rework { pull, .. }
            | Self::Closed { pull, .. }
            | Self::Done { pull, .. } => Some(*pull),
            Self::Asking { pull, .. }
            | Self::Delegating { pull, .. }
            | Self::Spent { pull, .. }
            | Self::Stopping { pull, .. }
            | Self::Cancelled { pull, .. }
            | Self::Skipped { pull, .. } => *pull,
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
            | Self::AgentReview { .. }
            | Self::Review { .. }
            | Self::Asking { .. }
            | Self::Delegating { .. }
            | Self::Spent { .. }
            | Self::Rework { .. }
            | Self::Closed { .. }
            | Self::Failed { .. }
            | Self::Stopping { .. }
            | Self::Cancelled { .. }
            | Self::Skipped { .. } => None,
        }
    }

    /// Whether its work is merged.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// Whether nobody waits for it any more: it is merged, or a person said so.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Skipped { .. })
    }

    /// Whether an agent works on it or may still be started on it.
    pub fn may_still_start(&self) -> bool {
        match self {
            Self::Waiting
            | Self::Assigned { .. }
            | Self::InProgress { .. }
            | Self::Asking { .. }
            | Self::Delegating { .. }
            | Self::Spent { .. }
            | Self::Rework { .. } => true,
            Self::Delivered { .. }
            | Self::AgentReview { .. }
            | Self::Review { .. }
            | Self::Closed { .. }
            | Self::Done { .. }
            | Self::Failed { .. }
            | Self::Stopping { .. }
            | Self::Cancelled { .. }
            | Self::Skipped { .. } => false,
        }
    }

    /// Whether an agent works on this try right now.
    pub fn is_at_work(&self, of: Attempt) -> bool {
        match self {
            Self::InProgress { attempt } | Self::Rework { attempt, stage: Stage::AtWork, .. } => {
                *attempt == of
            }
            Self::Waiting
            | Self::Assigned { .. }
            | Self::Delivered { .. }
            | Self::AgentReview { .. }
            | Self::Review { .. }
            | Self::Asking { .. }
            | Self::Delegating { .. }
            | Self::Spent { .. }
            | Self::Rework { .. }
            | Self::Closed { .. }
            | Self::Done { .. }
            | Self::Failed { .. }
            | Self::Stopping { .. }
            | Self::Cancelled { .. }
            | Self::Skipped { .. } => false,
        }
    }

    /// Whether this try delivered commits that are not pushed yet.
    pub fn is_delivered(&self, of: Attempt) -> bool {
        let stage = Stage::Delivered;
        *self == Self::Delivered { attempt: of }
            || self.pull().is_some_and(|pull| *self == Self::Rework { attempt: of, pull, stage })
    }

    /// Whether its agent has nothing to do and works again when it is spoken to.
    pub fn rests(&self) -> bool {
        matches!(self, Self::AgentReview { .. } | Self::Review { .. } | Self::Asking { .. })
    }

    /// Whether what people say about it may still reach an agent.
    pub fn may_be_guided(&self) -> bool {
        match self {
            Self::Waiting
            | Self::Assigned { .. }
            | Self::InProgress { .. }
            | Self::Delivered { .. }
            | Self::AgentReview { .. }
            | Self::Review { .. }
            | Self::Asking { .. }
            | Self::Delegating { .. }
            | Self::Spent { .. }
            | Self::Rework { .. }
            | Self::Closed { .. }
            | Self::Failed { .. } => true,
            Self::Done { .. }
            | Self::Stopping { .. }
            | Self::Cancelled { .. }
            | Self::Skipped { .. } => false,
        }
    }

    /// The word people read.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Assigned { .. } => "assigned",
            Self::InProgress { .. } => "in progress",
            Self::Delivered { .. } => "delivered",
            Self::AgentReview { .. } => "looked at by the review agent",
            Self::Review { .. } => "in review",
            Self::Asking { .. } => "waiting for an answer",
            Self::Delegating { .. } => "waiting on subtasks",
            Self::Spent { .. } => "held, because its budget is spent",
            Self::Rework { stage: Stage::Queued, .. } => "back in the queue",
            Self::Rework { stage: Stage::AtWork, .. } => "being reworked",
            Self::Rework { stage: Stage::Delivered, .. } => "reworked",
            Self::Closed { .. } => "closed unmerged",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Stopping { .. } => "being stopped",
            Self::Cancelled { .. } => "cancelled",
            Self::Skipped { .. } => "skipped",
        }
    }
}
