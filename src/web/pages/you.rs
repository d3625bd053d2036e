//! Where somebody is signed in, and the tokens of their scripts.

use axum::extract::State;
use axum::response::Html;
use serde::Deserialize;

use super::super::Web;
use super::super::visitor::Visitor;
use super::{Page, Trouble, framed};
use crate::db::sessions::Kind;
use crate::say::page::parts::Moment;
use crate::say::page::{self, Tab};

pub(in super::super) async fn you(State(web): State<Web>, visitor: Visitor) -> Page {
    shown(&web, &visitor, None).await
}

/// What a new token is for.
#[derive(Deserialize)]
pub(in super::super) struct New {
    csrf: String,
    #[serde(default)]
    name: String,
}

/// Makes a token, and shows it this once.
pub(in super::super) async fn new_token(
    State(web): State<Web>,
    visitor: Visitor,
    axum::Form(new): axum::Form<New>,
) -> Page {
    if !visitor.sent(&new.csrf) {
        return Err(Trouble::Forged);
    }
    let name = match new.name.trim() {
        "" => "A script",
        name => name,
    };
    let token = web.app().sign_in(visitor.login(), Kind::Script, name).await?;
    shown(&web, &visitor, Some(&token)).await
}

async fn shown(web: &Web, visitor: &Visitor, token: Option<&str>) -> Page {
    let now = web.app().clock().now();
    let sessions = web.app().sessions_of(visitor.login()).await?;
    let sessions: Vec<_> = sessions
        .into_iter()
        .map(|one| page::Session {
            name: one.name,
            made: Moment::new(one.made_at, now),
            seen: Moment::new(one.seen_at, now),
            is_this: one.id == visitor.session.id,
            is_script: one.kind == Kind::Script,
            id: one.id,
        })
        .collect();
    let frame = framed(web, visitor, "You", Tab::You, None).await?;
    Ok(Html(page::yours(&frame, &sessions, token)))
}
