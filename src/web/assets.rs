//! What pages are dressed with, and what all of them say to browsers.

use axum::extract::{Query, Request};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tower_http::compression::{CompressionLayer, Predicate};

use crate::say::page;

const STYLE: &str = include_str!("../../templates/page/team6.css");
const SCRIPT: &str = include_str!("../../templates/page/team6.js");

/// Nothing runs, loads or frames a page but what we serve ourselves.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What is packed.
const PACKED: [&str; 3] = ["text/html", "text/css", "text/javascript"];

/// Adds to an answer what every page says.
pub(super) async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let fresh = response.headers().contains_key(&name);
        if !fresh {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// Makes a page small on its way, for browsers that can have it so. What scripts get and streams of
/// news stay as they are. That one can learn from a length what a page hides besides what one had it
/// show is why forms bring along something else each time: `Visitor::csrf`.
pub(super) fn packed() -> CompressionLayer<impl Predicate> {
    let is_page = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|one| one.to_str().ok());
        kind.is_some_and(|kind| PACKED.iter().any(|one| kind.starts_with(one)))
    };
    CompressionLayer::new().compress_when(is_page)
}

pub(super) async fn style() -> Response {
    kept("text/css; charset=utf-8", STYLE.to_owned())
}

pub(super) async fn script() -> Response {
    kept("text/javascript; charset=utf-8", SCRIPT.to_owned())
}

#[derive(Deserialize)]
pub(super) struct Waiting {
    #[serde(default)]
    n: usize,
}

pub(super) async fn icon(Query(waiting): Query<Waiting>) -> Response {
    kept("image/svg+xml", page::icon(waiting.n))
}

fn kept(kind: &'static str, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")];
    (headers, text).into_response()
}
