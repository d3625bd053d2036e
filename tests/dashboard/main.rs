//! The dashboard in a browser, and its API as its description allows: against `team6 demo`.
//!
//! `tests/dashboard/install` says where axe-core and schemathesis are, in `TEAM6_TEST_DASHBOARD`;
//! `TEAM6_TEST_BROWSER` says that there must be a Chromium with its driver.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod browser;
mod demo;
mod flow;
mod hostile;
mod keyboard;
mod looks;

use std::io::Write as _;
use std::path::PathBuf;

/// Where axe-core and schemathesis are; says that a test is skipped without them.
fn installed(test: &str) -> Option<PathBuf> {
    let found = std::env::var_os("TEAM6_TEST_DASHBOARD").map(PathBuf::from);
    if found.is_none() {
        aloud(&format!("{test}: skipped, because TEAM6_TEST_DASHBOARD names no folder"));
    }
    found
}

/// Says something although the test may pass.
fn aloud(text: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "{text}").unwrap();
}
