//! What all answers of the API have in common: faults, limits, entity tags, headers.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{auth, problem::Problem};
use crate::{
    faults::{ApiFault, When},
    hub::Hub,
    keys,
    model::Actor,
    traffic::{Request as Arrived, Spent, TooMuch},
};

/// The address below `/api/v3`, before routers strip what they are nested under.
#[derive(Clone, Debug)]
pub(crate) struct Address(pub(crate) Uri);

/// Lets a request through to its route, with faults before and after it.
pub(crate) async fn pass(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    let (method, known) = (request.method().clone(), etag_known(request.headers()));
    let path = request.uri().path().to_owned();
    let (number, spent, too_much) = hub.traffic().arrives(Arrived {
        at: hub.clock().now(),
        caller: caller(&hub, request.headers()),
        method: method.to_string(),
        path: path.clone(),
        status: 0,
    });
    let address = Address(request.uri().clone());
    request.extensions_mut().insert(spent);
    request.extensions_mut().insert(address);
    let fault = hub.faults().meet(method.as_str(), &path);
    let mut response = match (&fault, too_much) {
        (Some(fault), _) if fault.when == When::Before => spoiled(fault),
        (_, Some(TooMuch::Primary)) => {
            Problem::new(StatusCode::FORBIDDEN, "API rate limit exceeded").into_response()
        }
        (_, Some(TooMuch::Secondary(seconds))) => slow_down(StatusCode::FORBIDDEN, Some(seconds)),
        (_, None) => carry_out(&hub, request, next).await,
    };
    if let Some(fault) = fault.filter(|fault| fault.when == When::After) {
        response = spoiled(&fault);
    }
    if method == Method::GET && response.status() == StatusCode::OK {
        response = tagged(response, known.as_deref()).await;
    }
    hub.traffic().answered(number, response.status().as_u16());
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

/// Whose budget a request is spent from.
fn caller(hub: &Hub, headers: &HeaderMap) -> String {
    let world = hub.world();
    match auth::actor(hub, headers) {
        Ok(Actor::Installation(token)) => {
            let token = world.tokens.find(token);
            token.map_or_else(String::new, |token| format!("installation {}", token.installation.0))
        }
        Ok(Actor::App(app)) => format!("app {}", app.0),
        Ok(Actor::Person(person)) => world.accounts.at(person).login.clone(),
        Ok(Actor::Nobody) | Err(_) => "nobody".to_owned(),
    }
}

fn spoiled(fault: &ApiFault) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_GATEWAY);
    if matches!(fault.status, 403 | 429) {
        return slow_down(status, fault.retry_after.and_then(|seconds| seconds.try_into().ok()));
    }
    let message = status.canonical_reason().unwrap_or("Server Error");
    let mut response = Problem::new(status, message).into_response();
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn slow_down(status: StatusCode, seconds: Option<i64>) -> Response {
    let message =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let mut response = Problem::new(status, message).into_response();
    if let Some(seconds) = seconds {
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
    put("x-ratelimit-limit", spent.limit.to_string());
    put("x-ratelimit-remaining", spent.limit.saturating_sub(spent.used).to_string());
    put("x-ratelimit-used", spent.used.to_string());
    put("x-ratelimit-reset", spent.reset.to_string());
    put("x-ratelimit-resource", "core".to_owned());
}
