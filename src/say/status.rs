//! The status comment: how a run stands, what happens next and who must act.

use askama::Template;

use super::{as_many_as_fit, filters, harmless, reference, render, status_marker};
use crate::domain::ids::{Attempt, Login, RepoName, TaskNumber};
use crate::domain::plan::Dependency;
use crate::domain::run::{self, Hold, Run};
use crate::domain::sprint::Sprint;
use crate::domain::task::{Stage, State, Task};

#[derive(Template)]
#[template(path = "comment/status.md")]
struct Comment<'a> {
    marker: String,
    milestone: &'a str,
    state: &'static str,
    why: Vec<String>,
    by: &'a Login,
    done: usize,
    tasks: usize,
    lines: Vec<Line<'a>>,
    next: Vec<&'a str>,
}

struct Line<'a> {
    number: TaskNumber,
    /// How deep below the plan it is, as a list shows it.
    indent: String,
    title: &'a str,
    issue: String,
    state: String,
    owner: &'a str,
    agent: &'a str,
}

/// How a sprint's latest run stands, or nothing if it was never started. What does not fit into
/// one comment is counted.
pub fn comment(sprint: &Sprint) -> Option<String> {
    let run = sprint.run.as_ref()?;
    let next = next(run, &sprint.repo);
    let lines = run.in_order();
    Some(as_many_as_fit(run.tasks.len().max(next.len()), |most| {
        render(&Comment {
            marker: status_marker(),
            milestone: &sprint.goal.milestone,
            state: state(run.state),
            why: run.holds.iter().map(|hold| why_paused(hold, sprint)).collect(),
            by: &run.started_by,
            done: run.tasks.iter().filter(|task| task.state.is_done()).count(),
            tasks: run.tasks.len(),
            lines: lines.iter().take(most).map(|at| line(*at, &sprint.repo)).collect(),
            next: next.iter().take(most).map(String::as_str).collect(),
        })
    }))
}

fn line<'a>((level, task): (usize, &'a Task), home: &RepoName) -> Line<'a> {
    Line {
        indent: "  ".repeat(level),
        number: task.planned.number,
        title: &task.planned.title,
        issue: reference(home, task.planned.repo(), task.issue.number.0),
        state: words(task, home),
        owner: task.planned.owner.as_ref().map_or("", |owner| owner.0.as_str()),
        agent: &task.planned.agent.0,
    }
}

fn words(task: &Task, home: &RepoName) -> String {
    let words = stands(task, home);
    let held_by = task.held_by.as_ref().filter(|_| task.state.may_still_start());
    let words = match task.purse.stage {
        Some(_) if task.purse.limit.is_there() && !task.state.is_over() => {
            format!("{words}, {} spent", task.purse.words())
        }
        Some(_) | None => words,
    };
    match (held_by, task.barred.first().filter(|_| !task.state.is_over())) {
        (_, Some(barred)) => format!("{words}, held: {}", barred.obstacle),
        (Some(by), None) => format!("{words}, paused by {}", harmless::person(&by.0)),
        (None, None) => words,
    }
}

fn stands(task: &Task, home: &RepoName) -> String {
    let pull = |number: i64| reference(home, task.planned.repo(), number);
    match &task.state {
        State::Waiting => format!("⏳ waits for {}", waits(task, home)),
        State::Assigned { attempt } => format!("📥 in the queue{}", tried(task, *attempt)),
        State::InProgress { attempt } => {
            format!("🔄 in progress{}{}", tried(task, *attempt), progress(task))
        }
        State::Delivered { .. } => "📦 delivered, its pull request is being opened".to_owned(),
        State::AgentReview { pull: number, .. } => {
            format!("🔎 looked at by the review agent: {}", pull(number.0))
        }
        State::Review { pull: number, .. } if task.delegation.stuck.is_some() => {
            format!("🧩 not merged by itself: {}", pull(number.0))
        }
        State::Review { pull: number, .. } if task.delegation.is_part() => {
            format!("🧩 being merged: {}", pull(number.0))
        }
        State::Review { pull: number, .. } => format!("👀 in review: {}", pull(number.0)),
        State::Asking { .. } => format!("❓ waits for an answer to {}", questions(task)),
        State::Delegating { .. } => format!("🧩 waits for its parts: {}", parts(task)),
        State::Spent { .. } => "💰 held, because its budget is spent".to_owned(),
        State::Rework { attempt, pull: number, stage } => {
            let stage = match stage {
                Stage::Queued => "in the queue",
                Stage::AtWork => "at work",
                Stage::Delivered => "being pushed",
            };
            let (tried, progress) = (tried(task, *attempt), progress(task));
            format!("🛠️ back with its agent, {stage}{tried}: {}{progress}", pull(number.0))
        }
        State::Closed { pull: number, .. } => format!("🚫 closed unmerged: {}", pull(number.0)),
        State::Done { pull: number, .. } => format!("✅ merged: {}", pull(number.0)),
        State::Failed { .. } => "❌ failed".to_owned(),
        State::Stopping { .. } => "⏹️ being stopped".to_owned(),
        State::Cancelled { .. } => "⏹️ cancelled".to_owned(),
        State::Skipped { by, .. } => format!("⏭️ skipped by {}", harmless::person(&by.0)),
    }
}

/// Which try it is, from the second on.
fn tried(task: &Task, attempt: Attempt) -> String {
    match task.dialogue.counted(attempt) {
        ..=1 => String::new(),
        tries => format!(", try {tries} of 5"),
    }
}

/// What the agent last said it is doing.
fn progress(task: &Task) -> String {
    let said = task.dialogue.progress.as_deref();
    said.map_or(String::new(), |text| format!(" ({})", harmless::line(text)))
}

fn questions(task: &Task) -> String {
    let open: Vec<_> = task.dialogue.open().map(|one| one.number.to_string()).collect();
    match open.as_slice() {
        [one] => format!("question {one}"),
        all => format!("questions {}", all.join(", ")),
    }
}

/// The parts something may still come of.
fn parts(task: &Task) -> String {
    let open: Vec<_> = task.delegation.open().map(|part| format!("T{}", part.number)).collect();
    open.join(", ")
}

fn waits(task: &Task, home: &RepoName) -> String {
    task.waits_for
        .iter()
        .map(|dependency| match dependency {
            Dependency::Task(number) => format!("T{number}"),
            Dependency::Outside(issue)
            | Dependency::Dropped(issue)
            | Dependency::Unknown(issue) => reference(home, &issue.repo, issue.number.0),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// What happens next and who must act, the people first.
fn next(run: &Run, home: &RepoName) -> Vec<String> {
    if !run.state.is_live() {
        return Vec::new();
    }
    let mut next = Vec::new();
    for task in &run.tasks {
        let number = task.planned.number;
        let owner = task.planned.owner.as_ref().map_or("", |owner| owner.0.as_str());
        match &task.state {
            // What becomes of a part is for whoever handed it out.
            State::Review { .. } | State::Failed { .. } | State::Closed { .. }
                if run.parent_of(task).is_some_and(|parent| !parent.state.is_over()) => {}
            State::Delegating { .. } if task.delegation.asked().next().is_some() => {
                let at = reference(home, task.planned.repo(), task.issue.number.0);
                next.push(format!("**{owner}** decides on {at} what T{number}'s agent may hand out"));
            }
            State::Review { pull, .. } => {
                let pull = reference(home, task.planned.repo(), pull.0);
                next.push(format!("**{owner}** reviews and merges {pull} (T{number})"));
            }
            State::Asking { .. } => {
                let at = reference(home, task.planned.repo(), task.issue.number.0);
                next.push(format!("**{owner}** answers T{number}'s agent on {at}"));
            }
            State::Spent { .. } => {
                next.push(format!("**{owner}** lets T{number} spend more: `/team6 budget T{number} +5`"));
            }
            State::Closed { .. } => next.push(format!(
                "**{owner}** reopens T{number}'s pull request, or says `/team6 retry T{number}`"
            )),
            State::Failed { .. } => {
                next.push(format!("**{owner}** looks into T{number}: `/team6 retry T{number}`"));
            }
            State::Cancelled { .. } => next.push(format!(
                "**{owner}** decides about T{number}: `/team6 retry T{number}` or `/team6 skip T{number}`"
            )),
            State::Waiting
            | State::Assigned { .. }
            | State::InProgress { .. }
            | State::Delivered { .. }
            | State::AgentReview { .. }
            | State::Delegating { .. }
            | State::Rework { .. }
            | State::Stopping { .. }
            | State::Skipped { .. }
            | State::Done { .. } => {}
        }
    }
    let with_agents = |task: &&Task| {
        matches!(
            task.state,
            State::Assigned { .. } | State::InProgress { .. } | State::Rework { .. }
        )
    };
    let busy = run.tasks.iter().filter(with_agents).count();
    if 0 < busy {
        next.push(format!(
            "{busy} task{} with the agents",
            if busy == 1 { " is" } else { "s are" }
        ));
    }
    next
}

/// Why nothing new is started, and what to do about it.
fn why_paused(hold: &Hold, sprint: &Sprint) -> String {
    match hold {
        Hold::Person(by) => format!(
            "Nothing new is started, because {} paused the sprint. `/team6 resume` lets it go on.",
            harmless::person(&by.0)
        ),
        Hold::NotASprint => {
            let why = sprint.lack.map_or_else(String::new, |lack| format!(": {lack}"));
            format!(
                "Nothing new is started, because this issue is no sprint issue any more{why}. It \
                 goes on when the issue is open again, with its label, in an open milestone."
            )
        }
        Hold::Spent => {
            let words = sprint.run.as_ref().map_or_else(String::new, |run| run.purse.words());
            format!(
                "Nothing new is started, because the budget is spent: {words}. `/team6 budget +20` lets \
                 $20 more be spent."
            )
        }
        Hold::OutOfReach { repo, trouble, .. } => format!(
            "Nothing new is started, because {repo} cannot be worked in: {trouble}. {}",
            trouble.hint()
        ),
    }
}

fn state(state: run::State) -> &'static str {
    match state {
        run::State::Pending => "⏳ pending",
        run::State::Running => "🔄 running",
        run::State::Paused => "⏸️ paused",
        run::State::Completed => "✅ completed",
        run::State::Failed => "❌ failed",
        run::State::Cancelled => "⏹️ cancelled",
    }
}
