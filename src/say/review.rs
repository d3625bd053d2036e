//! What a review agent is told, and what people read of its review.

use askama::Template;

use super::dialogue::quoted;
use super::{LONGEST, filters, render};
use crate::domain::ids::{CommitSha, TaskNumber};
use crate::domain::plan::PlannedTask;
use crate::domain::review::{Found, Opinion, Remark, Verdict};
use crate::domain::sprint::Goal;

/// What a review agent looks at.
pub struct Examined<'a> {
    /// The task.
    pub task: &'a PlannedTask,
    /// What the sprint is for.
    pub goal: &'a Goal,
    /// The folder with the code.
    pub folder: String,
    /// The commit to look at.
    pub head: &'a CommitSha,
    /// The base it is to be merged into.
    pub base: &'a CommitSha,
    /// What the agent said it did.
    pub summary: Option<&'a str>,
    /// What was found the last time.
    pub before: Option<&'a Opinion>,
}

#[derive(Template)]
#[template(path = "prompt/review.md")]
struct Prompt<'a> {
    told: &'a Examined<'a>,
    summary: Option<String>,
    before: Option<String>,
}

/// What a review agent is told.
pub fn prompt(told: &Examined<'_>) -> String {
    let before = told.before.and_then(|opinion| match &opinion.found {
        Found::Review { review, .. } if review.verdict == Verdict::RequestChanges => {
            let remarks = review.remarks.iter().map(|one| format!("{}: {}", one.place(), one.text));
            let all: Vec<_> = std::iter::once(review.summary.clone()).chain(remarks).collect();
            Some(quoted(&all.join("\n\n")))
        }
        Found::Review { .. } | Found::Nothing { .. } => None,
    });
    render(&Prompt { told, summary: told.summary.map(quoted), before })
}

/// What a review agent is told that handed nothing in.
pub fn reminder() -> String {
    "You have not handed in your review. Call the tool `submit_review` now, then end your turn."
        .to_owned()
}

#[derive(Template)]
#[template(path = "comment/agent_review.md")]
struct Said<'a> {
    task: TaskNumber,
    found: &'a Found,
    answer: Option<&'a str>,
    shown: usize,
}

impl Said<'_> {
    fn wants_changes(&self) -> bool {
        match self.found {
            Found::Review { review, .. } => review.verdict == Verdict::RequestChanges,
            Found::Nothing { .. } => false,
        }
    }

    fn remarks(&self) -> &[Remark] {
        match self.found {
            Found::Review { review, .. } => &review.remarks,
            Found::Nothing { .. } => &[],
        }
    }

    fn left_out(&self) -> usize {
        self.remarks().len().saturating_sub(self.shown)
    }
}

/// What a review agent found, for those who are asked now: as many of its remarks as GitHub takes.
/// Where the task's agent only answered, that too.
pub fn opinion(opinion: &Opinion, task: TaskNumber, answer: Option<&str>) -> String {
    let mut said = Said { task, found: &opinion.found, answer, shown: usize::MAX };
    said.shown = said.remarks().len();
    loop {
        let text = render(&said);
        if text.chars().count() <= LONGEST || said.shown == 0 {
            return text;
        }
        said.shown -= 1;
    }
}
