//! Push and fetch.

use crate::{
    error::Error,
    git::{
        refs::ZERO,
        transport::{Answer, Request},
    },
    hub::Hub,
    model::{Actor, Id, Need, Refusal, Repo},
};

/// A commit that is pushed to an imagined repository.
#[derive(Clone, Debug, Default)]
pub struct Imagining {
    /// The commit before it.
    pub parent: String,
    /// Its name.
    pub commit: String,
    /// The files it changes.
    pub touched: Vec<String>,
    /// Where the branch must stand to be moved by force; nothing where it must not be forced.
    pub over: Option<String>,
}

impl Hub {
    /// Answers a request that changes nothing.
    pub(crate) async fn serve_git(
        &self,
        repo: Id<Repo>,
        request: Request<'_>,
    ) -> Result<Answer, Error> {
        Ok(self.git(repo).serve(&self.dir().join("hooks"), request).await?)
    }

    /// Takes in a push: git moves its references, then we look what moved.
    pub(crate) async fn receive_push(
        &self,
        actor: Actor,
        repo: Id<Repo>,
        request: Request<'_>,
    ) -> Result<Answer, Error> {
        let world = self.world();
        actor.require(&world, world.repos.at(repo), Need::PUSH)?;
        let _lock = self.lock(repo).await;
        let intent = self.change(actor, |change| change.intend(repo, None)).await?;
        let guard_workflows = !self.may_touch_workflows(actor);
        let answer = self.serve_git(repo, Request { guard_workflows, ..request }).await;
        self.notice(actor, repo, Some(intent)).await?;
        answer
    }

    /// Pushes a branch with one commit to an imagined repository; says whether that was accepted.
    /// Pushing the same again changes nothing.
    pub async fn push_imagined(
        &self,
        by: &str,
        repo: &str,
        branch: &str,
        imagined: &Imagining,
    ) -> Result<bool, Error> {
        let Imagining { parent, commit, touched, over } = imagined;
        let world = self.world();
        let (owner, name) = repo.split_once('/').ok_or(Refusal::NotFound)?;
        let repo = world.repo(owner, name).map(|repo| repo.id).ok_or(Refusal::NotFound)?;
        let actor = Actor::Person(world.account(by).map(|one| one.id).ok_or(Refusal::NotFound)?);
        let git = self.git(repo);
        git.in_memory().ok_or(Refusal::NotFound)?.take(commit, parent, touched);
        let name = format!("refs/heads/{branch}");
        let old = world.repos.at(repo).refs.get(&name).map_or(ZERO, String::as_str);
        if old == commit {
            return Ok(true);
        }
        let is_forced = over.as_ref().is_some_and(|over| over == old);
        if old != ZERO && !is_forced && !git.is_ancestor(old, commit).await? {
            return Ok(false);
        }
        self.move_ref(actor, repo, &name, commit, old).await
    }
}
