//! Where we can work: the App is installed, suspended and removed while sprints run, and
//! repositories are renamed, moved, archived and deleted under them.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::repositories::{self, Repository};
use crate::db::{executions, sprints, tasks};
use crate::domain::effect::Effect;
use crate::domain::found::{Found, Trouble};
use crate::domain::ids::{InstallationId, RepoId, RepoName, RunId, TaskNumber};
use crate::domain::sprint::{Event, Sprint};
use crate::github;

impl App {
    /// Learns where the App is installed and what can be worked in there, and lets the sprints know
    /// that it matters to.
    pub(super) async fn look_around(&self) -> Result<()> {
        let mut tx = self.db().read().await?;
        let before = repositories::all(&mut tx).await?;
        drop(tx);
        let (mut seen, mut standing) = (BTreeSet::new(), BTreeMap::new());
        for installed in self.github().installations().await? {
            if installed.suspended_at.is_some() {
                standing.insert(installed.id, Trouble::Suspended);
                continue;
            }
            standing.insert(installed.id, Trouble::OutOfSight);
            for found in self.github().on(installed.id).repositories().await? {
                seen.insert(found.id);
                self.learn(installed.id, found).await?;
            }
        }
        self.lose_sight(&before, &seen, &standing).await?;
        self.tell_who_it_matters_to().await
    }

    /// Notes why each repository that was not seen cannot be worked in.
    async fn lose_sight(
        &self,
        before: &[Repository],
        seen: &BTreeSet<RepoId>,
        standing: &BTreeMap<InstallationId, Trouble>,
    ) -> Result<()> {
        let now = self.clock().now();
        for repository in before.iter().filter(|one| !seen.contains(&one.id)) {
            let trouble = standing.get(&repository.installation).copied();
            let trouble = trouble.unwrap_or(Trouble::Uninstalled);
            if repository.trouble == Some(trouble) {
                continue;
            }
            tracing::warn!(repo = %repository.name, %trouble, "cannot be worked in any more");
            let mut tx = self.db().begin().await?;
            repositories::set_trouble(&mut tx, repository.id, trouble, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Remembers a repository as it is now. Under a new name it is the same, and everything that
    /// is known of it is known under that name then.
    pub(super) async fn learn(
        &self,
        installation: InstallationId,
        found: github::Repository,
    ) -> Result<Repository> {
        let now = self.clock().now();
        let new = Repository {
            id: found.id,
            name: found.full_name,
            installation,
            default_branch: found.default_branch,
            trouble: found.archived.then_some(Trouble::Archived),
        };
        let mut tx = self.db().read().await?;
        let known = repositories::by_id(&mut tx, new.id).await?;
        drop(tx);
        if let Some(old) = known.filter(|old| old.name != new.name) {
            self.rename(&old.name, &new.name).await?;
        }
        let mut tx = self.db().begin().await?;
        repositories::remember(&mut tx, &new, now).await?;
        tx.commit().await?;
        Ok(new)
    }

    async fn rename(&self, from: &RepoName, to: &RepoName) -> Result<()> {
        tracing::info!(repo = %to, %from, "a repository has a new name");
        let project = self.settings().project_of(to);
        let mut tx = self.db().read().await?;
        let all = sprints::all(&mut tx).await?;
        drop(tx);
        for id in all {
            let found =
                Found::Renamed { from: from.clone(), to: to.clone(), project: project.clone() };
            let event = Event::Found(found, self.clock().now());
            self.apply(&id, &event, &Cause::by("GitHub")).await?;
        }
        let mut tx = self.db().begin().await?;
        tasks::rename(&mut tx, from, to).await?;
        Ok(tx.commit().await?)
    }

    /// Lets every sprint under way know how it stands with its repositories.
    async fn tell_who_it_matters_to(&self) -> Result<()> {
        let mut tx = self.db().read().await?;
        let all = repositories::all(&mut tx).await?;
        let under_way = sprints::under_way(&mut tx).await?;
        drop(tx);
        let troubles: BTreeMap<_, _> = all.into_iter().map(|one| (one.name, one.trouble)).collect();
        for id in under_way {
            let sprint = self.sprint(&id).await?;
            for repo in repositories_of(&sprint) {
                let trouble = troubles.get(&repo).copied().flatten();
                let event = Event::Found(Found::Reach { repo, trouble }, self.clock().now());
                self.apply(&id, &event, &Cause::by("GitHub")).await?;
            }
        }
        Ok(())
    }

    /// Refuses to write where we know that we cannot.
    pub(super) async fn must_be_in_reach(&self, effect: &Effect) -> Result<()> {
        let Some(repo) = self.written_to(effect).await? else { return Ok(()) };
        let mut tx = self.db().read().await?;
        match repositories::find(&mut tx, &repo).await? {
            Some(Repository { trouble: Some(trouble), .. }) => Err(Error::Away(repo, trouble)),
            Some(_) | None => Ok(()),
        }
    }

    /// Looks whether what GitHub refused was refused because a repository is out of reach; then it
    /// is put off, and not given up.
    pub(super) async fn is_out_of_reach(&self, effect: &Effect) -> Result<bool> {
        self.look_around().await?;
        if let Effect::Read { about: Some(id), .. } = effect {
            let mut tx = self.db().read().await?;
            let known = repositories::by_id(&mut tx, *id).await?;
            return Ok(known.is_some_and(|one| one.trouble.is_some()));
        }
        match self.must_be_in_reach(effect).await {
            Err(Error::Away(..)) => Ok(true),
            other => other.map(|()| false),
        }
    }

    /// Where a task of a run is.
    async fn repository_of(&self, run: &RunId, task: TaskNumber) -> Result<Option<RepoName>> {
        let sprint = self.sprint_of(run).await?;
        let found = sprint.as_ref().and_then(|sprint| sprint.run.as_ref()?.find(task));
        Ok(found.map(|task| task.planned.repo().clone()))
    }

    /// The repository that an effect changes something in.
    async fn written_to(&self, effect: &Effect) -> Result<Option<RepoName>> {
        Ok(match effect {
            Effect::Say { on, .. } => Some(on.repo.clone()),
            Effect::Acknowledge { repo, .. } => Some(repo.clone()),
            Effect::Launch { repo, .. } => Some(repo.clone()),
            Effect::Obey { said, .. } => Some(said.on.repo.clone()),
            Effect::Draft { sprint, .. }
            | Effect::MakeIssues(sprint)
            | Effect::Mirror { sprint, .. }
            | Effect::ShowPlan(sprint)
            | Effect::ShowStatus(sprint)
            | Effect::ShowPlanning { sprint, .. }
            | Effect::ShowQuestions { sprint, .. } => Some(self.sprint(sprint).await?.repo),
            Effect::Publish(execution) => {
                let mut tx = self.db().read().await?;
                let execution = executions::get(&mut tx, execution).await?;
                drop(tx);
                let sprint = self.sprint(&execution.sprint_id).await?;
                let task = super::executing::task_of(&sprint, &execution);
                task.map(|task| task.planned.repo().clone())
            }
            Effect::Delegation(duty) => {
                let (run, task) = duty.about();
                self.repository_of(run, task).await?
            }
            Effect::ShowMessage { run, task, .. }
            | Effect::AnswerReview { run, task, .. }
            | Effect::AskForReview { run, task, .. } => self.repository_of(run, *task).await?,
            Effect::Read { .. }
            | Effect::Stop(_)
            | Effect::Queue { .. }
            | Effect::QueuePlanning { .. }
            | Effect::QueueReview { .. } => None,
        })
    }
}

/// The repositories a sprint's run needs.
fn repositories_of(sprint: &Sprint) -> BTreeSet<RepoName> {
    let tasks = sprint.run.iter().flat_map(|run| &run.tasks);
    tasks.map(|task| task.planned.repo().clone()).chain([sprint.repo.clone()]).collect()
}
