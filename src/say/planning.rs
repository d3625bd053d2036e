//! What people see of the planner agent: what it does, what it asks, why there is no plan.

use askama::Template;
use chrono::{DateTime, Utc};

use super::comments::elapsed;
use super::{filters, marker, render};
use crate::domain::ids::Login;
use crate::domain::planning::{Question, Session, State, Unplanned};
use crate::domain::sprint::Sprint;
use crate::domain::work::Class;

/// How many flaws people are told; the planner was told all.
const MOST_FLAWS: usize = 10;

/// The first line of the comment about a planning.
pub fn progress_marker(number: i64) -> String {
    marker(&format!("planning {number}"))
}

/// The first line of the comment with a round's questions.
pub fn questions_marker(round: i64) -> String {
    marker(&format!("questions {round}"))
}

#[derive(Template)]
#[template(path = "comment/planning.md")]
struct Progress<'a> {
    marker: String,
    step: String,
    elapsed: String,
    by: &'a Login,
    live: bool,
}

/// What the planner does, in one line; nothing, if there was no such planning.
pub fn progress(sprint: &Sprint, number: i64, now: DateTime<Utc>) -> Option<String> {
    let session = sprint.planning.session.as_ref()?;
    let (marker, by) = (progress_marker(number), &session.asked.by);
    if session.number > number {
        let step = "Planning goes on below".to_owned();
        let live = false;
        return Some(render(&Progress { marker, step, elapsed: String::new(), by, live }));
    }
    let seconds = (now - session.since).num_seconds().max(0);
    let live = session.is_live();
    let (step, elapsed) = (step(sprint, session), elapsed(seconds));
    Some(render(&Progress { marker, step, elapsed, by, live }))
}

fn step(sprint: &Sprint, session: &Session) -> String {
    let again = |attempt: i64| if 1 < attempt { format!(", try {attempt}") } else { String::new() };
    match &session.state {
        State::Queued { attempt } => {
            format!("Planning: waiting for a free worker{}", again(attempt.0))
        }
        State::Working { attempt } if session.flaws.is_empty() => {
            format!("Planning: the planner reads the code{}", again(attempt.0))
        }
        State::Working { .. } => format!(
            "Planning: the planner corrects its plan, of which {} {} wrong",
            counted(session.flaws.len(), "thing"),
            if session.flaws.len() == 1 { "was" } else { "were" },
        ),
        State::Asking => {
            let asked = sprint.planning.of_round(session.number).count();
            format!("The planner has {}, see below", counted(asked, "question"))
        }
        State::Planned => {
            let version = sprint.plan.as_ref().map_or(0, |plan| plan.version);
            format!("The plan is done: it is version {version}")
        }
        State::Failed { .. } => "There is no plan; the reason is below".to_owned(),
    }
}

fn counted(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

#[derive(Template)]
#[template(path = "comment/questions.md")]
struct Round<'a> {
    marker: String,
    to: Vec<&'a Login>,
    several: bool,
    open: usize,
    awaited: bool,
    questions: Vec<&'a Question>,
}

/// A round of questions with the answers given so far; nothing, if there is none.
pub fn questions(sprint: &Sprint, round: i64) -> Option<String> {
    let questions: Vec<&Question> =
        sprint.planning.posted().filter(|question| question.round == round).collect();
    if questions.is_empty() {
        return None;
    }
    let mut to: Vec<&Login> = Vec::new();
    for question in &questions {
        if !to.contains(&&question.to) {
            to.push(&question.to);
        }
    }
    Some(render(&Round {
        marker: questions_marker(round),
        several: 1 < to.len(),
        to,
        open: questions.iter().filter(|question| question.answer.is_none()).count(),
        awaited: sprint.planning.awaited() == Some(round),
        questions,
    }))
}

#[derive(Template)]
#[template(path = "comment/unplanned.md")]
struct NoPlan<'a> {
    to: &'a Login,
    why: String,
    flaws: &'a [String],
    more: usize,
    advice: &'static str,
}

/// Says why there is no plan, and what to do.
pub fn unplanned(to: &Login, why: &Unplanned) -> String {
    let all: &[String] = match why {
        Unplanned::Flawed { flaws } => flaws,
        Unplanned::Silent | Unplanned::Broken { .. } => &[],
    };
    let flaws = &all[..all.len().min(MOST_FLAWS)];
    let (more, advice) = (all.len() - flaws.len(), advice(why));
    render(&NoPlan { to, why: because(why), flaws, more, advice })
}

fn because(why: &Unplanned) -> String {
    match why {
        Unplanned::Flawed { .. } => {
            "what the planner submitted made no sense, and it did not get it right in three rounds"
                .to_owned()
        }
        Unplanned::Silent => {
            "the planner ended its turn three times without submitting a plan or asking anything"
                .to_owned()
        }
        Unplanned::Broken { class, message, attempts } => {
            let what = match class {
                Class::AgentDied => "the planner died",
                Class::TimedOut => "the planner took too long or said nothing any more",
                Class::Misconfigured => "the planner is not configured rightly",
                Class::Machinery => "something failed on the worker",
                Class::Spent => "the planner spent what it may spend",
                Class::Quota => "the planner's model wants no more calls for now",
                Class::NothingDone
                | Class::NoProgress
                | Class::LeftDirty
                | Class::HookFailed
                | Class::Refused
                | Class::Unacceptable => "the planner failed",
            };
            let tries = if *attempts == 1 { String::new() } else { format!(", {attempts} times") };
            format!("{what}{tries}: {message}")
        }
    }
}

fn advice(why: &Unplanned) -> &'static str {
    match why {
        Unplanned::Flawed { .. } | Unplanned::Silent => {
            "Say `/team6 plan` to try again. It often helps to write more into this issue: what is \
             wanted, what is not, and where in the code."
        }
        Unplanned::Broken { class, .. } => match class {
            Class::Misconfigured => {
                "The operator corrects `[agents.planner]`; `team6 check` says whether it can be started."
            }
            Class::Spent => {
                "The operator can give it more: `budget` in `[agents.planner]`. Then say `/team6 plan`."
            }
            Class::AgentDied
            | Class::TimedOut
            | Class::Quota
            | Class::NothingDone
            | Class::NoProgress
            | Class::LeftDirty
            | Class::HookFailed
            | Class::Refused
            | Class::Unacceptable
            | Class::Machinery => {
                "Say `/team6 plan` to try again; if that does not help, the operator finds more in the log."
            }
        },
    }
}

#[derive(Template)]
#[template(path = "comment/answer_kept.md")]
struct AnswerKept<'a> {
    to: &'a Login,
    questions: String,
    several: bool,
}

/// Says what becomes of an answer that nobody waits for any more.
pub fn answer_kept(to: &Login, questions: &[u32]) -> String {
    let several = 1 < questions.len();
    let questions = questions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    render(&AnswerKept { to, questions, several })
}
