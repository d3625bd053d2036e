//! A run, as a person may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::{App, Result};
use super::FEED;
use crate::db::executions::{self, Execution, Status, Subject};
use crate::db::{board, history, runs, spending, traces};
use crate::domain::forecast::forecast;
use crate::domain::ids::{ExecutionId, Login, RepoName, RunId, SprintId, TaskNumber};
use crate::domain::permission::Permission;
use crate::domain::plan::{Dependency, Plan, PlannedTask};
use crate::domain::run::{Hold, Run};
use crate::domain::sprint::Sprint;
use crate::domain::task;
use crate::say::page::graph::{self, Node};
use crate::say::page::parts::{Badge, Elapsed};
use crate::say::page::run::{Agent, Task, View};
use crate::say::page::trace;

/// What stands where a person may not see what is there.
pub(super) const HIDDEN: &str = "in a repository you cannot see";

/// A run, as one moment has it.
pub(super) struct Found {
    pub(super) sprint: Arc<Sprint>,
    pub(super) row: board::Run,
    pub(super) run: Run,
    pub(super) executions: Vec<Execution>,
    pub(super) history: Vec<history::Entry>,
    pub(super) spent: Vec<board::Spent>,
    pub(super) hidden: Vec<TaskNumber>,
}

impl Found {
    pub(super) fn cost(&self, of: impl Fn(&board::Spent) -> bool) -> Option<String> {
        let own = self.spent.iter().filter(|one| one.run_id.as_ref() == Some(&self.run.id));
        let bodies: Vec<&Value> = own.filter(|one| of(one)).map(|one| &one.body.0).collect();
        trace::cost(&bodies)
    }

    /// Its tasks as the plan they were.
    fn plan(&self) -> Plan {
        let planned =
            |task: &task::Task| PlannedTask { after: after(task), ..task.planned.clone() };
        let tasks = self.run.tasks.iter().map(planned).collect();
        Plan { tasks, ..Plan::default() }
    }
}

impl App {
    /// The page of a run; nothing, if this person may not see it.
    pub async fn run_page(&self, person: &Login, id: &RunId) -> Result<Option<View>> {
        let Some(found) = self.found(person, id).await? else { return Ok(None) };
        let steps = self.steps(&found).await?;
        let permission = self.sight(person, &found.sprint.repo).await?;
        let (now, run) = (self.clock().now(), &found.run);
        let plan = found.plan();
        let critical: BTreeSet<_> = forecast(&plan, 1)
            .map_or_else(BTreeSet::new, |forecast| forecast.path.into_iter().collect());
        let waves = plan.waves();
        let tasks: BTreeMap<_, _> = run
            .tasks
            .iter()
            .map(|one| (one.planned.number, self.task_row(&found, one, &critical)))
            .collect();
        let latest = found.sprint.run.as_ref().is_some_and(|latest| latest.id == run.id);
        let is_live = latest && run.state.is_live();
        Ok(Some(View {
            id: run.id.0.clone(),
            sprint: found.sprint.id.0.clone(),
            name: found.sprint.goal.milestone.clone(),
            goal: found.sprint.goal.title.clone(),
            issue: self.issue_link(&found.sprint.issue_ref()),
            number: run.number.0,
            is_latest: latest,
            badge: Badge::of_run(run.state),
            is_live,
            is_paused: run.holds.iter().any(Hold::is_a_persons),
            holds: self.why_held(person, &run.holds).await?,
            why: self.why_now(&found, None).await?,
            started_by: run.started_by.0.clone(),
            elapsed: Elapsed::new(found.row.started_at, found.row.finished_at, now),
            cost: found.cost(|_| true),
            done: run.tasks.iter().filter(|task| task.state.is_settled()).count(),
            tasks: run.tasks.len(),
            graph: graph::draw(&nodes(run, &tasks), &numbers(&waves)),
            waves: waves
                .iter()
                .map(|wave| wave.iter().filter_map(|number| tasks.get(number).cloned()).collect())
                .collect(),
            agents: self.at_work(&found, &steps),
            feed: self.feed(found.history.clone(), &found.hidden),
            may_steer: is_live && permission.may_write(),
            may_end: is_live && may_end(person, permission, run),
            budget: self.budget_of_run(run).await?,
        }))
    }

    /// What was spent on a run of what may be, in words, where that is limited.
    async fn budget_of_run(&self, run: &Run) -> Result<Option<String>> {
        if !run.purse.limit.is_there() {
            return Ok(None);
        }
        let mut tx = self.db().read().await?;
        let spent = spending::of_run(&mut tx, &run.id).await?;
        Ok(Some(run.purse.with(spent).words()))
    }

    /// Whose run it is, whoever asks.
    pub async fn sprint_of_page(&self, run: &RunId) -> Result<Option<SprintId>> {
        let mut tx = self.db().read().await?;
        Ok(board::run(&mut tx, run).await?.map(|run| run.sprint_id))
    }

    /// A run, if this person may see it.
    pub(super) async fn found(&self, person: &Login, id: &RunId) -> Result<Option<Found>> {
        let mut tx = self.db().read().await?;
        let Some(row) = board::run(&mut tx, id).await? else { return Ok(None) };
        let sprint = self.sprint_as_kept(&mut tx, &row.sprint_id).await?;
        let latest = sprint.run.as_ref().filter(|latest| latest.id == *id).cloned();
        let run = match latest {
            Some(run) => Some(run),
            None => runs::find(&mut tx, id).await?,
        };
        let Some(run) = run else { return Ok(None) };
        let executions = executions::of_run(&mut tx, id).await?;
        let history = history::latest_of_run(&mut tx, &sprint.id, id, FEED).await?;
        let spent = board::spent_in(&mut tx, id).await?;
        drop(tx);
        if !self.may_see(person, &sprint.repo).await? {
            return Ok(None);
        }
        let mut hidden = Vec::new();
        for task in &run.tasks {
            if !self.may_see(person, task.planned.repo()).await? {
                hidden.push(task.planned.number);
            }
        }
        Ok(Some(Found { sprint, row, run, executions, history, spent, hidden }))
    }

    /// Why nothing new is started, as far as this person may know.
    async fn why_held(&self, person: &Login, holds: &[Hold]) -> Result<Vec<String>> {
        let mut words = Vec::new();
        for hold in holds {
            words.push(match hold {
                Hold::OutOfReach { repo, .. } if !self.may_see(person, repo).await? => {
                    "a repository of its cannot be worked in".to_owned()
                }
                Hold::OutOfReach { .. } | Hold::Person(_) | Hold::NotASprint | Hold::Spent => {
                    hold.to_string()
                }
            });
        }
        Ok(words)
    }

    /// What each agent at work did last.
    async fn steps(&self, found: &Found) -> Result<BTreeMap<ExecutionId, String>> {
        let mut steps = BTreeMap::new();
        let mut tx = self.db().read().await?;
        for one in found.executions.iter().filter(|one| one.status == Status::Running) {
            let last = traces::last(&mut tx, &one.id, 1).await?;
            if let Some(words) = last.first().and_then(trace::brief) {
                steps.insert(one.id.clone(), words);
            }
        }
        Ok(steps)
    }

    fn at_work(&self, found: &Found, steps: &BTreeMap<ExecutionId, String>) -> Vec<Agent> {
        let now = self.clock().now();
        let running = found.executions.iter().filter(|one| one.status == Status::Running);
        let agent = |one: &Execution| {
            let Subject::Task(_, number) = one.subject else { return None };
            if found.hidden.contains(&number) {
                return None;
            }
            Some(Agent {
                name: one.agent.0.clone(),
                task: number.0,
                href: format!("/runs/{}/tasks/{number}", found.run.id),
                attempt: found
                    .run
                    .find(number)
                    .map_or(one.attempt.0, |task| task.dialogue.counted(one.attempt).max(1)),
                step: steps.get(&one.id).cloned(),
                elapsed: one.started_at.map(|at| Elapsed::new(at, None, now)),
            })
        };
        running.filter_map(agent).collect()
    }

    fn task_row(&self, found: &Found, task: &task::Task, critical: &BTreeSet<TaskNumber>) -> Task {
        let number = task.planned.number;
        let is_hidden = found.hidden.contains(&number);
        let home = &found.sprint.repo;
        let waits_for = task.waits_for.iter().filter(|_| !is_hidden);
        Task {
            number: number.0,
            title: if is_hidden { HIDDEN.to_owned() } else { task.planned.title.clone() },
            href: (!is_hidden).then(|| format!("/runs/{}/tasks/{number}", found.run.id)),
            badge: Badge::of_task(task),
            owner: task.planned.owner.as_ref().map_or_else(String::new, |owner| owner.0.clone()),
            agent: task.planned.agent.0.clone(),
            attempt: task.dialogue.counted(task.state.attempt()).max(0),
            pull: task
                .state
                .pull()
                .filter(|_| !is_hidden)
                .map(|pull| self.pull_link(task.planned.repo(), pull.0)),
            part_of: task.delegation.parent.map(|parent| parent.0),
            waits_for: waits_for.map(|one| words(one, home)).collect(),
            is_critical: critical.contains(&number) && 1 < critical.len(),
            cost: found.cost(|one| one.task == Some(number)),
        }
    }
}

/// What something waits for, in words.
pub(super) fn words(dependency: &Dependency, home: &RepoName) -> String {
    match dependency {
        Dependency::Task(number) => format!("T{number}"),
        Dependency::Outside(issue) | Dependency::Dropped(issue) | Dependency::Unknown(issue) => {
            crate::say::reference(home, &issue.repo, issue.number.0)
        }
    }
}

/// What a task comes after: what it depended on, or where it is a part, the task whose agent handed it
/// out, so that it is shown below that one.
fn after(task: &task::Task) -> Vec<Dependency> {
    let whole = task.delegation.parent.map(Dependency::Task);
    task.planned.after.iter().cloned().chain(whole).collect()
}

fn numbers_in(all: &[Dependency]) -> Vec<i64> {
    let number = |one: &Dependency| match one {
        Dependency::Task(number) => Some(number.0),
        Dependency::Outside(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => None,
    };
    all.iter().filter_map(number).collect()
}

fn nodes(run: &Run, rows: &BTreeMap<TaskNumber, Task>) -> Vec<Node> {
    let node = |task: &task::Task| {
        let row = rows.get(&task.planned.number)?;
        Some(Node {
            number: row.number,
            title: row.title.clone(),
            href: row.href.clone(),
            badge: row.badge.clone(),
            owner: row.owner.clone(),
            after: numbers_in(&after(task)),
            is_critical: row.is_critical,
        })
    };
    run.tasks.iter().filter_map(node).collect()
}

fn numbers(waves: &[Vec<TaskNumber>]) -> Vec<Vec<i64>> {
    waves.iter().map(|wave| wave.iter().map(|number| number.0).collect()).collect()
}

/// Who started a run may end it, and maintainers may.
fn may_end(person: &Login, permission: Permission, run: &Run) -> bool {
    permission.may_write() && (run.started_by == *person || permission.maintains())
}
