//! Why something does not move: what queue, effects and workers know, put together for the domain.

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Result, breaking};
use crate::config::Settings;
use crate::db::executions::{self, Execution, Status};
use crate::db::{Db, Tx, effects, plans, runs, sprints, tasks, traces, workers};
use crate::domain::ids::{ExecutionId, SprintId, TaskNumber};
use crate::domain::lint;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Sprint;
use crate::domain::why::{self, Errand, Job, Knowledge, Since, Why, Worker};
use crate::queue::{Limits, Place, Queue};
use crate::say;

/// How long a worker counts as there after it asked for work.
const LATELY: TimeDelta = TimeDelta::minutes(2);
/// How many things in trouble are looked at.
const MOST_ERRANDS: i64 = 500;

/// Why a sprint or one of its tasks does not move, and why each task does not.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Explained {
    /// The one reason.
    pub why: Why,
    /// The reason of each open task, where the whole sprint was asked about.
    pub each: Vec<Why>,
}

impl App {
    /// Why a sprint, or the one task of it that is named, does not move.
    pub async fn why(
        &self,
        id: &SprintId,
        task: Option<TaskNumber>,
    ) -> Result<Result<Explained, Refusal>> {
        let sprint = self.sprint(id).await?;
        let mut known = knowledge(self.db(), self.settings(), &sprint, self.clock().now()).await?;
        if let Some(plan) = sprint.plan.as_ref().filter(|_| !sprint.is_running()) {
            known.flaws = lint::flaws(plan, &self.around(&sprint).await?);
        }
        Ok(explained(&sprint, task, &known))
    }

    /// The same in words, for a comment.
    pub(super) async fn why_in_words(
        &self,
        id: &SprintId,
        task: Option<TaskNumber>,
    ) -> Result<String> {
        Ok(match self.why(id, task).await? {
            Ok(found) => say::why::comment(&found.why, &found.each, self.clock().now()),
            Err(refusal) => say::why::refused(&refusal),
        })
    }
}

/// Why a sprint or its task does not move, from the database alone: what only GitHub knows is
/// left out.
pub async fn explain(
    db: &Db,
    settings: &Settings,
    id: &SprintId,
    task: Option<TaskNumber>,
    now: DateTime<Utc>,
) -> Result<Result<Explained, Refusal>> {
    let mut tx = db.read().await?;
    let (sprint, _) = sprints::get(&mut tx, id).await?;
    drop(tx);
    let known = known_here(db, settings, &sprint, now).await?;
    Ok(explained(&sprint, task, &known))
}

/// The one reason why a sprint that was read just now does not move, from the database alone.
pub(super) async fn reason(
    db: &Db,
    settings: &Settings,
    sprint: &Sprint,
    task: Option<TaskNumber>,
    now: DateTime<Utc>,
) -> Result<Result<Why, Refusal>> {
    let known = known_here(db, settings, sprint, now).await?;
    Ok(why::why(sprint, task, &known))
}

async fn known_here(
    db: &Db,
    settings: &Settings,
    sprint: &Sprint,
    now: DateTime<Utc>,
) -> Result<Knowledge> {
    let mut known = knowledge(db, settings, sprint, now).await?;
    if let Some(plan) = sprint.plan.as_ref().filter(|_| !sprint.is_running()) {
        known.flaws = lint::flaws_in_itself(plan, &agents(settings));
    }
    Ok(known)
}

fn agents(settings: &Settings) -> Vec<crate::domain::ids::AgentName> {
    settings.roster().into_iter().map(|agent| agent.name).collect()
}

fn explained(
    sprint: &Sprint,
    task: Option<TaskNumber>,
    known: &Knowledge,
) -> Result<Explained, Refusal> {
    let why = why::why(sprint, task, known)?;
    let each = if task.is_none() { why::of_each(sprint, known) } else { Vec::new() };
    Ok(Explained { why, each })
}

/// What queue, effects and workers know about a sprint.
async fn knowledge(
    db: &Db,
    settings: &Settings,
    sprint: &Sprint,
    now: DateTime<Utc>,
) -> Result<Knowledge> {
    let mut tx = db.read().await?;
    let mut known = Knowledge {
        now,
        recognized: Some(sprints::since(&mut tx, &sprint.id).await?),
        errands: errands(&mut tx).await?,
        workers: alive(&mut tx, settings, now).await?,
        broken: breaking::broken(&mut tx, now).await?,
        ..Knowledge::default()
    };
    if let Some(plan) = &sprint.plan {
        known.planned = plans::made_at(&mut tx, &sprint.id, plan.version).await?;
    }
    if let Some(run) = &sprint.run {
        let times = runs::times(&mut tx, &run.id).await?;
        (known.held, known.ended) = (times.held_since, times.finished_at);
        for times in tasks::times(&mut tx, &run.id).await? {
            let since = Since { state: Some(times.since), held: times.held_since };
            known.tasks.insert(times.number, since);
        }
    }
    let executions = executions::of_sprint(&mut tx, &sprint.id).await?;
    let is_open = |one: &Execution| matches!(one.status, Status::Queued | Status::Running);
    let open = executions.iter().filter(|one| is_open(one)).map(|one| one.id.clone()).collect();
    let limits = limits(settings);
    let places = Queue::Database.places(&mut tx, &open, now).await?;
    for execution in executions {
        if let (executions::Subject::Task(run, task), Some(failure)) =
            (&execution.subject, &execution.failure)
            && sprint.run.as_ref().is_some_and(|latest| latest.id == *run)
        {
            known.failures.insert(*task, (failure.class, failure.message.clone()));
        }
        if let Some(place) = places.get(&execution.id) {
            let job = job(&mut tx, (settings, &limits), &execution, place, now).await?;
            known.jobs.insert(execution.id.clone(), job);
        }
    }
    Ok(known)
}

async fn job(
    tx: &mut Tx,
    (settings, limits): (&Settings, &Limits),
    execution: &Execution,
    place: &Place,
    now: DateTime<Utc>,
) -> Result<Job> {
    let most_of_agent = limits.of_agent.get(&execution.agent).copied().map(i64::from);
    let lease = TimeDelta::seconds(i64::from(settings.queue.lease_seconds));
    let beat = place.leased_until.map(|until| until - lease);
    // A beat comes every third of a lease or oftener.
    let silent = place.leased_until.is_some_and(|until| until < now + lease / 3);
    let step = match place.leased_until {
        Some(_) => step(tx, &execution.id).await?,
        None => None,
    };
    Ok(Job {
        queued: execution.queued_at,
        run_at: place.run_at,
        leased: place.leased_until.is_some(),
        ahead: place.ahead,
        in_project: (place.at_work, i64::from(limits.of(&execution.project))),
        in_all: (place.at_work_in_all, i64::from(limits.total)),
        of_agent: (place.at_work_of_agent, most_of_agent),
        follows: place.follows,
        beat,
        silent,
        step,
        trouble: execution.trouble.clone(),
    })
}

/// What an agent did last, in a few words.
async fn step(tx: &mut Tx, execution: &ExecutionId) -> Result<Option<String>> {
    let lines = traces::last(tx, execution, 20).await?;
    Ok(lines.iter().find_map(|line| {
        let body = &line.body;
        let words = body["title"].as_str().or(body["content"]["text"].as_str());
        words.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
    }))
}

async fn errands(tx: &mut Tx) -> Result<Vec<Errand>> {
    let kept = effects::in_trouble(tx, MOST_ERRANDS).await?;
    let errand = |kept: effects::Kept| Errand {
        reference: kept.id,
        effect: kept.body.0,
        asked: kept.asked_at,
        due: kept.due_at,
        trouble: kept.trouble.unwrap_or_default(),
        given_up: kept.given_up_at.is_some(),
    };
    Ok(kept.into_iter().map(errand).collect())
}

/// What each worker can start that asked for work lately, or is at work.
async fn alive(tx: &mut Tx, settings: &Settings, now: DateTime<Utc>) -> Result<Vec<Worker>> {
    let lately = LATELY.max(TimeDelta::seconds(i64::from(settings.queue.lease_seconds)));
    let busy = Queue::Database.workers(tx, now).await?;
    let all = workers::since(tx, DateTime::UNIX_EPOCH).await?;
    let is_there = |one: &workers::Worker| now - lately < one.seen_at || busy.contains(&one.id);
    let known = |one: workers::Worker| Worker {
        agents: one.agents.0,
        no_room: one.no_room.map(|room| room.0),
    };
    Ok(all.into_iter().filter(is_there).map(known).collect())
}

/// How many jobs may be on lease at once.
pub(super) fn limits(settings: &Settings) -> Limits {
    let (projects, agents) = (settings.projects.iter(), settings.agents.iter());
    Limits {
        total: settings.queue.concurrency,
        per_project: settings.queue.concurrency_per_project,
        of_project: projects
            .filter_map(|(name, project)| Some((name.clone(), project.concurrency?)))
            .collect(),
        of_agent: agents
            .filter_map(|(name, agent)| Some((name.clone(), agent.concurrency?)))
            .collect(),
    }
}
