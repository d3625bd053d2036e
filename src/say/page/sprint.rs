//! A sprint: its goal, its plan, who approved what, what is asked, and its runs.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Badge, Elapsed, Entry, Link, Moment, Part};
use super::why::Because;
use super::{Frame, filters, page};
use crate::domain::diff::Diff;
use crate::domain::plan::Prd;

/// A sprint, as a person sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sprint)]
pub struct View {
    /// Its id.
    pub id: String,
    /// The milestone.
    pub name: String,
    /// The sprint issue's title.
    pub goal: String,
    /// The sprint issue's text.
    pub text: String,
    /// The sprint issue.
    pub issue: Link,
    /// The project.
    pub project: String,
    /// How it stands.
    pub badge: Badge,
    /// The plan's version.
    pub version: Option<i64>,
    /// What it is for, where a planner wrote it down.
    pub prd: Option<Prd>,
    /// The tasks of the plan.
    pub tasks: Vec<Task>,
    /// How many of them are approved.
    pub approved: usize,
    /// What approving everything approves.
    pub whole: String,
    /// What was asked.
    pub questions: Vec<Question>,
    /// The planner agent is at work since then.
    pub planning: Option<Elapsed>,
    /// Why it does not move.
    pub why: Option<Because>,
    /// The versions of the plan, latest first.
    pub versions: Vec<Version>,
    /// What changed in one of them.
    pub changed: Option<Diff>,
    /// Its runs, latest first.
    pub runs: Vec<Run>,
    /// What happened, latest first.
    pub feed: Vec<Entry>,
    /// The agents one can choose.
    pub roster: Vec<String>,
    /// Whether this person may change it.
    pub may_write: bool,
    /// Whether it is under way, and so its plan fixed.
    pub is_running: bool,
    /// Whether it could be started, as far as the plan says.
    pub is_ready: bool,
}

impl View {
    /// What the planner still wants to know.
    pub fn open_questions(&self) -> Vec<&Question> {
        self.questions.iter().filter(|one| one.answer.is_none()).collect()
    }

    /// Whether there is a task that this person may approve.
    pub fn may_approve_any(&self) -> bool {
        self.tasks.iter().any(|task| task.may_approve)
    }

    /// Whether this person may change the plan now.
    pub fn may_change(&self) -> bool {
        self.may_write && !self.is_running
    }
}

/// A task of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlannedTask)]
pub struct Task {
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// Its issue, if it has one.
    pub issue: Option<Link>,
    /// Where it is done.
    pub repo: String,
    /// Its owner.
    pub owner: Option<String>,
    /// Its agent.
    pub agent: String,
    /// How big it is.
    pub estimate: Option<u32>,
    /// What it waits for.
    pub after: Vec<String>,
    /// The wave it is in, from 1.
    pub wave: Option<usize>,
    /// Who approved it as it is.
    pub approved_by: Option<String>,
    /// The fingerprint of what is approved.
    pub hash: String,
    /// Whether this person may approve it, or withdraw.
    pub may_approve: bool,
}

/// Something the planner asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Question {
    /// Its number.
    pub number: u32,
    /// The question.
    pub text: String,
    /// Answers to choose from.
    pub options: Vec<String>,
    /// Who should answer.
    pub to: String,
    /// What came of it.
    pub answer: Option<String>,
    /// Who said so.
    pub answered_by: Option<String>,
}

/// A version of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// When it was made.
    pub made: Moment,
}

/// A run, as the sprint lists it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PastRun)]
pub struct Run {
    /// Its page.
    pub href: String,
    /// Its place among the sprint's.
    pub number: i64,
    /// How it stands.
    pub badge: Badge,
    /// Who started it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// How long it took, or takes.
    pub elapsed: Elapsed,
}

#[derive(Template)]
#[template(path = "page/sprint.html")]
struct Page<'a> {
    frame: &'a Frame,
    view: &'a View,
    part: Part,
}

/// The page of a sprint; of a long plan, the part with its `from`th task.
pub fn show(frame: &Frame, view: &View, from: Option<usize>) -> String {
    page(&Page { frame, view, part: Part::new(from, view.tasks.len()) })
}
