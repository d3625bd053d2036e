//! Writing, rewriting, ticking and deleting comments.

use super::{
    form::Form,
    frame::back_to,
    issue_forms::Ticked,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::{AccountKind, Actor};

/// A comment by whoever the form says: people here may lend each other their voices.
pub(super) async fn add(visit: Visit, form: Form) -> Answer {
    let (_, issue) = visit.issue()?;
    let body = form.text("body");
    let actor = match form.find("as") {
        None => visit.actor,
        Some(login) => {
            let person = visit.world.account(login);
            let person = person.filter(|one| one.kind == AccountKind::Person);
            Actor::Person(person.ok_or_else(Trouble::not_found)?.id)
        }
    };
    let done = visit.hub.change(actor, |change| change.comment(issue.id, &body)).await;
    let id = done.map_err(|error| Trouble::from(error).keeping(&body))?;
    back_to(&format!("{}#issuecomment-{}", visit.page_of(&issue), id.0))
}

pub(super) async fn rewrite(visit: Visit, form: Form) -> Answer {
    let (issue, comment) = visit.comment()?;
    let body = form.text("body");
    form.check_fresh(&comment.body, &body)?;
    let done = visit.change(|change| change.edit_comment(comment.id, &body)).await;
    done.map_err(|trouble| trouble.keeping(&body))?;
    back_to(&format!("{}#issuecomment-{}", visit.page_of(&issue), comment.id.0))
}

/// Boxes were ticked: the comment is edited as over REST, on what it says by now.
pub(super) async fn tick(visit: Visit, form: Form) -> Answer {
    let (issue, comment) = visit.comment()?;
    let ticked = Ticked::of(&form)?;
    visit
        .change(|change| {
            let now = change.world.comments.find(comment.id).map(|one| one.body.clone());
            let now = now.ok_or(crate::model::Refusal::NotFound)?;
            let body = ticked.on(&now)?;
            if body == now { Ok(()) } else { change.edit_comment(comment.id, &body) }
        })
        .await?;
    back_to(&format!("{}#issuecomment-{}", visit.page_of(&issue), comment.id.0))
}

pub(super) async fn delete(visit: Visit) -> Answer {
    let (issue, comment) = visit.comment()?;
    visit.change(|change| change.delete_comment(comment.id)).await?;
    back_to(&visit.page_of(&issue))
}
