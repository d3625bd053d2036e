//! Installation tokens.

use std::{collections::BTreeSet, sync::Arc};

use chrono::Duration;
use serde::Deserialize;

use super::{Change, Outcome};
use crate::model::{Actor, Id, Installation, Permissions, Refusal, Repo, Token};

/// What `POST /app/installations/{id}/access_tokens` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct TokenRequest {
    pub(crate) repositories: Option<Vec<String>>,
    pub(crate) repository_ids: Option<Vec<u64>>,
    pub(crate) permissions: Option<Permissions>,
}

impl Change {
    /// Gives an App a token for one hour, for all it was granted or for less.
    /// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
    pub(crate) fn issue_token(
        &mut self,
        installation: Id<Installation>,
        request: &TokenRequest,
        secret: String,
    ) -> Outcome<Id<Token>> {
        let installation = self.own_installation(installation)?;
        let repos = self.requested_repos(&installation, request)?;
        let permissions = requested_permissions(&installation, request)?;
        let now = self.now;
        // Expired tokens are of no use to anybody; a good moment to forget them.
        let expired: Vec<_> = self
            .world
            .tokens
            .iter()
            .filter(|token| token.expires_at <= now)
            .map(|token| token.id)
            .collect();
        for token in expired {
            self.world.tokens.remove(token);
        }
        let id = Id::new(self.next_id());
        Ok(self.world.tokens.insert(Token {
            id,
            secret,
            installation: installation.id,
            repos,
            permissions,
            expires_at: now + Duration::hours(1),
        }))
    }

    /// Takes the token back that asks for it.
    pub(crate) fn revoke_token(&mut self) -> Outcome<()> {
        let Actor::Installation(token) = self.actor else {
            return Err(Refusal::NotForApps(String::new()));
        };
        self.world.tokens.remove(token);
        Ok(())
    }

    fn own_installation(&self, id: Id<Installation>) -> Outcome<Arc<Installation>> {
        let Actor::App(app) = self.actor else {
            return Err(Refusal::BadJwt("A JSON web token could not be decoded"));
        };
        let installation = self.world.installations.find(id).filter(|one| one.app == app);
        let installation = installation.filter(|one| !one.deleted).ok_or(Refusal::NotFound)?;
        if installation.suspended_at.is_some() {
            return Err(Refusal::suspended());
        }
        Ok(Arc::clone(installation))
    }

    fn requested_repos(
        &self,
        installation: &Installation,
        request: &TokenRequest,
    ) -> Outcome<Option<BTreeSet<Id<Repo>>>> {
        if request.repositories.is_none() && request.repository_ids.is_none() {
            return Ok(None);
        }
        let covered = |repo: Option<&Arc<Repo>>| {
            repo.filter(|repo| installation.covers(repo)).map(|repo| repo.id).ok_or_else(|| {
                let message = "There is at least one repository that does not exist or is not \
                               accessible to the parent installation.";
                Refusal::Unprocessable(message.to_owned())
            })
        };
        let owner = &self.world.accounts.at(installation.account).login;
        let names = request.repositories.iter().flatten();
        let by_name = names.map(|name| covered(self.world.repo(owner, name)));
        let ids = request.repository_ids.iter().flatten();
        let by_id = ids.map(|id| covered(self.world.repos.find(Id::new(*id))));
        by_name.chain(by_id).collect::<Outcome<_>>().map(Some)
    }
}

fn requested_permissions(
    installation: &Installation,
    request: &TokenRequest,
) -> Outcome<Permissions> {
    let Some(asked) = &request.permissions else { return Ok(installation.permissions.clone()) };
    let granted = |(name, level): (&String, &crate::model::Level)| {
        name == "metadata" || installation.permissions.get(name).is_some_and(|have| have >= level)
    };
    if asked.iter().all(granted) {
        return Ok(asked.clone());
    }
    let message = "The permissions requested are not granted to this installation.";
    Err(Refusal::Unprocessable(message.to_owned()))
}
