//! What all answers of the API have in common: faults, limits, entity tags, headers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;
use crate::{
    faults::{ApiFault, When},
    hub::Hub,
    keys,
};

/// How many requests each caller has made in which hour.
pub(crate) type Meter = Arc<Mutex<BTreeMap<String, (i64, u64)>>>;

/// The address below `/api/v3`, before routers strip what they are nested under.
#[derive(Clone, Debug)]
pub(crate) struct Address(pub(crate) Uri);

/// What a caller has used of the primary rate limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) used: u64,
    pub(crate) reset: i64,
}

/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
pub(crate) const LIMIT: u64 = 5000;

/// Lets a request through to its route, with faults before and after it.
pub(crate) async fn pass(
    State((hub, meter)): State<(Hub, Meter)>,
    mut request: Request,
    next: Next,
) -> Response {
    let (method, known) = (request.method().clone(), etag_known(request.headers()));
    let path = request.uri().path().to_owned();
    let spent = count(&hub, &meter, request.headers());
    let address = Address(request.uri().clone());
    request.extensions_mut().insert(spent);
    request.extensions_mut().insert(address);
    let fault = hub.faults().meet(method.as_str(), &path);
    let mut response = match &fault {
        Some(fault) if fault.when == When::Before => spoiled(fault),
        _ => carry_out(&hub, request, next).await,
    };
    if let Some(fault) = fault.filter(|fault| fault.when == When::After) {
        response = spoiled(&fault);
    }
    if method == Method::GET && response.status() == StatusCode::OK {
        response = tagged(response, known.as_deref()).await;
    }
    dress(response.headers_mut(), spent);
    response
}

/// Carries a request out to its end, also when the caller hangs up: a change must not stop
/// between git and the database, or between the database and what we hold in memory.
pub(crate) async fn carry_out(hub: &Hub, request: Request, next: Next) -> Response {
    match hub.spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a route panicked");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Server Error").into_response()
        }
    }
}

fn count(hub: &Hub, meter: &Meter, headers: &HeaderMap) -> Spent {
    let caller = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let hour = hub.clock().now().timestamp() / 3600;
    let mut meter = meter.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = meter.entry(caller.unwrap_or_default().to_owned()).or_insert((hour, 0));
    if entry.0 != hour {
        *entry = (hour, 0);
    }
    entry.1 += 1;
    Spent { used: entry.1, reset: (hour + 1) * 3600 }
}

fn spoiled(fault: &ApiFault) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let limited = matches!(fault.status, 403 | 429);
    let message = if limited {
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    } else {
        status.canonical_reason().unwrap_or("Server Error")
    };
    let mut response = Problem::new(status, message).into_response();
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn etag_known(headers: &HeaderMap) -> Option<String> {
    headers.get(header::IF_NONE_MATCH)?.to_str().ok().map(str::to_owned)
}

async fn tagged(response: Response, known: Option<&str>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("W/\"{}\"", keys::fingerprint(&bytes));
    let same = known.is_some_and(|known| known.split(", ").any(|one| one == tag));
    if let Ok(value) = tag.parse() {
        parts.headers.insert(header::ETAG, value);
    }
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn dress(headers: &mut HeaderMap, spent: Spent) {
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("x-github-request-id", keys::secret("").to_uppercase());
    put("x-github-media-type", "github.v3; format=json".to_owned());
    put("x-github-api-version-selected", "2022-11-28".to_owned());
    put("x-ratelimit-limit", LIMIT.to_string());
    put("x-ratelimit-remaining", LIMIT.saturating_sub(spent.used).to_string());
    put("x-ratelimit-used", spent.used.to_string());
    put("x-ratelimit-reset", spent.reset.to_string());
    put("x-ratelimit-resource", "core".to_owned());
}
