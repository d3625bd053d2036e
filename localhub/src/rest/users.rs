//! People and organizations.

use super::call::{Call, Reply, ok};
use crate::model::{AccountKind, Actor, Need, Refusal, Role};

pub(super) async fn own(call: Call) -> Reply {
    match call.actor {
        Actor::Person(person) => ok(call.view().profile(call.world().accounts.at(person), true)),
        Actor::Nobody => Err(Refusal::NeedsAuthentication.into()),
        Actor::App(_) | Actor::Installation(_) => Err(Refusal::area(Need::METADATA).into()),
    }
}

pub(super) async fn own_repos(call: Call) -> Reply {
    let Actor::Person(person) = call.actor else {
        return Err(Refusal::NeedsAuthentication.into());
    };
    let view = call.view();
    let all = view.world.repos.iter().filter(|repo| {
        view.world.role(repo, person) > Role::Read || repo.roles.contains_key(&person)
    });
    call.list(all.cloned().collect(), |repo| {
        view.full_repository(&repo, Some(view.world.role(&repo, person)))
    })
}

pub(super) async fn show(call: Call) -> Reply {
    let world = call.world();
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?;
    ok(call.view().profile(account, false))
}

pub(super) async fn organization(call: Call) -> Reply {
    let world = call.world();
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?;
    if account.kind != AccountKind::Organization {
        return Err(Refusal::NotFound.into());
    }
    ok(call.view().organization_profile(account).ok_or(Refusal::NotFound)?)
}
