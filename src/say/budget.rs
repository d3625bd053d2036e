//! What people read when a budget is nearly or wholly spent.

use askama::Template;

use super::{filters, render};
use crate::domain::ids::{Login, TaskNumber};
use crate::domain::run::Run;
use crate::domain::task::Task;
use crate::domain::why::{self, Reason};

#[derive(Template)]
#[template(path = "comment/nearly_spent.md")]
struct NearlySpent<'a> {
    to: &'a Login,
    task: Option<TaskNumber>,
    words: &'a str,
}

/// Says that most of what may be spent is spent.
pub fn nearly_spent(to: &Login, task: Option<TaskNumber>, words: &str) -> String {
    render(&NearlySpent { to, task, words })
}

#[derive(Template)]
#[template(path = "comment/run_spent.md")]
struct RunSpent<'a> {
    to: &'a Login,
    words: &'a str,
}

/// Says that nothing new is started, because the run's budget is spent.
pub fn run_spent(to: &Login, words: &str) -> String {
    render(&RunSpent { to, words })
}

#[derive(Template)]
#[template(path = "comment/task_spent.md")]
struct TaskSpent<'a> {
    owner: &'a Login,
    task: TaskNumber,
    why: String,
    of_run: bool,
}

/// Asks a task's owner whether more may be spent.
pub fn task_spent(task: &Task, run: &Run) -> String {
    let why = why::out_of_budget(run, task);
    let of_run = matches!(why.reason, Reason::Spent { of_run: true, .. });
    let owner = task.planned.owner.as_ref().unwrap_or(&run.started_by);
    render(&TaskSpent { owner, task: task.planned.number, why: why.text(), of_run })
}
