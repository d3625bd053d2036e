//! What passes between people and a task's agent, for both to read.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{filters, render};
use crate::domain::breaker::MOST_FAILURES;
use crate::domain::dialogue::{MOST_ROUNDS, Message, Question, Thread};
use crate::domain::ids::{AgentName, BranchName, Login, TaskNumber};
use crate::domain::task::Task;
use crate::domain::work::Class;

#[derive(Template)]
#[template(path = "comment/agent_asks.md")]
struct Asks<'a> {
    owner: Option<&'a Login>,
    task: TaskNumber,
    question: &'a Question,
}

/// Asks a task's owner what its agent wants to know.
pub fn asks(task: &Task, question: &Question) -> String {
    let owner = task.planned.owner.as_ref();
    render(&Asks { owner, task: task.planned.number, question })
}

#[derive(Template)]
#[template(path = "comment/agent_replied.md")]
struct Replied<'a> {
    to: &'a Login,
    task: TaskNumber,
    text: &'a str,
}

/// What a task's agent says to what a person said.
pub fn replied(to: &Login, task: TaskNumber, text: &str) -> String {
    render(&Replied { to, task, text })
}

#[derive(Template)]
#[template(path = "comment/not_reworked.md")]
struct NotReworked<'a> {
    owner: &'a Login,
    task: TaskNumber,
    message: &'a str,
}

/// Tells a task's owner that its agent could not do what was asked about its pull request.
pub fn not_reworked(owner: &Login, task: TaskNumber, message: &str) -> String {
    render(&NotReworked { owner, task, message })
}

#[derive(Template)]
#[template(path = "comment/agent_breaks.md")]
struct Breaks<'a> {
    agent: &'a AgentName,
    how: &'static str,
    failures: usize,
    until: String,
}

/// Says that an agent failed again and again and gets no work for a while.
pub fn breaks(agent: &AgentName, class: Class, until: DateTime<Utc>) -> String {
    let how = match class {
        Class::AgentDied => "it died",
        Class::TimedOut => "it said nothing for too long, or took too long",
        Class::Misconfigured => "it cannot be started as it is configured",
        Class::Machinery => "its machine or network failed",
        Class::NothingDone => "it did nothing",
        Class::NoProgress => "it made no progress",
        Class::LeftDirty => "it left work uncommitted",
        Class::Refused => "its repository does not let it work there",
        Class::HookFailed => "a hook of the repository failed",
        Class::Unacceptable => "its work could not be taken",
        Class::Spent => "it spent its budget",
        Class::Quota => "its model's provider wanted no more calls",
    };
    let until = until.format("%H:%M UTC").to_string();
    render(&Breaks { agent, how, failures: MOST_FAILURES, until })
}

#[derive(Template)]
#[template(path = "comment/still_broken.md")]
struct StillBroken<'a> {
    owner: &'a Login,
    task: TaskNumber,
    why: &'a str,
    rounds: usize,
}

/// Asks a task's owner what to do about a pull request that its agent cannot put right.
pub fn still_broken(owner: &Login, task: TaskNumber, why: &str) -> String {
    render(&StillBroken { owner, task, why, rounds: MOST_ROUNDS })
}

#[derive(Template)]
#[template(path = "prompt/check_failed.md")]
struct CheckFailed<'a> {
    checks: &'a [Failed],
}

/// A check that failed.
pub struct Failed {
    /// Its name.
    pub name: String,
    /// What it says.
    pub said: String,
    /// Where it is told in full.
    pub url: String,
}

/// What an agent is told about checks that failed.
pub fn checks_failed(checks: &[Failed]) -> String {
    render(&CheckFailed { checks })
}

/// What an agent is told whose pull request conflicts with its base.
pub fn conflicts(base: &BranchName) -> String {
    format!(
        "The pull request conflicts with `{base}`. Run `git rebase {base}`, resolve what conflicts \
         without losing what others did there, and run the tests."
    )
}

#[derive(Template)]
#[template(path = "comment/thread_answered.md")]
struct ThreadAnswered<'a> {
    answer: Option<&'a str>,
    commit: Option<&'a str>,
}

/// What is answered in a thread of a review: the agent's words, and which commit came of it.
pub fn thread_answered(answer: Option<&str>, commit: Option<&str>) -> String {
    render(&ThreadAnswered { answer, commit })
}

/// A message as an agent reads it.
struct Told<'a> {
    message: &'a Message,
    questions: Vec<&'a Question>,
}

impl Told<'_> {
    fn text(&self) -> String {
        quoted(&self.message.text)
    }
}

/// What a thread is about, as an agent reads it.
fn hunk(thread: &Thread) -> String {
    quoted(&thread.hunk)
}

/// Somebody's words, of which no line can be taken for one of ours.
pub(super) fn quoted(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

#[derive(Template)]
#[template(path = "prompt/told.md")]
struct Messages<'a> {
    told: Vec<Told<'a>>,
}

/// What people said to a task's agent, as data of named persons.
pub fn told<'a>(task: &'a Task, messages: impl Iterator<Item = &'a Message>) -> String {
    let questions = |message: &Message| {
        let numbers = message.answers.iter();
        numbers.filter_map(|number| task.dialogue.question(*number)).collect()
    };
    let told = messages.map(|message| Told { message, questions: questions(message) });
    render(&Messages { told: told.collect() })
}
