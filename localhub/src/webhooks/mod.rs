//! Telling Apps what happened.

mod outbox;
mod payload;
mod send;

pub(crate) use outbox::{Delivery, Outbox, deliveries_of};
