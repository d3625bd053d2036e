//! What agents say may hold a NUL, which PostgreSQL keeps neither in text nor in JSON.

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

/// A value as JSON that every engine keeps.
pub(super) fn plain(value: impl Serialize) -> Json<Value> {
    Json(without_nul(serde_json::to_value(value).expect("what is stored is plain data")))
}

fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "\u{FFFD}")),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name.replace('\0', "\u{FFFD}"), without_nul(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}
