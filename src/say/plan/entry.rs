//! One task of the plan, with its box.

use std::collections::BTreeMap;

use askama::Template;

use super::super::{filters, harmless, reference, render};
use crate::domain::checklist::Mark;
use crate::domain::ids::{RepoName, TaskNumber};
use crate::domain::plan::{Dependency, Plan, PlannedTask, Reading};
use crate::domain::sprint::Sprint;

/// A task as it stands in a list.
pub(super) struct Entry {
    /// Which wave it is in, from 1; one more than there are, if it is in none.
    pub(super) wave: usize,
    /// Whether it is approved.
    pub(super) ticked: bool,
    /// Its line, and what there is to read about it.
    pub(super) text: String,
}

#[derive(Template)]
#[template(path = "comment/plan_task.md")]
struct Line<'a> {
    ticked: bool,
    marker: String,
    task: &'a PlannedTask,
    issue: Option<String>,
    elsewhere: Option<&'a RepoName>,
    reason: Option<String>,
    after: String,
    approved_by: Option<&'a str>,
    text: String,
    acceptance: Vec<String>,
    files: Vec<String>,
    more: bool,
}

/// Longest description that is shown under a task whose issue does not have it, in characters.
const LONGEST_TEXT: usize = 4_000;
/// Most acceptance criteria, files and dependencies that are shown of one task.
const MOST: usize = 20;

impl Entry {
    /// Every task, wave by wave.
    pub(super) fn all(plan: &Plan, sprint: &Sprint) -> Vec<Self> {
        let tasks: BTreeMap<_, _> = plan.tasks.iter().map(|task| (task.number, task)).collect();
        let mut waves = plan.waves();
        waves.push(plan.stuck());
        let entry =
            |wave: usize, number: &TaskNumber| Some(Self::of(wave, tasks.get(number)?, sprint));
        let in_wave = |(wave, numbers): (usize, Vec<TaskNumber>)| {
            numbers.iter().filter_map(|number| entry(wave, number)).collect::<Vec<_>>()
        };
        (1..).zip(waves).flat_map(in_wave).collect()
    }

    fn of(wave: usize, task: &PlannedTask, sprint: &Sprint) -> Self {
        let approval = sprint.approval_of(task);
        // What is approved must be seen: the issue, where it says the same, or else the text itself.
        let says_the_same =
            |reading: &Reading| reading.text.trim() == task.text.trim() || task.text.is_empty();
        let text = if task.issue.is_some() && task.reading.as_ref().is_some_and(says_the_same) {
            String::new()
        } else {
            harmless::quote(&task.text, LONGEST_TEXT, "  ")
        };
        let acceptance = few(&task.acceptance, "more criteria");
        let files = few(&task.files, "more files");
        let line = Line {
            ticked: approval.is_some(),
            marker: Mark::Task(task.number, task.hash()).marker(),
            task,
            issue: task
                .issue
                .as_ref()
                .map(|issue| reference(&sprint.repo, &issue.repo, issue.number.0)),
            elsewhere: Some(task.repo()).filter(|repo| {
                **repo != *task.issue.as_ref().map_or(&sprint.repo, |issue| &issue.repo)
            }),
            reason: task.reason.as_ref().map(|reason| harmless::cut(reason, 120)),
            after: after(task, &sprint.repo),
            approved_by: approval.map(|approval| approval.by.0.as_str()),
            more: !(text.is_empty() && acceptance.is_empty() && files.is_empty()),
            text,
            acceptance,
            files,
        };
        Self { wave, ticked: line.ticked, text: render(&line) }
    }
}

/// The first of them, made inert, and how many more there are.
fn few(all: &[String], more: &str) -> Vec<String> {
    let mut few: Vec<_> = all.iter().take(MOST).map(|one| harmless::cut(one, 300)).collect();
    if MOST < all.len() {
        few.push(format!("… and {} {more}", all.len() - MOST));
    }
    few
}

fn after(task: &PlannedTask, home: &RepoName) -> String {
    let name = |dependency: &Dependency| match dependency {
        Dependency::Task(number) => format!("T{number}"),
        Dependency::Outside(issue) | Dependency::Dropped(issue) | Dependency::Unknown(issue) => {
            reference(home, &issue.repo, issue.number.0)
        }
    };
    let mut names: Vec<_> = task.after.iter().take(MOST).map(name).collect();
    if MOST < task.after.len() {
        names.push(format!("{} more", task.after.len() - MOST));
    }
    names.join(", ")
}
