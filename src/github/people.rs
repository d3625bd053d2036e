//! Who may do what.

use serde::Deserialize;

use super::handles::found;
use super::lenient::or_default;
use super::{Account, Error, Repo};
use crate::domain::ids::Login;
use crate::domain::permission::Permission;

#[derive(Deserialize)]
struct Answered {
    #[serde(default, deserialize_with = "or_default")]
    permission: String,
    #[serde(default, deserialize_with = "or_default")]
    role_name: String,
}

impl Repo {
    /// What a person may do here, at this moment. The role's name says more than the old word
    /// beside it, which knows neither triage nor maintain; a role of an organization's own is
    /// taken for the old word.
    /// <https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user>
    pub async fn permission(&self, person: &Login) -> Result<Permission, Error> {
        let ask = self.get("collaborators").then(&person.0).then("permission");
        let answered: Option<Answered> = found(self.read(&ask).await)?;
        Ok(answered.map_or(Permission::None, |Answered { permission, role_name }| {
            Permission::named(&role_name)
                .or_else(|| Permission::named(&permission))
                .unwrap_or_default()
        }))
    }

    /// The account of that name, if there is one.
    /// <https://docs.github.com/en/rest/users/users#get-a-user>
    pub async fn account(&self, name: &Login) -> Result<Option<Account>, Error> {
        found(self.on.read(&self.on.github.get("users").then(&name.0)).await)
    }

    /// The people who may write here.
    pub async fn writers(&self) -> Result<Vec<Account>, Error> {
        self.pages(self.get("collaborators").with("permission", "push")).all().await
    }

    /// Whether an issue can be assigned to this person.
    /// <https://docs.github.com/en/rest/issues/assignees#check-if-a-user-can-be-assigned>
    pub async fn may_be_assigned(&self, person: &Login) -> Result<bool, Error> {
        let ask = self.get("assignees").then(&person.0);
        Ok(found(self.tell(&ask).await)?.is_some())
    }
}
