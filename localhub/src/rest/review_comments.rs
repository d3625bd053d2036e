//! Comments on lines.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    comments::Body,
    issues::since,
    problem::Problem,
};
use crate::model::{Id, Need, Refusal, ReviewComment, review::Verdict};

/// What commenting on a line takes.
#[derive(Default, Deserialize)]
pub(super) struct NewComment {
    #[serde(default)]
    body: String,
    #[serde(default)]
    path: String,
    commit_id: Option<String>,
    line: Option<u64>,
    position: Option<u64>,
    side: Option<String>,
    in_reply_to: Option<u64>,
}

impl Call {
    /// The comment on a line in the path.
    pub(super) fn line_comment(&self) -> Result<Arc<ReviewComment>, Problem> {
        let (repo, id) = (self.repo(Need::READ_PULLS)?, self.number("line")?);
        let world = self.world();
        let found = world.review_comments.find(Id::new(id)).cloned();
        let found = found.filter(|comment| world.pulls.at(comment.pull).repo == repo.id);
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    fn show_lines(&self, wanted: impl Fn(&ReviewComment) -> bool) -> Reply {
        let view = self.view();
        let all = view.world.review_comments.iter().filter(|comment| {
            let pending = view.world.reviews.at(comment.review).verdict == Verdict::Pending;
            !pending && since(self, comment.updated_at) && wanted(comment)
        });
        self.list(all.cloned().collect(), |comment| view.review_comment(&comment))
    }
}

pub(super) async fn of_pull(call: Call) -> Reply {
    let pull = call.pull()?;
    call.show_lines(|comment| comment.pull == pull.id)
}

pub(super) async fn of_review(call: Call) -> Reply {
    let review = call.review()?;
    call.show_lines(|comment| comment.review == review.id)
}

pub(super) async fn list(call: Call) -> Reply {
    let (repo, world) = (call.repo(Need::READ_PULLS)?, call.world());
    call.show_lines(|comment| world.pulls.at(comment.pull).repo == repo.id)
}

pub(super) async fn create(call: Call, Input(new): Input<NewComment>) -> Reply {
    let pull = call.pull()?;
    let id = if let Some(to) = new.in_reply_to {
        call.change(|change| change.reply_to_line(Id::new(to), &new.body)).await?
    } else {
        let line = new.line.or(new.position);
        let side = new.side.as_deref();
        let spot = call.hub.spot(&pull, &new.path, line, side, new.commit_id.as_deref()).await?;
        call.change(|change| change.comment_line(pull.id, spot, &new.body)).await?
    };
    let view = call.view();
    created(view.review_comment(view.world.review_comments.at(id)))
}

pub(super) async fn reply(call: Call, Input(input): Input<Body>) -> Reply {
    let (pull, to) = (call.pull()?, Id::new(call.number("comment")?));
    let known = call.world().review_comments.find(to).is_some_and(|one| one.pull == pull.id);
    if !known {
        return Err(Refusal::NotFound.into());
    }
    let id = call.change(|change| change.reply_to_line(to, &input.body)).await?;
    let view = call.view();
    created(view.review_comment(view.world.review_comments.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().review_comment(&*call.line_comment()?))
}

pub(super) async fn edit(call: Call, Input(input): Input<Body>) -> Reply {
    let id = call.line_comment()?.id;
    call.change(|change| change.edit_line_comment(id, &input.body)).await?;
    ok(call.view().review_comment(&*call.line_comment()?))
}

pub(super) async fn delete(call: Call) -> Reply {
    let id = call.line_comment()?.id;
    call.change(|change| change.delete_line_comment(id)).await?;
    no_content()
}
