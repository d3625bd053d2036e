//! What is left of what people ended.

use askama::Template;

use super::{filters, render};
use crate::domain::ids::{RepoName, TaskNumber};
use crate::domain::plan::Dependency;
use crate::domain::run::Run;
use crate::domain::sprint::Sprint;
use crate::domain::task::{State, Task};

#[derive(Template)]
#[template(path = "comment/cancelled.md")]
struct Cancelled<'a> {
    milestone: &'a str,
    merged: usize,
    tasks: usize,
    pulls: Vec<Left<'a>>,
}

/// A task of which something is left.
struct Left<'a> {
    number: TaskNumber,
    title: &'a str,
    what: String,
    owner: &'a str,
}

impl<'a> Left<'a> {
    fn of(task: &'a Task, what: String) -> Self {
        let planned = &task.planned;
        let owner = planned.owner.as_ref().map_or("", |owner| owner.0.as_str());
        Self { number: planned.number, title: &planned.title, what, owner }
    }
}

/// How many lines of a kind are shown.
const MOST: usize = 50;

/// What is left of a cancelled run.
pub fn run(run: &Run, sprint: &Sprint) -> String {
    let open = |task: &&Task| task.state.pull().is_some() && !task.state.is_done();
    render(&Cancelled {
        milestone: &sprint.goal.milestone,
        merged: run.tasks.iter().filter(|task| task.state.is_done()).count(),
        tasks: run.tasks.len(),
        pulls: run
            .tasks
            .iter()
            .filter(open)
            .take(MOST)
            .filter_map(|task| Some(Left::of(task, pull(task, &sprint.repo)?)))
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "comment/task_ended.md")]
struct TaskEnded<'a> {
    task: TaskNumber,
    title: &'a str,
    skipped_by: Option<&'a str>,
    owner: &'a str,
    pull: Option<String>,
    kept: bool,
    waiting: Vec<TaskNumber>,
}

/// What is left of a task that a person cancelled or skipped, and who still waits for it.
pub fn task(task: &Task, run: &Run) -> String {
    let Task { planned, .. } = task;
    let waits = Dependency::Task(planned.number);
    let skipped_by =
        if let State::Skipped { by, .. } = &task.state { Some(by.0.as_str()) } else { None };
    render(&TaskEnded {
        task: planned.number,
        title: &planned.title,
        skipped_by,
        owner: planned.owner.as_ref().map_or("", |owner| owner.0.as_str()),
        pull: pull(task, planned.repo()),
        kept: skipped_by.is_none() && 0 < task.state.attempt().0,
        waiting: run
            .tasks
            .iter()
            .filter(|other| other.waits_for.contains(&waits))
            .map(|other| other.planned.number)
            .collect(),
    })
}

/// A task's pull request, as one refers to it from `home`.
fn pull(task: &Task, home: &RepoName) -> Option<String> {
    let number = task.state.pull()?;
    let repo = task.planned.repo();
    Some(if repo == home { format!("#{number}") } else { format!("{repo}#{number}") })
}
