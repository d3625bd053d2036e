//! A pull request changed: if it is a task's, the task may be done.

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::tasks::{self, Place};
use crate::domain::ids::{DeliveryId, PullNumber, RepoName};
use crate::domain::sprint::Event;
use crate::domain::task;
use crate::github::{self, Pull};

impl App {
    /// Compares what we know of a pull request with what GitHub has.
    pub(super) async fn pull_touched(
        &self,
        repo: &RepoName,
        number: PullNumber,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let mut tx = self.db().read().await?;
        let Some(place) = tasks::of_pull(&mut tx, repo, number).await? else { return Ok(()) };
        drop(tx);
        let pull = match self.repo(repo).await {
            Err(Error::NotInstalled(_) | Error::Away(..)) => return Ok(()),
            repo => repo?.pull(number).await?,
        };
        let event = self.meaning(&place, repo, &pull).await?;
        let cause = Cause { delivery: delivery.cloned(), ..Cause::by("GitHub") };
        self.apply(&place.sprint_id, &Event::Task(place.number, event), &cause).await?;
        // Whoever looks without having been told may have missed more than that.
        if delivery.is_none() && pull.state == github::State::Open {
            self.hear_missed_reviews(&place, repo, number).await?;
            self.look_at_checks(&place, repo, &pull).await?;
        }
        self.look_for_conflicts(&place, repo, &pull).await?;
        Ok(())
    }

    /// What a pull request's state means for its task. Only a merge into the branch it was opened
    /// against counts: merged anywhere else, the work is not where dependants begin.
    async fn meaning(&self, place: &Place, repo: &RepoName, pull: &Pull) -> Result<task::Event> {
        let sprint = self.sprint(&place.sprint_id).await?;
        let task = sprint.run.as_ref().and_then(|run| run.find(place.number));
        let is_part = task.is_some_and(|task| task.delegation.is_part());
        let mut base = match task {
            Some(task) => self.base_of(&sprint, task).await?,
            None => self.known(repo).await?.default_branch,
        };
        if pull.is_merged() && pull.base.branch != base && !is_part {
            // It may be called otherwise by now, and we have not heard of it.
            let handle = self.repo(repo).await?;
            let found = handle.repository().await?;
            base = self.learn(handle.installation().id(), found).await?.default_branch;
        }
        Ok(match (pull.is_merged(), pull.merge_commit_sha.clone()) {
            (true, Some(merge)) if pull.base.branch == base => {
                task::Event::PullMerged(pull.number, merge)
            }
            (false, _) if pull.state == github::State::Open => {
                task::Event::PullReopened(pull.number)
            }
            (_, _) => task::Event::PullClosed(pull.number),
        })
    }
}
