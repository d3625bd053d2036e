//! Publishing what an execution delivered: its commits are inspected once more, pushed by us, and
//! a pull request is opened.

use super::apply::Cause;
use super::executing::task_of;
use super::{App, Error, Result};
use crate::db::executions::{self, Execution};
use crate::db::{Tx, bundles};
use crate::domain::ids::{ExecutionId, SprintId, TaskNumber};
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{self, State, Task};
use crate::domain::work::{Class, Delivery, Failure};
use crate::git::{self, Access, Promise};
use crate::github::{self, Grant, NewPull, Pull, Repo};
use crate::say;

/// Everything that is known about what is to be published.
pub(super) struct Work {
    pub(super) execution: Execution,
    pub(super) sprint: Sprint,
    pub(super) task: Task,
    pub(super) delivery: Delivery,
}

impl App {
    /// Pushes what an execution delivered and opens its pull request.
    pub(super) async fn publish(&self, id: &ExecutionId) -> Result<()> {
        let Some(work) = self.work(id).await? else { return Ok(()) };
        match self.push(&work).await {
            Ok(()) => {}
            // Somebody pushed meanwhile: the agent takes that in, and then it is pushed again.
            Err(Error::Git(error)) if is_outrun(&error) && is_on_github(&work.task) => {
                return self.failed(&work, Class::Machinery, &error.to_string()).await;
            }
            Err(Error::Git(error)) if is_final(&error) => {
                return self.unpublishable(&work, &error.to_string()).await;
            }
            Err(error) => return Err(error),
        }
        let repo = self.repo(work.task.planned.repo()).await?;
        let pull = match work.task.state.pull() {
            // It was worked on again. Who closed it meanwhile does not want another one.
            Some(number) => repo.pull(number).await?,
            None => match self.open_pull(&repo, &work).await {
                // As when there is nothing in it that the base does not have: the owner must know.
                Err(Error::GitHub(error)) if is_refusal(&error) => {
                    return self.unpublishable(&work, &error.to_string()).await;
                }
                pull => pull?,
            },
        };
        // A part is merged by us, and people review the whole.
        if self.reviewer().is_none() && !work.task.delegation.is_part() {
            ask_for_review(&repo, &work, &pull).await?;
        }
        self.published(&work, &pull).await
    }

    /// What there is to publish; nothing if the task has moved on.
    async fn work(&self, id: &ExecutionId) -> Result<Option<Work>> {
        let mut tx = self.db().read().await?;
        let execution = executions::get(&mut tx, id).await?;
        drop(tx);
        let sprint = self.sprint(&execution.sprint_id).await?;
        let task = task_of(&sprint, &execution).cloned();
        let attempt = execution.attempt;
        Ok(match (task, execution.delivery.clone()) {
            (Some(task), Some(delivery)) if task.state.is_delivered(attempt) => {
                Some(Work { execution, sprint, task, delivery: delivery.0 })
            }
            _ => None,
        })
    }

    /// Pushes a try's commits to its task's branch.
    pub(super) async fn push(&self, work: &Work) -> Result<()> {
        if work.delivery.head == work.delivery.base_sha {
            // Its parts are there already, and it had nothing to add.
            return Ok(());
        }
        let mut tx = self.db().read().await?;
        let bundle = bundles::get(&mut tx, &work.execution.id).await?;
        drop(tx);
        let repo = self.repo(work.task.planned.repo()).await?;
        let url = repo.repository().await?.clone_url;
        let token = repo.token(Grant::WriteContents).await?;
        let promise = Promise {
            branch: work.task.branch.clone(),
            base_sha: work.delivery.base_sha.clone(),
            head: Some(work.delivery.head.clone()),
        };
        let access = Access { url: &url, token: token.expose() };
        let over = work.delivery.replaces.as_ref().filter(|_| work.task.dialogue.may_rebase());
        Ok(self.inner.pushing.push(repo.name(), access, &bundle, &promise, over).await?)
    }

    /// The pull request of this execution: the one that is there, or a new one.
    async fn open_pull(&self, repo: &Repo, work: &Work) -> Result<Pull> {
        if let Some(pull) = self.our_pull(repo, work).await? {
            return Ok(pull);
        }
        let task = &work.task;
        let new = NewPull {
            title: say::pull::title(&task.planned),
            body: say::pull::body(
                &work.execution.id,
                task,
                &work.sprint.goal.milestone,
                &work.sprint.issue_ref(),
                &work.delivery,
                work.execution.attempt.0,
                (&skipped(&work.sprint, task), &say::parts::listed(&work.sprint, task)),
            ),
            head: work.task.branch.clone(),
            base: self.base_of(&work.sprint, task).await?,
            draft: false,
        };
        let pull = match repo.create_pull(&new).await {
            Err(error) if error.is_unprocessable() => {
                let there = self.our_pull(repo, work).await?;
                there.ok_or(Error::GitHub(error))?
            }
            pull => pull?,
        };
        tracing::info!(repo = %repo.name(), pull.number = %pull.number, "opened a pull request");
        Ok(pull)
    }

    async fn our_pull(&self, repo: &Repo, work: &Work) -> Result<Option<Pull>> {
        let marker = say::pull::pull_marker(&work.execution.id);
        let pulls = repo.pulls_from(&work.task.branch).await?;
        let ours = |pull: &Pull| {
            !pull.is_from_a_fork()
                && (pull.state == github::State::Open || pull.body.contains(&marker))
        };
        Ok(pulls.into_iter().find(ours))
    }

    async fn published(&self, work: &Work, pull: &Pull) -> Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            executions::published(&mut tx, &work.execution.id).await?;
            bundles::drop(&mut tx, &work.execution.id).await?;
            let is_part = work.task.delegation.is_part();
            let event = match self.reviewer().filter(|_| !is_part) {
                Some(_) => task::Event::Presented(pull.number),
                None => task::Event::PullOpened(pull.number),
            };
            if self.happen(&mut tx, work, event).await? {
                tx.commit().await?;
                break;
            }
        }
        self.wake();
        // It may have been merged or closed before we noted that it is open.
        self.pull_touched(work.task.planned.repo(), pull.number, None).await
    }

    /// It will not be published, for a reason that has nothing to do with what was delivered.
    pub(super) async fn publishing_failed(&self, id: &ExecutionId, why: &str) -> Result<()> {
        match self.work(id).await? {
            Some(work) => self.unpublishable(&work, why).await,
            None => Ok(()),
        }
    }

    /// The result is not for publishing, now or ever: that try failed.
    async fn unpublishable(&self, work: &Work, why: &str) -> Result<()> {
        self.failed(work, Class::Unacceptable, why).await
    }

    async fn failed(&self, work: &Work, class: Class, why: &str) -> Result<()> {
        let (execution, sprint) = (&work.execution, &work.sprint.id);
        self.came_to_nothing(execution, sprint, work.task.planned.number, class, why).await
    }

    /// What a try committed cannot be pushed, and so that try failed.
    pub(super) async fn came_to_nothing(
        &self,
        execution: &Execution,
        sprint: &SprintId,
        task: TaskNumber,
        class: Class,
        why: &str,
    ) -> Result<()> {
        let failure = Failure { class, message: why.to_owned() };
        loop {
            let mut tx = self.db().begin().await?;
            let now = self.clock().now();
            let status = executions::Status::Failed;
            executions::failed(&mut tx, &execution.id, status, Some(&failure), now).await?;
            bundles::drop(&mut tx, &execution.id).await?;
            let event = Event::Task(task, task::Event::Failed(execution.attempt, failure.class));
            if self.apply_in(&mut tx, sprint, &event, &Cause::by("Team6")).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return Ok(());
            }
        }
    }

    async fn happen(&self, tx: &mut Tx, work: &Work, event: task::Event) -> Result<bool> {
        let event = Event::Task(work.task.planned.number, event);
        let cause = Cause::by("Team6");
        Ok(self.apply_in(tx, &work.sprint.id, &event, &cause).await?.is_some())
    }
}

/// The tasks that this one depends on and that a person skipped.
fn skipped(sprint: &Sprint, task: &Task) -> Vec<say::pull::Skipped> {
    let run = sprint.run.as_ref();
    let before = task.planned.waits_for().filter_map(|number| run?.find(number));
    before
        .filter_map(|before| {
            let State::Skipped { by, .. } = &before.state else { return None };
            let (number, title) = (before.planned.number, before.planned.title.clone());
            Some(say::pull::Skipped { number, title, by: by.clone() })
        })
        .collect()
}

/// Asks the owner for a review, unless they were asked by a try that died after that.
async fn ask_for_review(repo: &Repo, work: &Work, pull: &Pull) -> Result<()> {
    let Some(owner) = &work.task.planned.owner else { return Ok(()) };
    let asked = pull.requested_reviewers.iter().any(|account| account.login == *owner);
    if asked || pull.state != github::State::Open {
        return Ok(());
    }
    match repo.request_reviewers(pull.number, std::slice::from_ref(owner)).await {
        // They may not be asked here; they are named in it all the same.
        Err(error) if is_refusal(&error) => Ok(()),
        asked => Ok(asked?),
    }
}

/// Whether GitHub will not open this pull request, however often it is asked.
fn is_refusal(error: &github::Error) -> bool {
    error.is_unprocessable() || error.is_forbidden() || error.is_gone()
}

/// Whether the agent takes in what is on its branch before it goes on.
fn is_on_github(task: &Task) -> bool {
    task.state.pull().is_some() || task.delegation.is_shared
}

/// Whether the branch moved while the agent worked.
pub(super) fn is_outrun(error: &git::Error) -> bool {
    matches!(error, git::Error::Failed { stderr, .. } if stderr.contains("[rejected]"))
}

/// Whether pushing this again would be refused again.
pub(super) fn is_final(error: &git::Error) -> bool {
    match error {
        git::Error::Unacceptable(_) | git::Error::Nothing | git::Error::Behind { .. } => true,
        git::Error::Failed { stderr, .. } => {
            stderr.contains("[remote rejected]")
                || stderr.contains("[rejected]")
                || stderr.contains("refusing to allow")
        }
        git::Error::TimedOut { .. }
        | git::Error::Io { .. }
        | git::Error::Missing(_)
        | git::Error::LeftAlone { .. } => false,
    }
}
