//! What to do about a refusal.

use super::Refusal;

const BREAK_THE_CIRCLE: &str = "Remove one of these dependencies, with `/team6 after`, or from the issues (a `Depends on` line or a blocked-by link).";
const WHILE_IT_RUNS: &str = "While it runs, `/team6 status` and `/team6 retry T3` work; what is missing can be an issue of the next sprint.";
const HOW_TO_ANSWER: &str = "Answer with `/team6 answer 2 your answer`, `/team6 answer 2 skip`, or `/team6 answer skip` for all.";
const ADD_NEW_ISSUES: &str =
    "Add an issue for each new task to the milestone, then say `/team6 plan`.";
const ADD_ISSUES: &str =
    "Add an issue for each task to the milestone, then say `/team6 plan` again.";
const REOPEN: &str = "Reopen that issue, or remove the dependency from the task's issue.";
const CORRECT_DEPENDENCY: &str = "Correct the dependency, or install the App on that repository.";
const TAKE_A_LISTED_ONE: &str =
    "Give it one that is listed, with `/team6 agent`, or list this one there.";
const CORRECT_FILE: &str = "Correct it on the default branch, then say `/team6 plan` again.";
const CORRECT_LABEL: &str =
    "Correct its `agent:` label, or have the operator configure that agent.";
const AGAIN: &str = "Read it again, then tick it again.";

impl Refusal {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoPlan => Some("Ask for one with `/team6 plan`."),
            Self::AlreadyDone => Some(ADD_NEW_ISSUES),
            Self::NothingToPlan => Some(ADD_ISSUES),
            Self::Cycle { .. } => Some(BREAK_THE_CIRCLE),
            Self::NoOwner { .. } => Some("Assign a person to its issue."),
            Self::OwnerCannotWrite { .. } => {
                Some("Assign its issue to somebody who can, or give them write access.")
            }
            Self::NotApproved { .. } => {
                Some("Its owner or a maintainer ticks its box in the plan.")
            }
            Self::UnknownAgent { .. } => Some(CORRECT_LABEL),
            Self::NotListed { .. } => Some(TAKE_A_LISTED_ONE),
            Self::TeamFile { .. } => Some(CORRECT_FILE),
            Self::WaitsForNothing { .. } => Some(REOPEN),
            Self::UnknownDependency { .. } => Some(CORRECT_DEPENDENCY),
            Self::NotASprint => Some("It needs an open milestone and the sprint label."),
            Self::Unreachable { .. } => Some("Install the App there."),
            Self::LookTwice(_) => {
                Some("If it is fine as it is, say `/team6 start --despite-warnings`.")
            }
            Self::SecondSprint { .. } => {
                Some("Take the label or the milestone off one of the two issues.")
            }
            Self::PlanRewritten => {
                Some("To change a task, use a command of `/team6 help`, or edit its issue.")
            }
            Self::PlanIsFixed => Some(WHILE_IT_RUNS),
            Self::InLine { why, .. } => why.hint(),
            Self::NoSuchNote { .. } => Some("`/team6 memory` lists what is noted."),
            Self::NoSuchRepository { .. } => {
                Some("The operator adds it to the project and installs the App on it.")
            }
            Self::Unanswered { .. } => {
                Some("Answer it with `/team6 answer`, or skip it with `/team6 answer skip`.")
            }
            Self::StillPlanning => Some("Its line above says how far it is; it comes by itself."),
            Self::NeverApproved => Some("Name a version, like `/team6 diff 1`."),
            Self::Outdated { .. } | Self::PlanOutdated => Some(AGAIN),
            Self::NoIssue { .. } => Some("It gets one in a moment; then say `/team6 start` again."),
            Self::NoSuchQuestion { .. } | Self::WhichQuestion => Some(HOW_TO_ANSWER),
            Self::NeedsWrite => Some("A maintainer can give you write access."),
            Self::AlreadyRunning | Self::NotRunning | Self::NoSuchTask { .. } => {
                Some("`/team6 status` says how it stands.")
            }
            Self::TaskBarred { obstacle, .. } => Some(obstacle.goes_on()),
            Self::HeldByOther { hold } => hold.hint(),
            Self::TooMuchSaid { .. } => Some("They are passed on when its next turn begins."),
            Self::NoOpenQuestion
            | Self::NothingSaid
            | Self::NobodyListens { .. }
            | Self::NotYourRun { .. }
            | Self::NotYourBudget { .. }
            | Self::NotLimited { .. }
            | Self::AlreadyPaused { .. }
            | Self::NotPaused
            | Self::TaskAlreadyPaused { .. }
            | Self::TaskNotPaused { .. }
            | Self::NothingToPause { .. }
            | Self::NothingToEnd { .. }
            | Self::NotYourTask { .. }
            | Self::Malformed { .. }
            | Self::UnknownWord { .. }
            | Self::NotReached
            | Self::WaitsForItself { .. }
            | Self::NoNote { .. }
            | Self::NoSuchAgent { .. }
            | Self::AgentNotListed { .. }
            | Self::NoSuchPerson { .. }
            | Self::NotAPerson { .. }
            | Self::PersonCannotWrite { .. }
            | Self::NeedsWriteIn { .. }
            | Self::NoSuchVersion { .. }
            | Self::WhichTask { .. }
            | Self::NothingToRetry { .. } => None,
        }
    }
}
