//! No task runs without an owner who could merge it: what owners may do is read when work is handed
//! out, and again from time to time.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::sprints;
use crate::domain::found::Found;
use crate::domain::ids::{Login, RepoName, SprintId};
use crate::domain::permission::Permission;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::task::Task;

impl App {
    /// Compares what the owners of the tasks under way may do with what they must be able to.
    pub(super) async fn look_at_owners(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let mut owners: BTreeMap<RepoName, BTreeSet<String>> = BTreeMap::new();
        for task in live(&sprint) {
            if let Some(owner) = &task.planned.owner {
                let names = owners.entry(task.planned.repo().clone()).or_default();
                names.insert(owner.0.to_ascii_lowercase());
            }
        }
        for (repo, names) in owners {
            let mut cannot = BTreeSet::new();
            for name in names {
                if !self.may_merge(&repo, &Login(name.clone())).await? {
                    cannot.insert(name);
                }
            }
            let event = Event::Found(Found::Owners { repo, cannot }, self.clock().now());
            self.apply(id, &event, &Cause::by("GitHub")).await?;
        }
        Ok(())
    }

    /// The same for all sprints under way that have tasks in a repository.
    pub(super) async fn look_at_owners_in(&self, repo: &RepoName) -> Result<()> {
        let mut tx = self.db().read().await?;
        let under_way = sprints::under_way(&mut tx).await?;
        drop(tx);
        for id in under_way {
            let sprint = self.sprint(&id).await?;
            if live(&sprint).any(|task| task.planned.repo() == repo) {
                self.look_at_owners(&id).await?;
            }
        }
        Ok(())
    }

    /// Refuses to hand out a task whose owner could not merge it.
    pub(super) async fn must_have_its_owner(&self, sprint: &Sprint, task: &Task) -> Result<()> {
        let Some(owner) = &task.planned.owner else {
            return Err(Error::NotYet("the task has no owner"));
        };
        if self.may_merge(task.planned.repo(), owner).await? {
            return Ok(());
        }
        self.look_at_owners(&sprint.id).await?;
        Err(Error::NotYet("the task's owner cannot write to its repository"))
    }

    /// Whether a person may write to a repository. Where we cannot look, they are taken to.
    async fn may_merge(&self, repo: &RepoName, person: &Login) -> Result<bool> {
        match self.repo(repo).await {
            Ok(repo) => Ok(Permission::Write <= repo.permission(person).await?),
            Err(Error::Away(..) | Error::NotInstalled(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

/// The tasks under way about which something is still to be done.
fn live(sprint: &Sprint) -> impl Iterator<Item = &Task> {
    let run = sprint.run.as_ref().filter(|run| run.state.is_live());
    run.into_iter().flat_map(|run| &run.tasks).filter(|task| !task.state.is_over())
}
