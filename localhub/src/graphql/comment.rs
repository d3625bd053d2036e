//! `IssueComment` with its edit history.

use serde_json::{Value, json};

use crate::{
    hub::Hub,
    json::{View, node_id, time},
    model::{Account, AccountKind, Actor, Comment, Id, Need},
};

/// The node with this id, if it is a comment that the actor may read.
pub(super) fn node(hub: &Hub, actor: Actor, id: &str) -> Option<Value> {
    let number = id.strip_prefix("IC_")?.parse().ok()?;
    let view = View { world: hub.world(), origin: hub.origin() };
    let comment = view.world.comments.find(Id::new(number))?;
    let issue = view.world.issues.at(comment.issue);
    let repo = view.world.repos.at(issue.repo);
    actor.may(&view.world, repo, Need::READ_ISSUES.on(issue)).then(|| render(&view, comment))
}

fn render(view: &View, comment: &Comment) -> Value {
    let last = comment.edits.last();
    let edits = edits(view, comment);
    json!({
        "__typename": "IssueComment",
        "id": node_id("IC", comment.id.0),
        "databaseId": comment.id.0,
        "body": comment.body,
        "author": actor_of(view, comment.author),
        "createdAt": time(comment.created_at),
        "updatedAt": time(comment.updated_at),
        "editor": last.map(|edit| actor_of(view, edit.by)),
        "lastEditedAt": last.map(|edit| time(edit.at)),
        "includesCreatedEdit": last.is_some(),
        "userContentEdits": {
            "__typename": "UserContentEditConnection",
            "totalCount": edits.len(),
            "pageInfo": {
                "__typename": "PageInfo",
                "hasNextPage": false,
                "hasPreviousPage": false,
                "startCursor": null,
                "endCursor": null,
            },
            "nodes": edits,
        },
    })
}

/// Newest first; once there is an edit, the writing of the comment counts as the oldest one.
fn edits(view: &View, comment: &Comment) -> Vec<Value> {
    let Some(first) = comment.edits.first() else { return Vec::new() };
    let mut rows = vec![(comment.author, comment.created_at, first.before.as_str())];
    for (place, edit) in comment.edits.iter().enumerate() {
        // What an edit wrote is what the next one found.
        let after = comment.edits.get(place + 1).map_or(&comment.body, |next| &next.before);
        rows.push((edit.by, edit.at, after));
    }
    rows.into_iter()
        .rev()
        .map(|(by, at, text)| {
            json!({
                "__typename": "UserContentEdit",
                "editor": actor_of(view, by),
                "editedAt": time(at),
                "createdAt": time(at),
                "deletedAt": null,
                "deletedBy": null,
                "diff": text,
            })
        })
        .collect()
}

fn actor_of(view: &View, account: Id<Account>) -> Value {
    let account = view.world.accounts.at(account);
    let (kind, login) = match account.kind {
        AccountKind::Person => ("User", account.login.as_str()),
        AccountKind::Organization => ("Organization", account.login.as_str()),
        // GraphQL leaves out the `[bot]` that REST shows.
        AccountKind::Bot => ("Bot", account.login.trim_end_matches("[bot]")),
    };
    json!({ "__typename": kind, "login": login })
}
