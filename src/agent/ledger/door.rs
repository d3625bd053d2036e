//! Where an agent's calls come in: who asks, what for, and whether there is anything left to pay with.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;

use super::Desk;
use super::call::Call;
use super::exchange::Exchange;
use super::refused::Refused;

/// A question may be this long: whole conversations with pictures are sent again with every call.
const LONGEST: usize = 32 << 20;
/// A question must be there in this time.
const BODY: Duration = Duration::from_mins(1);

/// Answers one request.
pub(super) async fn enter(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = pass(&desk, &parts, body).await;
    answered.unwrap_or_else(|refused| {
        tracing::debug!(status = refused.status().as_u16(), "an agent's call was refused");
        refused.answer(desk.provider.kind)
    })
}

async fn pass(desk: &Arc<Desk>, parts: &Parts, body: Body) -> Result<Response, Refused> {
    if !is_known(desk, parts) {
        return Err(Refused::new(StatusCode::UNAUTHORIZED, "this is not this task's token"));
    }
    let call = Call::of(desk.provider.kind, &parts.method, &parts.uri, &parts.headers)?;
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        let words = "send the body as it is, not compressed";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
    }
    let busy = || Refused::new(StatusCode::SERVICE_UNAVAILABLE, "the task is over");
    let turn = Arc::clone(&desk.turns).acquire_owned().await.map_err(|_| busy())?;
    let body = whole(body).await?;
    if desk.budget.is_spent() && call.way.is_some() {
        desk.tell_that_it_was_refused();
        return Err(Refused::spent());
    }
    let price = |model: &str| desk.price(model);
    let asked = call.ask(&body, desk.budget.left(), price);
    let question = asked.inspect_err(|refused| {
        if refused.status() == StatusCode::PAYMENT_REQUIRED {
            desk.tell_that_it_was_refused();
        }
    })?;
    let (answer, answered) = oneshot::channel();
    let exchange = Exchange {
        desk: Arc::clone(desk),
        method: parts.method.clone(),
        headers: parts.headers.clone(),
        call,
        question,
    };
    // It goes on without the agent, so that what an agent does not wait for is counted too.
    desk.tasks.spawn(async move {
        exchange.carry(answer).await;
        drop(turn);
    });
    answered.await.map_err(|_| busy())?
}

async fn whole(body: Body) -> Result<Vec<u8>, Refused> {
    let read = tokio::time::timeout(BODY, to_bytes(body, LONGEST)).await;
    let slow = |_| Refused::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time");
    let long =
        |_| Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or was cut off");
    Ok(read.map_err(slow)?.map_err(long)?.into())
}

/// Whether one of the places where a provider's program puts its key has this task's token.
fn is_known(desk: &Desk, parts: &Parts) -> bool {
    let headers = ["authorization", "x-api-key", "x-goog-api-key"];
    let headers = headers.iter().flat_map(|name| parts.headers.get_all(*name));
    let in_headers = headers.map(|value| {
        let value = value.as_bytes();
        value.strip_prefix(b"Bearer ").unwrap_or(value).to_vec()
    });
    let query = parts.uri.query().unwrap_or_default();
    let in_query = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "key")
        .map(|(_, value)| value.into_owned().into_bytes());
    let token = desk.token.reveal().as_bytes();
    in_headers
        .chain(in_query)
        .any(|given| constant_time::verify_slices_are_equal(&given, token).is_ok())
}
