//! The comments that are said once.

use askama::Template;

use super::reasons::{Missing, Reason, missing, reasons};
use super::{LONGEST, as_many_as_fit, filters, render};
use crate::domain::command::{Entry, HELP};
use crate::domain::diff::{ChangedTask, Diff};
use crate::domain::ids::{BranchName, IssueRef, Login, TaskNumber};
use crate::domain::refine::Remark;
use crate::domain::refusal::{Refusal, list};
use crate::domain::sprint::Sprint;

/// The first words on a new sprint issue.
#[derive(Template)]
#[template(path = "comment/greeting.md")]
struct Greeting<'a> {
    milestone: &'a str,
}

/// Says what Team6 understood, and what to type next.
pub fn greeting(milestone: &str) -> String {
    render(&Greeting { milestone })
}

#[derive(Template)]
#[template(path = "comment/refused.md")]
struct Refused<'a> {
    to: &'a Login,
    reasons: &'a [Reason],
    more: usize,
}

/// Says why something was not done, all reasons at once. `label` is that of a sprint issue.
pub fn refused(to: &Login, refusals: &[Refusal], label: &str) -> String {
    let reasons = reasons(refusals, label);
    as_many_as_fit(reasons.len(), |most| {
        render(&Refused { to, reasons: &reasons[..most], more: reasons.len() - most })
    })
}

#[derive(Template)]
#[template(path = "comment/no_second_sprint.md")]
struct NoSecondSprint {
    reason: Reason,
}

/// Says why an issue is not taken for a sprint issue.
pub fn no_second_sprint(refusal: &Refusal, label: &str) -> String {
    render(&NoSecondSprint { reason: Reason::of(refusal, label) })
}

#[derive(Template)]
#[template(path = "comment/help.md")]
struct Help<'a> {
    unknown: Option<String>,
    entries: &'a [Entry],
}

/// The list of commands.
pub fn help(unknown: Option<&str>) -> String {
    let unknown = unknown.map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect());
    render(&Help { unknown, entries: HELP })
}

#[derive(Template)]
#[template(path = "comment/remarks.md")]
struct Remarks<'a> {
    to: &'a Login,
    remarks: &'a [Remark],
}

/// Says what people should know about what was done.
pub fn remarks(to: &Login, remarks: &[Remark]) -> String {
    let most = remarks.len();
    as_many_as_fit(most, |most| render(&Remarks { to, remarks: &remarks[..most] }))
}

#[derive(Template)]
#[template(path = "comment/diff.md")]
struct Changes<'a> {
    diff: &'a Diff,
    tasks: &'a [ChangedTask],
}

/// Shows what changed in the plan.
pub fn diff(diff: &Diff) -> String {
    as_many_as_fit(diff.tasks.len(), |most| render(&Changes { diff, tasks: &diff.tasks[..most] }))
}

#[derive(Template)]
#[template(path = "comment/not_started.md")]
struct NotStarted<'a> {
    milestone: &'a str,
    planned: bool,
    tasks: usize,
    approved: usize,
    missing: Vec<Missing>,
}

/// How a sprint stands that was never started, and whose ticks it waits for.
pub fn not_started(sprint: &Sprint) -> String {
    let tasks = sprint.plan.as_ref().map_or(&[][..], |plan| &plan.tasks);
    render(&NotStarted {
        milestone: &sprint.goal.milestone,
        planned: sprint.plan.is_some(),
        tasks: tasks.len(),
        approved: tasks.iter().filter(|task| sprint.approval_of(task).is_some()).count(),
        missing: missing(sprint),
    })
}

#[derive(Template)]
#[template(path = "comment/task_failed.md")]
struct TaskFailed<'a> {
    owner: &'a Login,
    task: TaskNumber,
    attempts: i64,
    message: &'a str,
}

/// Asks a task's owner what to do after the last try failed.
pub fn task_failed(owner: &Login, task: TaskNumber, attempts: i64, message: &str) -> String {
    render(&TaskFailed { owner, task, attempts, message })
}

/// A pull request that was closed without bringing its work to where it belongs.
pub struct Closed<'a> {
    /// The task's owner.
    pub owner: &'a Login,
    /// Which task.
    pub task: TaskNumber,
    /// The pull request, as one refers to it from the task's issue.
    pub pull: String,
    /// The branch it was merged into, if that is another one than it was opened against.
    pub merged_into: Option<&'a BranchName>,
    /// The branch it was opened against.
    pub base: &'a BranchName,
    /// The tasks that go on waiting.
    pub waiting: &'a [TaskNumber],
}

#[derive(Template)]
#[template(path = "comment/pull_closed.md")]
struct PullClosed<'a> {
    owner: &'a Login,
    task: TaskNumber,
    pull: &'a str,
    merged_into: Option<&'a BranchName>,
    base: &'a BranchName,
    waiting: String,
    single: bool,
}

/// Asks a task's owner what to do about such a pull request.
pub fn pull_closed(closed: &Closed<'_>) -> String {
    render(&PullClosed {
        owner: closed.owner,
        task: closed.task,
        pull: &closed.pull,
        merged_into: closed.merged_into,
        base: closed.base,
        waiting: list(closed.waiting),
        single: closed.waiting.len() == 1,
    })
}

/// A task in a run's summary.
pub struct Summarized {
    /// Its number.
    pub number: TaskNumber,
    /// Its title.
    pub title: String,
    /// Its pull request, as one refers to it from the sprint issue; or that it was skipped.
    pub pull: String,
    /// Whether it was skipped.
    pub is_skipped: bool,
    /// Its owner.
    pub owner: String,
    /// How many tries it took.
    pub attempts: i64,
}

#[derive(Template)]
#[template(path = "comment/completed.md")]
struct Completed<'a> {
    milestone: &'a str,
    elapsed: String,
    total: usize,
    skipped: usize,
    tasks: &'a [Summarized],
}

/// Sums up a completed run; the tasks that do not fit into one comment are counted.
pub fn completed(milestone: &str, seconds: i64, tasks: &[Summarized]) -> String {
    as_many_as_fit(tasks.len(), |most| {
        let (elapsed, total) = (elapsed(seconds), tasks.len());
        let skipped = tasks.iter().filter(|task| task.is_skipped).count();
        render(&Completed { milestone, elapsed, total, skipped, tasks: &tasks[..most] })
    })
}

#[derive(Template)]
#[template(path = "comment/trouble.md")]
struct Trouble<'a> {
    reference: &'a str,
}

/// Admits that something broke, without a word about its inside.
pub fn trouble(reference: &str) -> String {
    render(&Trouble { reference })
}

#[derive(Template)]
#[template(path = "comment/elsewhere.md")]
struct Elsewhere<'a> {
    meant_for: &'a IssueRef,
    why: &'a str,
    text: &'a str,
}

/// Says what could not be said where it belongs; `text` was made for people before.
pub fn elsewhere(meant_for: &IssueRef, why: &str, text: &str) -> String {
    let text: String = text.chars().take(LONGEST - 1_000).collect();
    render(&Elsewhere { meant_for, why, text: &text })
}

/// A duration as people say it.
pub fn elapsed(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {} s", seconds % 60),
        (_, _) => format!("{hours} h {minutes} min"),
    }
}
