//! A task's issue tells the same story as the plan, where somebody changed the plan by command.

use std::collections::BTreeSet;

use super::apply::Cause;
use super::{App, Result};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{IssueRef, Login, SprintId, TaskNumber};
use crate::domain::plan::{Dependency, Plan, PlannedTask, Reading};
use crate::domain::references::dependencies;
use crate::domain::refine::Remark;
use crate::domain::sprint::{Event, Sprint};
use crate::github::{Changes, Issue, Repo};

/// A task, its issue, and what the issue said when it was last read.
struct Mirrored<'a> {
    sprint: &'a Sprint,
    plan: &'a Plan,
    task: &'a PlannedTask,
    repo: Repo,
    issue: Issue,
    /// What the issue says once all is done.
    says: Reading,
}

impl App {
    /// Makes a task's issue say what the plan says: title, assignee, blocked-by links. What a
    /// person changed there meanwhile is left alone; the next survey takes it over.
    pub(super) async fn mirror(&self, id: &SprintId, number: TaskNumber) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let Some(plan) = sprint.plan.as_ref().filter(|_| !sprint.is_running()) else {
            return Ok(());
        };
        let Some(task) = plan.find(number) else { return Ok(()) };
        let (Some(place), Some(then)) = (&task.issue, &task.reading) else { return Ok(()) };
        let repo = self.repo(&place.repo).await?;
        let issue = match repo.issue(place.number).await {
            Err(error) if error.is_gone() => return Ok(()),
            issue => issue?,
        };
        let (sprint, says) = (&sprint, then.clone());
        let mut mirrored = Mirrored { sprint, plan, task, repo, issue, says };
        mirrored.title().await?;
        self.mirror_owner(&mut mirrored).await?;
        self.mirror_links(&mut mirrored, place).await?;
        if mirrored.says != *then {
            let event = Event::Mirrored { task: number, reading: mirrored.says };
            self.apply(id, &event, &Cause::by("Team6")).await?;
        }
        Ok(())
    }

    async fn mirror_owner(&self, mirrored: &mut Mirrored<'_>) -> Result<()> {
        let Mirrored { task, repo, issue, says, .. } = mirrored;
        let Some(owner) = &task.owner else { return Ok(()) };
        let people = people_of(issue);
        if people.first() != says.owner.as_ref() || people.contains(owner) {
            return Ok(());
        }
        let mut people = people_of(&repo.assign(issue.number, std::slice::from_ref(owner)).await?);
        if !people.contains(owner) {
            return self.remark(mirrored, |task, owner| Remark::NotAssigned { task, owner }).await;
        }
        if let Some(former) = &says.owner {
            people = people_of(&repo.unassign(issue.number, std::slice::from_ref(former)).await?);
        }
        says.others = people.iter().skip(1).cloned().collect();
        says.owner = people.into_iter().next();
        Ok(())
    }

    async fn remark(
        &self,
        mirrored: &Mirrored<'_>,
        remark: impl Fn(TaskNumber, Login) -> Remark,
    ) -> Result<()> {
        let Mirrored { sprint, task, .. } = mirrored;
        let Some(owner) = task.owner.clone() else { return Ok(()) };
        let key = format!("not assigned {} {} {owner}", sprint.id, task.number);
        let remarks = vec![remark(task.number, owner.clone())];
        let saying = Saying::Remarks { to: owner, remarks };
        let say = Effect::Say { on: sprint.issue_ref(), key: key.clone(), saying };
        self.ask_once(&key, &[say], None).await
    }

    async fn mirror_links(&self, mirrored: &mut Mirrored<'_>, home: &IssueRef) -> Result<()> {
        let wanted: BTreeSet<_> = mirrored.task.waits_for().collect();
        let said: BTreeSet<_> = mirrored.says.after.iter().filter_map(number).collect();
        if wanted == said {
            return Ok(());
        }
        let links = mirrored.repo.blocked_by(home.number).await?;
        for number in wanted.difference(&said) {
            let Some(blocker) = mirrored.issue_of(*number) else { continue };
            let is_linked = links.iter().any(|link| link.reference().as_ref() == Some(&blocker));
            if is_linked || self.link(&mirrored.repo, home, &blocker).await? {
                mirrored.says.after.push(Dependency::Task(*number));
            }
        }
        for number in said.difference(&wanted) {
            let Some(blocker) = mirrored.issue_of(*number) else { continue };
            let link = links.iter().find(|link| link.reference().as_ref() == Some(&blocker));
            if let Some(link) = link {
                mirrored.repo.unblock(home.number, link).await?;
            }
            let is_dropped = mirrored.plan.find(*number).is_none();
            if is_dropped || !dependencies(&mirrored.issue.body, &home.repo).contains(&blocker) {
                mirrored.says.after.retain(|one| *one != Dependency::Task(*number));
            } else {
                self.still_in_its_text(mirrored, blocker).await?;
            }
        }
        mirrored.says.after.sort();
        Ok(())
    }

    /// Says on GitHub that an issue waits for another; false, where it cannot be said.
    pub(super) async fn link(
        &self,
        repo: &Repo,
        issue: &IssueRef,
        blocker: &IssueRef,
    ) -> Result<bool> {
        let found = match self.repo(&blocker.repo).await?.issue(blocker.number).await {
            Err(error) if error.is_gone() => return Ok(false),
            found => found?,
        };
        Ok(repo.block(issue.number, &found).await?)
    }

    async fn still_in_its_text(&self, mirrored: &Mirrored<'_>, issue: IssueRef) -> Result<()> {
        let Mirrored { sprint, task, .. } = mirrored;
        let Some(to) = task.owner.clone() else { return Ok(()) };
        let key = format!("in its text {} {} {issue}", sprint.id, task.number);
        let remarks = vec![Remark::StillInItsText { task: task.number, issue }];
        let saying = Saying::Remarks { to, remarks };
        let say = Effect::Say { on: sprint.issue_ref(), key: key.clone(), saying };
        self.ask_once(&key, &[say], None).await
    }
}

impl Mirrored<'_> {
    async fn title(&mut self) -> Result<()> {
        let now = self.issue.title.trim();
        if now == self.task.title || now != self.says.title {
            return Ok(());
        }
        let title = Some(self.task.title.clone());
        self.repo.change_issue(self.issue.number, &Changes { title, ..Changes::default() }).await?;
        self.says.title.clone_from(&self.task.title);
        Ok(())
    }

    fn issue_of(&self, number: TaskNumber) -> Option<IssueRef> {
        let dropped = self.plan.dropped.iter().find(|task| task.number == number);
        let dropped = dropped.and_then(|task| task.issue.clone());
        self.plan.find(number).and_then(|task| task.issue.clone()).or(dropped)
    }
}

/// The people an issue is assigned to, first first.
pub(super) fn people_of(issue: &Issue) -> Vec<Login> {
    let people = issue.assignees.iter().filter(|account| !account.is_bot());
    people.map(|account| account.login.clone()).collect()
}

fn number(dependency: &Dependency) -> Option<TaskNumber> {
    match dependency {
        Dependency::Task(number) => Some(*number),
        Dependency::Outside(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => None,
    }
}
