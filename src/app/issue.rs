//! An issue changed: perhaps it is a sprint issue now, or was one, or it is a task.

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::{effects, heard, repositories, sprints, tasks};
use crate::domain::effect::{Effect, Saying};
use crate::domain::found::{Found, Obstacle};
use crate::domain::ids::{DeliveryId, IssueRef, MilestoneNumber, RepoId, RepoName, SprintId};
use crate::domain::planning::Planning;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Event, Goal, Lack, Sprint, State};
use crate::github::fact::Place;
use crate::github::{self, Issue, Milestone};

impl App {
    /// Compares what we know of an issue with what GitHub has.
    pub(super) async fn issue_touched(
        &self,
        touched: &IssueRef,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let known = match self.known(&touched.repo).await {
            Err(Error::NotInstalled(_) | Error::Away(..)) => return Ok(()),
            known => known?,
        };
        let repo = match self.repo(&touched.repo).await {
            Err(Error::Away(..)) => return Ok(()),
            repo => repo?,
        };
        let issue = match repo.issue(touched.number).await {
            Ok(issue) if issue.is_pull() => return Ok(()),
            Ok(issue) if self.has_moved(&known, touched, &issue).await? => None,
            Ok(issue) => Some(issue),
            Err(error) if error.is_gone() && repo.is_there().await? => None,
            // Not the issue is gone, but all we could see of the repository.
            Err(error) if error.is_gone() => return self.look_around().await,
            Err(error) => return Err(error.into()),
        };
        let id = SprintId::of(known.id, touched.number);
        if let Some(issue) = &issue
            && let Some(milestone) = self.milestone_of_sprint_issue(issue)
        {
            return self.recognize(&id, &known, issue, milestone, delivery).await;
        }
        self.forget(&id, lack_of(issue.as_ref()), delivery).await?;
        self.task_issue_touched(touched, issue.as_ref(), delivery).await
    }

    /// Whether GitHub sent us to an issue that is in another repository by now. One whose repository
    /// was only renamed has not moved.
    async fn has_moved(
        &self,
        known: &repositories::Repository,
        touched: &IssueRef,
        issue: &Issue,
    ) -> Result<bool> {
        let Some(now) = issue.reference() else { return Ok(false) };
        if now.number == touched.number && now.repo == known.name {
            return Ok(false);
        }
        self.look_around().await?;
        let mut tx = self.db().read().await?;
        let repository = repositories::by_id(&mut tx, known.id).await?;
        let same = |one: repositories::Repository| one.name == now.repo;
        Ok(now.number != touched.number || !repository.is_some_and(same))
    }

    /// A milestone changed: its sprint issue may have become one, or not be one any more.
    pub(super) async fn milestone_touched(
        &self,
        place: &Place,
        milestone: MilestoneNumber,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let labelled = self.labelled_in(place, milestone).await?;
        let mut tx = self.db().read().await?;
        let known = sprints::of_milestone(&mut tx, place.id, milestone).await?;
        let known = match known {
            Some(id) => Some(sprints::get(&mut tx, &id).await?.0.issue_ref()),
            None => None,
        };
        drop(tx);
        for issue in labelled.into_iter().chain(known) {
            Box::pin(self.issue_touched(&issue, delivery)).await?;
        }
        Ok(())
    }

    async fn labelled_in(
        &self,
        place: &Place,
        milestone: MilestoneNumber,
    ) -> Result<Vec<IssueRef>> {
        let issues = match self.repo(&place.name).await?.issues_of(milestone).await {
            Err(error) if error.is_gone() || error.is_unprocessable() => return Ok(Vec::new()),
            issues => issues?,
        };
        Ok(issues
            .into_iter()
            .filter(|issue| issue.is_labelled(&self.settings().github.sprint_label))
            .map(|issue| IssueRef { repo: place.name.clone(), number: issue.number })
            .collect())
    }

    /// The milestone, if the issue has all that makes a sprint issue.
    fn milestone_of_sprint_issue<'a>(&self, issue: &'a Issue) -> Option<&'a Milestone> {
        let milestone = issue.milestone.as_ref()?;
        let open = issue.state == github::State::Open && milestone.state == github::State::Open;
        (open && issue.is_labelled(&self.settings().github.sprint_label)).then_some(milestone)
    }

    async fn recognize(
        &self,
        id: &SprintId,
        repo: &repositories::Repository,
        issue: &Issue,
        milestone: &Milestone,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let goal = Goal {
            milestone: milestone.title.clone(),
            title: issue.title.clone(),
            text: issue.body.clone(),
        };
        let mut tx = self.db().begin().await?;
        if let Some(other) = sprints::of_milestone(&mut tx, repo.id, milestone.number).await?
            && other != *id
        {
            let other = sprints::get(&mut tx, &other).await?.0;
            drop(tx);
            return self.no_second_sprint(repo, issue, &other, delivery).await;
        }
        let new = Sprint {
            id: id.clone(),
            project: self.settings().project_of(&repo.name),
            repo: repo.name.clone(),
            repo_id: repo.id,
            issue: issue.number,
            milestone: milestone.number,
            goal: goal.clone(),
            state: State::Recognized,
            lack: None,
            planning: Planning::default(),
            plan: None,
            approvals: Vec::new(),
            run: None,
        };
        if sprints::insert(&mut tx, &new, self.clock().now()).await? {
            tracing::info!(sprint.id = %id, repo = %repo.name, "a sprint was recognized");
            let saying = Saying::Greeting { milestone: milestone.title.clone() };
            let greeting =
                Effect::Say { on: new.issue_ref(), key: format!("greeting {id}"), saying };
            effects::push(&mut tx, &greeting, delivery, self.clock().now()).await?;
            tx.commit().await?;
            self.wake();
            return Ok(());
        }
        drop(tx);
        let cause = Cause { delivery: delivery.cloned(), ..Cause::by("GitHub") };
        self.apply(id, &Event::Recognized(milestone.number, goal), &cause).await?;
        Ok(())
    }

    async fn no_second_sprint(
        &self,
        repo: &repositories::Repository,
        issue: &Issue,
        first: &Sprint,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let on = IssueRef { repo: repo.name.clone(), number: issue.number };
        let key = format!("second {} {}", SprintId::of(repo.id, issue.number), first.issue);
        let saying =
            Saying::NoSecondSprint { refusal: Refusal::SecondSprint { other: first.issue } };
        self.ask_once(&key.clone(), &[Effect::Say { on, key, saying }], delivery).await
    }

    /// Why a command cannot be meant for the issue it was said on.
    pub(super) async fn why_no_sprint(&self, repo: RepoId, on: &IssueRef) -> Result<Refusal> {
        let issue = match self.repo(&on.repo).await?.issue(on.number).await {
            Err(error) if error.is_gone() => return Ok(Refusal::NotASprint),
            issue => issue?,
        };
        let Some(milestone) = self.milestone_of_sprint_issue(&issue) else {
            return Ok(Refusal::NotASprint);
        };
        let mut tx = self.db().read().await?;
        Ok(match sprints::of_milestone(&mut tx, repo, milestone.number).await? {
            Some(other) if other != SprintId::of(repo, on.number) => {
                let other = sprints::get(&mut tx, &other).await?.0.issue;
                Refusal::SecondSprint { other }
            }
            Some(_) | None => Refusal::NotASprint,
        })
    }

    async fn forget(&self, id: &SprintId, lack: Lack, delivery: Option<&DeliveryId>) -> Result<()> {
        let mut tx = self.db().read().await?;
        let Some((sprint, _)) = sprints::find(&mut tx, id).await? else { return Ok(()) };
        drop(tx);
        if sprint.state == State::Forgotten && sprint.lack == Some(lack) {
            return Ok(());
        }
        let cause = Cause { delivery: delivery.cloned(), ..Cause::by("GitHub") };
        self.apply(id, &Event::Forgotten(lack), &cause).await?;
        // Another issue of the milestone may have waited for its turn.
        let place = Place { id: sprint.repo_id, name: sprint.repo.clone(), installation: None };
        for issue in self.labelled_in(&place, sprint.milestone).await? {
            if issue.number != sprint.issue {
                Box::pin(self.issue_touched(&issue, delivery)).await?;
            }
        }
        Ok(())
    }

    /// A task's issue, or one that tasks wait for.
    async fn task_issue_touched(
        &self,
        touched: &IssueRef,
        issue: Option<&Issue>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let now = self.clock().now();
        let project = self.settings().project_of(&touched.repo);
        let title = issue.and_then(|issue| issue.milestone.as_ref()).map(|m| m.title.as_str());
        let mut tx = self.db().begin().await?;
        for id in sprints::of_project(&mut tx, &project).await? {
            let (sprint, _) = sprints::get(&mut tx, &id).await?;
            let belongs = title == Some(sprint.goal.milestone.as_str())
                || sprint.plan.as_ref().is_some_and(|plan| plan.concerns(touched));
            if belongs && sprint.plan.is_some() && !sprint.is_running() {
                let draft = Effect::Draft { sprint: id, asked: None };
                effects::push(&mut tx, &draft, delivery, now).await?;
            }
        }
        let waiting = tasks::waiting_for(&mut tx, touched).await?;
        let place = tasks::of_issue(&mut tx, touched).await?;
        tx.commit().await?;
        self.wake();
        if let Some(place) = place {
            self.task_under_way_touched(&place, issue, delivery).await?;
        }
        if issue.is_some_and(is_completed) {
            let cause = Cause { delivery: delivery.cloned(), ..Cause::by("GitHub") };
            for sprint in waiting {
                self.apply(&sprint, &Event::OutsideDone(touched.clone()), &cause).await?;
            }
        }
        Ok(())
    }

    /// The issue of a task that was started: closed, moved or gone, it keeps the task from starting.
    async fn task_under_way_touched(
        &self,
        place: &tasks::Place,
        issue: Option<&Issue>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let sprint = self.sprint(&place.sprint_id).await?;
        let run = sprint.run.as_ref().filter(|run| run.id == place.run_id && run.state.is_live());
        let Some(task) = run.and_then(|run| run.find(place.number)) else { return Ok(()) };
        let mut obstacle = obstacle(&sprint, task.planned.repo(), issue);
        if obstacle == Some(Obstacle::IssueElsewhere) {
            // With its milestone the sprint itself is gone, and there is nothing to say of one task.
            Box::pin(self.issue_touched(&sprint.issue_ref(), delivery)).await?;
            let sprint = self.sprint(&place.sprint_id).await?;
            obstacle = obstacle.filter(|_| sprint.state == State::Recognized);
        }
        let found = Found::TaskIssue { task: place.number, obstacle };
        let cause = Cause { delivery: delivery.cloned(), ..Cause::by("GitHub") };
        self.apply(&place.sprint_id, &Event::Found(found, self.clock().now()), &cause).await?;
        Ok(())
    }

    /// Asks for effects, unless they were asked for under this key before.
    pub(super) async fn ask_once(
        &self,
        key: &str,
        effects: &[Effect],
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        if heard::first_time(&mut tx, key, now).await? {
            for effect in effects {
                effects::push(&mut tx, effect, delivery, now).await?;
            }
            tx.commit().await?;
            self.wake();
        }
        Ok(())
    }

    /// The sprint that an issue or pull request belongs to, and its task there.
    pub(super) async fn find_place(
        &self,
        repo: RepoId,
        on: &IssueRef,
    ) -> Result<Option<(SprintId, Option<crate::domain::ids::TaskNumber>)>> {
        let mut tx = self.db().read().await?;
        let own = SprintId::of(repo, on.number);
        if let Some((sprint, _)) = sprints::find(&mut tx, &own).await?
            && sprint.state == State::Recognized
        {
            return Ok(Some((own, None)));
        }
        let pull = crate::domain::ids::PullNumber(on.number.0);
        let task = match tasks::of_pull(&mut tx, &on.repo, pull).await? {
            Some(place) => Some(place),
            None => tasks::of_issue(&mut tx, on).await?,
        };
        if let Some(place) = task {
            return Ok(Some((place.sprint_id, Some(place.number))));
        }
        let project = self.settings().project_of(&on.repo);
        for id in sprints::of_project(&mut tx, &project).await? {
            let (sprint, _) = sprints::get(&mut tx, &id).await?;
            if let Some(task) = sprint.plan.as_ref().and_then(|plan| plan.of_issue(on)) {
                return Ok(Some((id, Some(task.number))));
            }
        }
        Ok(None)
    }
}

/// What about the issue of a task under way keeps the task from starting.
fn obstacle(sprint: &Sprint, repo: &RepoName, issue: Option<&Issue>) -> Option<Obstacle> {
    let Some(issue) = issue else { return Some(Obstacle::IssueGone) };
    if issue.state == github::State::Closed {
        let by = issue.closed_by.as_ref().map(|account| account.login.clone());
        return Some(Obstacle::IssueClosed { by, completed: is_completed(issue) });
    }
    let is_the_sprints = issue.milestone.as_ref().is_some_and(|milestone| {
        if *repo == sprint.repo {
            milestone.number == sprint.milestone
        } else {
            milestone.title == sprint.goal.milestone
        }
    });
    (!is_the_sprints).then_some(Obstacle::IssueElsewhere)
}

/// Closed because it is done, not because nobody will do it.
pub(super) fn is_completed(issue: &Issue) -> bool {
    issue.state == github::State::Closed
        && !matches!(issue.state_reason.as_deref(), Some("not_planned" | "duplicate"))
}

/// What an issue lacks to be a sprint issue.
fn lack_of(issue: Option<&Issue>) -> Lack {
    let Some(issue) = issue else { return Lack::Gone };
    match &issue.milestone {
        _ if issue.state == github::State::Closed => Lack::Closed,
        None => Lack::Milestone,
        Some(milestone) if milestone.state == github::State::Closed => Lack::MilestoneClosed,
        Some(_) => Lack::Label,
    }
}
