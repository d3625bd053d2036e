//! `[models.…]` and `[prices.…]`: whose models agents think with, and what that costs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de};
use url::Url;

use super::Error;
use crate::domain::model::{Kind, Secret};
use crate::domain::money::{Money, Price, Prices};

/// What models cost, as far as we know.
pub const PRICES: &str = include_str!("../../config/prices.toml");

/// A model, as the configuration names it.
pub type ModelName = String;

/// A model and who provides it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Which interface the provider has.
    pub provider: Kind,
    /// The provider's name for the model.
    pub model: String,
    /// Where the provider is, if not at home.
    pub base_url: Option<Url>,
    /// The variable of the worker's environment with the real key.
    pub key_env: Option<String>,
    /// The file with the real key.
    pub key_file: Option<PathBuf>,
}

/// What a million tokens of a model cost, in dollars.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// Read anew.
    #[serde(deserialize_with = "amount")]
    pub input: Money,
    /// Written.
    #[serde(deserialize_with = "amount")]
    pub output: Money,
    /// Read from the provider's cache; like `input` if not said.
    #[serde(default, deserialize_with = "amount_if_said")]
    pub cache_read: Option<Money>,
    /// Written to it; like `input` if not said.
    #[serde(default, deserialize_with = "amount_if_said")]
    pub cache_write: Option<Money>,
}

impl Costs {
    fn price(self) -> Price {
        Price {
            input: self.input,
            output: self.output,
            cache_read: self.cache_read.unwrap_or(self.input),
            cache_write: self.cache_write.unwrap_or(self.input),
        }
    }
}

/// The price list.
pub(super) fn prices(known: &BTreeMap<String, Costs>, unknown: Costs) -> Prices {
    let known = known.iter().map(|(name, costs)| (name.clone(), costs.price())).collect();
    Prices { known, unknown: unknown.price() }
}

impl Model {
    /// Where the provider is.
    pub fn address(&self) -> Option<Url> {
        let home = || self.provider.home()?.parse().ok();
        self.base_url.clone().or_else(home)
    }

    /// The real key, read now from where the operator keeps it; a compatible model may have none.
    #[expect(clippy::disallowed_methods, reason = "settings are read here")]
    pub fn key(&self, name: &str) -> Result<Option<Secret>, Error> {
        let (key, place) = if let Some(variable) = &self.key_env {
            let missing = |_| {
                Error::Setting(format!(
                    "model `{name}`: the variable `{variable}` is not set; set it where Team6 is \
                     started, or name a file with `key_file`"
                ))
            };
            (std::env::var(variable).map_err(missing)?, format!("the variable `{variable}`"))
        } else if let Some(path) = &self.key_file {
            let unreadable = |why| {
                let path = path.display();
                Error::Setting(format!(
                    "model `{name}`: its key cannot be read from `{path}` ({why}); put it there, \
                     readable for whoever runs Team6"
                ))
            };
            (std::fs::read_to_string(path).map_err(unreadable)?, format!("`{}`", path.display()))
        } else {
            return Ok(None);
        };
        let key = key.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Setting(format!("model `{name}`: there is no key in {place}")));
        }
        Ok(Some(Secret::new(key.to_owned())))
    }

    /// What is wrong with it, if anything is.
    pub(super) fn flaws(&self, name: &ModelName) -> Vec<String> {
        let mut wrong = Vec::new();
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-:/@".contains(&b);
        if self.model.is_empty() || !self.model.bytes().all(is_plain) {
            wrong.push(format!("model `{name}`: `{}` is no name of a model", self.model));
        }
        match self.address() {
            None => wrong.push(format!("model `{name}` needs a `base_url`")),
            Some(url) => {
                let is_plain = url.query().is_none() && url.password().is_none();
                if !matches!(url.scheme(), "http" | "https") || !is_plain || !url.has_host() {
                    wrong.push(format!("model `{name}`: `base_url` is no address of a server"));
                }
            }
        }
        match (&self.key_env, &self.key_file) {
            (Some(_), Some(_)) => wrong.push(format!("model `{name}` has both `key_env` and `key_file`")),
            (None, None) if self.provider != Kind::Compatible => wrong.push(format!(
                "model `{name}` needs `key_env` or `key_file`, which says where the provider's key is"
            )),
            (None | Some(_), None | Some(_)) => {}
        }
        wrong
    }
}

/// An amount of dollars, which is written in quotes so that it is exact.
pub(super) fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<Money, D::Error> {
    String::deserialize(from)?.parse().map_err(de::Error::custom)
}

/// The same, if it is there.
pub(super) fn amount_if_said<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Money>, D::Error> {
    amount(from).map(Some)
}
