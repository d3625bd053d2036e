//! People, organizations and Apps, as answers mention them.

use serde::Deserialize;

use super::lenient::or_default;
use crate::domain::ids::Login;

/// An account, as GitHub mentions it everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// GitHub's id, which survives a rename.
    #[serde(default)]
    pub id: i64,
    /// Its name.
    pub login: Login,
    /// `User`, `Organization`, `Bot` or a word of tomorrow's.
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub kind: String,
}

impl Account {
    /// Whether it is a person, as far as GitHub says.
    pub fn is_person(&self) -> bool {
        !self.is_bot() && self.kind != "Organization"
    }

    /// Whether it is an App and not a person.
    pub fn is_bot(&self) -> bool {
        self.kind == "Bot" || self.login.0.ends_with("[bot]")
    }
}
