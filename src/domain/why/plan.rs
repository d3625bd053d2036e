//! Why a sprint has not begun.

use super::knowledge::{Errand, Knowledge};
use super::run::{queue, turn_at};
use super::{Reason, Why};
use crate::domain::ids::{AgentName, ExecutionId, Login, TaskNumber};
use crate::domain::plan::PlannedTask;
use crate::domain::planning::{self, Session, Try};
use crate::domain::refusal::Refusal;
use crate::domain::run;
use crate::domain::sprint::{Sprint, State};

/// Whether the latest run is over and the plan is still the one it carried out.
pub(super) fn is_old(sprint: &Sprint) -> bool {
    let run = sprint.run.as_ref();
    run.is_some_and(|run| match run.state {
        run::State::Completed | run::State::Failed | run::State::Cancelled => {
            let planned = sprint.tasks().iter().map(PlannedTask::as_shown);
            run.planned().map(|task| task.planned.as_shown()).eq(planned)
        }
        run::State::Pending | run::State::Running | run::State::Paused => true,
    })
}

/// Why a sprint that was not started does not move.
pub(super) fn why(
    sprint: &Sprint,
    task: Option<TaskNumber>,
    known: &Knowledge,
) -> Result<Why, Refusal> {
    let is_there = |number| sprint.tasks().iter().any(|task| task.number == number);
    if let Some(task) = task.filter(|task| !is_there(*task)) {
        return Err(match sprint.plan {
            Some(_) => Refusal::NoSuchTask { task },
            None => sprint.why_no_plan(),
        });
    }
    let found = gone(sprint, known)
        .or_else(|| planner(sprint, known))
        .or_else(|| errand(sprint, known))
        .or_else(|| no_plan(sprint, known))
        .or_else(|| flawed(sprint, task, known))
        .or_else(|| unapproved(sprint, task, known));
    let last = sprint.approvals.iter().map(|approval| approval.at).max();
    let found = found.unwrap_or_else(|| Why::new(None, Reason::NotStarted).since(last));
    Ok(Why { task, ..found })
}

/// Its issue is no sprint issue.
pub(super) fn gone(sprint: &Sprint, known: &Knowledge) -> Option<Why> {
    (sprint.state == State::Forgotten)
        .then(|| Why::new(None, Reason::NotASprint { lack: sprint.lack }).since(known.recognized))
}

fn planner(sprint: &Sprint, known: &Knowledge) -> Option<Why> {
    let session = sprint.planning.session.as_ref();
    if let Some(session) = session.filter(|session| session.is_live()) {
        return Some(at_planning(sprint, session, known));
    }
    let open: Vec<_> = sprint.planning.open().map(|one| (one.number, one.to.clone())).collect();
    let people: Vec<Login> = open.iter().map(|(_, to)| to.clone()).collect();
    let since = session.map(|session| session.since);
    (!open.is_empty()).then(|| Why::new(None, Reason::Questions { open }).since(since).by(people))
}

fn at_planning(sprint: &Sprint, session: &Session, known: &Knowledge) -> Why {
    let (attempt, at_work) = match session.state {
        planning::State::Working { attempt } => (attempt, true),
        planning::State::Queued { attempt } => (attempt, false),
        planning::State::Asking | planning::State::Planned | planning::State::Failed { .. } => {
            (crate::domain::ids::Attempt(1), false)
        }
    };
    let of = Try { number: session.number, attempt };
    let job = known.jobs.get(&ExecutionId::of_planning(&sprint.id, of.number, of.attempt));
    let since = job.map_or(session.since, |job| job.queued);
    if at_work {
        let step = job.and_then(|job| job.step.clone());
        let beat = job.and_then(|job| job.beat);
        return Why::new(None, Reason::PlannerAtWork { attempt, step, beat }).since(Some(since));
    }
    let agent = AgentName("planner".to_owned());
    let queue = queue(job, attempt, None, &agent, known);
    let at = turn_at(job, known);
    Why::new(None, Reason::PlannerQueued { queue }).since(Some(since)).at(at)
}

/// Something on GitHub comes first, and met with trouble.
fn errand(sprint: &Sprint, known: &Knowledge) -> Option<Why> {
    let held_up = |errand: &&Errand| errand.holds_up(sprint).is_some();
    known
        .errands
        .iter()
        .find(held_up)
        .map(|errand| stuck(errand, errand.holds_up(sprint).unwrap_or_default()))
}

/// What is said of something that met with trouble.
pub(super) fn stuck(errand: &Errand, what: &str) -> Why {
    let (what, trouble) = (what.to_owned(), errand.trouble.clone());
    if errand.given_up {
        let reference = errand.reference.clone();
        return Why::new(None, Reason::Refused { what, trouble, reference })
            .since(Some(errand.asked));
    }
    Why::new(None, Reason::PutOff { what, trouble }).since(Some(errand.asked)).at(Some(errand.due))
}

fn no_plan(sprint: &Sprint, known: &Knowledge) -> Option<Why> {
    if sprint.plan.is_some() {
        return None;
    }
    let session = sprint.planning.session.as_ref();
    let failed = session.and_then(|session| match &session.state {
        planning::State::Failed { why } => Some((why.clone(), session)),
        planning::State::Queued { .. }
        | planning::State::Working { .. }
        | planning::State::Asking
        | planning::State::Planned => None,
    });
    Some(match failed {
        Some((why, session)) => Why::new(None, Reason::PlannerFailed { why })
            .since(Some(session.since))
            .by([session.asked.by.clone()]),
        None => Why::new(None, Reason::NoPlan).since(known.recognized),
    })
}

/// What is wrong with the task in question, or with anything.
fn flawed(sprint: &Sprint, task: Option<TaskNumber>, known: &Knowledge) -> Option<Why> {
    let own = task.and_then(|task| known.flaws.iter().find(|flaw| flaw.is_about(task)));
    let is_approved = |task: TaskNumber| {
        sprint.tasks().iter().any(|one| one.number == task && sprint.approval_of(one).is_some())
    };
    // What is wrong elsewhere matters to a task only once all is well with it.
    let others = known.flaws.first().filter(|_| task.is_none_or(is_approved));
    let flaw = own.or(others)?.clone();
    let owner = |number: TaskNumber| {
        sprint.tasks().iter().find(|one| one.number == number).and_then(|one| one.owner.clone())
    };
    let people = task.filter(|task| flaw.is_about(*task)).and_then(owner);
    let more = if own.is_some() { 0 } else { known.flaws.len() - 1 };
    let reason = Reason::Flawed { flaw: Box::new(flaw), more };
    Some(Why::new(None, reason).since(known.planned).by(people))
}

fn unapproved(sprint: &Sprint, task: Option<TaskNumber>, known: &Knowledge) -> Option<Why> {
    let missing: Vec<_> = sprint
        .tasks()
        .iter()
        .filter(|one| sprint.approval_of(one).is_none())
        .map(|one| (one.number, one.owner.clone()))
        .collect();
    let own: Vec<_> = missing
        .iter()
        .filter(|(number, _)| task.is_none_or(|task| task == *number))
        .cloned()
        .collect();
    let tasks = if own.is_empty() { missing } else { own };
    let people: Vec<_> = tasks.iter().filter_map(|(_, owner)| owner.clone()).collect();
    (!tasks.is_empty())
        .then(|| Why::new(None, Reason::NotApproved { tasks }).since(known.planned).by(people))
}
