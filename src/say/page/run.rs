//! A run: its graph, its tasks, its agents, and what happened.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::graph::Drawing;
use super::parts::{Badge, Elapsed, Entry, Link, Moment, Part};
use super::why::Because;
use super::{Frame, filters, page};

/// A run, as a person sees it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own on the page")]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Run)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Its sprint.
    pub sprint: String,
    /// The milestone.
    pub name: String,
    /// The sprint issue's title.
    pub goal: String,
    /// The sprint issue.
    pub issue: Link,
    /// Its place among the sprint's runs.
    pub number: i64,
    /// Whether it is the sprint's latest.
    pub is_latest: bool,
    /// How it stands.
    pub badge: Badge,
    /// Whether it may still move.
    pub is_live: bool,
    /// Whether a person paused it.
    pub is_paused: bool,
    /// Why nothing new is started.
    pub holds: Vec<String>,
    /// Why it does not move.
    pub why: Option<Because>,
    /// Who started it.
    pub started_by: String,
    /// How long it took, or takes.
    pub elapsed: Elapsed,
    /// What it cost, where models were counted.
    pub cost: Option<String>,
    /// How many tasks are merged or skipped.
    pub done: usize,
    /// Its tasks, by wave.
    pub waves: Vec<Vec<Task>>,
    /// How many tasks it has.
    pub tasks: usize,
    /// The same as a picture.
    #[serde(skip)]
    pub graph: Option<Drawing>,
    /// The agents at work.
    pub agents: Vec<Agent>,
    /// What happened, latest first.
    pub feed: Vec<Entry>,
    /// Whether this person may steer it.
    pub may_steer: bool,
    /// Whether this person may end it, and let more be spent on it.
    pub may_end: bool,
    /// What was spent on it of what may be, where that is limited.
    pub budget: Option<String>,
}

/// A task, as the run shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RunTask)]
pub struct Task {
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Its page, if this person may see it.
    pub href: Option<String>,
    /// How it stands.
    pub badge: Badge,
    /// Its owner.
    pub owner: String,
    /// Its agent.
    pub agent: String,
    /// Which try it is at; 0 before the first.
    pub attempt: i64,
    /// Its pull request.
    pub pull: Option<Link>,
    /// The task of which it is a part, where an agent handed it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<i64>,
    /// What it still waits for.
    pub waits_for: Vec<String>,
    /// Whether the run cannot be done before it and the others of its chain are.
    pub is_critical: bool,
    /// What it cost, where models were counted.
    pub cost: Option<String>,
}

/// A run, as a list of all runs shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedRun {
    /// Its id.
    pub id: String,
    /// Its sprint.
    pub sprint: String,
    /// The milestone.
    pub name: String,
    /// The project.
    pub project: String,
    /// Its place among the sprint's runs.
    pub number: i64,
    /// How it stands.
    pub badge: Badge,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started: Moment,
    /// How long it took, or takes.
    pub elapsed: Elapsed,
}

/// An agent at work.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgentAtWork)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// On which task.
    pub task: i64,
    /// Where one can watch it.
    pub href: String,
    /// Which try.
    pub attempt: i64,
    /// What it did last.
    pub step: Option<String>,
    /// Since when.
    pub elapsed: Option<Elapsed>,
}

#[derive(Template)]
#[template(path = "page/run.html")]
struct Page<'a> {
    frame: &'a Frame,
    view: &'a View,
    part: Part,
    waves: Vec<(usize, Vec<&'a Task>)>,
}

/// The page of a run; of a long one, the list has the part with its `from`th task.
pub fn show(frame: &Frame, view: &View, from: Option<usize>) -> String {
    let all: Vec<_> = (1..)
        .zip(&view.waves)
        .flat_map(|(nth, wave)| wave.iter().map(move |task| (nth, task)))
        .collect();
    let part = Part::new(from, all.len());
    let mut waves: Vec<(usize, Vec<&Task>)> = Vec::new();
    for (nth, task) in part.of(&all) {
        match waves.last_mut() {
            Some((last, tasks)) if last == nth => tasks.push(task),
            Some(_) | None => waves.push((*nth, vec![task])),
        }
    }
    page(&Page { frame, view, part, waves })
}
