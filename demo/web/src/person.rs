//! Whose account it is.

/// A person with an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// What the person is called.
    pub name: String,
    /// The language of the pages, as in `<html lang>`.
    pub language: String,
}

impl Person {
    /// A person who has not changed any setting.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            language: "en".to_owned(),
        }
    }
}
