//! Settings, in a file and in the environment.

use team6::config::DEFAULTS;

use crate::spoil::spoiling_text;
use crate::{CASES, holds, tries};

#[test]
fn spoiled_settings_are_read_or_refused_in_words() {
    tries(CASES / 4, spoiling_text(&[DEFAULTS], 5), |text| {
        holds::settings(&text);
        Ok(())
    });
}

#[test]
fn a_spoiled_environment_is_read_or_refused_in_words() {
    let names = ["TEAM6__GITHUB__APP_ID", "TEAM6__QUEUE__CONCURRENCY", "TEAM6__AGENTS__A__COMMAND"];
    let values = ["7", "[\"a\"]", "true", "a = 1", "2026-01-01", "\"\""];
    let inputs = (spoiling_text(&names, 3), spoiling_text(&values, 3));
    tries(CASES / 2, inputs, |(name, value)| {
        holds::variable(&name, &value);
        Ok(())
    });
}
