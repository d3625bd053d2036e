//! Issue dependencies.
//! <https://docs.github.com/en/rest/issues/issue-dependencies>

use serde::Deserialize;

use super::call::{Call, Input, Reply, created, ok};
use crate::model::{Id, Issue};

/// What adding a blocker takes: the issue's id, not its number.
#[derive(Deserialize)]
pub(super) struct Blocker {
    issue_id: u64,
}

pub(super) async fn blocked_by(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    let all = issue.blocked_by.iter().copied().filter(|id| sees(&call, *id));
    call.list(all.collect(), |id| view.issue(view.world.issues.at(id)))
}

pub(super) async fn blocking(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    let all = view.world.issues.iter().filter(|other| other.blocked_by.contains(&issue.id));
    let all = all.filter(|other| sees(&call, other.id));
    call.list(all.cloned().collect(), |other| view.issue(&other))
}

pub(super) async fn add(call: Call, Input(input): Input<Blocker>) -> Reply {
    let (issue, blocking) = (call.issue()?.id, Id::new(input.issue_id));
    call.change(|change| change.add_blocker(issue, blocking)).await?;
    let view = call.view();
    created(view.issue(view.world.issues.at(blocking)))
}

pub(super) async fn remove(call: Call) -> Reply {
    let (issue, blocking) = (call.issue()?.id, Id::new(call.number("issue")?));
    call.change(|change| change.remove_blocker(issue, blocking)).await?;
    let view = call.view();
    ok(view.issue(view.world.issues.at(blocking)))
}

fn sees(call: &Call, issue: Id<Issue>) -> bool {
    let world = call.world();
    call.actor.sees(&world, world.repos.at(world.issues.at(issue).repo))
}
