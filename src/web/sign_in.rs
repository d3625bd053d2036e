//! Signing in with GitHub, and out again.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use super::Web;
use super::pages::Trouble;
use super::visitor::{Visitor, cookie};
use crate::app::Error;
use crate::db::sessions::Kind;
use crate::github::{Client, SigningIn};
use crate::say::page;

/// What people sign in with.
#[derive(Clone)]
pub struct Door {
    /// Where browsers find us.
    pub url: Url,
    /// What we show GitHub.
    pub client: Client,
}

/// What a browser keeps while its person is at GitHub, for ten minutes.
const UNDERWAY: &str = "team6_sign_in";

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

/// The page for whoever is not signed in.
pub(super) async fn welcome(State(web): State<Web>, Query(query): Query<Back>) -> Html<String> {
    Html(page::signed_out(own(&query.back), web.can_sign_in(), None))
}

/// Off to GitHub.
pub(super) async fn begin(State(web): State<Web>, Query(query): Query<Back>) -> Response {
    let Some(door) = web.door() else { return StatusCode::NOT_FOUND.into_response() };
    let [state, verifier] =
        [(); 2].map(|()| [(); 2].map(|()| uuid::Uuid::new_v4().simple().to_string()).concat());
    let back = door.back();
    let attempt = SigningIn { back: &back, state: &state, verifier: &verifier };
    let page = web.app().github().sign_in_page(&door.client, attempt);
    let here = hex::encode(own(&query.back));
    let kept = format!("{state}.{verifier}.{here}");
    let mut response = Redirect::to(page.as_str()).into_response();
    set(&mut response, &door.cookie(UNDERWAY, &kept, 600));
    response
}

#[derive(Deserialize)]
pub(super) struct Came {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Back from GitHub.
pub(super) async fn callback(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(came): Query<Came>,
) -> Result<Response, Trouble> {
    let Some(door) = web.door() else { return Err(Trouble::NotFound) };
    let kept = cookie(&headers, UNDERWAY).and_then(|kept| {
        let (state, rest) = kept.split_once('.')?;
        let (verifier, here) = rest.split_once('.')?;
        let here = String::from_utf8(hex::decode(here).ok()?).ok()?;
        Some((state.to_owned(), verifier.to_owned(), here))
    });
    let Some((state, verifier, here)) = kept.filter(|(state, ..)| *state == came.state) else {
        return Ok(again("That took too long, or began in another browser. Try again."));
    };
    let back = door.back();
    let attempt = SigningIn { back: &back, state: &state, verifier: &verifier };
    let who = web.app().github().who_signed_in(&door.client, attempt, &came.code).await;
    let Some(who) = who.map_err(Error::from)? else {
        return Ok(again("GitHub did not say who you are. Try again."));
    };
    let agent = headers.get(header::USER_AGENT).and_then(|one| one.to_str().ok());
    let name = browser(agent.unwrap_or_default());
    let secret = web.app().sign_in(&who.login, Kind::Browser, &name).await?;
    let mut response = Redirect::to(own(&here)).into_response();
    set(&mut response, &door.cookie(web.cookie_name(), &secret, 14 * 86_400));
    set(&mut response, &door.cookie(UNDERWAY, "", 0));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Out {
    csrf: String,
    session: Option<String>,
}

/// Ends this session, or another one of the same person.
pub(super) async fn out(
    State(web): State<Web>,
    visitor: Visitor,
    Form(out): Form<Out>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&out.csrf) {
        return Err(Trouble::Forged);
    }
    let id = out.session.as_ref().unwrap_or(&visitor.session.id);
    web.app().sign_out(id, visitor.login()).await?;
    let page = if *id == visitor.session.id { "/" } else { "/you" };
    Ok(Redirect::to(page).into_response())
}

impl Door {
    /// Where GitHub sends people back to.
    fn back(&self) -> Url {
        let mut url = self.url.clone();
        url.set_path("/sign-in/callback");
        url
    }

    /// Whether browsers keep what we give them to this machine or to https.
    fn is_secure(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
        self.url.scheme() == "https" || !is_here
    }

    /// The name of the cookie of a session.
    pub(super) fn cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-team6" } else { "team6" }
    }

    fn cookie(&self, name: &str, value: &str, seconds: u32) -> String {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

fn set(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn again(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Html(page::signed_out("/", true, Some(why)))).into_response()
}

/// A page of ours, or the first one: `//example.org` would lead away.
pub(super) fn own(page: &str) -> &str {
    let is_ours = page.starts_with('/')
        && !page.starts_with("//")
        && page.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if is_ours { page } else { "/" }
}

/// A browser in few words: which one, on what.
fn browser(agent: &str) -> String {
    let has = |names: &[&'static str]| names.iter().copied().find(|name| agent.contains(name));
    let name = has(&["Firefox", "Edg", "OPR", "Chrome", "Safari"]).unwrap_or("A browser");
    let on = has(&["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"]);
    on.map_or_else(|| name.to_owned(), |on| format!("{name} on {on}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away() {
        for (asked, page) in [
            ("/runs/run_1?try=2", "/runs/run_1?try=2"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(own(asked), page, "{asked:?}");
        }
    }

    #[test]
    fn cookies_are_kept_to_https_but_on_this_machine() {
        let door = |url: &str| Door {
            url: url.parse().unwrap(),
            client: Client { id: String::new(), secret: String::new() },
        };
        assert_eq!(door("http://127.0.0.1:7601").cookie_name(), "team6");
        for url in ["https://team6.example", "http://team6.example"] {
            assert!(door(url).cookie("a", "b", 1).ends_with("; HttpOnly; SameSite=Lax; Secure"));
            assert_eq!(door(url).cookie_name(), "__Host-team6");
        }
    }
}
