//! Defaults, file and environment, one over the other.

use std::path::Path;

use toml::{Table, Value};

use super::models::PRICES;
use super::{DEFAULTS, Error, Settings, presets};

/// The prefix of environment variables that are settings.
const PREFIX: &str = "TEAM6__";

pub(super) fn merged(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Settings, Error> {
    let mut table: Table = DEFAULTS.parse().expect("the defaults are valid: a test reads them");
    let mut prices: Table = PRICES.parse().expect("the prices are valid: a test reads them");
    prices.remove("date");
    lay_over(&mut table, prices);
    if let Some(path) = file {
        lay_over(&mut table, read(path)?);
    }
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix(PREFIX) {
            lay_over(&mut table, nested(&path.to_lowercase(), &value));
        }
    }
    presets::fill_in(&mut table).map_err(Error::Setting)?;
    Value::Table(table).try_into().map_err(|wrong: toml::de::Error| {
        Error::Setting(format!("a setting is wrong: {}", wrong.message()))
    })
}

fn read(path: &Path) -> Result<Table, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::File { path: path.to_owned(), source })?;
    text.parse().map_err(|wrong: toml::de::Error| Error::Toml {
        path: path.to_owned(),
        message: wrong.to_string(),
    })
}

/// `github__app_id` and `7` as `[github] app_id = 7`; what is not a TOML value is a text.
fn nested(path: &str, value: &str) -> Table {
    let value = value
        .parse::<Value>()
        .ok()
        .filter(|value| !matches!(value, Value::Datetime(_)))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    path.rsplit("__")
        .fold(value, |inner, key| Value::Table(Table::from_iter([(key.to_owned(), inner)])))
        .as_table()
        .cloned()
        .unwrap_or_default()
}

/// Puts what `above` says in the place of what `below` says, table by table.
pub(super) fn lay_over(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}
