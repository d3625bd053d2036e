//! The pages that list: sprints and runs, agents, projects and workers.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Badge, Elapsed, Link, Moment};
use super::{Frame, filters, page};

/// Everything a person may see, sorted by who must act.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Overview {
    /// What waits for this person.
    pub needs_you: Vec<Act>,
    /// What went wrong, whoever must decide about it.
    pub went_wrong: Vec<Act>,
    /// What waits for others.
    pub needs_others: Vec<Act>,
    /// The sprints, by project.
    pub projects: Vec<Group>,
    /// Whether this person may begin one.
    pub may_launch: bool,
}

/// Something a person should do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Todo)]
pub struct Act {
    /// How it stands.
    pub badge: Badge,
    /// What to do.
    pub what: String,
    /// The page where it is done.
    pub href: String,
    /// In which sprint.
    pub sprint: String,
    /// Who.
    pub who: String,
    /// Since when, if we know.
    pub since: Option<Moment>,
    /// Its pull request, if it is about one.
    pub pull: Option<Link>,
}

/// The sprints of a project.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Group {
    /// The project.
    pub name: String,
    /// Its sprints.
    pub sprints: Vec<Card>,
}

/// A sprint and its latest run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Card {
    /// The sprint's id.
    pub id: String,
    /// The milestone.
    pub name: String,
    /// The sprint issue's title.
    pub goal: String,
    /// The sprint issue.
    pub issue: Link,
    /// Where one reads on: the run, or the sprint.
    pub href: String,
    /// The latest run, if there was one.
    pub run: Option<String>,
    /// How it stands.
    pub badge: Badge,
    /// How many of its tasks are merged or skipped.
    pub done: usize,
    /// How many tasks it has.
    pub tasks: usize,
    /// How the tasks stand.
    pub parts: Vec<(Badge, usize)>,
    /// How long the run took, or takes.
    pub elapsed: Option<Elapsed>,
    /// What it cost, where models were counted.
    pub cost: Option<String>,
    /// Who started it.
    pub started_by: Option<String>,
}

#[derive(Template)]
#[template(path = "page/runs.html")]
struct Runs<'a> {
    frame: &'a Frame,
    view: &'a Overview,
}

/// The first page.
pub fn runs(frame: &Frame, view: &Overview) -> String {
    page(&Runs { frame, view })
}

/// An agent, as the roster shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// What it is good at.
    pub good_at: String,
    /// Whether it is configured now.
    pub is_configured: bool,
    /// How often it was tried.
    pub tries: i64,
    /// How many tries delivered.
    pub delivered: i64,
    /// How many failed.
    pub failed: i64,
    /// How many are at work.
    pub at_work: i64,
    /// How many of a hundred tries that ended delivered.
    pub success: Option<i64>,
    /// What it cost, where models were counted.
    pub cost: Option<String>,
    /// When it was last wanted.
    pub last: Option<Moment>,
}

#[derive(Template)]
#[template(path = "page/agents.html")]
struct Agents<'a> {
    frame: &'a Frame,
    agents: &'a [Agent],
}

/// The roster.
pub fn agents(frame: &Frame, agents: &[Agent]) -> String {
    page(&Agents { frame, agents })
}

/// A project, its queue and who works for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Its queue.
    pub queue: String,
    /// Its repositories, as far as this person may see them.
    pub repositories: Vec<Link>,
    /// How many jobs may start.
    pub ready: i64,
    /// How many are held back by a pause.
    pub held: i64,
    /// How many are at work.
    pub at_work: i64,
    /// How many may be at work at once.
    pub most: usize,
    /// Who works.
    pub workers: Vec<Worker>,
    /// Whether this person may see and change what is noted about it.
    pub may_write: bool,
}

/// A worker that is at work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Worker {
    /// Its name.
    pub name: String,
    /// How many executions it has.
    pub leases: i64,
    /// When it beat last.
    pub beat: Moment,
    /// Whether it is late.
    pub is_late: bool,
}

#[derive(Template)]
#[template(path = "page/projects.html")]
struct Projects<'a> {
    frame: &'a Frame,
    projects: &'a [Project],
}

/// Projects and workers.
pub fn projects(frame: &Frame, projects: &[Project]) -> String {
    page(&Projects { frame, projects })
}
