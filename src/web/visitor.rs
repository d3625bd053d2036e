//! Who looks at a page, by the cookie their browser shows.

use aws_lc_rs::{constant_time, digest};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::Web;
use super::pages::Trouble;
use crate::db::sessions::{Kind, Session};
use crate::domain::ids::Login;
use crate::say::page::{self, Frame, Tab};

/// How many bytes forms bring along, without their mask.
const CSRF: usize = 16;

/// Somebody who is signed in.
pub(super) struct Visitor {
    pub(super) session: Session,
    /// What every form of theirs brings along, behind a mask.
    csrf: [u8; CSRF],
    /// The page's address.
    pub(super) here: String,
}

impl Visitor {
    /// Who.
    pub(super) fn login(&self) -> &Login {
        &self.session.login
    }

    /// What is around a page for them.
    pub(super) fn frame(&self, title: &str, tab: Tab, waiting: usize) -> Frame {
        Frame {
            title: title.to_owned(),
            who: Some(self.login().0.clone()),
            csrf: self.csrf(),
            once: uuid::Uuid::new_v4().simple().to_string(),
            here: self.here.clone(),
            waiting,
            tab,
            refresh: false,
            live: None,
        }
    }

    /// What a form of theirs brings along. It never looks the same, so that nobody learns it from how
    /// small a page can be packed (<https://www.breachattack.com/>).
    pub(super) fn csrf(&self) -> String {
        let mask = *uuid::Uuid::new_v4().as_bytes();
        hex::encode([mask, xor(mask, self.csrf)].concat())
    }

    /// Whether a form is one of ours, made for this session.
    pub(super) fn sent(&self, csrf: &str) -> bool {
        let mut both = [0; 2 * CSRF];
        if hex::decode_to_slice(csrf, &mut both).is_err() {
            return false;
        }
        let (mut mask, mut masked) = ([0; CSRF], [0; CSRF]);
        mask.copy_from_slice(&both[..CSRF]);
        masked.copy_from_slice(&both[CSRF..]);
        constant_time::verify_slices_are_equal(&xor(mask, masked), &self.csrf).is_ok()
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let secret = cookie(&parts.headers, web.cookie_name());
        let session = match secret {
            Some(secret) => web.app().signed_in(secret, Kind::Browser).await,
            None => Ok(None),
        };
        let session = session.map_err(|error| Trouble::from(error).into_response())?;
        match (session, secret) {
            (Some(session), Some(secret)) => Ok(Self { session, csrf: csrf(secret), here }),
            (_, _) if !parts.method.is_safe() => {
                Err((StatusCode::FORBIDDEN, "sign in first\n").into_response())
            }
            (_, _) if here == "/" => {
                let open = web.can_sign_in();
                Err(Html(page::signed_out("/", open, None)).into_response())
            }
            (_, _) => {
                let here: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
                Err(Redirect::to(&format!("/welcome?back={here}")).into_response())
            }
        }
    }
}

/// What a browser says under a name.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|one| one.to_str().ok());
    let mut pairs = all.flat_map(|one| one.split(';')).filter_map(|one| one.split_once('='));
    pairs.find(|(one, _)| one.trim() == name).map(|(_, value)| value.trim())
}

/// What forms bring along: known to whoever knows the session, and telling nothing about it.
fn csrf(secret: &str) -> [u8; CSRF] {
    let text = format!("csrf {secret}");
    let mut known = [0; CSRF];
    known.copy_from_slice(&digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..CSRF]);
    known
}

fn xor(one: [u8; CSRF], other: [u8; CSRF]) -> [u8; CSRF] {
    std::array::from_fn(|at| one[at] ^ other[at])
}
