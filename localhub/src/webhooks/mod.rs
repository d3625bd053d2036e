//! Telling Apps what happened.

mod hand;
mod outbox;
mod payload;
mod send;

pub use hand::Webhook;
pub(crate) use outbox::{Delivery, Outbox, deliveries_of};
