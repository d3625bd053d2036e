//! Settings, in a file and in the environment.

use proptest::prelude::*;
use team6::config::{DEFAULTS, Settings};

use crate::spoil::spoiling_text;
use crate::{CASES, tries};

#[test]
fn spoiled_settings_are_read_or_refused_in_words() {
    let file = tempfile::NamedTempFile::new().unwrap();
    tries(CASES / 4, spoiling_text(&[DEFAULTS], 5), |text| {
        std::fs::write(file.path(), &text).unwrap();
        if let Err(error) = Settings::read(Some(file.path()), std::iter::empty()) {
            prop_assert!(!error.to_string().is_empty());
        }
        Ok(())
    });
}

#[test]
fn a_spoiled_environment_is_read_or_refused_in_words() {
    let names = ["TEAM6__GITHUB__APP_ID", "TEAM6__QUEUE__CONCURRENCY", "TEAM6__AGENTS__A__COMMAND"];
    let values = ["7", "[\"a\"]", "true", "a = 1", "2026-01-01", "\"\""];
    let inputs = (spoiling_text(&names, 3), spoiling_text(&values, 3));
    tries(CASES / 2, inputs, |pair| {
        if let Err(error) = Settings::read(None, std::iter::once(pair)) {
            prop_assert!(!error.to_string().is_empty());
        }
        Ok(())
    });
}
