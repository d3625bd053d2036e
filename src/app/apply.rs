//! The one writer: lets something happen to a sprint, and commits the new state, what must be done
//! about it and why, all at once.

use chrono::{DateTime, Utc};

use super::executing::Happened;
use super::{App, Error, Result};
use crate::db::{Tx, effects, executions, heard, history, notes, plans, runs, sprints, tasks};
use crate::domain::effect::Effect;
use crate::domain::ids::{DeliveryId, ExecutionId, SprintId};
use crate::domain::memory::Standing;
use crate::domain::planning::Try;
use crate::domain::refusal::Refusal;
use crate::domain::run::{self, Run};
use crate::domain::sprint::{Decision, Event, No, Sprint};
use crate::domain::task::Task;
use crate::queue::Recovered;

/// Because of whom or what something happens.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The person, `GitHub`, or a worker.
    pub by: String,
    /// The webhook that told us.
    pub delivery: Option<DeliveryId>,
    /// Names this happening among all, where it must not be heard twice.
    pub once: Option<String>,
}

/// What came of it.
#[derive(Debug, PartialEq)]
pub enum Applied {
    /// It was decided, and what follows is committed.
    Decided,
    /// It had been heard before, or makes no sense any more.
    Ignored,
    /// A person should hear why not.
    Refused(Vec<Refusal>),
}

/// How often we decide anew because somebody else was faster.
const MOST_TRIES: usize = 20;

impl Cause {
    /// Because of somebody or something without a webhook.
    pub fn by(name: impl Into<String>) -> Self {
        Self { by: name.into(), delivery: None, once: None }
    }
}

impl App {
    /// Lets `event` happen to a sprint.
    pub async fn apply(&self, id: &SprintId, event: &Event, cause: &Cause) -> Result<Applied> {
        for _ in 0..MOST_TRIES {
            let mut tx = self.db().begin().await?;
            if let Some(applied) = self.apply_in(&mut tx, id, event, cause).await? {
                if applied == Applied::Decided {
                    tx.commit().await?;
                    self.wake();
                }
                return Ok(applied);
            }
        }
        Err(Error::Contended)
    }

    /// The same inside a transaction that holds more; `None` if somebody else was faster, and the
    /// transaction must be begun anew. Whoever commits calls [`App::wake`] afterwards.
    pub(super) async fn apply_in(
        &self,
        tx: &mut Tx,
        id: &SprintId,
        event: &Event,
        cause: &Cause,
    ) -> Result<Option<Applied>> {
        let now = self.clock().now();
        if let Some(key) = &cause.once
            && !heard::first_time(tx, key, now).await?
        {
            return Ok(Some(Applied::Ignored));
        }
        let (sprint, revision) = sprints::get(tx, id).await?;
        let mut event = event.clone();
        if let Event::Started(start) = &mut event {
            // Sprints that start at the same moment must see each other's branches.
            self.queue().one_at_a_time(tx, now).await?;
            start.taken = tasks::branches_of_others(tx, id).await?;
        }
        let decision = match sprint.decide(event) {
            Ok(decision) => decision,
            Err(No::Refused(refusals)) => {
                self.inner.figures.refused();
                return Ok(Some(Applied::Refused(refusals)));
            }
            Err(No::Nonsense(nonsense)) => {
                self.inner.figures.nonsense();
                tracing::warn!(sprint.id = %id, %nonsense, "ignored what makes no sense");
                return Ok(Some(Applied::Ignored));
            }
        };
        if decision.sprint == sprint && decision.effects.is_empty() {
            return Ok(Some(Applied::Decided));
        }
        if !sprints::advance(tx, &decision.sprint, revision, now).await? {
            return Ok(None);
        }
        self.save(tx, &sprint, &decision, now).await?;
        self.note(tx, &decision, cause, now).await?;
        for effect in &decision.effects {
            self.ask_for(tx, effect, &decision.sprint, cause, now).await?;
        }
        Ok(Some(Applied::Decided))
    }

    /// Wakes whoever waits for effects or jobs.
    pub(super) fn wake(&self) {
        self.inner.effects.ring();
        self.inner.jobs.ring();
        self.inner.changes.ring();
    }

    async fn save(
        &self,
        tx: &mut Tx,
        before: &Sprint,
        decision: &Decision,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let after = &decision.sprint;
        if after.plan != before.plan
            && let Some(plan) = &after.plan
        {
            if before.plan.as_ref().is_some_and(|old| old.version == plan.version) {
                plans::rewrite(tx, &after.id, plan).await?;
            } else {
                plans::add(tx, &after.id, plan, now).await?;
            }
        }
        if after.approvals != before.approvals {
            plans::set_approvals(tx, &after.id, &after.approvals).await?;
            let version = after.plan.as_ref().map_or(0, |plan| plan.version);
            for new in after.approvals.iter().filter(|one| !before.approvals.contains(one)) {
                plans::note_approver(tx, &after.id, &new.by, version).await?;
            }
        }
        let Some(run) = &after.run else { return Ok(()) };
        match before.run.as_ref().filter(|old| old.id == run.id) {
            Some(old) => self.advance_run(tx, old, run, now).await,
            None => insert_run(tx, &after.id, run, now).await,
        }
    }

    async fn advance_run(
        &self,
        tx: &mut Tx,
        old: &Run,
        run: &Run,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for after in &run.tasks {
            let Some(before) = old.find(after.planned.number) else { continue };
            if before != after {
                tasks::advance(tx, &run.id, after, now).await?;
                self.interrupt(tx, run, before, after).await?;
                if let Some(change) = Standing::change(&before.state, &after.state) {
                    notes::change(tx, &run.id, after.planned.number, change).await?;
                }
            }
        }
        for part in run.tasks.iter().filter(|task| old.find(task.planned.number).is_none()) {
            let owner = part.planned.owner.as_ref().ok_or(Error::NotYet("a part has no owner"))?;
            tasks::insert(tx, &run.id, part, owner, now).await?;
        }
        if old.state != run.state || old.holds != run.holds || old.purse != run.purse {
            runs::advance(tx, run, now).await?;
        }
        let holds_changed = old.state != run.state
            || old.tasks.iter().any(|before| {
                let after = run.find(before.planned.number);
                after.is_some_and(|after| old.hands_out(before) != run.hands_out(after))
            });
        if holds_changed {
            self.hold_jobs(tx, run).await?;
        }
        Ok(())
    }

    /// Has the worker of a task's agent hear of what is said to interrupt it.
    async fn interrupt(&self, tx: &mut Tx, run: &Run, before: &Task, after: &Task) -> Result<()> {
        let (was, is) = (before.dialogue.urgent(), after.dialogue.urgent());
        if was == is {
            return Ok(());
        }
        let execution = ExecutionId::of(&run.id, after.planned.number, after.state.attempt());
        Ok(self.queue().interrupt(tx, &execution, is.into()).await?)
    }

    /// Keeps the jobs of what is paused, or ended and not yet taken out of the queue, from being taken.
    async fn hold_jobs(&self, tx: &mut Tx, run: &Run) -> Result<()> {
        let goes_on = run.state == run::State::Running;
        self.queue().hold(tx, &run.id, !goes_on).await?;
        for task in run.tasks.iter().filter(|task| goes_on && !run.hands_out(task)) {
            let (number, attempt) = (task.planned.number, task.state.attempt());
            let work = ExecutionId::of(&run.id, number, attempt);
            self.queue().hold_one(tx, &work, true).await?;
            let review = ExecutionId::of_review(&run.id, number, attempt);
            self.queue().hold_one(tx, &review, true).await?;
        }
        Ok(())
    }

    async fn note(
        &self,
        tx: &mut Tx,
        decision: &Decision,
        cause: &Cause,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for (task, text) in &decision.notes {
            tracing::info!(sprint.id = %decision.sprint.id, by = cause.by, "{text}");
            let entry = history::Entry {
                sprint_id: decision.sprint.id.clone(),
                run_id: decision.sprint.run.as_ref().map(|run| run.id.clone()),
                task: *task,
                at: now,
                caused_by: cause.by.clone(),
                delivery_id: cause.delivery.clone(),
                text: text.clone(),
            };
            history::note(tx, &entry).await?;
        }
        Ok(())
    }

    /// Asks for an effect; what only changes our own database is done at once.
    async fn ask_for(
        &self,
        tx: &mut Tx,
        effect: &Effect,
        sprint: &Sprint,
        cause: &Cause,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if let Effect::Queue { run, task, execution, pause_seconds } = effect {
            return self.enqueue(tx, sprint, run, *task, execution, *pause_seconds).await;
        }
        if let Effect::QueuePlanning { number, attempt, execution, pause_seconds, .. } = effect {
            let of = Try { number: *number, attempt: *attempt };
            return self.enqueue_planning(tx, sprint, of, execution, *pause_seconds).await;
        }
        if let Effect::QueueReview { run, task, attempt, execution } = effect {
            return self.enqueue_review(tx, sprint, (run, *task, *attempt), execution).await;
        }
        effects::push(tx, effect, cause.delivery.as_ref(), now).await?;
        Ok(())
    }

    /// Puts executions whose worker was lost where they belong.
    pub(super) async fn recovered(&self, tx: &mut Tx, lost: Vec<Recovered>) -> Result<()> {
        use crate::domain::work;
        for one in lost {
            let (id, dead) = match one {
                Recovered::Requeued(id) => (id, false),
                Recovered::Dead(id) => (id, true),
                Recovered::Stopped(id) => {
                    self.has_stopped(tx, &id, "a lost worker").await?;
                    continue;
                }
            };
            let execution = executions::get(tx, &id).await?;
            let event = if dead {
                let failure = work::Failure {
                    class: work::Class::Machinery,
                    message: "its worker was lost over it again and again".to_owned(),
                };
                let status = executions::Status::Failed;
                executions::failed(tx, &id, status, Some(&failure), self.clock().now()).await?;
                Happened::Failed(failure)
            } else {
                executions::lost(tx, &id).await?;
                Happened::Lost
            };
            tracing::warn!(execution.id = %id, dead, "its worker was lost");
            self.inner.figures.worker_lost();
            let Some(event) = event.to(&execution) else { continue };
            let cause = Cause::by("a lost worker");
            if self.apply_in(tx, &execution.sprint_id, &event, &cause).await?.is_none() {
                return Err(Error::Contended);
            }
        }
        Ok(())
    }
}

impl App {
    /// Stops a try that a person ended. One that nobody has taken yet is over at once; else its
    /// worker hears of it and reports.
    pub(super) async fn stop(&self, id: &ExecutionId) -> Result<()> {
        let mut tx = self.db().begin().await?;
        if self.queue().stop(&mut tx, id).await? {
            self.has_stopped(&mut tx, id, "Team6").await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Notes that nobody works on a try any more that a person ended.
    async fn has_stopped(&self, tx: &mut Tx, id: &ExecutionId, by: &str) -> Result<()> {
        let execution = executions::get(tx, id).await?;
        if execution.finished_at.is_none() {
            let status = executions::Status::Cancelled;
            executions::failed(tx, id, status, None, self.clock().now()).await?;
        }
        let Some(event) = Happened::Stopped.to(&execution) else { return Ok(()) };
        match self.apply_in(tx, &execution.sprint_id, &event, &Cause::by(by)).await? {
            Some(_) => Ok(()),
            None => Err(Error::Contended),
        }
    }
}

async fn insert_run(tx: &mut Tx, sprint: &SprintId, run: &Run, now: DateTime<Utc>) -> Result<()> {
    runs::insert(tx, sprint, run, now).await?;
    for task in &run.tasks {
        let owner = task.planned.owner.as_ref().ok_or(Error::NotYet("a task has no owner"))?;
        tasks::insert(tx, &run.id, task, owner, now).await?;
    }
    Ok(())
}
