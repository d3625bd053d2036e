//! Repositories.

use super::call::{Call, Input, Reply, ok};
use crate::model::{Actor, Need, Repo, Role, change::repos::RepoPatch};

pub(super) async fn show(call: Call) -> Reply {
    let repo = call.repo(Need::METADATA)?;
    ok(call.view().full_repository(&repo, role(&call, &repo)))
}

pub(super) async fn edit(call: Call, Input(patch): Input<RepoPatch>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    call.change(|change| change.edit_repo(repo, &patch)).await?;
    let repo = call.repo(Need::METADATA)?;
    ok(call.view().full_repository(&repo, role(&call, &repo)))
}

fn role(call: &Call, repo: &Repo) -> Option<Role> {
    match call.actor {
        Actor::Person(person) => Some(call.world().role(repo, person)),
        Actor::Nobody | Actor::App(_) | Actor::Installation(_) => None,
    }
}
