//! Why something does not move, as people read it, and what is said when the world gets in the way.

use askama::Template;
use chrono::{DateTime, Utc};

use super::comments::elapsed;
use super::{as_many_as_fit, filters, render};
use crate::domain::found::{Barred, Obstacle, Trouble};
use crate::domain::ids::{IssueRef, Login, RepoName, TaskNumber};
use crate::domain::plan::Dependency;
use crate::domain::refusal::list;
use crate::domain::run::Run;
use crate::domain::task::{State, Task};
use crate::domain::why::Why;

#[derive(Template)]
#[template(path = "comment/why.md")]
struct Comment {
    what: String,
    since: String,
    next: String,
    people: String,
    at: String,
    others: Vec<String>,
    more: usize,
}

/// Why something does not move, and beside it why each task does not.
pub fn comment(why: &Why, each: &[Why], now: DateTime<Utc>) -> String {
    as_many_as_fit(each.len(), |most| {
        render(&Comment {
            what: capital(&why.text()),
            since: since(why, now),
            next: why.next(),
            people: people(why),
            at: at(why, now),
            others: each.iter().take(most).map(|one| line(one, now)).collect(),
            more: each.len() - most,
        })
    })
}

/// The same for one task in a list.
fn line(why: &Why, now: DateTime<Utc>) -> String {
    format!("{}{}", why.text(), since(why, now))
}

fn since(why: &Why, now: DateTime<Utc>) -> String {
    let Some(then) = why.since else { return String::new() };
    let long = elapsed((now - then).num_seconds().max(0));
    format!(", since {} ({long})", then.format("%Y-%m-%d %H:%M UTC"))
}

fn at(why: &Why, now: DateTime<Utc>) -> String {
    match why.at.filter(|at| now < *at) {
        Some(at) => format!(
            " That is at {}, in {}.",
            at.format("%H:%M:%S UTC"),
            elapsed((at - now).num_seconds())
        ),
        None => String::new(),
    }
}

fn people(why: &Why) -> String {
    const MOST: usize = 12;
    let name = |login: &Login| super::harmless::person(&login.0);
    let mut names: Vec<_> = why.people.iter().take(MOST).map(name).collect();
    if MOST < why.people.len() {
        names.push(format!("{} more", why.people.len() - MOST));
    }
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[derive(Template)]
#[template(path = "comment/barred.md")]
struct TaskBarred<'a> {
    to: &'a Login,
    task: TaskNumber,
    barred: &'a Barred,
    under_way: bool,
    waiting: String,
    single: bool,
}

#[derive(Template)]
#[template(path = "comment/owner_lost.md")]
struct OwnerLost<'a> {
    to: &'a Login,
    owner: &'a Login,
    task: TaskNumber,
    repo: &'a RepoName,
    barred: &'a Barred,
    may_start: bool,
}

/// Says what keeps a task from being started, to whoever must do something about it.
pub fn barred(task: &Task, run: &Run, barred: &Barred) -> String {
    let number = task.planned.number;
    if let Obstacle::OwnerCannotWrite { owner } = &barred.obstacle {
        let (repo, may_start) = (task.planned.repo(), task.state.may_still_start());
        let to = &run.started_by;
        return render(&OwnerLost { to, owner, task: number, repo, barred, may_start });
    }
    let waits = Dependency::Task(number);
    let waiting: Vec<_> = run
        .tasks
        .iter()
        .filter(|other| other.waits_for.contains(&waits))
        .map(|other| other.planned.number)
        .collect();
    render(&TaskBarred {
        to: task.planned.owner.as_ref().unwrap_or(&run.started_by),
        task: number,
        barred,
        under_way: matches!(task.state, State::InProgress { .. }),
        waiting: list(&waiting),
        single: waiting.len() == 1,
    })
}

#[derive(Template)]
#[template(path = "comment/sprint_gone.md")]
struct SprintGone<'a> {
    home: &'a IssueRef,
    task: TaskNumber,
}

/// Says at a task's issue that the sprint issue is gone.
pub fn sprint_gone(home: &IssueRef, task: TaskNumber) -> String {
    render(&SprintGone { home, task })
}

#[derive(Template)]
#[template(path = "comment/reach.md")]
struct Reach<'a> {
    repo: &'a RepoName,
    trouble: Option<Trouble>,
}

/// Says that a repository cannot be worked in, or can be again.
pub fn reach(repo: &RepoName, trouble: Option<Trouble>) -> String {
    render(&Reach { repo, trouble })
}

/// Says why there is nothing to explain.
pub fn refused(refusal: &crate::domain::refusal::Refusal) -> String {
    format!("{}.", capital(&refusal.to_string()))
}
