//! Reviews.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, ok},
    problem::Problem,
};
use crate::model::{Id, Refusal, Review, change::reviews::NewReview, review::Verdict};

/// What submitting a pending review takes.
#[derive(Default, Deserialize)]
pub(super) struct Submission {
    #[serde(default)]
    event: String,
    body: Option<String>,
}

impl Call {
    /// The review in the path; a pending one only its author sees.
    pub(super) fn review(&self) -> Result<Arc<Review>, Problem> {
        let (pull, id) = (self.pull()?, self.number("review")?);
        let found = self.world().reviews.find(Id::new(id)).cloned();
        let found = found.filter(|review| review.pull == pull.id && self.sees_review(review));
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    fn sees_review(&self, review: &Review) -> bool {
        review.verdict != Verdict::Pending
            || self.actor.account(&self.world()).ok() == Some(review.author)
    }
}

pub(super) async fn list(call: Call) -> Reply {
    let (pull, view) = (call.pull()?, call.view());
    let all = view.world.reviews.iter().filter(|review| review.pull == pull.id);
    let all = all.filter(|review| call.sees_review(review));
    call.list(all.cloned().collect(), |review| view.review(&review))
}

pub(super) async fn create(call: Call, Input(new): Input<NewReview>) -> Reply {
    let pull = call.pull()?;
    let mut spots = Vec::new();
    for spot in &new.comments {
        let line = spot.line.or(spot.position);
        let side = spot.side.as_deref();
        let commit = new.commit_id.as_deref();
        let found = call.hub.spot(&pull, &spot.path, line, side, commit).await;
        spots.push(found.map_err(|error| Problem::from(error).in_sentences())?);
    }
    let done = call.change(|change| change.review(pull.id, &new, spots)).await;
    let id = done.map_err(Problem::in_sentences)?;
    let view = call.view();
    ok(view.review(view.world.reviews.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().review(&*call.review()?))
}

pub(super) async fn submit(call: Call, Input(input): Input<Submission>) -> Reply {
    let id = call.review()?.id;
    let done =
        call.change(|change| change.submit_review(id, &input.event, input.body.as_deref())).await;
    done.map_err(Problem::in_sentences)?;
    ok(call.view().review(&*call.review()?))
}

pub(super) async fn dismiss(call: Call) -> Reply {
    let id = call.review()?.id;
    call.change(|change| change.dismiss_review(id)).await.map_err(Problem::in_sentences)?;
    ok(call.view().review(&*call.review()?))
}
