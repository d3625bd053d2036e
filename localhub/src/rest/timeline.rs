//! What happened to an issue.

use super::call::{Call, Reply};

pub(super) async fn events(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    call.list(issue.happenings.clone(), |happening| view.happening(&issue, &happening))
}

/// Events and comments, oldest first.
pub(super) async fn list(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    let events = issue.happenings.iter();
    let events = events.map(|one| (one.at, one.id, view.happening(&issue, one)));
    let comments = view.world.comments_on(&issue);
    let comments = comments.map(|one| (one.created_at, one.id.0, view.commented(one)));
    let mut all: Vec<_> = events.chain(comments).collect();
    all.sort_by_key(|(at, id, _)| (*at, *id));
    call.list(all, |(_, _, body)| body)
}
