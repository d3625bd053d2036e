//! The way to a new run: where, by whom, what will happen, and how far it is.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::graph::Drawing;
use super::parts::{Badge, Elapsed, Link, Part};
use super::{Frame, filters, page, sprint};
use crate::domain::forecast::Forecast;
use crate::domain::launch::Stage;
use crate::domain::lint::Warning;
use crate::domain::refusal::Refusal;
use crate::say::reasons::reasons;

/// Where somebody may lead a sprint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Scope {
    /// The repositories they can write to.
    pub repositories: Vec<Repository>,
    /// The one they chose, or the only one.
    pub place: Option<Place>,
}

/// A repository to begin in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Repository {
    /// `owner/name`.
    pub name: String,
    /// Its project.
    pub project: String,
}

/// What there is to begin with in a repository.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Place {
    /// `owner/name`.
    pub repo: String,
    /// Its project.
    pub project: String,
    /// The sprints that are not under way.
    pub sprints: Vec<Waiting>,
    /// The open milestones without a sprint issue.
    pub milestones: Vec<Milestone>,
}

/// A sprint that is not under way.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WaitingSprint)]
pub struct Waiting {
    /// Its id.
    pub id: String,
    /// The milestone.
    pub name: String,
    /// The sprint issue's title.
    pub goal: String,
    /// How it stands.
    pub badge: Badge,
    /// How many tasks are planned.
    pub tasks: usize,
}

/// A milestone that could become a sprint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Milestone {
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
}

/// What would happen if a sprint were started now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The sprint's id.
    pub id: String,
    /// The milestone.
    pub name: String,
    /// The sprint issue's title.
    pub goal: String,
    /// The sprint issue.
    pub issue: Link,
    /// The plan's version; 0, where there is none.
    pub version: i64,
    /// How many tasks it has.
    pub tasks: usize,
    /// How many of them are approved.
    pub approved: usize,
    /// What approving everything approves.
    pub whole: String,
    /// What it would be refused for.
    pub errors: Vec<Reason>,
    /// What should be looked at twice, or be known.
    pub warnings: Vec<Reason>,
    /// Whether a start must say that the warnings were read.
    pub needs_a_nod: bool,
    /// What would happen, a sentence each.
    pub will: Vec<String>,
    /// How long it may take.
    pub forecast: Option<String>,
    /// The numbers of the tasks, by wave.
    pub waves: Vec<Vec<i64>>,
    /// The same as a picture.
    #[serde(skip)]
    pub graph: Option<Drawing>,
    /// Whether this person may start it.
    pub may_write: bool,
    /// Whether it is under way already.
    pub is_running: bool,
}

/// Why something is not done, or should be looked at twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PreviewReason)]
pub struct Reason {
    /// The reason.
    pub why: String,
    /// What to do about it, where we know.
    pub hint: Option<String>,
}

/// How far something is that somebody set going.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Launch)]
pub struct Launched {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub stage: Stage,
    /// Whether it is the start of a planned sprint; else a sprint is opened and planned.
    pub is_start: bool,
    /// What it is called.
    pub title: String,
    /// Where.
    pub repo: String,
    /// The sprint, once there is one.
    pub sprint: Option<String>,
    /// The run that it started.
    pub run: Option<String>,
    /// How long it takes, or took.
    pub elapsed: Elapsed,
    /// Whether it was refused for nothing but warnings.
    pub needs_a_nod: bool,
    /// Why it was not done.
    pub reasons: Vec<Reason>,
    /// By what the operator finds what broke.
    pub trouble: Option<String>,
}

/// A step on the way to a run, as the page of a launch shows it: its name, and `done`, `now` or
/// `next`.
type Shown = (&'static str, &'static str);

impl Launched {
    /// The steps there are, and which of them it is at.
    fn stages(&self) -> Vec<Shown> {
        let names = ["creating run", "generating plan", "starting"];
        let at = match self.stage {
            Stage::CreatingRun => 0,
            Stage::GeneratingPlan => 1,
            Stage::Starting => 2,
            Stage::Done => 3,
            Stage::Refused | Stage::Broken if self.is_start => 2,
            Stage::Refused | Stage::Broken => usize::from(self.sprint.is_some()),
        };
        let shown = |(nth, name): (usize, &'static str)| {
            let how = match nth.cmp(&at) {
                Ordering::Less => "done",
                Ordering::Equal => "now",
                Ordering::Greater => "next",
            };
            (name, how)
        };
        names.into_iter().enumerate().map(shown).collect()
    }

    /// Whether it goes on by itself.
    pub fn is_under_way(&self) -> bool {
        match self.stage {
            Stage::CreatingRun | Stage::GeneratingPlan | Stage::Starting => true,
            Stage::Done | Stage::Refused | Stage::Broken => false,
        }
    }
}

impl Reason {
    /// Refusals in words, the same one for many tasks as one, and each warning apart.
    pub fn all(refusals: &[Refusal]) -> Vec<Self> {
        let mut all = Vec::new();
        for one in reasons(refusals, "") {
            if one.details.is_empty() {
                all.push(Self { why: one.text, hint: one.hint });
            }
        }
        for refusal in refusals {
            if let Refusal::LookTwice(warnings) = refusal {
                all.extend(warnings.iter().map(Self::of_warning));
            }
        }
        all
    }

    /// A warning in words.
    pub fn of_warning(warning: &Warning) -> Self {
        Self { why: warning.to_string(), hint: Some(warning.hint().to_owned()) }
    }

    /// The same, unless it names something that is out of somebody's sight.
    #[must_use]
    pub fn without(self, hidden: &BTreeSet<String>, instead: &str) -> Self {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let mut words = self.why.split(|c: char| !is_word(c));
        if words.any(|word| hidden.contains(word.trim_end_matches('.'))) {
            return Self { why: format!("something is not right {instead}"), hint: None };
        }
        self
    }
}

/// How long a plan may take, in words.
pub fn forecast(forecast: &Forecast) -> String {
    let path = forecast.path.iter().map(|task| format!("T{task}")).collect::<Vec<_>>().join(" → ");
    let guessed = match forecast.guessed {
        0 => String::new(),
        1 => format!("; 1 task has no estimate and counts as {}", forecast.guess),
        many => format!("; {many} tasks have no estimate and count as {} each", forecast.guess),
    };
    format!(
        "The longest chain takes {} of {} ({path}){guessed}. Reviews are not counted.",
        forecast.longest, forecast.total
    )
}

#[derive(Template)]
#[template(path = "page/new.html")]
struct New<'a> {
    frame: &'a Frame,
    view: &'a Scope,
}

/// The first step: where, and what for.
pub fn scope(frame: &Frame, view: &Scope) -> String {
    page(&New { frame, view })
}

#[derive(Template)]
#[template(path = "page/assignments.html")]
struct Assignments<'a> {
    frame: &'a Frame,
    view: &'a sprint::View,
    people: &'a [String],
    part: Part,
}

/// The second step: who owns each task, and which agent does it.
pub fn assignments(
    frame: &Frame,
    view: &sprint::View,
    people: &[String],
    from: Option<usize>,
) -> String {
    page(&Assignments { frame, view, people, part: Part::new(from, view.tasks.len()) })
}

#[derive(Template)]
#[template(path = "page/preview.html")]
struct Previewed<'a> {
    frame: &'a Frame,
    view: &'a Preview,
}

/// The third step: what will happen, and what speaks against it.
pub fn preview(frame: &Frame, view: &Preview) -> String {
    page(&Previewed { frame, view })
}

#[derive(Template)]
#[template(path = "page/launch.html")]
struct Launching<'a> {
    frame: &'a Frame,
    view: &'a Launched,
}

/// How far something is.
pub fn launched(frame: &Frame, view: &Launched) -> String {
    page(&Launching { frame, view })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_nothing_of_what_is_out_of_sight() {
        let hidden = BTreeSet::from(["acme/vault".to_owned(), "T12".to_owned()]);
        let without = |why: &str| {
            let reason = Reason { why: why.to_owned(), hint: Some("Mend it.".to_owned()) };
            reason.without(&hidden, "elsewhere").why
        };
        assert_eq!(without("T1 has no owner"), "T1 has no owner");
        for secret in ["T12 has no owner", "tests fail on main of acme/vault", "T1, T12 and T3"] {
            assert_eq!(without(secret), "something is not right elsewhere", "{secret}");
        }
    }
}
