//! A task: how it stands, its tries and what the agents said and did.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Badge, Elapsed, Entry, Link};
use super::talk::Talk;
use super::trace::{self, Step};
use super::why::Because;
use super::{Frame, filters, page};

/// A task, as a person sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct View {
    /// Its run.
    pub run: String,
    /// Its sprint.
    pub sprint: String,
    /// The milestone.
    pub name: String,
    /// The run's place among the sprint's.
    pub run_number: i64,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// How it stands.
    pub badge: Badge,
    /// Who keeps it from being started.
    pub held_by: Option<String>,
    /// Its owner.
    pub owner: String,
    /// Its agent.
    pub agent: String,
    /// What was spent on it of what may be, where that is limited.
    pub budget: Option<String>,
    /// Which try it is at; 0 before the first.
    pub attempt: i64,
    /// Its issue.
    pub issue: Link,
    /// Its branch.
    pub branch: String,
    /// Its pull request.
    pub pull: Option<Link>,
    /// What it waits for, and how that stands.
    pub waits_for: Vec<(String, Option<String>, Option<Badge>)>,
    /// What waits for it.
    pub before: Vec<(String, String, Badge)>,
    /// Its tries, latest first.
    pub tries: Vec<Try>,
    /// The try that is shown.
    pub shown: Option<i64>,
    /// What the agent said and did in it.
    pub trace: Vec<Step>,
    /// How many steps before these are left out.
    pub earlier: usize,
    /// What people and the agent said to each other.
    pub talk: Talk,
    /// Why it does not move.
    pub why: Option<Because>,
    /// What happened, latest first.
    pub feed: Vec<Entry>,
    /// What this person may do.
    pub may: May,
}

/// What a person may do about a task.
#[expect(clippy::struct_excessive_bools, reason = "each is a button of its own")]
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct May {
    /// Keep it from being started.
    pub pause: bool,
    /// Let it be started again.
    pub resume: bool,
    /// Try it again.
    pub retry: bool,
    /// Let nothing wait for it.
    pub skip: bool,
    /// End it.
    pub cancel: bool,
    /// Say something to its agent, and answer it.
    pub ask: bool,
    /// Nothing, for they may only read.
    pub only_read: bool,
}

impl May {
    /// Whether there is anything.
    pub fn anything(self) -> bool {
        self.pause || self.resume || self.retry || self.skip || self.cancel
    }
}

/// A try at a task.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Try {
    /// Which.
    pub attempt: i64,
    /// Whether it is the one whose trace is shown.
    pub is_shown: bool,
    /// How it stands.
    pub badge: Badge,
    /// Whose.
    pub agent: String,
    /// How long it took, or takes.
    pub elapsed: Option<Elapsed>,
    /// What it cost, where models were counted.
    pub cost: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// What it changed, in words.
    pub size: Option<String>,
    /// The titles of its commits.
    pub commits: Vec<String>,
    /// What the agent said it did.
    pub summary: Option<String>,
}

#[derive(Template)]
#[template(path = "page/task.html")]
struct Page<'a> {
    frame: &'a Frame,
    view: &'a View,
}

/// The page of a task.
pub fn show(frame: &Frame, view: &View) -> String {
    page(&Page { frame, view })
}
