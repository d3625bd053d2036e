//! What Team6 will not do, in words for the person who asked.

use serde::{Deserialize, Serialize};

use super::ids::{AgentName, IssueNumber, IssueRef, Login, RepoName, TaskNumber};
use super::lint::Warning;

/// Why Team6 will not do what a person asked. Nothing else is shown to people as an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The person cannot write to the repository.
    #[error("only people who can write to this repository may do that")]
    NeedsWrite,
    /// The task belongs to somebody else.
    #[error("T{task} is {owner}'s: only its owner or a maintainer may decide about it")]
    NotYourTask {
        /// Which task.
        task: TaskNumber,
        /// Whose it is.
        owner: Login,
    },
    /// The plan comment's words were edited.
    #[error("the words of the plan are Team6's to write; I put them back")]
    PlanRewritten,
    /// The tick belongs to an older text of the task.
    #[error(
        "T{task} changed while you were looking at it, so your tick does not count for the new text"
    )]
    Outdated {
        /// Which task.
        task: TaskNumber,
    },
    /// The issue is no sprint issue.
    #[error("this issue is not a sprint")]
    NotASprint,
    /// The milestone has a sprint issue already.
    #[error("the milestone already has a sprint issue, #{other}, and a milestone is one sprint")]
    SecondSprint {
        /// The one it has.
        other: IssueNumber,
    },
    /// There is no plan yet.
    #[error("there is no plan yet")]
    NoPlan,
    /// The milestone has no open issues besides the sprint issue.
    #[error("the milestone has no open issues besides this one, so there is nothing to plan")]
    NothingToPlan,
    /// Tasks wait for each other.
    #[error("{} wait for each other in a circle", path(.tasks))]
    Cycle {
        /// The circle, first task repeated at its end.
        tasks: Vec<TaskNumber>,
    },
    /// A task has no owner.
    #[error("T{task} has no owner")]
    NoOwner {
        /// Which task.
        task: TaskNumber,
    },
    /// A task's owner could not merge its pull request.
    #[error("T{task} is owned by {owner}, who cannot write to {repo} and so could not merge it")]
    OwnerCannotWrite {
        /// Which task.
        task: TaskNumber,
        /// Whose.
        owner: Login,
        /// Where.
        repo: RepoName,
    },
    /// A task is not approved.
    #[error("T{task} is not approved")]
    NotApproved {
        /// Which task.
        task: TaskNumber,
    },
    /// A task names an agent nobody configured.
    #[error("T{task} asks for the agent {}, which is not configured", plain(.agent))]
    UnknownAgent {
        /// Which task.
        task: TaskNumber,
        /// Which agent.
        agent: AgentName,
    },
    /// The App is not installed where tasks are to be done.
    #[error("I cannot reach {repo}, where {} would be done", list(.tasks))]
    Unreachable {
        /// Where.
        repo: RepoName,
        /// Which tasks.
        tasks: Vec<TaskNumber>,
    },
    /// Something should be looked at twice first.
    #[error("something should be looked at twice first")]
    LookTwice(Vec<Warning>),
    /// A task waits for something that will never be done.
    #[error("T{task} depends on {issue}, which was closed as not planned")]
    WaitsForNothing {
        /// Which task.
        task: TaskNumber,
        /// For what.
        issue: IssueRef,
    },
    /// A task waits for something that is not there.
    #[error("T{task} depends on {issue}, which does not exist or which I cannot see")]
    UnknownDependency {
        /// Which task.
        task: TaskNumber,
        /// On what.
        issue: IssueRef,
    },
    /// The sprint is running already.
    #[error("this sprint is already running")]
    AlreadyRunning,
    /// Everything in the plan is merged.
    #[error("every task of this plan is merged already")]
    AlreadyDone,
    /// A proposed task has no issue yet.
    #[error("T{task} has no issue yet")]
    NoIssue {
        /// Which.
        task: TaskNumber,
    },
    /// The plan cannot change while its sprint runs.
    #[error("this sprint is running, so its plan stays as it was approved")]
    PlanIsFixed,
    /// The sprint is not running.
    #[error("this sprint is not running")]
    NotRunning,
    /// There is no such task.
    #[error("there is no task T{task} in this sprint")]
    NoSuchTask {
        /// Which.
        task: TaskNumber,
    },
    /// The command needs a task.
    #[error("`{command}` needs a task, like `/team6 {command} T3`")]
    WhichTask {
        /// Which command.
        command: String,
    },
    /// The task is not in a state to be tried again.
    #[error("T{task} is {state}, so there is nothing to retry")]
    NothingToRetry {
        /// Which task.
        task: TaskNumber,
        /// What it is, in words.
        state: String,
    },
}

impl Refusal {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoPlan => Some("Ask for one with `/team6 plan`."),
            Self::AlreadyDone => {
                Some("Add an issue for each new task to the milestone, then say `/team6 plan`.")
            }
            Self::NothingToPlan => {
                Some("Add an issue for each task to the milestone, then say `/team6 plan` again.")
            }
            Self::Cycle { .. } => Some(
                "Remove one of these dependencies from the issues (a `Depends on` line or a blocked-by link).",
            ),
            Self::NoOwner { .. } => Some("Assign a person to its issue."),
            Self::OwnerCannotWrite { .. } => {
                Some("Assign its issue to somebody who can, or give them write access.")
            }
            Self::NotApproved { .. } => {
                Some("Its owner or a maintainer ticks its box in the plan.")
            }
            Self::UnknownAgent { .. } => {
                Some("Correct its `agent:` label, or have the operator configure that agent.")
            }
            Self::WaitsForNothing { .. } => {
                Some("Reopen that issue, or remove the dependency from the task's issue.")
            }
            Self::UnknownDependency { .. } => {
                Some("Correct the dependency, or install the App on that repository.")
            }
            Self::NotASprint => Some("It needs an open milestone and the sprint label."),
            Self::Unreachable { .. } => Some("Install the App there."),
            Self::LookTwice(_) => {
                Some("If it is fine as it is, say `/team6 start --despite-warnings`.")
            }
            Self::SecondSprint { .. } => {
                Some("Take the label or the milestone off one of the two issues.")
            }
            Self::PlanRewritten => Some("To change a task, edit its issue."),
            Self::Outdated { .. } => Some("Read it again, then tick it again."),
            Self::NoIssue { .. } => Some("It gets one in a moment; then say `/team6 start` again."),
            Self::NeedsWrite => Some("A maintainer can give you write access."),
            Self::AlreadyRunning | Self::NotRunning | Self::NoSuchTask { .. } => {
                Some("`/team6 status` says how it stands.")
            }
            Self::NotYourTask { .. }
            | Self::PlanIsFixed
            | Self::WhichTask { .. }
            | Self::NothingToRetry { .. } => None,
        }
    }
}

/// `T1 → T2 → T1`
fn path(tasks: &[TaskNumber]) -> String {
    tasks.iter().map(|task| format!("T{task}")).collect::<Vec<_>>().join(" → ")
}

/// `T1, T2 and T3`; from a dozen on only the first ones, and how many more there are.
pub fn list(tasks: &[TaskNumber]) -> String {
    const MOST: usize = 12;
    let name = |task: &TaskNumber| format!("T{task}");
    let (shown, more) = tasks.split_at(tasks.len().min(MOST));
    match (shown, more.len()) {
        ([], _) => String::new(),
        ([one], 0) => name(one),
        ([first @ .., last], 0) => {
            format!("{} and {}", first.iter().map(name).collect::<Vec<_>>().join(", "), name(last))
        }
        (_, more) => {
            format!("{} and {more} more", shown.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}

/// An agent's name with nothing in it that means something in Markdown: anybody may have written
/// it, in a label or a command.
fn plain(agent: &AgentName) -> String {
    let short = agent.0.chars().filter(|c| c.is_alphanumeric() || *c == '-').take(40);
    short.collect()
}
