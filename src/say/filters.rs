//! How templates ask for text from people and agents to be made harmless.
#![expect(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    unreachable_pub,
    reason = "askama wants its filters so"
)]

use std::fmt::Display;

use askama::Values;

use super::harmless;

/// Longest text with lines of its own that we repeat, in characters.
const LONGEST_TEXT: usize = 20_000;

/// Text from outside on one line: no mark-up, no mention, no reference, no hidden marker.
#[askama::filter_fn]
pub(super) fn inert(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(harmless::line(&text.to_string()))
}

/// The same for a sentence, which may be longer than a title.
#[askama::filter_fn]
pub(super) fn sentence(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(harmless::sentence(&text.to_string()))
}

/// Text from outside that may have paragraphs, lists and code of its own, as a quote: nobody is
/// called by it, nothing linked, closed, hidden or loaded, and it ends where the quote ends.
#[askama::filter_fn]
pub(super) fn tame(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(harmless::quote(&text.to_string(), LONGEST_TEXT, ""))
}

/// A person's name on GitHub.
#[askama::filter_fn]
pub(super) fn person(name: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(harmless::person(&name.to_string()))
}
