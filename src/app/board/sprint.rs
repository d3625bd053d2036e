//! A sprint and its plan, as a person may see it.

use super::super::{App, Result};
use super::FEED;
use super::run::{HIDDEN, words};
use crate::db::{board, history, sprints};
use crate::domain::ids::{Login, SprintId, TaskNumber};
use crate::domain::permission::{Permission, may_decide};
use crate::domain::plan::PlannedTask;
use crate::domain::planning;
use crate::domain::run;
use crate::domain::sprint::Sprint;
use crate::say::page::parts::{Badge, Elapsed, Moment};
use crate::say::page::sprint::{Question, Run, Task, View};

impl App {
    /// The page of a sprint; nothing, if this person may not see it.
    pub async fn sprint_page(
        &self,
        person: &Login,
        id: &SprintId,
        version: Option<i64>,
    ) -> Result<Option<View>> {
        let mut tx = self.db().read().await?;
        let Some((sprint, _)) = sprints::find(&mut tx, id).await? else { return Ok(None) };
        let runs = board::runs_of(&mut tx, id).await?;
        let history = history::latest(&mut tx, id, FEED).await?;
        drop(tx);
        if !self.may_see(person, &sprint.repo).await? {
            return Ok(None);
        }
        let permission = self.sight(person, &sprint.repo).await?;
        let (tasks, hidden) = self.planned(&sprint, person).await?;
        let plan = sprint.plan.as_ref();
        let session = sprint.planning.session.as_ref().filter(|session| session.is_live());
        let now = self.clock().now();
        Ok(Some(View {
            id: id.0.clone(),
            name: sprint.goal.milestone.clone(),
            goal: sprint.goal.title.clone(),
            text: sprint.goal.text.clone(),
            issue: self.issue_link(&sprint.issue_ref()),
            project: sprint.project.0.clone(),
            badge: stands(&sprint),
            version: plan.map(|plan| plan.version),
            prd: plan.and_then(|plan| plan.prd.clone()),
            approved: tasks.iter().filter(|task| task.approved_by.is_some()).count(),
            whole: plan.map_or_else(String::new, |plan| plan.hash().0),
            tasks,
            questions: sprint.planning.posted().map(question).collect(),
            planning: session.map(|session| Elapsed::new(session.since, None, now)),
            why: self.why_page(person, id, None).await?.map(|found| found.why),
            versions: self.versions(person, id).await?.unwrap_or_default(),
            changed: self.difference(person, id, None, version).await?,
            runs: runs.into_iter().map(|run| self.past_run(run)).collect(),
            feed: self.feed(history, &hidden),
            roster: self.settings().roster().into_iter().map(|one| one.name.0).collect(),
            may_write: permission.may_write(),
            is_running: sprint.is_running(),
            is_ready: sprint.is_approved()
                && !sprint.is_running()
                && !sprint.is_carried_out()
                && sprint.planning.open().next().is_none(),
        }))
    }

    fn past_run(&self, run: board::Run) -> Run {
        let now = self.clock().now();
        Run {
            href: format!("/runs/{}", run.id),
            number: run.number.0,
            badge: Badge::of_run(run.status),
            by: run.started_by.0,
            at: Moment::new(run.started_at, now),
            elapsed: Elapsed::new(run.started_at, run.finished_at, now),
        }
    }

    /// The tasks of the plan, and those of them that this person may not see.
    pub(super) async fn planned(
        &self,
        sprint: &Sprint,
        person: &Login,
    ) -> Result<(Vec<Task>, Vec<TaskNumber>)> {
        let Some(plan) = &sprint.plan else { return Ok((Vec::new(), Vec::new())) };
        let waves = plan.waves();
        let wave_of = |number: TaskNumber| {
            waves.iter().position(|wave| wave.contains(&number)).map(|wave| wave + 1)
        };
        let (mut tasks, mut hidden) = (Vec::new(), Vec::new());
        for task in &plan.tasks {
            let permission = self.sight(person, task.repo()).await?;
            let mut row = self.planned_task(sprint, task, permission, person);
            row.wave = wave_of(task.number);
            if permission == Permission::None {
                hidden.push(task.number);
                HIDDEN.clone_into(&mut row.title);
                HIDDEN.clone_into(&mut row.repo);
                (row.text, row.issue) = (String::new(), None);
            }
            tasks.push(row);
        }
        tasks.sort_by_key(|task| (task.wave.unwrap_or(usize::MAX), task.number));
        Ok((tasks, hidden))
    }

    fn planned_task(
        &self,
        sprint: &Sprint,
        task: &PlannedTask,
        permission: Permission,
        person: &Login,
    ) -> Task {
        Task {
            number: task.number.0,
            title: task.title.clone(),
            text: task.text.clone(),
            issue: task.issue.as_ref().map(|issue| self.issue_link(issue)),
            repo: task.repo().to_string(),
            owner: task.owner.as_ref().map(|owner| owner.0.clone()),
            agent: task.agent.0.clone(),
            estimate: task.estimate,
            after: task.after.iter().map(|one| words(one, &sprint.repo)).collect(),
            wave: None,
            approved_by: sprint.approval_of(task).map(|approval| approval.by.0.clone()),
            hash: task.hash().0,
            may_approve: !sprint.is_running()
                && may_decide(person, permission, task.owner.as_ref()),
        }
    }
}

fn question(question: &planning::Question) -> Question {
    let answer = question.answer.as_ref();
    Question {
        number: question.number,
        text: question.text.clone(),
        options: question.options.clone(),
        to: question.to.0.clone(),
        answer: answer.map(|answer| answer.text.clone().unwrap_or_else(|| "(skipped)".to_owned())),
        answered_by: answer.map(|answer| answer.by.0.clone()),
    }
}

/// How a sprint stands.
pub(super) fn stands(sprint: &Sprint) -> Badge {
    if let Some(run) = sprint.run.as_ref()
        && (run.state.is_live() || sprint.is_carried_out() || run.state == run::State::Cancelled)
    {
        return Badge::of_run(run.state);
    }
    let state = sprint.planning.session.as_ref().map(|session| &session.state);
    match (&sprint.plan, state) {
        (_, Some(planning::State::Queued { .. } | planning::State::Working { .. })) => {
            Badge::new("working", "being planned")
        }
        (_, Some(planning::State::Asking)) => Badge::new("review", "has questions"),
        (None, _) => Badge::new("waiting", "no plan yet"),
        (Some(_), _) if sprint.is_approved() => Badge::new("done", "ready to start"),
        (Some(_), _) => Badge::new("review", "to be approved"),
    }
}
