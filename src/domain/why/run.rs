//! Why a run, or one of its tasks, does not move.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::knowledge::{Job, Knowledge, Since};
use super::parts::of_part;
use super::plan::stuck;
use super::{Queue, Reason, Why};
use crate::domain::breaker::Breaker;
use crate::domain::ids::{
    AgentName, Attempt, ExecutionId, IssueNumber, IssueRef, Login, PullNumber, TaskNumber,
};
use crate::domain::plan::Dependency;
use crate::domain::run::{Hold, Run, State as RunState};
use crate::domain::sprint::Sprint;
use crate::domain::task::{Stage, State, Task};
use crate::domain::work::Class;

/// Why the tasks of a run do not move. Each is thought about once, however many wait for it.
pub(super) struct Whys<'a> {
    sprint: &'a Sprint,
    pub(super) run: &'a Run,
    known: &'a Knowledge,
    found: BTreeMap<TaskNumber, Why>,
}

/// Why a run as a whole does not move.
pub(super) fn of_all(sprint: &Sprint, run: &Run, known: &Knowledge) -> Why {
    match run.state {
        RunState::Completed => return Why::new(None, Reason::Completed).since(known.ended),
        RunState::Cancelled | RunState::Failed => {
            return Why::new(None, Reason::RunCancelled).since(known.ended);
        }
        RunState::Pending | RunState::Running | RunState::Paused => {}
    }
    if let Some(held) = held(sprint, run, known) {
        return held;
    }
    let whys = Whys::new(sprint, run, known).of_each();
    let settled = run.tasks.len() - whys.len();
    let Some(first) = most_urgent(whys) else {
        return Why::new(None, Reason::Completed).since(known.ended);
    };
    let (since, people, at) = (first.since, first.people.clone(), first.at);
    let reason = Reason::Running { settled, tasks: run.tasks.len(), first: Box::new(first) };
    Why::new(None, reason).since(since).by(people).at(at)
}

/// The one that needs a person, and has for longest; else what is at work; else the oldest.
pub(super) fn most_urgent(whys: Vec<Why>) -> Option<Why> {
    whys.into_iter().min_by_key(|why| {
        let waits_for_another =
            matches!(why.reason, Reason::WaitsFor { .. } | Reason::WaitsForParts { .. });
        let at_work = matches!(why.reason, Reason::AtWork { .. });
        (waits_for_another, why.people.is_empty(), !at_work, why.since, why.task)
    })
}

/// Why nothing new is started in a run.
fn held(sprint: &Sprint, run: &Run, known: &Knowledge) -> Option<Why> {
    let hold = run.holds.iter().min_by_key(|hold| hold.is_a_persons())?;
    Some(match hold {
        Hold::NotASprint => {
            Why::new(None, Reason::NotASprint { lack: sprint.lack }).since(known.recognized)
        }
        Hold::Spent => {
            spent(run.purse.words(), true).since(known.held).by([run.started_by.clone()])
        }
        Hold::OutOfReach { repo, trouble, since } => {
            let reason = Reason::OutOfReach { repo: repo.clone(), trouble: *trouble };
            Why::new(None, reason).since(Some(*since))
        }
        Hold::Person(by) => {
            Why::new(None, Reason::Paused { by: by.clone() }).since(known.held).by([by.clone()])
        }
    })
}

impl<'a> Whys<'a> {
    /// Nothing thought about yet.
    pub(super) fn new(sprint: &'a Sprint, run: &'a Run, known: &'a Knowledge) -> Self {
        Self { sprint, run, known, found: BTreeMap::new() }
    }

    /// Of each task that is not settled.
    pub(super) fn of_each(mut self) -> Vec<Why> {
        let open = self.run.tasks.iter().filter(|task| !task.state.is_settled());
        open.map(|task| self.of(task)).collect()
    }

    /// Of one task.
    pub(super) fn of(&mut self, task: &Task) -> Why {
        let number = task.planned.number;
        if let Some(why) = self.found.get(&number) {
            return why.clone();
        }
        let (run, known) = (self.run, self.known);
        let found = match &task.state {
            State::Waiting => self.waiting(task),
            State::Assigned { attempt } => in_queue(self.sprint, run, task, *attempt, known),
            State::InProgress { attempt } => at_work(run, task, *attempt, known),
            State::Delivered { attempt } => publishing(run, task, *attempt, known),
            State::Rework { attempt, stage, .. } => match stage {
                Stage::Queued => in_queue(self.sprint, run, task, *attempt, known),
                Stage::AtWork => at_work(run, task, *attempt, known),
                Stage::Delivered => publishing(run, task, *attempt, known),
            },
            State::Asking { .. } => asking(task),
            State::Delegating { .. } => self.waits_for_parts(task),
            State::Spent { .. } => out_of_budget(run, task),
            State::Stopping { .. } => Why::new(None, Reason::BeingStopped),
            State::AgentReview { pull, .. } => {
                Why::new(None, Reason::InAgentReview { pull: place(task, *pull) })
            }
            State::Review { .. }
            | State::Closed { .. }
            | State::Failed { .. }
            | State::Cancelled { .. }
            | State::Skipped { .. }
            | State::Done { .. } => with_people(run, task, known),
        };
        let since = found.since.or_else(|| times(known, number).state);
        let why = Why { task: Some(number), since, ..found };
        self.found.insert(number, why.clone());
        why
    }

    /// What must be done before it, and why that does not move.
    fn waiting(&mut self, task: &Task) -> Why {
        let mut before = Vec::new();
        let mut outside = None;
        for dependency in &task.waits_for {
            match dependency {
                Dependency::Task(number) => before.extend(self.run.find(*number)),
                Dependency::Outside(issue) => outside = outside.or(Some((issue, false))),
                Dependency::Dropped(issue) | Dependency::Unknown(issue) => {
                    outside = Some((issue, true));
                }
            }
        }
        let whys = before.iter().map(|one| self.of(one)).collect();
        match (most_urgent(whys), outside) {
            (Some(first), _) => {
                let others = before.iter().map(|one| one.planned.number);
                let others = others.filter(|number| Some(*number) != first.task).collect();
                let (people, at) = (first.people.clone(), first.at);
                let reason = Reason::WaitsFor { first: Box::new(first), others };
                Why::new(None, reason).by(people).at(at)
            }
            (None, Some((issue, hopeless))) => {
                let reason = Reason::WaitsForIssue { issue: issue.clone(), hopeless };
                let owner = task.planned.owner.clone().filter(|_| hopeless);
                Why::new(None, reason).by(owner)
            }
            (None, None) => Why::new(None, Reason::InQueue { queue: Queue::Next }),
        }
    }
}

/// A pull request as it is found from anywhere.
pub(super) fn place(task: &Task, pull: PullNumber) -> IssueRef {
    IssueRef { repo: task.planned.repo().clone(), number: IssueNumber(pull.0) }
}

fn times(known: &Knowledge, task: TaskNumber) -> Since {
    known.tasks.get(&task).copied().unwrap_or_default()
}

/// With its owner, or over.
fn with_people(run: &Run, task: &Task, known: &Knowledge) -> Why {
    if let Some(why) = of_part(run, task) {
        return why;
    }
    let owner: Vec<Login> = task.planned.owner.iter().cloned().collect();
    let acts = if run.state.is_live() { owner } else { Vec::new() };
    match &task.state {
        State::Review { pull, .. } => match task.barred.first() {
            Some(barred) => Why::new(None, Reason::Barred { obstacle: barred.obstacle.clone() })
                .since(Some(barred.since))
                .by([run.started_by.clone()]),
            None => Why::new(None, Reason::InReview { pull: place(task, *pull) }).by(acts),
        },
        State::Closed { pull, .. } => {
            Why::new(None, Reason::Closed { pull: place(task, *pull) }).by(acts)
        }
        State::Failed { attempt } => {
            let failure = known.failures.get(&task.planned.number);
            let message = failure.map(|(_, message)| message.clone());
            Why::new(None, Reason::Failed { attempt: counted(task, *attempt), message }).by(acts)
        }
        State::Skipped { by, .. } => Why::new(None, Reason::Skipped { by: by.clone() }),
        State::Done { pull, .. } => Why::new(None, Reason::Merged { pull: place(task, *pull) }),
        State::Cancelled { .. } => Why::new(None, Reason::Cancelled).by(acts),
        State::Waiting
        | State::Assigned { .. }
        | State::InProgress { .. }
        | State::Delivered { .. }
        | State::AgentReview { .. }
        | State::Asking { .. }
        | State::Delegating { .. }
        | State::Spent { .. }
        | State::Rework { .. }
        | State::Stopping { .. } => Why::new(None, Reason::BeingStopped),
    }
}

/// Its agent waits for an answer.
fn asking(task: &Task) -> Why {
    let owner = task.planned.owner.clone().unwrap_or_else(|| Login("ghost".to_owned()));
    let open = task.dialogue.open().map(|one| (one.number, owner.clone())).collect();
    Why::new(None, Reason::AgentAsks { open }).by([owner])
}

/// It waits until somebody allows more: of its own budget, or else of the run's.
pub fn out_of_budget(run: &Run, task: &Task) -> Why {
    if run.purse.is_spent() && !task.purse.is_spent() {
        return spent(run.purse.words(), true).about(task).by([run.started_by.clone()]);
    }
    let words = if task.purse.is_near() { task.purse.words() } else { String::new() };
    spent(words, false).about(task).by(task.planned.owner.clone())
}

impl Why {
    fn about(self, task: &Task) -> Self {
        Self { task: Some(task.planned.number), ..self }
    }
}

fn spent(words: String, of_run: bool) -> Why {
    Why::new(None, Reason::Spent { words, of_run })
}

/// What keeps it from being started, if anything does.
fn kept(sprint: &Sprint, run: &Run, task: &Task, known: &Knowledge) -> Option<Why> {
    let since = times(known, task.planned.number).held;
    if let Some(barred) = task.barred.first() {
        let owner = task.planned.owner.clone();
        return Some(
            Why::new(None, Reason::Barred { obstacle: barred.obstacle.clone() })
                .since(Some(barred.since))
                .by(owner),
        );
    }
    // Who pauses a task pauses its parts.
    let held_by = || run.above(task).find_map(|one| one.held_by.as_ref());
    if let Some(by) = task.held_by.as_ref().or_else(held_by) {
        let reason = Reason::TaskPaused { by: by.clone() };
        return Some(Why::new(None, reason).since(since).by([by.clone()]));
    }
    held(sprint, run, known)
}

fn in_queue(sprint: &Sprint, run: &Run, task: &Task, attempt: Attempt, known: &Knowledge) -> Why {
    if let Some(kept) = kept(sprint, run, task, known) {
        return kept;
    }
    let execution = ExecutionId::of(&run.id, task.planned.number, attempt);
    let job = known.jobs.get(&execution);
    let after = known.failures.get(&task.planned.number).map(|(class, _)| *class);
    let queue = queue(job, counted(task, attempt), after, &task.planned.agent, known);
    let broken = match known.broken.get(&task.planned.agent) {
        Some(Breaker::Open { until, .. }) => Some(*until),
        Some(Breaker::Trying { .. } | Breaker::Closed) | None => None,
    };
    let at = broken.max(turn_at(job, known));
    Why::new(None, Reason::InQueue { queue }).since(job.map(|job| job.queued)).at(at)
}

/// From when on a job may be taken, if that is not now.
pub(super) fn turn_at(job: Option<&Job>, known: &Knowledge) -> Option<DateTime<Utc>> {
    job.map(|job| job.run_at).filter(|at| known.now < *at)
}

/// Why it is not a job's turn.
pub(super) fn queue(
    job: Option<&Job>,
    attempt: Attempt,
    after: Option<Class>,
    agent: &AgentName,
    known: &Knowledge,
) -> Queue {
    let Some(job) = job else { return Queue::Next };
    match known.broken.get(agent) {
        Some(Breaker::Open { class, .. }) => {
            return Queue::AgentBroke { agent: agent.clone(), class: *class };
        }
        Some(Breaker::Trying { .. }) if 0 < job.of_agent.0 => {
            return Queue::AgentIsTried { agent: agent.clone() };
        }
        Some(Breaker::Trying { .. } | Breaker::Closed) | None => {}
    }
    let rests = known.now < job.run_at;
    match &job.trouble {
        Some(trouble) if rests => return Queue::NotHandedOut { trouble: trouble.clone() },
        Some(_) | None => {}
    }
    if rests && 1 < attempt.0 {
        return Queue::Retry { attempt, after };
    }
    if job.follows {
        return Queue::LastTryStops;
    }
    if known.workers.is_empty() {
        return Queue::NoWorker;
    }
    let mut able = known.workers.iter().filter(|one| one.agents.contains(agent)).peekable();
    if able.peek().is_none() {
        return Queue::NoWorkerFor { agent: agent.clone() };
    }
    let full: Option<Vec<_>> = able.map(|one| one.no_room).collect();
    if let Some(most) = full.into_iter().flatten().max_by_key(|one| one.free_mb) {
        return Queue::NoRoom { room: most };
    }
    if let (at_work, Some(most)) = job.of_agent
        && most <= at_work
    {
        return Queue::AgentFull { agent: agent.clone(), at_work };
    }
    for (at_work, most) in [job.in_project, job.in_all] {
        if most <= at_work {
            return Queue::Full { at_work, ahead: job.ahead };
        }
    }
    match (&job.trouble, job.ahead) {
        (Some(trouble), _) => Queue::NotHandedOut { trouble: trouble.clone() },
        (None, 0) => Queue::Next,
        (None, ahead) => Queue::Behind { ahead },
    }
}

/// Which of its tries it is since people last had it worked on: a round of rework is none.
fn counted(task: &Task, attempt: Attempt) -> Attempt {
    Attempt(task.dialogue.counted(attempt).max(1))
}

fn at_work(run: &Run, task: &Task, attempt: Attempt, known: &Knowledge) -> Why {
    let job = known.jobs.get(&ExecutionId::of(&run.id, task.planned.number, attempt));
    Why::new(
        None,
        Reason::AtWork {
            attempt: counted(task, attempt),
            agent: task.planned.agent.clone(),
            step: job.and_then(|job| job.step.clone()),
            beat: job.and_then(|job| job.beat),
            silent: job.is_some_and(|job| job.silent),
        },
    )
}

fn publishing(run: &Run, task: &Task, attempt: Attempt, known: &Knowledge) -> Why {
    let execution = ExecutionId::of(&run.id, task.planned.number, attempt);
    let errand = known.errands.iter().find(|errand| errand.publishes(&execution));
    let out = run.holds.iter().find_map(|hold| match hold {
        Hold::OutOfReach { repo, trouble, since } if repo == task.planned.repo() => {
            let reason = Reason::OutOfReach { repo: repo.clone(), trouble: *trouble };
            Some(Why::new(None, reason).since(Some(*since)))
        }
        Hold::OutOfReach { .. } | Hold::Person(_) | Hold::NotASprint | Hold::Spent => None,
    });
    out.or_else(|| errand.map(|errand| stuck(errand, "opening its pull request")))
        .unwrap_or_else(|| Why::new(None, Reason::Publishing))
}
