//! GitHub's JSON, one file per noun; the shapes are those of GitHub's OpenAPI description.

mod account;
mod app;
mod check;
mod comment;
mod commit;
mod content;
mod issue;
mod label;
mod milestone;
mod pull;
mod repo;
mod review;
mod timeline;

pub(crate) use app::hook_config;

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use crate::{model::World, origin::Origin};

/// The world as seen from one address.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) world: Arc<World>,
    pub(crate) origin: Origin,
}

/// An id as GraphQL has it.
pub(crate) fn node_id(prefix: &str, id: u64) -> String {
    format!("{prefix}_{id:08}")
}

/// A time as GitHub writes it.
pub(crate) fn time(at: DateTime<Utc>) -> Value {
    at.to_rfc3339_opts(SecondsFormat::Secs, true).into()
}

/// A time that may not have come.
pub(crate) fn maybe_time(at: Option<DateTime<Utc>>) -> Value {
    at.map_or(Value::Null, time)
}

/// A word in a URL.
pub(crate) fn url_word(word: &str) -> String {
    url::form_urlencoded::byte_serialize(word.as_bytes()).collect::<String>().replace('+', "%20")
}
