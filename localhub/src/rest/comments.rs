//! Comments on issues and pull requests.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    issues::since,
    problem::Problem,
};
use crate::model::{Comment, Id, Need, Refusal};

/// What writing a comment takes.
#[derive(Default, Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    pub(super) body: String,
}

impl Call {
    /// The comment in the path.
    pub(super) fn comment(&self) -> Result<Arc<Comment>, Problem> {
        let (repo, id) = (self.repo(Need::METADATA)?, self.number("comment")?);
        let world = self.world();
        let comment = world.comments.find(Id::new(id)).ok_or(Refusal::NotFound)?;
        let issue = world.issues.at(comment.issue);
        if issue.repo != repo.id {
            return Err(Refusal::NotFound.into());
        }
        self.actor.require(&world, &repo, Need::READ_ISSUES.on(issue))?;
        Ok(Arc::clone(comment))
    }
}

pub(super) async fn of_issue(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    let all = view.world.comments_on(&issue).filter(|comment| since(&call, comment.updated_at));
    call.list(all.cloned().collect(), |comment| view.comment(&comment))
}

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::READ_ISSUES)?;
    let view = call.view();
    let all = view.world.comments.iter().filter(|comment| {
        let issue = view.world.issues.at(comment.issue);
        issue.repo == repo.id
            && since(&call, comment.updated_at)
            && call.actor.may(&view.world, &repo, Need::READ_ISSUES.on(issue))
    });
    let mut all: Vec<_> = all.cloned().collect();
    if call.asked("sort") == Some("updated") {
        all.sort_by_key(|comment| (comment.updated_at, comment.id));
    }
    // The direction counts only together with a sort.
    if call.asked("sort").is_some() && call.asked("direction") != Some("asc") {
        all.reverse();
    }
    call.list(all, |comment| view.comment(&comment))
}

pub(super) async fn create(call: Call, Input(input): Input<Body>) -> Reply {
    let issue = call.issue()?.id;
    let id = call.change(|change| change.comment(issue, &input.body)).await?;
    let view = call.view();
    created(view.comment(view.world.comments.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().comment(&*call.comment()?))
}

pub(super) async fn edit(call: Call, Input(input): Input<Body>) -> Reply {
    let id = call.comment()?.id;
    call.change(|change| change.edit_comment(id, &input.body)).await?;
    ok(call.view().comment(&*call.comment()?))
}

pub(super) async fn delete(call: Call) -> Reply {
    let id = call.comment()?.id;
    call.change(|change| change.delete_comment(id)).await?;
    no_content()
}
