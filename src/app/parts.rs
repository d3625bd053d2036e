//! The parts of a task on GitHub: merged into its branch, their issues closed, their owner asked.

use super::apply::Cause;
use super::command::short;
use super::tick::{is_told, pages, same};
use super::{App, Error, Result};
use crate::db::parts_comments;
use crate::domain::checklist::Edit;
use crate::domain::delegation::{Duty, Event as Happened, Stuck, Ticked};
use crate::domain::effect::Effect;
use crate::domain::ids::{BranchName, CommentId, DeliveryId, RunId, TaskNumber};
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::{State, Task};
use crate::github::{self, Changes, Method, Pull, Repo, Status};
use crate::say;

/// In what ways a part is merged, in turn: a repository may forbid some.
const METHODS: [Method; 3] = [Method::Merge, Method::Squash, Method::Rebase];

impl App {
    /// Does what is to be done about a task's parts.
    pub(super) async fn do_about_parts(&self, duty: &Duty) -> Result<()> {
        match duty {
            Duty::Share { run, task, attempt } => self.share(run, *task, *attempt).await,
            Duty::Ask { run, task } => self.ask_about_parts(run, *task).await,
            Duty::Merge { run, task, .. } => self.merge_part(run, *task).await,
            Duty::Close { run, task } => self.close_part(run, *task).await,
        }
    }

    /// The branch a task's work goes to: its parent's, if it is a part of one.
    pub(super) async fn base_of(&self, sprint: &Sprint, task: &Task) -> Result<BranchName> {
        let run = sprint.run.as_ref();
        match run.and_then(|run| run.parent_of(task)) {
            Some(parent) => Ok(parent.branch.clone()),
            None => Ok(self.known(task.planned.repo()).await?.default_branch),
        }
    }

    /// Merges a part's pull request, where its checks say nothing against it.
    async fn merge_part(&self, run: &RunId, number: TaskNumber) -> Result<()> {
        let Some((sprint, task)) = self.task_of_run(run, number).await? else { return Ok(()) };
        let State::Review { pull: at, .. } = task.state else { return Ok(()) };
        if !task.delegation.is_part() || task.delegation.stuck.is_some() {
            return Ok(());
        }
        let repo = self.repo(task.planned.repo()).await?;
        let pull = repo.pull(at).await?;
        let base = self.base_of(&sprint, &task).await?;
        if pull.state != github::State::Open || pull.base.branch != base {
            return self.pull_touched(task.planned.repo(), at, None).await;
        }
        let checks = repo.checks_of(&pull.head.sha).await?;
        let is_undecided = checks.iter().any(|check| check.status != Status::Completed);
        if is_undecided || checks.iter().any(super::checks::is_bad) {
            // When they have ended, it is heard; what failed goes back to its agent.
            return Ok(());
        }
        let stuck = match pull.mergeable {
            None => return Err(Error::NotYet("GitHub tries whether it can be merged")),
            Some(false) => Some(conflict(&task, &pull)),
            Some(true) => self.merge_somehow(&repo, &task, &pull).await?,
        };
        match stuck {
            None => self.pull_touched(task.planned.repo(), at, None).await,
            Some(stuck) => {
                let event = Event::Delegation(number, Happened::Stuck(stuck));
                self.apply(&sprint.id, &event, &Cause::by("GitHub")).await?;
                Ok(())
            }
        }
    }

    /// Merges in the first of all ways that the repository allows; why not, if it allows none.
    async fn merge_somehow(&self, repo: &Repo, task: &Task, pull: &Pull) -> Result<Option<Stuck>> {
        let mut why = String::new();
        for method in METHODS {
            match repo.merge(pull.number, &pull.head.sha, method).await {
                Ok(_) => return Ok(None),
                Err(error) if error.is_conflict() => {
                    return Err(Error::NotYet("somebody pushed to what is to be merged"));
                }
                Err(error) if error.is_not_allowed() || error.is_unprocessable() => {
                    why = error.to_string();
                }
                Err(error) => return Err(error.into()),
            }
        }
        let now = repo.pull(pull.number).await?;
        if now.state != github::State::Open {
            return Ok(None);
        }
        if now.mergeable == Some(false) {
            return Ok(Some(conflict(task, &now)));
        }
        let (branch, head) = (task.branch.clone(), now.head.sha);
        Ok(Some(Stuck::Refused { branch, head, why }))
    }

    /// Closes the issue of a part that is merged: GitHub does that only for what is merged into the
    /// default branch.
    async fn close_part(&self, run: &RunId, number: TaskNumber) -> Result<()> {
        let Some((_, task)) = self.task_of_run(run, number).await? else { return Ok(()) };
        let repo = self.repo(&task.issue.repo).await?;
        let changes = Changes {
            state: Some(github::State::Closed),
            state_reason: Some("completed".to_owned()),
            ..Changes::default()
        };
        match repo.change_issue(task.issue.number, &changes).await {
            Err(error) if error.is_gone() || error.is_forbidden() => Ok(()),
            changed => Ok(changed.map(drop)?),
        }
    }

    async fn task_of_run(&self, run: &RunId, number: TaskNumber) -> Result<Option<(Sprint, Task)>> {
        let Some(sprint) = self.sprint_of(run).await? else { return Ok(None) };
        let task = sprint.run.as_ref().and_then(|run| run.find(number)).cloned();
        Ok(task.map(|task| (sprint, task)))
    }
}

impl App {
    /// Somebody changed or deleted a comment: if it is one that asks about parts, it is looked at;
    /// whether it is.
    pub(super) async fn parts_comment_touched(
        &self,
        comment: CommentId,
        delivery: Option<&DeliveryId>,
    ) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let Some((run, task)) = parts_comments::by_id(&mut tx, comment).await? else {
            return Ok(false);
        };
        let ask = Effect::Delegation(Duty::Ask { run, task });
        crate::db::effects::push(&mut tx, &ask, delivery, self.clock().now()).await?;
        tx.commit().await?;
        self.wake();
        Ok(true)
    }

    /// Brings the comment up to date that asks about the parts beyond the limits, after what people
    /// ticked in it was taken in.
    async fn ask_about_parts(&self, run: &RunId, number: TaskNumber) -> Result<()> {
        let Some((sprint, task)) = self.task_of_run(run, number).await? else { return Ok(()) };
        let repo = self.repo(&task.issue.repo).await?;
        let now = self.parts_comment(&repo, run, &task).await?;
        if let Some(now) = &now {
            self.take_in_ticks_of_parts(&repo, &sprint, number, now).await?;
        }
        // What was taken in may have changed what is to be shown.
        let Some((_, task)) = self.task_of_run(run, number).await? else { return Ok(()) };
        let Some(text) = say::parts::asked(run, &task) else { return Ok(()) };
        let id = match now {
            Some(now) if same(&now.body, &text) => now.id,
            Some(now) => repo.rewrite_comment(now.id, &text).await?.id,
            None => repo.create_comment(task.issue.number, &text).await?.id,
        };
        let mut tx = self.db().begin().await?;
        parts_comments::remember(&mut tx, run, number, id).await?;
        Ok(tx.commit().await?)
    }

    /// The comment as it is; nothing, where none was posted or somebody deleted it.
    async fn parts_comment(
        &self,
        repo: &Repo,
        run: &RunId,
        task: &Task,
    ) -> Result<Option<github::Comment>> {
        let mut tx = self.db().read().await?;
        let known = parts_comments::of(&mut tx, run, task.planned.number).await?;
        drop(tx);
        if let Some(id) = known {
            match repo.comment(id).await {
                Ok(now) => return Ok(Some(now)),
                Err(error) if error.is_gone() => {}
                Err(error) => return Err(error.into()),
            }
        }
        // Posted by a life of ours that died before noting it.
        let marker = say::parts::asked_marker(run, task.planned.number);
        Ok(repo.find_marked(task.issue.number, &marker, &self.me().bot).await?)
    }

    /// Takes in who ticked what, as the comment's history tells it, each edit once.
    async fn take_in_ticks_of_parts(
        &self,
        repo: &Repo,
        sprint: &Sprint,
        number: TaskNumber,
        now: &github::Comment,
    ) -> Result<()> {
        let versions = repo.edits(now).await?;
        // Its first version is only told once there is another.
        let is_as_posted = versions.is_empty() && now.updated_at == now.created_at;
        if !is_as_posted && !is_told(&versions, &now.body) {
            return Err(Error::NotYet("waiting to hear who ticked a box"));
        }
        let pages = pages(&versions);
        for (nth, pair) in versions.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            let (Some(by), Some(from), Some(to)) = (&after.by, &before.text, &after.text) else {
                continue;
            };
            let earlier = pages.iter().take_while(|(at, _)| *at <= nth).map(|(_, page)| *page);
            let edit = Edit::clicked(from, to, &earlier.collect::<Vec<_>>());
            if after.is_bot || edit.rewritten || edit.ticked.is_empty() {
                continue;
            }
            let key = format!("parts {} {by} {} {}", now.id, after.at.timestamp(), short(to));
            if self.is_heard(&key).await? {
                continue;
            }
            let permission = self.permission_in(repo.name(), by).await?;
            let ticked = Ticked { by: by.clone(), permission, at: after.at, marks: edit.ticked };
            let event = Event::Delegation(number, Happened::Ticked(ticked));
            let cause = Cause { once: Some(key), ..Cause::by(by.0.clone()) };
            self.apply(&sprint.id, &event, &cause).await?;
        }
        Ok(())
    }
}

fn conflict(task: &Task, pull: &Pull) -> Stuck {
    Stuck::Conflict { branch: task.branch.clone(), head: pull.head.sha.clone() }
}
