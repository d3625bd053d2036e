//! The dashboard's pages. Everything on them is data first, so that the API says the same.

mod frame;
pub mod graph;
pub mod lists;
pub mod notes;
pub mod parts;
pub mod run;
#[cfg(test)]
mod samples;
pub mod sprint;
pub mod talk;
pub mod task;
#[cfg(test)]
mod tests;
pub mod trace;
pub mod why;
pub mod wizard;

use askama::Template;

pub use frame::{Frame, Live, Session, Tab, icon, refused, signed_out, trouble, yours};

/// Text from outside on a page: what shows nothing itself and turns the rest around is left out,
/// and askama escapes what is left.
mod shown {
    #![expect(
        clippy::inline_always,
        clippy::unnecessary_wraps,
        clippy::unused_self,
        unreachable_pub,
        reason = "askama wants its filters so"
    )]

    use std::fmt::Display;

    use askama::Values;

    use crate::say::harmless;

    /// A line of somebody else's, at most as long as a title.
    #[askama::filter_fn]
    pub(in crate::say) fn line(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(harmless::on_page(&text.to_string(), 300))
    }

    /// A line that begins with a capital letter and ends with a full stop.
    #[askama::filter_fn]
    pub(in crate::say) fn sentence(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        // What stands between backticks in a comment needs none here.
        let text = harmless::on_page(&text.to_string(), 600).replace('`', "");
        let mut chars = text.chars();
        let first = chars.next().map_or_else(String::new, |c| c.to_uppercase().collect());
        let rest = chars.as_str().trim_end_matches('.');
        Ok(format!("{first}{rest}."))
    }

    /// The first letter of a name.
    #[askama::filter_fn]
    pub(in crate::say) fn initial(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(text.to_string().chars().next().map_or_else(String::new, |c| c.to_uppercase().collect()))
    }

    /// As much of a name as fits into a box.
    #[askama::filter_fn]
    pub(in crate::say) fn short(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(harmless::on_page(&text.to_string(), 12))
    }

    /// A name as it stands in an address.
    #[askama::filter_fn]
    pub(in crate::say) fn key(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(url::form_urlencoded::byte_serialize(text.to_string().as_bytes()).collect())
    }

    /// A text of somebody else's, with its own lines.
    #[askama::filter_fn]
    pub(in crate::say) fn text(text: impl Display, _: &dyn Values) -> askama::Result<String> {
        Ok(harmless::lines_on_page(&text.to_string(), 20_000))
    }
}

use shown as filters;

/// What a page is made into. Templates only put text together.
fn page(template: &impl Template) -> String {
    template.render().expect("putting text together cannot fail")
}
