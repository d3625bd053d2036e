//! What all pages have in common: a strict content policy, and forms only from our own pages.
//!
//! The cookie alone proves nothing, since other sites can make a browser send forms here. So a
//! form must come with the `Origin` of the hub itself, which other sites cannot fake.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    trouble::{self, Trouble},
    visit::Visit,
};
use crate::{hub::Hub, rest::edge};

/// `connect-src` is for the script that asks whether a page has changed.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer`, browsers would leave the origin out of forms as well.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets a request through to its page, and renders what went wrong there.
pub(super) async fn pass(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let visit = Visit::of(&hub, request.headers(), request.uri());
    let refused = match *request.method() {
        Method::GET | Method::HEAD => None,
        _ => stranger(&hub.origin().0, request.headers()),
    };
    let mut response = match refused {
        Some(trouble) => trouble.into_response(),
        None => edge::carry_out(&hub, request, next).await,
    };
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        *response.body_mut() = Body::from(trouble::page(&visit, &trouble));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, html);
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Why a form is not taken, when it does not come from a page of this hub.
fn stranger(origin: &str, headers: &HeaderMap) -> Option<Trouble> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(HeaderName::from_static("sec-fetch-site")).unwrap_or("same-origin");
    let from = text(header::ORIGIN).unwrap_or_default();
    let host = text(header::HOST).unwrap_or_default();
    // Another name may lead to this machine by a trick; these two cannot.
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let ours = from == origin || (loopback && from == format!("http://{host}"));
    if ours && site == "same-origin" {
        return None;
    }
    let words = if from.is_empty() {
        "A form must say which page it comes from, by the header Origin.".to_owned()
    } else {
        format!("This form comes from {from}, but only pages of {origin} may send forms here.")
    };
    Some(Trouble::new(StatusCode::FORBIDDEN, words))
}
