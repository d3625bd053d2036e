//! What an agent is told.

use askama::Template;

use super::render;
use crate::domain::ids::IssueNumber;
use crate::domain::plan::PlannedTask;
use crate::domain::sprint::Goal;
use crate::domain::task::Task;

/// What was delivered by a task this one waited for.
pub struct Delivered {
    /// The task's title.
    pub title: String,
    /// Its pull request, `acme/web#7`.
    pub pull: String,
}

#[derive(Template)]
#[template(path = "prompt/task.md")]
struct Prompt<'a> {
    task: &'a PlannedTask,
    issue: IssueNumber,
    goal: &'a Goal,
    before: &'a [Delivered],
    failure: Option<String>,
}

/// As much of a failure as an agent needs to hear, in characters.
const LONGEST_FAILURE: usize = 2_000;

/// The prompt for a task, with how the try before it failed if there was one. The issue's text and
/// the failure are data between two lines that say so.
pub fn task(task: &Task, goal: &Goal, before: &[Delivered], failure: Option<&str>) -> String {
    let failure = failure.map(|why| why.trim().chars().take(LONGEST_FAILURE).collect());
    render(&Prompt { task: &task.planned, issue: task.issue.number, goal, before, failure })
}
