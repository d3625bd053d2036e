//! One binary for every integration test, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, and may use the world as it is"
)]

#[macro_use]
mod world;

mod db;
mod decisions;
mod docs;
mod engines;
mod layers;
mod migrations;
#[path = "../agents/model.rs"]
mod model;
mod plans;
mod queue;
mod size;
mod sources;
mod story;
mod webhook;
mod words;

use std::io::Write as _;

/// Says something that is seen even if the test that says it is well.
fn aloud(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
