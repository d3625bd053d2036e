//! Who issues can be assigned to, and are.

use serde::Deserialize;

use super::call::{Call, Input, Reply, created, no_content, ok};
use crate::model::{Need, Refusal};

/// What both routes take.
#[derive(Default, Deserialize)]
pub(super) struct Assignees {
    #[serde(default)]
    assignees: Vec<String>,
}

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::METADATA)?;
    let view = call.view();
    let all = view.world.accounts.iter();
    let all = all.filter(|account| view.world.is_assignable(&repo, account));
    call.list(all.cloned().collect(), |account| view.account(&account))
}

pub(super) async fn check(call: Call) -> Reply {
    let repo = call.repo(Need::METADATA)?;
    let world = call.world();
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?;
    if world.is_assignable(&repo, account) { no_content() } else { Err(Refusal::NotFound.into()) }
}

pub(super) async fn add(call: Call, Input(who): Input<Assignees>) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.add_assignees(issue, &who.assignees)).await?;
    created(call.view().issue(&*call.issue()?))
}

pub(super) async fn remove(call: Call, Input(who): Input<Assignees>) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.remove_assignees(issue, &who.assignees)).await?;
    ok(call.view().issue(&*call.issue()?))
}
