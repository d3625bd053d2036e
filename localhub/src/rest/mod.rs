//! The REST API: one readable list of routes, one file per noun.

mod apps;
mod assignees;
pub(crate) mod auth;
pub(crate) mod call;
mod checks;
mod collaborators;
mod comments;
mod commits;
mod contents;
mod dependencies;
pub(crate) mod edge;
mod faults;
mod hooks;
mod issues;
mod labels;
mod merges;
mod meta;
mod milestones;
mod page;
mod people;
pub(crate) mod problem;
mod pulls;
mod reactions;
mod refs;
mod repos;
mod review_comments;
mod reviews;
mod timeline;
mod transport;
mod users;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, patch, post, put},
};

use self::problem::Problem;
use crate::{graphql, hub::Hub, pages};

/// How large a request may be; pushes are the largest.
const LARGEST: usize = 256 * 1024 * 1024;

/// Everything the hub answers.
pub(crate) fn router(hub: Hub) -> Router {
    let edge = from_fn_with_state(hub.clone(), edge::pass);
    let api = api().with_state(hub.clone()).layer(edge.clone());
    // Nesting takes the root without the slash only.
    let root = Router::new().route("/api/v3/", get(meta::root)).with_state(hub.clone());
    let graphql = Router::new().route("/api/graphql", post(graphql::answer));
    let whole = from_fn_with_state(hub.clone(), transport::carry_out);
    let git = transport::routes().with_state(hub.clone()).layer(whole);
    Router::new()
        .nest("/api/v3", api)
        .merge(root.layer(edge.clone()))
        .merge(graphql.with_state(hub.clone()).layer(edge))
        .merge(git)
        .merge(faults::routes().with_state(hub.clone()))
        .merge(people::routes().with_state(hub.clone()))
        .merge(pages::exchange().with_state(hub.clone()))
        .merge(pages::router(hub))
        .layer(DefaultBodyLimit::max(LARGEST))
}

fn api() -> Router<Hub> {
    Router::new()
        .merge(general())
        .nest("/repos/{owner}/{repo}", repository())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::not_found())
}

fn general() -> Router<Hub> {
    Router::new()
        .route("/", get(meta::root))
        .route("/meta", get(meta::show))
        .route("/rate_limit", get(meta::rate_limit))
        .route("/app", get(apps::show))
        .route("/app/installations", get(apps::installations))
        .route("/app/installations/{id}", get(apps::installation))
        .route("/app/installations/{id}/access_tokens", post(apps::create_token))
        .route("/app/hook/config", get(hooks::config).patch(hooks::configure))
        .route("/app/hook/deliveries", get(hooks::list))
        .route("/app/hook/deliveries/{id}", get(hooks::show))
        .route("/app/hook/deliveries/{id}/attempts", post(hooks::redeliver))
        .route("/installation/repositories", get(apps::repositories))
        .route("/installation/token", axum::routing::delete(apps::revoke_token))
        .route("/user", get(users::own))
        .route("/user/repos", get(users::own_repos))
        .route("/users/{login}", get(users::show))
        .route("/users/{login}/installation", get(apps::installation_of))
        .route("/orgs/{login}", get(users::organization))
        .route("/orgs/{login}/installation", get(apps::installation_of))
}

fn repository() -> Router<Hub> {
    Router::new()
        .route("/", get(repos::show).patch(repos::edit))
        .route("/installation", get(apps::installation_on))
        .route("/collaborators", get(collaborators::list))
        .route("/collaborators/{login}", get(collaborators::check))
        .route("/collaborators/{login}/permission", get(collaborators::permission))
        .route("/assignees", get(assignees::list))
        .route("/assignees/{login}", get(assignees::check))
        .route("/labels", get(labels::list).post(labels::create))
        .route("/labels/{name}", get(labels::show).patch(labels::edit).delete(labels::delete))
        .route("/milestones", get(milestones::list).post(milestones::create))
        .route(
            "/milestones/{milestone}",
            get(milestones::show).patch(milestones::edit).delete(milestones::delete),
        )
        .route("/milestones/{milestone}/labels", get(milestones::labels))
        .merge(issues())
        .merge(pulls())
        .merge(code())
}

fn issues() -> Router<Hub> {
    Router::new()
        .route("/issues", get(issues::list).post(issues::create))
        .route("/issues/{number}", get(issues::show).patch(issues::edit))
        .route("/issues/{number}/assignees", post(assignees::add).delete(assignees::remove))
        .route(
            "/issues/{number}/labels",
            get(labels::of_issue)
                .post(labels::add_to_issue)
                .put(labels::set_on_issue)
                .delete(labels::clear_issue),
        )
        .route("/issues/{number}/labels/{name}", axum::routing::delete(labels::take_off_issue))
        .route("/issues/{number}/comments", get(comments::of_issue).post(comments::create))
        .route("/issues/comments", get(comments::list))
        .route(
            "/issues/comments/{comment}",
            get(comments::show).patch(comments::edit).delete(comments::delete),
        )
        .route("/issues/{number}/reactions", get(reactions::list).post(reactions::create))
        .route("/issues/{number}/reactions/{reaction}", axum::routing::delete(reactions::delete))
        .route("/issues/comments/{comment}/reactions", get(reactions::list).post(reactions::create))
        .route(
            "/issues/comments/{comment}/reactions/{reaction}",
            axum::routing::delete(reactions::delete),
        )
        .route(
            "/issues/{number}/dependencies/blocked_by",
            get(dependencies::blocked_by).post(dependencies::add),
        )
        .route(
            "/issues/{number}/dependencies/blocked_by/{issue}",
            axum::routing::delete(dependencies::remove),
        )
        .route("/issues/{number}/dependencies/blocking", get(dependencies::blocking))
        .route("/issues/{number}/events", get(timeline::events))
        .route("/issues/{number}/timeline", get(timeline::list))
}

fn pulls() -> Router<Hub> {
    Router::new()
        .route("/pulls", get(pulls::list).post(pulls::create))
        .route("/pulls/{number}", get(pulls::show).patch(pulls::edit))
        .route("/pulls/{number}/commits", get(pulls::commits))
        .route("/pulls/{number}/files", get(pulls::files))
        .route("/pulls/{number}/merge", get(merges::check).put(merges::merge))
        .route("/pulls/{number}/update-branch", put(merges::update_branch))
        .route(
            "/pulls/{number}/requested_reviewers",
            get(pulls::reviewers).post(pulls::request).delete(pulls::unrequest),
        )
        .route("/pulls/{number}/reviews", get(reviews::list).post(reviews::create))
        .route("/pulls/{number}/reviews/{review}", get(reviews::show))
        .route("/pulls/{number}/reviews/{review}/events", post(reviews::submit))
        .route("/pulls/{number}/reviews/{review}/dismissals", put(reviews::dismiss))
        .route("/pulls/{number}/reviews/{review}/comments", get(review_comments::of_review))
        .route(
            "/pulls/{number}/comments",
            get(review_comments::of_pull).post(review_comments::create),
        )
        .route("/pulls/{number}/comments/{comment}/replies", post(review_comments::reply))
        .route("/pulls/comments", get(review_comments::list))
        .route(
            "/pulls/comments/{line}",
            get(review_comments::show).patch(review_comments::edit).delete(review_comments::delete),
        )
        .route("/pulls/comments/{line}/reactions", get(reactions::list).post(reactions::create))
}

fn code() -> Router<Hub> {
    Router::new()
        .route("/check-runs", post(checks::create))
        .route("/check-runs/{check}", get(checks::show).patch(checks::edit))
        .route("/commits", get(commits::list))
        .route("/commits/{ref}", get(commits::show))
        .route("/commits/{ref}/check-runs", get(checks::of_commit))
        .route("/commits/{ref}/pulls", get(pulls::of_commit))
        .route("/compare/{*basehead}", get(commits::compare))
        .route("/branches", get(refs::branches))
        .route("/branches/{*branch}", get(refs::branch))
        .route("/git/ref/{*ref}", get(refs::show))
        .route("/git/refs", post(refs::create))
        .route("/git/refs/{*ref}", patch(refs::edit).delete(refs::delete))
        .route("/git/matching-refs/{*ref}", get(refs::matching))
        .route("/contents", get(contents::show))
        .route("/contents/", get(contents::show))
        .route(
            "/contents/{*path}",
            get(contents::show).put(contents::write).delete(contents::delete),
        )
}
