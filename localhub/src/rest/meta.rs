//! About the API itself.

use axum::Extension;
use serde_json::json;

use super::call::{Call, Reply, ok};
use crate::traffic::Spent;

/// The addresses the API begins with; localhub answers only some of them.
const ADDRESSES: [(&str, &str); 30] = [
    ("current_user_url", "user"),
    ("authorizations_url", "authorizations"),
    ("code_search_url", "search/code?q={query}{&page,per_page,sort,order}"),
    ("commit_search_url", "search/commits?q={query}{&page,per_page,sort,order}"),
    ("emails_url", "user/emails"),
    ("emojis_url", "emojis"),
    ("events_url", "events"),
    ("feeds_url", "feeds"),
    ("followers_url", "user/followers"),
    ("following_url", "user/following{/target}"),
    ("gists_url", "gists{/gist_id}"),
    ("issue_search_url", "search/issues?q={query}{&page,per_page,sort,order}"),
    ("issues_url", "issues"),
    ("keys_url", "user/keys"),
    ("label_search_url", "search/labels?q={query}&repository_id={repository_id}{&page,per_page}"),
    ("notifications_url", "notifications"),
    ("organization_url", "orgs/{org}"),
    ("organization_repositories_url", "orgs/{org}/repos{?type,page,per_page,sort}"),
    ("organization_teams_url", "orgs/{org}/teams"),
    ("public_gists_url", "gists/public"),
    ("rate_limit_url", "rate_limit"),
    ("repository_url", "repos/{owner}/{repo}"),
    ("repository_search_url", "search/repositories?q={query}{&page,per_page,sort,order}"),
    ("current_user_repositories_url", "user/repos{?type,page,per_page,sort}"),
    ("starred_url", "user/starred{/owner}{/repo}"),
    ("starred_gists_url", "gists/starred"),
    ("user_url", "users/{user}"),
    ("user_organizations_url", "user/orgs"),
    ("user_repositories_url", "users/{user}/repos{?type,page,per_page,sort}"),
    ("user_search_url", "search/users?q={query}{&page,per_page,sort,order}"),
];

pub(super) async fn root(call: Call) -> Reply {
    let origin = call.hub.origin();
    let addresses = ADDRESSES.map(|(name, path)| (name.to_owned(), origin.api(path).into()));
    let mut body: serde_json::Map<_, _> = addresses.into_iter().collect();
    let apps = origin.page("settings/connections/applications{/client_id}");
    body.insert("current_user_authorizations_html_url".to_owned(), apps.into());
    ok(body.into())
}

pub(super) async fn show(_call: Call) -> Reply {
    ok(json!({ "verifiable_password_authentication": false }))
}

pub(super) async fn rate_limit(_call: Call, Extension(spent): Extension<Spent>) -> Reply {
    let core = json!({
        "limit": spent.limit,
        "remaining": spent.limit.saturating_sub(spent.used),
        "reset": spent.reset,
        "used": spent.used,
    });
    ok(json!({ "resources": { "core": core, "search": core, "graphql": core }, "rate": core }))
}
