//! The Agent Client Protocol: the only place that names its crate, because its interface changes often.

mod client;
mod form;
mod introduce;
mod pulse;
mod stage;

pub(super) use client::Conversation;
pub(super) use introduce::introduce;
pub(super) use pulse::Pulse;
pub(super) use stage::{Abilities, Stage, serve};
