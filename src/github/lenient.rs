//! Reading answers that lack what we could do without.

use serde::{Deserialize, Deserializer};

/// Takes `null` for the default, as `#[serde(default)]` takes what is missing.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
