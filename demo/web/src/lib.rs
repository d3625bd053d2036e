//! The pages of Acme's account site.

pub mod header;

pub mod html;

pub mod page;

pub mod person;

pub mod profile;

pub mod settings;

/// The stylesheet every page links to.
pub const STYLESHEET: &str = include_str!("../assets/style.css");
