//! A task: how it stands, its tries and what the agents said and did.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Badge, Elapsed, Entry, Link};
use super::talk::Talk;
use super::trace::{self, Step};
use super::why::Because;
use super::{Frame, filters, page};
use crate::domain::verdict::{State, Verdict};

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
    /// Whether this person may let more be spent on it.
    pub may_raise: bool,
    /// Which of its five tries it is at, since people last had it worked on; 0 before the first.
    pub attempt: i64,
    /// Its issue.
    pub issue: Link,
    /// Its branch.
    pub branch: String,
    /// Its pull request.
    pub pull: Option<Link>,
    /// What checks say about that, where we know.
    pub checks: Option<Checks>,
    /// What it waits for, and how that stands.
    pub waits_for: Vec<(String, Option<String>, Option<Badge>)>,
    /// What waits for it.
    pub before: Vec<(String, String, Badge)>,
    /// Its tries, latest first.
    pub tries: Vec<Try>,
    /// The try that is shown.
    pub shown: Option<Look>,
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

/// The checks of a pull request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checks {
    /// The commit they are about.
    pub head: String,
    /// What each says, by name.
    pub all: Vec<Verdict>,
}

impl Checks {
    /// How they stand together.
    pub fn badge(&self) -> Badge {
        let count = |state| self.all.iter().filter(|one| one.state == state).count();
        match (count(State::Failed), count(State::Running), self.all.len()) {
            (_, _, 0) => Badge::new("waiting", "no checks"),
            (0, 0, _) => Badge::new("done", "checks pass"),
            (0, running, _) => Badge::new("working", format!("{running} running")),
            (failed, _, _) => Badge::new("failed", format!("{failed} failing")),
        }
    }

    /// Each check, with the name of its color and icon, and a word for it.
    fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str, &Verdict)> {
        self.all.iter().map(|one| match one.state {
            State::Running => ("working", "running", one),
            State::Passed => ("done", "passed", one),
            State::Failed => ("failed", "failed", one),
            State::Skipped => ("skipped", "skipped", one),
        })
    }
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

/// Whose trace is looked at: that of the agent that did a try, or of the one that reviewed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Look {
    /// Which try.
    pub attempt: i64,
    /// Whether it is the review of it.
    pub is_review: bool,
}

impl Look {
    /// How people call it.
    pub fn words(self) -> String {
        let attempt = self.attempt;
        if self.is_review { format!("Review of try {attempt}") } else { format!("Try {attempt}") }
    }

    /// What names it in the address of a page.
    pub fn query(self) -> String {
        format!("{}={}", if self.is_review { "review" } else { "try" }, self.attempt)
    }
}

/// A try at a task, or a review agent's look at one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Try {
    /// Which.
    #[serde(flatten)]
    pub look: Look,
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
