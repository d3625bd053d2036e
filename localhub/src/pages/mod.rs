//! Pages for people: one readable list of addresses, one file per kind of page.
//!
//! Everything is rendered here and works without JavaScript. A small script sends a ticked box at
//! once and reloads a page that changed. Forms go through the same commands as the REST API, as
//! the person one has chosen to be, so webhooks and rules are the same.

mod account;
mod acting;
mod app;
mod assets;
mod code;
mod comment_forms;
mod commit;
mod deliveries;
mod diff;
mod dress_forms;
mod form;
mod frame;
mod guard;
mod home;
mod issue;
mod issue_forms;
mod list;
mod live;
mod markdown;
mod overview;
mod pull;
mod pull_forms;
mod sidebar;
mod sign_in;
mod thread;
mod trouble;
mod visit;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};

pub(crate) use self::sign_in::exchange;
use self::trouble::Trouble;
use crate::hub::Hub;

/// All pages, the forms on them, and what they need.
pub(crate) fn router(hub: Hub) -> Router {
    Router::new()
        .merge(general())
        .merge(repository())
        .merge(issues())
        .merge(pulls())
        .fallback(async || Trouble::not_found())
        .method_not_allowed_fallback(async || Trouble::wrong_method())
        .layer(from_fn_with_state(hub.clone(), guard::pass))
        .with_state(hub)
}

fn general() -> Router<Hub> {
    Router::new()
        .route("/", get(home::show))
        .route("/localhub/style.css", get(assets::style))
        .route("/localhub/page.js", get(assets::script))
        .route("/localhub/acting-as", post(acting::choose))
        .route("/localhub/deliveries", get(deliveries::list))
        .route("/localhub/deliveries/{app}/{id}", get(deliveries::show).post(deliveries::redeliver))
        .route("/avatars/{id}", get(assets::avatar))
        .route("/apps/{slug}", get(app::show))
        .route("/login/oauth/authorize", get(sign_in::authorize))
        .route("/settings/installations/{id}", get(app::installation))
        .route("/{owner}", get(account::show))
}

fn repository() -> Router<Hub> {
    Router::new()
        .route("/{owner}/{repo}", get(overview::show))
        .route("/{owner}/{repo}/issues", get(list::issues))
        .route("/{owner}/{repo}/pulls", get(list::pulls))
        .route("/{owner}/{repo}/milestone/{milestone}", get(list::milestone))
        .route("/{owner}/{repo}/commit/{sha}", get(commit::show))
        .route("/{owner}/{repo}/compare/{*span}", get(commit::compare))
        .route("/{owner}/{repo}/runs/{check}", get(commit::check))
        .route("/{owner}/{repo}/tree/{*path}", get(code::tree))
        .route("/{owner}/{repo}/blob/{*path}", get(code::blob))
        .route("/{owner}/{repo}/raw/{*path}", get(code::raw))
}

fn issues() -> Router<Hub> {
    Router::new()
        .route("/{owner}/{repo}/issues/new", get(issue_forms::blank).post(issue_forms::open))
        .route("/{owner}/{repo}/issues/{number}", get(issue::show))
        .route("/{owner}/{repo}/issues/{number}/version", get(live::version))
        .route("/{owner}/{repo}/issues/{number}/text", post(issue_forms::rewrite))
        .route("/{owner}/{repo}/issues/{number}/ticks", post(issue_forms::tick))
        .route("/{owner}/{repo}/issues/{number}/state", post(issue_forms::turn))
        .route("/{owner}/{repo}/issues/{number}/comments", post(comment_forms::add))
        .route("/{owner}/{repo}/issues/{number}/assignees", post(dress_forms::assign))
        .route("/{owner}/{repo}/issues/{number}/labels", post(dress_forms::label))
        .route("/{owner}/{repo}/issues/{number}/milestone", post(dress_forms::milestone))
        .route("/{owner}/{repo}/issues/{number}/blockers", post(dress_forms::block))
        .route("/{owner}/{repo}/comments/{comment}/text", post(comment_forms::rewrite))
        .route("/{owner}/{repo}/comments/{comment}/ticks", post(comment_forms::tick))
        .route("/{owner}/{repo}/comments/{comment}/delete", post(comment_forms::delete))
}

fn pulls() -> Router<Hub> {
    Router::new()
        .route("/{owner}/{repo}/pulls/new", get(pull_forms::blank).post(pull_forms::open))
        .route("/{owner}/{repo}/pull/{number}", get(pull::show))
        .route("/{owner}/{repo}/pull/{number}/commits", get(pull::commits))
        .route("/{owner}/{repo}/pull/{number}/files", get(pull::files))
        .route("/{owner}/{repo}/pull/{number}/reviews", post(pull_forms::review))
        .route("/{owner}/{repo}/pull/{number}/reviewers", post(pull_forms::reviewers))
        .route("/{owner}/{repo}/pull/{number}/merge", post(pull_forms::merge))
        .route("/{owner}/{repo}/pull/{number}/branch", post(pull_forms::update))
        .route("/{owner}/{repo}/pull/{number}/draft", post(pull_forms::draft))
}
