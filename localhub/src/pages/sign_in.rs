//! Signing in to an App: the web flow, as on GitHub. Here everybody may be anybody, so the page
//! asks who one wants to be.
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>

use askama::Template;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;
use url::Url;

use super::{
    frame::{Face, Frame, page, redirect},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{
    hub::Hub,
    keys,
    model::{AccountKind, App},
    oauth::Code,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    frame: Frame,
    app: String,
    bot: Face,
    home: String,
    choices: Vec<Choice>,
}

struct Choice {
    face: Face,
    href: String,
}

/// Asks who one wants to be, or says so to the App that wanted to know.
pub(super) async fn authorize(visit: Visit) -> Answer {
    let app = visit.asked("client_id").and_then(|id| {
        let world = &visit.world;
        world.apps.iter().find(|app| app.client_id == id).cloned()
    });
    let app = app.ok_or_else(Trouble::not_found)?;
    let back = visit.asked("redirect_uri").and_then(|text| Url::parse(text).ok());
    let back = back.filter(|back| is_apps_own(&app, back));
    let mut back = back.ok_or_else(|| {
        let words = "The redirect_uri MUST match the registered callback URL for this application.";
        Trouble::new(axum::http::StatusCode::BAD_REQUEST, words.to_owned())
    })?;
    let Some(login) = visit.asked("login") else { return choose(&visit, &app, &back) };
    let person = visit.world.account(login).filter(|one| one.kind == AccountKind::Person);
    let person = person.ok_or_else(Trouble::not_found)?;
    let code = visit.hub.oauth().agree(Code {
        app: app.id,
        person: person.id,
        redirect_uri: back.as_str().to_owned(),
        challenge: visit.asked("code_challenge").map(str::to_owned),
        made_at: visit.hub.clock().now(),
    });
    let state = visit.asked("state").unwrap_or_default().to_owned();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
    Ok(redirect(back.as_str()))
}

fn choose(visit: &Visit, app: &App, back: &Url) -> Answer {
    let people = visit.world.accounts.iter().filter(|one| one.kind == AccountKind::Person);
    let choices = people.map(|person| Choice {
        face: Face::of(person),
        href: format!("{}&login={}", visit.here, person.login),
    });
    page(&Page {
        frame: Frame::of(visit),
        app: app.name.clone(),
        bot: Face::at(&visit.world, app.bot),
        home: back.origin().ascii_serialization(),
        choices: choices.collect(),
    })
}

/// An address on this machine, or where the App hears of events.
fn is_apps_own(app: &App, back: &Url) -> bool {
    let home = app.webhook_url.as_deref().and_then(|url| Url::parse(url).ok());
    let is_home = home.is_some_and(|home| home.origin() == back.origin());
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&back.host_str().unwrap_or(""));
    is_home || (is_here && back.scheme() == "http")
}

/// Where Apps turn codes into tokens; no page, so that no page's rules apply.
pub(crate) fn exchange() -> Router<Hub> {
    Router::new().route("/login/oauth/access_token", post(access_token))
}

async fn access_token(State(hub): State<Hub>, headers: HeaderMap, body: Bytes) -> Response {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let world = hub.world();
    let app = world.apps.iter().find(|app| field("client_id") == Some(&app.client_id));
    let app = app.filter(|app| field("client_secret") == Some(&keys::client_secret(app)));
    let token = match app {
        None => Err("incorrect_client_credentials"),
        Some(app) => hub
            .oauth()
            .exchange(
                field("code").unwrap_or_default(),
                app.id,
                field("redirect_uri"),
                field("code_verifier"),
                hub.clock().now(),
            )
            .ok_or("bad_verification_code"),
    };
    // GitHub answers 200 also where it says no.
    let answer = match token {
        Ok(token) => {
            [("access_token", token), ("token_type", "bearer".into()), ("scope", String::new())]
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec()
        }
        Err(error) => vec![("error".to_owned(), error.to_owned())],
    };
    let wants_json = headers
        .get(axum::http::header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("json"));
    if wants_json {
        let fields = answer.into_iter().map(|(name, value)| (name, json!(value)));
        return axum::Json(fields.collect::<serde_json::Map<_, _>>()).into_response();
    }
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    ([("content-type", "application/x-www-form-urlencoded")], text).into_response()
}
