//! The sweep: everything is compared with GitHub, in case a webhook never came.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::command::Spoken;
use super::news::{List, next_since};
use super::{App, Result};
use crate::causes::whole;
use crate::db::{deliveries, effects, heard, launches, repositories, sprints};
use crate::domain::effect::Effect;
use crate::domain::ids::{IssueRef, Login, SprintId};
use crate::domain::plan::Dependency;
use crate::domain::sprint::State;
use crate::github::{Account, Comment, Repo};

/// How far back the delivery log is read, in parts of a hundred.
const MOST_PARTS: usize = 3;
/// GitHub's lists lag behind.
pub(super) const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// GitHub delivers again for three days, and GitHub Enterprise Server for seven.
const FEWEST_DAYS: i64 = 8;
/// How many glances there are until everything is compared again.
const GLANCES: u32 = 12;

impl App {
    /// Compares everything with GitHub once that may still change. What cannot be read now is read
    /// the next time.
    pub async fn sweep(&self) -> Result<()> {
        if let Err(error) = self.ask_for_lost_deliveries().await {
            tracing::warn!(error = %whole(&error), "the delivery log cannot be read now");
        }
        self.look_around().await?;
        let mut tx = self.db().read().await?;
        let repositories = repositories::all(&mut tx).await?;
        let mut sprints: BTreeSet<_> = sprints::unfinished(&mut tx).await?.into_iter().collect();
        sprints.extend(sprints::under_way(&mut tx).await?);
        drop(tx);
        for repository in repositories.iter().filter(|one| one.can_be_seen()) {
            if let Err(error) = self.sweep_repository(repository).await {
                tracing::warn!(repo = %repository.name, error = %whole(&error), "cannot be compared now");
            }
        }
        self.forget_what_is_old().await?;
        for sprint in &sprints {
            if let Err(error) = self.sweep_sprint(sprint).await {
                tracing::warn!(sprint.id = %sprint, error = %whole(&error), "cannot be compared now");
            }
        }
        Ok(())
    }

    /// Forgets webhooks, and that they were heard, long after GitHub could deliver them again.
    async fn forget_what_is_old(&self) -> Result<()> {
        let days = self.settings().sweep.keep_days.max(FEWEST_DAYS);
        let before = self.clock().now() - TimeDelta::days(days);
        let mut tx = self.db().begin().await?;
        let deliveries = deliveries::forget(&mut tx, before).await?;
        heard::forget(&mut tx, before).await?;
        launches::forget(&mut tx, before).await?;
        tx.commit().await?;
        if deliveries != 0 {
            tracing::info!(deliveries, "forgot old webhooks");
        }
        Ok(())
    }

    /// Asks GitHub to deliver again what did not arrive.
    pub(super) async fn ask_for_lost_deliveries(&self) -> Result<()> {
        let (mut arrived, mut lost) = (BTreeSet::new(), Vec::new());
        let mut cursor = None;
        for _ in 0..MOST_PARTS {
            let log = self.github().deliveries(cursor.as_deref()).await?;
            for attempt in log.attempts {
                if attempt.arrived() {
                    arrived.insert(attempt.guid);
                } else {
                    lost.push(attempt);
                }
            }
            cursor = log.older;
            if cursor.is_none() {
                break;
            }
        }
        for attempt in lost {
            let mut tx = self.db().read().await?;
            if arrived.insert(attempt.guid.clone())
                && !deliveries::known(&mut tx, &attempt.guid).await?
            {
                drop(tx);
                tracing::info!(delivery.id = %attempt.guid, "asking for it again");
                self.github().redeliver(attempt.id).await?;
            }
        }
        Ok(())
    }

    /// Looks for sprint issues that no webhook told us of, or that are none any more.
    async fn sweep_repository(&self, repository: &repositories::Repository) -> Result<()> {
        let repo = self.repo(&repository.name).await?;
        for issue in repo.issues_labelled(&self.settings().github.sprint_label).await? {
            let id = SprintId::of(repository.id, issue.number);
            let mut tx = self.db().read().await?;
            let known = sprints::find(&mut tx, &id).await?;
            drop(tx);
            // What is known and goes on is compared with all that belongs to it; what has ended
            // is left in peace until it changes.
            let is_known = known.is_some_and(|(sprint, _)| sprint.state == State::Recognized);
            if !is_known {
                let touched = IssueRef { repo: repository.name.clone(), number: issue.number };
                self.issue_touched(&touched, None).await?;
            }
        }
        self.hear_missed(&repo, repository).await?;
        Ok(())
    }

    /// Hears the comments that no webhook told us of; whether there were any changes.
    pub(super) async fn hear_missed(
        &self,
        repo: &Repo,
        repository: &repositories::Repository,
    ) -> Result<bool> {
        let mut tx = self.db().read().await?;
        let Some(since) = repositories::heard_until(&mut tx, repository.id).await? else {
            return Ok(false);
        };
        drop(tx);
        let comments = repo.comments_since(since).await?;
        let items: Vec<_> = comments.iter().map(|one| (one.id.0, one.updated_at)).collect();
        let fresh = self.inner.news.fresh(repository.id, List::Comments, &items);
        for comment in comments.into_iter().filter(|comment| fresh.contains(&comment.id.0)) {
            self.own_comment_seen(&comment).await?;
            if !comment.user.as_ref().is_some_and(Account::is_bot) {
                self.hear_comment(repo, &comment, since.trunc_subsecs(0)).await?;
            }
        }
        let mut tx = self.db().begin().await?;
        let next = next_since(since, &items, OVERLAP);
        repositories::set_heard_until(&mut tx, repository.id, next).await?;
        tx.commit().await?;
        self.inner.news.looked(repository.id, List::Comments, &items, self.clock().now());
        Ok(!fresh.is_empty())
    }

    /// Hears what was written into a comment since then. Who wrote a line is not always who wrote
    /// the comment: its history tells who added what. GitHub's times have no parts of a second.
    async fn hear_comment(
        &self,
        repo: &Repo,
        comment: &Comment,
        since: DateTime<Utc>,
    ) -> Result<()> {
        let (Some(author), Some(issue)) = (&comment.user, comment.issue()) else { return Ok(()) };
        let on = IssueRef { repo: repo.name().clone(), number: issue };
        let spoken = |by: &Login, body: &str| Spoken {
            on: on.clone(),
            comment: comment.id,
            by: by.clone(),
            body: body.to_owned(),
        };
        let versions = if comment.updated_at == comment.created_at {
            Vec::new()
        } else {
            repo.edits(comment).await?
        };
        let first = match versions.first() {
            Some(first) => first.text.as_deref(),
            None => Some(comment.body.as_str()),
        };
        if let Some(first) = first.filter(|_| since <= comment.created_at) {
            self.hear(&spoken(&author.login, first), "", None).await?;
        }
        for pair in versions.windows(2) {
            let [before, after] = pair else { continue };
            let texts = (before.text.as_deref(), after.text.as_deref());
            if let ((Some(from), Some(to)), Some(by)) = (texts, &after.by)
                && since <= after.at
                && !after.is_bot
            {
                self.hear(&spoken(by, to), from, None).await?;
            }
        }
        Ok(())
    }

    async fn sweep_sprint(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        self.issue_touched(&sprint.issue_ref(), None).await?;
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        if sprint.plan.is_some() {
            if !sprint.is_running() {
                let draft = Effect::Draft { sprint: id.clone(), asked: None };
                effects::push(&mut tx, &draft, None, now).await?;
            }
            effects::push(&mut tx, &Effect::ShowPlan(id.clone()), None, now).await?;
            if sprint.wants_issues() {
                effects::push(&mut tx, &Effect::MakeIssues(id.clone()), None, now).await?;
            }
        }
        if sprint.run.is_some() {
            effects::push(&mut tx, &Effect::ShowStatus(id.clone()), None, now).await?;
        }
        tx.commit().await?;
        self.wake();
        let Some(run) = sprint.run.filter(|run| run.state.is_live()) else { return Ok(()) };
        let mut outside = BTreeSet::new();
        for task in &run.tasks {
            if task.state.may_still_start() {
                self.issue_touched(&task.issue, None).await?;
            }
            if let Some(pull) = task.state.pull().filter(|_| !task.state.is_done()) {
                self.pull_touched(task.planned.repo(), pull, None).await?;
            }
            outside.extend(task.waits_for.iter().filter_map(|dependency| match dependency {
                Dependency::Outside(issue) => Some(issue.clone()),
                Dependency::Task(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => None,
            }));
        }
        for issue in outside {
            self.issue_touched(&issue, None).await?;
        }
        self.look_at_owners(id).await
    }
}

/// Compares everything at once; then follows what changed, on a timer, and compares everything
/// again from time to time; until `shutdown`.
pub async fn keep_sweeping(app: App, shutdown: CancellationToken) {
    let every = Duration::from_secs(app.settings().sweep.every_seconds.max(1));
    for nth in (0..GLANCES).cycle() {
        let swept = if nth == 0 { app.sweep().await } else { app.glance().await };
        if let Err(error) = swept {
            tracing::warn!(error = %whole(&error), "the sweep ended early");
        }
        tokio::select! {
            () = app.clock().sleep(every) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
