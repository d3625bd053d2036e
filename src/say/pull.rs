//! The pull requests that Team6 opens.

use askama::Template;

use super::parts::Line;
use super::{filters, harmless, marker, render};
use crate::domain::ids::{ExecutionId, IssueNumber, IssueRef, Login, TaskNumber};
use crate::domain::plan::PlannedTask;
use crate::domain::task::Task;
use crate::domain::work::Delivery;

#[derive(Template)]
#[template(path = "pull/body.md")]
struct Body<'a> {
    marker: String,
    task: &'a PlannedTask,
    issue: IssueNumber,
    milestone: &'a str,
    sprint: &'a IssueRef,
    delivery: &'a Delivery,
    owner: &'a str,
    attempt: i64,
    skipped: &'a [Skipped],
    parts: &'a [Line],
}

/// A task that this one depends on and that a person skipped.
pub struct Skipped {
    /// Its number.
    pub number: TaskNumber,
    /// Its title.
    pub title: String,
    /// Who said so.
    pub by: Login,
}

/// The marker by which an execution's pull request is found again.
pub fn pull_marker(execution: &ExecutionId) -> String {
    marker(&format!("pull {execution}"))
}

/// The text of a task's pull request.
pub fn body(
    execution: &ExecutionId,
    task: &Task,
    milestone: &str,
    sprint: &IssueRef,
    delivery: &Delivery,
    attempt: i64,
    (skipped, parts): (&[Skipped], &[Line]),
) -> String {
    render(&Body {
        marker: pull_marker(execution),
        task: &task.planned,
        issue: task.issue.number,
        milestone,
        sprint,
        delivery,
        owner: task.planned.owner.as_ref().map_or("", |owner| owner.0.as_str()),
        attempt,
        skipped,
        parts,
    })
}

/// The title of a task's pull request.
pub fn title(task: &PlannedTask) -> String {
    harmless::plain(&task.title, 200)
}
