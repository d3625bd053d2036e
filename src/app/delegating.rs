//! An agent hands parts of its task to other agents: the tool, and what begins when its turn is over.

use serde_json::Value;

use super::apply::Cause;
use super::executing::task_of;
use super::make_issues::{marker_of_part, new_issue};
use super::task_tools::said;
use super::tools::refused;
use super::{App, Error, Result};
use crate::db::executions::{self, Execution};
use crate::db::{bundles, spending};
use crate::domain::delegation::tools::{Wanted, read, too_many};
use crate::domain::delegation::{Draft, Event as Happened, Handed, Limits, Part, Stage};
use crate::domain::ids::{Attempt, ExecutionId, IssueRef, RunId, TaskNumber};
use crate::domain::plan::PlannedTask;
use crate::domain::planner::{Specialist, best_agent};
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{State, Task};
use crate::domain::work::{Class, Lease, ToolAnswer};

impl App {
    /// What agents may hand to others without anybody being asked.
    pub(super) fn delegation(&self) -> Limits {
        self.settings().delegation
    }

    /// `delegate_subtask`: records a part of a task, and answers what comes of it.
    pub(super) async fn delegate(
        &self,
        execution: &Execution,
        lease: &Lease,
        number: TaskNumber,
        passed: &Value,
    ) -> Result<ToolAnswer> {
        let limits = self.delegation();
        if limits.depth == 0 {
            return Ok(refused(
                "Not recorded: agents hand nothing to others here. Do it yourself.",
            ));
        }
        let wanted = match read(passed) {
            Ok(wanted) => wanted,
            Err(wrong) => {
                return Ok(refused(&format!("Not recorded: {}. Try again.", wrong.join("; "))));
            }
        };
        let sprint = self.sprint(&execution.sprint_id).await?;
        let Some(task) = task_of(&sprint, execution) else { return Ok(refused(&too_many())) };
        let home = task.planned.repo();
        if let Some(other) = wanted.repository.as_ref().filter(|name| **name != home.to_string()) {
            return Ok(refused(&format!(
                "Not recorded: a part is done in the repository of its task, {home}, and not in \
                 {other}. Say in your summary what is missing there."
            )));
        }
        let roster = self.roster(&sprint.repo).await?;
        let draft = match drafted(wanted, roster.of(home)) {
            Ok(draft) => draft,
            Err(why) => return Ok(refused(&why)),
        };
        let handed = Handed { draft: draft.clone(), limits };
        let event = Event::Delegation(number, Happened::Handed(execution.attempt, handed));
        let sprint = self.agent_lets(execution, lease, &event).await?;
        let found = task_of(&sprint, execution);
        let part = found.and_then(|task| task.delegation.find(&draft.title));
        Ok(part.map_or_else(|| refused(&too_many()), answered))
    }

    /// Pushes what a try committed, and makes an issue for each part that may begin.
    pub(super) async fn share(
        &self,
        run: &RunId,
        number: TaskNumber,
        attempt: Attempt,
    ) -> Result<()> {
        let Some((sprint, task)) = self.waits_for_parts(run, number, attempt).await? else {
            return Ok(());
        };
        let id = ExecutionId::of(run, number, attempt);
        if !self.push_so_far(&id, &sprint, &task).await? {
            return Ok(());
        }
        let waiting = self.waits_for_parts(run, number, attempt).await?;
        let Some((sprint, task)) = waiting.filter(|(_, task)| task.delegation.is_shared) else {
            return Ok(());
        };
        if task.delegation.approved().next().is_none() {
            return Ok(());
        }
        let place = self.place(&sprint, task.planned.repo()).await?;
        for part in task.delegation.approved() {
            let marker = marker_of_part(run, part.number);
            let issue = match place.made.get(&marker) {
                // It was made by a try that died before noting it.
                Some(issue) => issue.clone(),
                None => {
                    let planned = described(&task, part);
                    place.repo.create_issue(&new_issue(&planned, &place, &marker)).await?
                }
            };
            let issue = IssueRef { repo: task.planned.repo().clone(), number: issue.number };
            let mut tx = self.db().read().await?;
            let spent = spending::of_task(&mut tx, run, number).await?;
            drop(tx);
            let limits = self.delegation();
            let made = Happened::IssueMade { part: part.number, issue, limits, spent };
            let event = Event::Delegation(number, made);
            self.apply(&sprint.id, &event, &Cause::by("Team6")).await?;
        }
        Ok(())
    }

    /// It will not be pushed: the try failed, and nobody can begin from it.
    pub(super) async fn sharing_failed(
        &self,
        (run, number): (&RunId, TaskNumber),
        attempt: Attempt,
        why: &str,
    ) -> Result<()> {
        let Some((sprint, task)) = self.waits_for_parts(run, number, attempt).await? else {
            return Ok(());
        };
        let id = ExecutionId::of(run, number, attempt);
        self.sharing_ends(&id, &sprint, &task, Class::Unacceptable, why).await
    }

    /// The task, if its agent of this try still waits for its parts.
    async fn waits_for_parts(
        &self,
        run: &RunId,
        number: TaskNumber,
        of: Attempt,
    ) -> Result<Option<(Sprint, Task)>> {
        let Some(sprint) = self.sprint_of(run).await? else { return Ok(None) };
        let task = sprint.run.as_ref().and_then(|run| run.find(number)).cloned();
        let waits =
            |task: &Task| matches!(task.state, State::Delegating { attempt, .. } if attempt == of);
        Ok(task.filter(waits).map(|task| (sprint, task)))
    }

    /// Brings the branch that parts begin from to GitHub; false where that try came to nothing.
    async fn push_so_far(&self, id: &ExecutionId, sprint: &Sprint, task: &Task) -> Result<bool> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, id).await?;
        let has_bundle = bundles::is_here(&mut tx, id, execution.epoch).await?;
        drop(tx);
        if let Some(delivery) = execution.delivery.clone().filter(|_| has_bundle) {
            let work = super::publish::Work {
                execution,
                sprint: sprint.clone(),
                task: task.clone(),
                delivery: delivery.0,
            };
            match self.push(&work).await {
                Err(Error::Git(error)) if super::publish::is_outrun(&error) => {
                    let why = error.to_string();
                    self.sharing_ends(id, sprint, task, Class::Machinery, &why).await?;
                    return Ok(false);
                }
                Err(Error::Git(error)) if super::publish::is_final(&error) => {
                    let why = error.to_string();
                    self.sharing_ends(id, sprint, task, Class::Unacceptable, &why).await?;
                    return Ok(false);
                }
                pushed => pushed?,
            }
        } else if !task.delegation.is_shared {
            self.make_branch(sprint, task).await?;
        }
        let number = task.planned.number;
        let event = Event::Delegation(number, Happened::Shared);
        loop {
            let mut tx = self.db().begin().await?;
            if has_bundle {
                executions::published(&mut tx, id).await?;
                bundles::drop(&mut tx, id).await?;
            }
            if self.apply_in(&mut tx, &sprint.id, &event, &Cause::by("Team6")).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return Ok(true);
            }
        }
    }

    /// An agent that committed nothing yet: the branch begins where the base is.
    async fn make_branch(&self, sprint: &Sprint, task: &Task) -> Result<()> {
        let repo = self.repo(task.planned.repo()).await?;
        if repo.find_head(&task.branch).await?.is_some() {
            return Ok(());
        }
        let base = self.base_of(sprint, task).await?;
        let head = repo.find_head(&base).await?;
        let head = head.ok_or(Error::NotYet("the base branch is not there"))?;
        Ok(repo.create_branch(&task.branch, &head).await?)
    }

    async fn sharing_ends(
        &self,
        id: &ExecutionId,
        sprint: &Sprint,
        task: &Task,
        class: Class,
        why: &str,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, id).await?;
        drop(tx);
        self.came_to_nothing(&execution, &sprint.id, task.planned.number, class, why).await
    }
}

/// A part in all that its agent can be told, for its issue.
fn described(task: &Task, part: &Part) -> PlannedTask {
    let Draft { title, text, acceptance, agent } = part.draft.clone();
    PlannedTask {
        text: format!("{text}\n\nPart of #{}.", task.issue.number),
        acceptance,
        owner: task.planned.owner.clone(),
        ..PlannedTask::new(part.number, task.planned.repo().clone(), &title, agent)
    }
}

/// What is wanted, with the agent that shall do it; why not, in words.
fn drafted(wanted: Wanted, roster: &[Specialist]) -> Result<Draft, String> {
    let Wanted { title, text, acceptance, agent, good_at, repository: _ } = wanted;
    let agent = match agent {
        Some(name) => {
            let found = roster.iter().find(|one| one.name.0 == name);
            found.map(|one| one.name.clone()).ok_or_else(|| {
                let known = |one: &Specialist| format!("- {}: {}", one.name, one.good_at);
                let known: Vec<_> = roster.iter().map(known).collect();
                format!(
                    "Not recorded: there is no agent `{name}`. There are these:\n\n{}",
                    known.join("\n")
                )
            })?
        }
        None => best_agent(&good_at.unwrap_or_else(|| format!("{title}\n{text}")), roster),
    };
    Ok(Draft { title, text, acceptance, agent })
}

fn answered(part: &Part) -> ToolAnswer {
    let (number, agent) = (part.number, &part.draft.agent);
    let then = match part.stage {
        Stage::Asked => {
            "That is more than agents may hand out by themselves, so the owner of your task is asked \
             when your turn ends."
        }
        Stage::Approved | Stage::UnderWay | Stage::Over(_) => "It begins when your turn ends.",
    };
    said(format!(
        "Recorded as T{number}, for the agent `{agent}`. {then} Hand out what else is to be, commit \
         what the others need of your work, and end your turn: what comes of it all is in your next \
         prompt."
    ))
}
