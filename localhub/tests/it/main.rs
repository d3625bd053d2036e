//! Stories over real HTTP and real git.

#![expect(clippy::unwrap_used, reason = "`allow-unwrap-in-tests` does not reach helpers")]

mod checks;
mod comments;
mod crashes;
mod faults;
mod git;
mod issues;
mod listing;
mod merging;
mod pages;
mod pages_browser;
mod pages_safety;
mod people;
mod pulls;
mod reviews;
mod tokens;
mod webhooks;
mod world;
