//! Push and fetch.

use crate::{
    error::Error,
    git::transport::{Answer, Request},
    hub::Hub,
    model::{Actor, Id, Need, Repo},
};

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
}
