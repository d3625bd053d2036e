//! What pages are dressed with, and what all of them say to browsers.

use std::io::Write as _;

use axum::extract::{Query, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

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
/// news stay as they are.
pub(super) async fn packed(request: Request, next: Next) -> Response {
    let said = request.headers().get(header::ACCEPT_ENCODING).and_then(|one| one.to_str().ok());
    let takes = said.is_some_and(|said| {
        said.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == "gzip"))
    });
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|one| one.to_str().ok());
    let is_page = kind.is_some_and(|kind| PACKED.iter().any(|one| kind.starts_with(one)));
    if !takes || !is_page {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let Ok(small) = packer.write_all(&whole).and_then(|()| packer.finish()) else {
        return Response::from_parts(head, whole.into());
    };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    head.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(head, small.into())
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
