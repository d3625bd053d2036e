//! Who asks, and what they may.

use std::sync::Arc;

use super::{
    Account, AccountKind, App, Id, Level, Need, Refusal, Repo, Role, Token, World, app::reaches,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// No credentials: sees what is public.
    Nobody,
    Person(Id<Account>),
    /// An App as itself, by JWT: manages installations, sees no repository.
    App(Id<App>),
    /// An App in an installation, by token.
    Installation(Id<Token>),
}

impl Actor {
    /// The account that is seen to act.
    pub(crate) fn account(self, world: &World) -> Result<Id<Account>, Refusal> {
        match self {
            Self::Nobody => Err(Refusal::NeedsAuthentication),
            Self::Person(person) => Ok(person),
            Self::App(app) => Ok(world.apps.at(app).bot),
            Self::Installation(_) => {
                self.installation_app(world).map(|app| app.bot).ok_or(Refusal::BadCredentials)
            }
        }
    }

    /// The App that acts, when one does.
    pub(crate) fn installation_app(self, world: &World) -> Option<Arc<App>> {
        match self {
            Self::Nobody | Self::Person(_) => None,
            Self::App(app) => world.apps.find(app).cloned(),
            Self::Installation(token) => {
                let token = world.tokens.find(token)?;
                let installation = world.installations.at(token.installation);
                world.apps.find(installation.app).cloned()
            }
        }
    }

    /// Whether the repository exists for this actor at all.
    pub(crate) fn sees(self, world: &World, repo: &Repo) -> bool {
        match self {
            Self::Nobody | Self::App(_) => !repo.private,
            Self::Person(person) => world.role(repo, person) >= Role::Read,
            Self::Installation(token) => !repo.private || covers(world, token, repo),
        }
    }

    /// Refuses what this actor may not do here.
    pub(crate) fn require(self, world: &World, repo: &Repo, need: Need) -> Result<(), Refusal> {
        if !self.sees(world, repo) {
            return Err(Refusal::NotFound);
        }
        if repo.archived && need.level == Level::Write {
            return Err(Refusal::Forbidden("Repository was archived so is read-only.".to_owned()));
        }
        match self {
            Self::Nobody if need.level == Level::Read => Ok(()),
            Self::Nobody => Err(Refusal::NeedsAuthentication),
            Self::Person(person) if world.role(repo, person) >= need.role => Ok(()),
            Self::Person(_) => Err(Refusal::role(need)),
            Self::App(_) => Err(Refusal::area(need)),
            Self::Installation(token) => {
                let granted = &world.tokens.at(token).permissions;
                let reached = need.areas.iter().any(|area| reaches(granted, *area, need.level));
                // What is public may be read by every token, as by everybody.
                let public = !repo.private && need.level == Level::Read;
                if (covers(world, token, repo) && reached) || public {
                    Ok(())
                } else {
                    Err(Refusal::area(need))
                }
            }
        }
    }

    pub(crate) fn may(self, world: &World, repo: &Repo, need: Need) -> bool {
        self.require(world, repo, need).is_ok()
    }
}

fn covers(world: &World, token: Id<Token>, repo: &Repo) -> bool {
    let token = world.tokens.at(token);
    world.installations.at(token.installation).covers(repo)
        && token.repos.as_ref().is_none_or(|some| some.contains(&repo.id))
}

impl World {
    /// The role a person has in a repository, by name, by membership or because it is public.
    pub(crate) fn role(&self, repo: &Repo, person: Id<Account>) -> Role {
        let given = repo.roles.get(&person).copied().unwrap_or(Role::None);
        let owner = self.accounts.at(repo.owner);
        let by_ownership = if repo.owner == person {
            Role::Admin
        } else if owner.kind == AccountKind::Organization && owner.members.contains(&person) {
            // Organizations let members read by default.
            Role::Read
        } else {
            Role::None
        };
        let by_publicity = if repo.private { Role::None } else { Role::Read };
        given.max(by_ownership).max(by_publicity)
    }

    /// The word GitHub has for how somebody stands to a repository.
    pub(crate) fn association(&self, repo: &Repo, account: Id<Account>) -> &'static str {
        if repo.owner == account {
            "OWNER"
        } else if self.accounts.at(repo.owner).members.contains(&account) {
            "MEMBER"
        } else if repo.roles.get(&account).is_some_and(|role| *role > Role::None) {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }
}
