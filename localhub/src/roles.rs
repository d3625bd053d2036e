//! Giving people roles, as the owner of a repository does in its settings.

use crate::{
    error::Error,
    hub::Hub,
    model::{Actor, Refusal, Role},
};

impl Hub {
    /// Gives a person a role in `owner/name`, from now on.
    pub async fn set_role(&self, repo: &str, login: &str, role: Role) -> Result<(), Error> {
        let world = self.world();
        let (owner, name) = repo.split_once('/').ok_or(Refusal::NotFound)?;
        let repo = world.repo(owner, name).map(|repo| repo.id).ok_or(Refusal::NotFound)?;
        let person = world.account(login).map(|account| account.id).ok_or(Refusal::NotFound)?;
        self.change(Actor::Nobody, |change| {
            change.world.repos.edit(repo).roles.insert(person, role);
            Ok(())
        })
        .await
    }
}
