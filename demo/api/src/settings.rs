//! The settings of each person.

use std::collections::BTreeMap;

/// What one person has chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The language of pages and mail.
    pub language: String,
    /// Whether a digest is mailed every week.
    pub weekly_digest: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "en".to_owned(),
            weekly_digest: true,
        }
    }
}

/// Why a setting was not changed.
#[derive(Debug, PartialEq)]
pub enum Rejected {
    /// There is no such setting.
    Unknown,
    /// The setting cannot have this value.
    Invalid,
}

/// Everybody's settings.
#[derive(Default)]
pub struct Store {
    people: BTreeMap<String, Settings>,
}

impl Store {
    /// The settings of a person; somebody we never heard of has the usual ones.
    pub fn of(&self, person: &str) -> Settings {
        self.people.get(person).cloned().unwrap_or_default()
    }

    /// Changes one setting of a person.
    pub fn change(&mut self, person: &str, setting: &str, value: &str) -> Result<(), Rejected> {
        let mut settings = self.of(person);
        match setting {
            "language" if value.len() == 2 => settings.language = value.to_owned(),
            "language" => return Err(Rejected::Invalid),
            "weekly_digest" => {
                settings.weekly_digest = value.parse().map_err(|_| Rejected::Invalid)?;
            }
            _ => return Err(Rejected::Unknown),
        }
        self.people.insert(person.to_owned(), settings);
        Ok(())
    }
}
