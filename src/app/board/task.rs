//! A task of a run, as a person may see it.

use super::super::{App, Result};
use super::run::{Found, words};
use super::talk::talk;
use crate::db::executions::{Execution, Status, Subject};
use crate::db::{pull_checks, spending, traces};
use crate::domain::ids::{ExecutionId, Login, RunId, TaskNumber};
use crate::domain::permission::{Permission, may_decide};
use crate::domain::plan::Dependency;
use crate::domain::task;
use crate::say::page::parts::{Badge, Elapsed};
use crate::say::page::task::{Checks, Look, May, Try, View};
use crate::say::page::trace::{self, Step};

/// How many steps of a trace a page shows.
const STEPS: usize = 60;

impl App {
    /// The page of a task, with one try's trace: the one that is asked for, or the latest.
    pub async fn task_page(
        &self,
        person: &Login,
        run: &RunId,
        number: TaskNumber,
        shown: Option<Look>,
        until: Option<usize>,
    ) -> Result<Option<View>> {
        let Some(found) = self.found(person, run).await? else { return Ok(None) };
        let Some(task) = found.run.find(number).filter(|_| !found.hidden.contains(&number)) else {
            return Ok(None);
        };
        let tries: Vec<_> = found.executions.iter().filter(|one| is_at(one, number)).collect();
        let wanted = tries.iter().find(|one| Some(look(one)) == shown).or(tries.last());
        let shown = wanted.map(|one| look(one));
        let steps = match wanted {
            Some(one) => self.steps_of(&one.id).await?,
            None => Vec::new(),
        };
        let permission = self.sight(person, task.planned.repo()).await?;
        let (trace, earlier) = window(steps, until);
        let mut tries: Vec<_> = tries.iter().map(|one| self.attempt(&found, one, shown)).collect();
        tries.reverse();
        let home = &found.sprint.repo;
        let owner = task.planned.owner.as_ref().map_or_else(String::new, |owner| owner.0.clone());
        let mut history = found.history.clone();
        history.retain(|entry| entry.task == Some(number));
        Ok(Some(View {
            run: found.run.id.0.clone(),
            sprint: found.sprint.id.0.clone(),
            name: found.sprint.goal.milestone.clone(),
            run_number: found.run.number.0,
            number: number.0,
            title: task.planned.title.clone(),
            text: task.planned.text.clone(),
            acceptance: task.planned.acceptance.clone(),
            badge: Badge::of_task(task),
            held_by: task.held_by.as_ref().map(|by| by.0.clone()),
            owner: owner.clone(),
            agent: task.planned.agent.0.clone(),
            budget: self.budget_of(run, task).await?,
            attempt: task.dialogue.counted(task.state.attempt()).max(0),
            checks: self.checks_of(task).await?,
            may_raise: may_raise(&found, task, person, permission),
            issue: self.issue_link(&task.issue),
            branch: task.branch.0.clone(),
            pull: task.state.pull().map(|pull| self.pull_link(task.planned.repo(), pull.0)),
            waits_for: task
                .planned
                .after
                .iter()
                .map(|one| match one {
                    Dependency::Task(other) => beside(&found, *other),
                    Dependency::Outside(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => {
                        (words(one, home), None, None)
                    }
                })
                .collect(),
            before: behind(&found, number),
            tries,
            shown,
            trace,
            earlier,
            talk: talk(&task.dialogue, &owner, self.clock().now()),
            why: self.why_now(&found, Some(number)).await?,
            feed: self.feed(history, &found.hidden),
            may: may(&found, task, person, permission),
        }))
    }

    /// What checks say about a task's pull request, as we last read it.
    async fn checks_of(&self, task: &task::Task) -> Result<Option<Checks>> {
        let Some(pull) = task.state.pull() else { return Ok(None) };
        let mut tx = self.db().read().await?;
        let found = pull_checks::of(&mut tx, task.planned.repo(), pull).await?;
        Ok(found.map(|(head, all)| Checks { head: head.0.chars().take(7).collect(), all }))
    }

    /// What was spent on a task of what may be, in words, where that is limited.
    async fn budget_of(&self, run: &RunId, task: &task::Task) -> Result<Option<String>> {
        if !task.purse.limit.is_there() {
            return Ok(None);
        }
        let mut tx = self.db().read().await?;
        let spent = spending::of_task(&mut tx, run, task.planned.number).await?;
        Ok(Some(task.purse.with(spent).words()))
    }

    /// What an agent said and did in a try; nothing, if this person may not see it.
    pub async fn trace_of(
        &self,
        person: &Login,
        run: &RunId,
        number: TaskNumber,
        wanted: Look,
    ) -> Result<Option<Vec<Step>>> {
        let Some(found) = self.found(person, run).await? else { return Ok(None) };
        let is_hidden = found.hidden.contains(&number);
        let tries = found.executions.iter().filter(|one| is_at(one, number) && !is_hidden);
        match tries.into_iter().find(|one| look(one) == wanted) {
            Some(one) => Ok(Some(self.steps_of(&one.id).await?)),
            None => Ok(None),
        }
    }

    async fn steps_of(&self, execution: &ExecutionId) -> Result<Vec<Step>> {
        let mut tx = self.db().read().await?;
        Ok(trace::steps(&traces::of(&mut tx, execution).await?))
    }

    fn attempt(&self, found: &Found, one: &Execution, shown: Option<Look>) -> Try {
        let (kind, word) = match one.status {
            Status::Queued => ("queued", "in the queue"),
            Status::Running => ("working", "at work"),
            Status::Delivered => ("delivered", "delivered"),
            Status::Published => ("done", "delivered"),
            Status::Done if look(one).is_review => ("done", "reviewed"),
            Status::Done => ("done", "delivered"),
            Status::Failed => ("failed", "failed"),
            Status::Cancelled => ("cancelled", "cancelled"),
        };
        let now = self.clock().now();
        let delivery = one.delivery.as_ref().map(|delivery| &delivery.0);
        Try {
            look: look(one),
            is_shown: shown == Some(look(one)),
            badge: Badge::new(kind, word),
            agent: one.agent.0.clone(),
            elapsed: one.started_at.map(|at| Elapsed::new(at, one.finished_at, now)),
            cost: found.cost(|spent| spent.execution_id == one.id),
            failure: one.failure.as_ref().map(|failure| failure.message.clone()),
            size: delivery.map(|delivery| {
                let size = delivery.size;
                let files = if size.files == 1 { "file" } else { "files" };
                format!("{} {files}, +{} −{}", size.files, size.added, size.removed)
            }),
            commits: delivery.map_or_else(Vec::new, |delivery| delivery.commits.clone()),
            summary: delivery.map(|delivery| delivery.summary.clone()),
        }
    }
}

fn is_at(one: &Execution, number: TaskNumber) -> bool {
    match one.subject {
        Subject::Task(_, task) | Subject::Review(_, task) => task == number,
        Subject::Plan(_) => false,
    }
}

fn look(one: &Execution) -> Look {
    let is_review = matches!(one.subject, Subject::Review(..));
    Look { attempt: one.attempt.0, is_review }
}

/// The last steps before `until`, and how many there are before them.
fn window(mut steps: Vec<Step>, until: Option<usize>) -> (Vec<Step>, usize) {
    steps.truncate(until.unwrap_or(usize::MAX));
    let earlier = steps.len().saturating_sub(STEPS);
    (steps.split_off(earlier), earlier)
}

/// Another task of the run, where this person may see it.
fn beside(found: &Found, number: TaskNumber) -> (String, Option<String>, Option<Badge>) {
    let task = found.run.find(number).filter(|_| !found.hidden.contains(&number));
    let title = task.map_or(String::new(), |task| format!(" {}", task.planned.title));
    let href = task.map(|_| format!("/runs/{}/tasks/{number}", found.run.id));
    (format!("T{number}{title}"), href, task.map(Badge::of_task))
}

/// What waits for a task.
fn behind(found: &Found, number: TaskNumber) -> Vec<(String, String, Badge)> {
    let waits = |task: &&task::Task| {
        task.planned.waits_for().any(|other| other == number)
            && !found.hidden.contains(&task.planned.number)
    };
    let row = |task: &task::Task| {
        let number = task.planned.number;
        let href = format!("/runs/{}/tasks/{number}", found.run.id);
        (format!("T{number} {}", task.planned.title), href, Badge::of_task(task))
    };
    found.run.tasks.iter().filter(waits).map(row).collect()
}

/// Whether this person may let more be spent on a task: its owner, or a maintainer.
fn may_raise(found: &Found, task: &task::Task, person: &Login, permission: Permission) -> bool {
    let is_latest = found.sprint.run.as_ref().is_some_and(|run| run.id == found.run.id);
    is_latest
        && found.run.state.is_live()
        && task.purse.limit.is_there()
        && !task.state.is_settled()
        && may_decide(person, permission, task.planned.owner.as_ref())
}

fn may(found: &Found, task: &task::Task, person: &Login, permission: Permission) -> May {
    let is_latest = found.sprint.run.as_ref().is_some_and(|run| run.id == found.run.id);
    if !is_latest || !found.run.state.is_live() {
        return May::default();
    }
    let is_owner = task.planned.owner.as_ref() == Some(person);
    let ask = task.state.may_be_guided() && (is_owner || permission.may_write());
    if !may_decide(person, permission, task.planned.owner.as_ref()) {
        return May { ask, only_read: true, ..May::default() };
    }
    // The machine knows what still changes anything.
    let changes =
        |event: task::Event| task.state.decide(&event).is_ok_and(|(next, _)| next != task.state);
    May {
        pause: task.state.may_still_start() && task.held_by.is_none(),
        resume: task.held_by.is_some(),
        retry: changes(task::Event::Retried(task::Again::Fresh)),
        skip: changes(task::Event::Skipped(person.clone())),
        cancel: changes(task::Event::Cancelled),
        ask,
        only_read: false,
    }
}
