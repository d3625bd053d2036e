//! What administrators do in the settings of repositories and organizations.

use crate::{
    error::Error,
    hub::Hub,
    model::{Actor, Change, Id, Refusal, Repo},
};

impl Hub {
    async fn administers<T>(
        &self,
        by: &str,
        act: impl FnOnce(&mut Change) -> Result<T, Refusal>,
    ) -> Result<T, Error> {
        let person = self.world().account(by).map(|one| one.id).ok_or(Refusal::NotFound)?;
        self.change(Actor::Person(person), act).await
    }

    fn repo_named(&self, full_name: &str) -> Result<Id<Repo>, Refusal> {
        let (owner, name) = full_name.split_once('/').ok_or(Refusal::NotFound)?;
        Ok(self.world().repo(owner, name).ok_or(Refusal::NotFound)?.id)
    }

    /// Gives `owner/name` another `owner/name`.
    pub async fn move_repository(&self, by: &str, from: &str, to: &str) -> Result<(), Error> {
        let id = self.repo_named(from)?;
        let _lock = self.lock(id).await;
        let (owner, name) = to.split_once('/').ok_or(Refusal::NotFound)?;
        let account = self.world().account(owner).map(|one| one.id).ok_or(Refusal::NotFound)?;
        let (old, new) = (self.git(id), self.git_at(owner, name));
        if let Some(parent) = new.dir().parent() {
            tokio::fs::create_dir_all(parent).await?;
        }
        tokio::fs::rename(old.dir(), new.dir()).await?;
        self.administers(by, |change| change.move_repo(id, account, name)).await
    }

    /// Makes a repository read-only, or writable again.
    pub async fn archive_repository(&self, by: &str, repo: &str, yes: bool) -> Result<(), Error> {
        let id = self.repo_named(repo)?;
        self.administers(by, |change| change.archive_repo(id, yes)).await
    }

    /// Deletes a repository.
    pub async fn delete_repository(&self, by: &str, repo: &str) -> Result<(), Error> {
        let id = self.repo_named(repo)?;
        self.administers(by, |change| change.delete_repo(id)).await
    }

    /// Calls the default branch of a repository otherwise.
    pub async fn rename_default_branch(
        &self,
        by: &str,
        repo: &str,
        name: &str,
    ) -> Result<(), Error> {
        let id = self.repo_named(repo)?;
        let person = self.world().account(by).map(|one| one.id).ok_or(Refusal::NotFound)?;
        let world = self.world();
        let old = world.repos.at(id).default_branch.clone();
        let sha = world.repos.at(id).branch(&old).cloned().ok_or(Refusal::NotFound)?;
        let actor = Actor::Person(person);
        self.create_ref(actor, id, &format!("refs/heads/{name}"), &sha).await?;
        self.administers(by, |change| change.rename_default_branch(id, name)).await?;
        self.git(id).run(&["symbolic-ref", "HEAD", &format!("refs/heads/{name}")]).await?;
        self.delete_ref(actor, id, &format!("refs/heads/{old}")).await
    }

    /// Moves an issue to another repository.
    pub async fn transfer_issue(
        &self,
        by: &str,
        repo: &str,
        number: u64,
        to: &str,
    ) -> Result<(), Error> {
        let (from, to) = (self.repo_named(repo)?, self.repo_named(to)?);
        self.administers(by, |change| {
            let repo = change.world.repos.at(from).clone();
            let issue = change.world.issue(&repo, number).ok_or(Refusal::NotFound)?.id;
            change.transfer_issue(issue, to)
        })
        .await
    }

    /// Deletes an issue.
    pub async fn delete_issue(&self, by: &str, repo: &str, number: u64) -> Result<(), Error> {
        let id = self.repo_named(repo)?;
        self.administers(by, |change| {
            let repo = change.world.repos.at(id).clone();
            let issue = change.world.issue(&repo, number).ok_or(Refusal::NotFound)?.id;
            change.delete_issue(issue)
        })
        .await
    }

    /// Suspends an App on an account, or ends that.
    pub async fn suspend_app(&self, by: &str, app: &str, on: &str, yes: bool) -> Result<(), Error> {
        self.administers(by, |change| {
            let installation = change.installed(app, on)?;
            change.suspend(installation, yes)
        })
        .await
    }

    /// Takes an App off an account.
    pub async fn uninstall_app(&self, by: &str, app: &str, on: &str) -> Result<(), Error> {
        self.administers(by, |change| {
            let installation = change.installed(app, on)?;
            change.uninstall(installation)
        })
        .await
    }

    /// Lets an App see exactly these repositories of an account.
    pub async fn select_repositories(
        &self,
        by: &str,
        app: &str,
        on: &str,
        repos: &[&str],
    ) -> Result<(), Error> {
        self.administers(by, |change| {
            let installation = change.installed(app, on)?;
            let selected = repos.iter().map(|repo| change.named(repo)).collect::<Result<_, _>>()?;
            change.select(installation, selected)
        })
        .await
    }

    /// Gives a person another login; nobody is sent on from the old one.
    pub async fn rename_person(&self, from: &str, to: &str) -> Result<(), Error> {
        let to = to.to_owned();
        self.administers(from, |change| {
            let person = change.world.account(from).ok_or(Refusal::NotFound)?.id;
            change.world.accounts.edit(person).login = to;
            Ok(())
        })
        .await
    }
}
