//! How a plan came to be, and why something does not move, as a person may see it.

use super::super::why::{explain, reason};
use super::super::{App, Result};
use super::run::{Found, HIDDEN};
use crate::db::{plans, sprints};
use crate::domain::diff::Diff;
use crate::domain::ids::{Login, RepoName, SprintId, TaskNumber};
use crate::domain::plan::Plan;
use crate::domain::sprint::Sprint;
use crate::say::page::parts::Moment;
use crate::say::page::sprint::Version;
use crate::say::page::why::{Because, View};

impl App {
    /// A sprint, if this person may see it.
    pub(super) async fn seen_sprint(
        &self,
        person: &Login,
        id: &SprintId,
    ) -> Result<Option<Sprint>> {
        let mut tx = self.db().read().await?;
        let Some((sprint, _)) = sprints::find(&mut tx, id).await? else { return Ok(None) };
        drop(tx);
        Ok(self.may_see(person, &sprint.repo).await?.then_some(sprint))
    }

    /// The versions of a sprint's plan, latest first.
    pub async fn versions(&self, person: &Login, id: &SprintId) -> Result<Option<Vec<Version>>> {
        if self.seen_sprint(person, id).await?.is_none() {
            return Ok(None);
        }
        let mut tx = self.db().read().await?;
        let versions = plans::versions(&mut tx, id).await?;
        drop(tx);
        let now = self.clock().now();
        let version = |(version, at)| Version { version, made: Moment::new(at, now) };
        Ok(Some(versions.into_iter().map(version).collect()))
    }

    /// What changed from one version to another, or else from the one before the latest to it,
    /// without what this person may not see.
    pub async fn difference(
        &self,
        person: &Login,
        id: &SprintId,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<Option<Diff>> {
        let Some(sprint) = self.seen_sprint(person, id).await? else { return Ok(None) };
        let Some(latest) = sprint.plan.as_ref().map(|plan| plan.version) else { return Ok(None) };
        let to = to.unwrap_or(latest);
        let mut tx = self.db().read().await?;
        let new = plans::of_version(&mut tx, id, to).await?;
        let before = from.unwrap_or(to.saturating_sub(1));
        let old = plans::of_version(&mut tx, id, before).await?;
        drop(tx);
        // Before the first version there was nothing.
        let old = old.or_else(|| (from.is_none() && to == 1).then(Plan::default));
        let (Some(old), Some(new)) = (old, new) else { return Ok(None) };
        let mut diff = Diff::between(&old, &new);
        for task in old.tasks.iter().chain(&new.tasks) {
            if !self.may_see(person, task.repo()).await? {
                hide(&mut diff, task.number);
            }
        }
        Ok(Some(diff))
    }

    /// Why a sprint, or one of its tasks, does not move, as far as the database knows.
    pub async fn why_page(
        &self,
        person: &Login,
        id: &SprintId,
        task: Option<TaskNumber>,
    ) -> Result<Option<View>> {
        let Some(sprint) = self.seen_sprint(person, id).await? else { return Ok(None) };
        let hidden = self.hidden_tasks(person, &sprint).await?;
        if task.is_some_and(|task| hidden.contains(&task)) {
            return Ok(None);
        }
        let now = self.clock().now();
        let explained = explain(self.db(), self.settings(), id, task, now).await?;
        let Ok(explained) = explained else { return Ok(None) };
        let is_shown = |task: Option<TaskNumber>| task.is_none_or(|task| !hidden.contains(&task));
        let each = explained.each.iter().filter(|one| is_shown(one.task));
        Ok(Some(View {
            why: Because::new(&explained.why, now),
            each: each.map(|one| Because::new(one, now)).collect(),
        }))
    }

    /// The one reason why a run, or a task of it, does not move, while it may.
    pub(super) async fn why_now(
        &self,
        found: &Found,
        task: Option<TaskNumber>,
    ) -> Result<Option<Because>> {
        let latest = found.sprint.run.as_ref().filter(|run| run.id == found.run.id);
        if !latest.is_some_and(|run| run.state.is_live()) {
            return Ok(None);
        }
        let now = self.clock().now();
        let why = reason(self.db(), self.settings(), &found.sprint, task, now).await?;
        Ok(why.ok().map(|why| Because::new(&why, now)))
    }

    /// The tasks of a sprint that are in repositories this person cannot see.
    async fn hidden_tasks(&self, person: &Login, sprint: &Sprint) -> Result<Vec<TaskNumber>> {
        let planned = sprint.plan.iter().flat_map(|plan| &plan.tasks);
        let running = sprint.run.iter().flat_map(|run| run.tasks.iter().map(|task| &task.planned));
        let all: Vec<(TaskNumber, &RepoName)> =
            planned.chain(running).map(|task| (task.number, task.repo())).collect();
        let mut hidden = Vec::new();
        for (number, repo) in all {
            if !self.may_see(person, repo).await? {
                hidden.push(number);
            }
        }
        Ok(hidden)
    }
}

/// Leaves of a task nothing but its number.
fn hide(diff: &mut Diff, task: TaskNumber) {
    for (number, title) in diff.added.iter_mut().chain(&mut diff.gone) {
        if *number == task {
            HIDDEN.clone_into(title);
        }
    }
    diff.tasks.retain(|one| one.number != task);
}
