//! What is told about a person.

use crate::json::Object;
use crate::settings::Settings;

/// The person's profile, as JSON.
pub fn profile(person: &str, settings: &Settings) -> String {
    Object::default()
        .text("person", person)
        .text("language", &settings.language)
        .flag("weekly_digest", settings.weekly_digest)
        .finish()
}
