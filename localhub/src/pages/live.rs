//! Whether a page has changed since it was loaded.

use axum::{http::header, response::IntoResponse};
use serde::Serialize;

use super::{trouble::Answer, visit::Visit};
use crate::{
    keys,
    model::{Issue, World},
};

/// The version of the page of an issue or a pull request.
pub(super) async fn version(visit: Visit) -> Answer {
    let (_, issue) = visit.issue()?;
    let text = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((text, version_of(&visit.world, &issue)).into_response())
}

/// A fingerprint of everything that the page shows.
pub(super) fn version_of(world: &World, issue: &Issue) -> String {
    let mut text = as_text(issue);
    for comment in world.comments_on(issue) {
        text.push_str(&as_text(&**comment));
    }
    for blocker in issue.blocked_by.iter().filter_map(|id| world.issues.find(*id)) {
        text.push_str(blocker.state.name());
    }
    if let Some(id) = issue.pull {
        let pull = world.pulls.at(id);
        text.push_str(&as_text(&**pull));
        // Whether it can be merged depends on where the base branch is.
        let base = world.repos.at(pull.repo).branch(&pull.base.branch);
        text.push_str(base.map(String::as_str).unwrap_or_default());
        for review in world.reviews.iter().filter(|review| review.pull == id) {
            text.push_str(&as_text(&**review));
        }
        for comment in world.review_comments.iter().filter(|comment| comment.pull == id) {
            text.push_str(&as_text(&**comment));
        }
        for check in world.checks.iter().filter(|check| check.head_sha == pull.head.sha) {
            text.push_str(&as_text(&**check));
        }
    }
    keys::fingerprint(text.as_bytes())
}

fn as_text(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}
