//! Reactions to issues, comments and comments on lines.

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    problem::Problem,
};
use crate::model::{Reaction, change::reactions::Target};

/// What reacting takes.
#[derive(Default, Deserialize)]
pub(super) struct Content {
    #[serde(default)]
    content: String,
}

fn target(call: &Call) -> Result<(Target, Vec<Reaction>), Problem> {
    if !call.text("comment").is_empty() {
        let comment = call.comment()?;
        return Ok((Target::Comment(comment.id), comment.reactions.clone()));
    }
    if !call.text("line").is_empty() {
        let comment = call.line_comment()?;
        return Ok((Target::ReviewComment(comment.id), comment.reactions.clone()));
    }
    let issue = call.issue()?;
    Ok((Target::Issue(issue.id), issue.reactions.clone()))
}

pub(super) async fn list(call: Call) -> Reply {
    let (_, mut all) = target(&call)?;
    if let Some(content) = call.asked("content") {
        all.retain(|reaction| reaction.content == content);
    }
    let view = call.view();
    call.list(all, |reaction| view.reaction(&reaction))
}

pub(super) async fn create(call: Call, Input(input): Input<Content>) -> Reply {
    let (to, _) = target(&call)?;
    let (reaction, new) = call.change(|change| change.react(to, &input.content)).await?;
    let body = call.view().reaction(&reaction);
    if new { created(body) } else { ok(body) }
}

pub(super) async fn delete(call: Call) -> Reply {
    let (to, _) = target(&call)?;
    let reaction = call.number("reaction")?;
    call.change(|change| change.unreact(to, reaction)).await?;
    no_content()
}
