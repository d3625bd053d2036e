//! Making, moving and deleting branches and tags over REST.

use crate::{
    error::Error,
    git::refs::ZERO,
    hub::Hub,
    model::{Actor, Id, Need, Refusal, Repo},
};

impl Hub {
    /// Makes a branch or a tag.
    pub(crate) async fn create_ref(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        name: &str,
        sha: &str,
    ) -> Result<(), Error> {
        let ours = name.starts_with("refs/heads/") || name.starts_with("refs/tags/");
        let git = self.git(repo);
        if !ours || !git.is_valid_ref(name).await? {
            let message = "Reference name is not valid; it must start with refs/heads or refs/tags";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        if git.resolve(sha).await?.as_deref() != Some(sha) {
            return Err(Refusal::Unprocessable("Object does not exist".to_owned()).into());
        }
        let moved = self.move_ref(actor, repo, name, sha, ZERO).await?;
        if moved {
            return Ok(());
        }
        Err(Refusal::Unprocessable("Reference already exists".to_owned()).into())
    }

    /// Moves a reference; without force only forward.
    pub(crate) async fn update_ref(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        name: &str,
        sha: &str,
        force: bool,
    ) -> Result<(), Error> {
        let git = self.git(repo);
        let old = self.known_ref(repo, name)?;
        if git.resolve(sha).await?.as_deref() != Some(sha) {
            return Err(Refusal::Unprocessable("Object does not exist".to_owned()).into());
        }
        if !force && !git.is_ancestor(&old, sha).await? {
            let message = "Update is not a fast forward";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        self.move_ref(actor, repo, name, sha, &old).await.map(|_| ())
    }

    /// Deletes a reference; the open pull requests of a branch close.
    pub(crate) async fn delete_ref(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        name: &str,
    ) -> Result<(), Error> {
        let old = self.known_ref(repo, name)?;
        let default = self.world().repos.at(repo).default_branch.clone();
        if name == format!("refs/heads/{default}") {
            let message = "Cannot delete the default branch";
            return Err(Refusal::Unprocessable(message.to_owned()).into());
        }
        self.move_ref(actor, repo, name, ZERO, &old).await.map(|_| ())
    }

    fn known_ref(&self, repo: Id<Repo>, name: &str) -> Result<String, Refusal> {
        let known = self.world().repos.at(repo).refs.get(name).cloned();
        known.ok_or_else(|| Refusal::Unprocessable("Reference does not exist".to_owned()))
    }

    /// Moves one reference for an actor and tells about it; says whether it was where expected.
    pub(crate) async fn move_ref(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        name: &str,
        new: &str,
        old: &str,
    ) -> Result<bool, Error> {
        actor.require(&self.world(), self.world().repos.at(repo), Need::PUSH)?;
        let _lock = self.lock(repo).await;
        let intent = self.change(actor, |change| change.intend(repo, None)).await?;
        let git = self.git(repo);
        let moved = if new == ZERO {
            git.try_run(&["update-ref", "-d", name, old], None, &[]).await?.code == 0
        } else {
            git.move_ref(name, new, old).await?
        };
        self.notice(actor, repo, Some(intent)).await?;
        Ok(moved)
    }
}
