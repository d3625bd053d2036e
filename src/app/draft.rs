//! Drafting a plan: the milestone's issues as GitHub has them now, read by the planner.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::apply::{Applied, Cause};
use super::issue::is_completed;
use super::make_issues::{is_a_part, made_for, without_marker};
use super::{App, Error, Result};
use crate::domain::effect::{Asked, Effect, Saying};
use crate::domain::ids::{IssueRef, RepoName, SprintId};
use crate::domain::planner::{Candidate, IssueState, Survey};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Event, Sprint};
use crate::github::{self, Issue, Repo};

impl App {
    /// Drafts a sprint's plan, and says so to whoever asked if it cannot be.
    pub(super) async fn draft_and_answer(
        &self,
        id: &SprintId,
        asked: Option<&Asked>,
    ) -> Result<()> {
        let applied = self.draft(id, asked, false).await?;
        if let (Applied::Refused(refusals), Some(asked)) = (applied, asked) {
            let key = format!("no plan {}", asked.comment);
            let saying = Saying::Refused { to: asked.by.clone(), refusals };
            let say = Effect::Say { on: asked.on.clone(), key: key.clone(), saying };
            self.ask_once(&key, &[say], None).await?;
        }
        Ok(())
    }

    /// Drafts a sprint's plan; `fresh` forgets what people decided about it by command.
    pub(super) async fn draft(
        &self,
        id: &SprintId,
        asked: Option<&Asked>,
        fresh: bool,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        if sprint.is_running() {
            return Ok(Applied::Refused(vec![Refusal::PlanIsFixed]));
        }
        let survey = self.survey(&sprint).await?;
        let cause = Cause::by(asked.map_or("GitHub", |asked| asked.by.0.as_str()));
        let event = Event::Surveyed { survey, fresh, asked: asked.is_some() };
        self.apply(id, &event, &cause).await
    }

    /// Reads everything that a plan is made of.
    pub(super) async fn survey(&self, sprint: &Sprint) -> Result<Survey> {
        let candidates = self.candidates(sprint).await?;
        let outside = self.outside(sprint, &candidates).await?;
        Ok(Survey { candidates, outside, roster: self.roster(&sprint.repo).await? })
    }

    /// The issues that are the sprint's tasks: those of its milestone, and in the other
    /// repositories of its project those of the milestone with the same title.
    async fn candidates(&self, sprint: &Sprint) -> Result<Vec<Candidate>> {
        let mut candidates = Vec::new();
        for name in self.settings().siblings(&sprint.repo) {
            let repo = match self.repo(&name).await {
                Err(Error::NotInstalled(_) | Error::Away(..)) => continue,
                repo => repo?,
            };
            let issues = self.issues_in(&repo, &name, sprint).await?;
            let read: Vec<Candidate> = stream::iter(issues)
                .map(|issue| self.candidate(sprint, &repo, &name, issue))
                .buffered(self.github().at_once())
                .try_collect()
                .await?;
            candidates.extend(read);
        }
        Ok(candidates)
    }

    async fn issues_in(&self, repo: &Repo, name: &RepoName, sprint: &Sprint) -> Result<Vec<Issue>> {
        let milestone = if *name == sprint.repo {
            Some(sprint.milestone)
        } else {
            let milestones = repo.milestones().await?;
            milestones
                .into_iter()
                .find(|m| m.title == sprint.goal.milestone && m.state == github::State::Open)
                .map(|m| m.number)
        };
        let Some(milestone) = milestone else { return Ok(Vec::new()) };
        let mut issues = repo.issues_of(milestone).await?;
        let label = &self.settings().github.sprint_label;
        issues.retain(|issue| {
            let is_the_sprint = *name == sprint.repo && issue.number == sprint.issue;
            let is_a_part = self.is_ours(issue) && is_a_part(&issue.body);
            !is_the_sprint && !is_a_part && !issue.is_labelled(label)
        });
        Ok(issues)
    }

    /// How the issues stand that tasks depend on without their being tasks, and those that were
    /// tasks.
    async fn outside(
        &self,
        sprint: &Sprint,
        candidates: &[Candidate],
    ) -> Result<BTreeMap<IssueRef, IssueState>> {
        let inside: BTreeSet<_> = candidates.iter().map(|c| c.issue.clone()).collect();
        let mut named: BTreeSet<_> = candidates.iter().flat_map(Candidate::depends_on).collect();
        let tasks = sprint.plan.iter().flat_map(|plan| &plan.tasks);
        named.extend(tasks.filter_map(|task| task.issue.clone()));
        let outside: Vec<_> = named.difference(&inside).cloned().collect();
        stream::iter(outside)
            .map(|issue| async {
                let state = self.state_of(&issue).await?;
                Ok::<_, Error>((issue, state))
            })
            .buffered(self.github().at_once())
            .try_collect()
            .await
    }

    async fn candidate(
        &self,
        sprint: &Sprint,
        repo: &Repo,
        name: &RepoName,
        issue: Issue,
    ) -> Result<Candidate> {
        let state = state(&issue);
        let blockers = match state {
            IssueState::Open => repo.blocked_by(issue.number).await?,
            IssueState::Completed | IssueState::NotPlanned | IssueState::Unknown => Vec::new(),
        };
        let made_for = if self.is_ours(&issue) { made_for(&sprint.id, &issue.body) } else { None };
        Ok(Candidate {
            made_for,
            issue: IssueRef { repo: name.clone(), number: issue.number },
            title: issue.title,
            text: without_marker(&issue.body),
            labels: issue.labels.into_iter().map(|label| label.name).collect(),
            assignees: issue
                .assignees
                .into_iter()
                .filter(|account| !account.is_bot())
                .map(|account| account.login)
                .collect(),
            blocked_by: blockers.iter().filter_map(Issue::reference).collect(),
            state,
        })
    }

    async fn state_of(&self, issue: &IssueRef) -> Result<IssueState> {
        let repo = match self.repo(&issue.repo).await {
            Err(Error::NotInstalled(_) | Error::Away(..)) => return Ok(IssueState::Unknown),
            repo => repo?,
        };
        match repo.issue(issue.number).await {
            Ok(found) => Ok(state(&found)),
            Err(error) if error.is_gone() => Ok(IssueState::Unknown),
            Err(error) => Err(error.into()),
        }
    }
}

fn state(issue: &Issue) -> IssueState {
    if issue.state == github::State::Open {
        IssueState::Open
    } else if is_completed(issue) {
        IssueState::Completed
    } else {
        IssueState::NotPlanned
    }
}
