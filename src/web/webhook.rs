//! `POST /webhook`: verify, store, answer. What it means is found out later.

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tracing::Instrument as _;

use super::Web;
use crate::app::Received;
use crate::db::deliveries::Delivery;
use crate::domain::ids::DeliveryId;
use crate::github::signature;

/// The longest header we repeat in the database.
const LONGEST: usize = 200;

pub(super) async fn receive(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let signed = header(&headers, "x-hub-signature-256");
    if !signature::is_genuine(&web.inner.webhook_secret, &body, signed) {
        return (StatusCode::UNAUTHORIZED, "");
    }
    let delivery = Delivery {
        id: header(&headers, "x-github-delivery").map_or_else(|| named_by(&body), named),
        event: header(&headers, "x-github-event")
            .unwrap_or("unknown")
            .chars()
            .take(LONGEST)
            .collect(),
        payload: body.into(),
    };
    let span = tracing::info_span!("webhook", delivery.id = %delivery.id, event = delivery.event);
    let stored = web.inner.intake.store(delivery).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(new = stored == Some(Received::New), "a webhook came"));
    match stored {
        Some(Received::New) => (StatusCode::ACCEPTED, "stored\n"),
        Some(Received::Again) => (StatusCode::ACCEPTED, "stored before\n"),
        None => (StatusCode::SERVICE_UNAVAILABLE, "not stored; deliver it again\n"),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn named(id: &str) -> DeliveryId {
    DeliveryId(id.chars().take(LONGEST).collect())
}

/// A name for a delivery that came without one: what it says.
fn named_by(body: &[u8]) -> DeliveryId {
    DeliveryId(hex::encode(digest::digest(&digest::SHA256, body).as_ref()))
}
