//! Keeps the settings of Acme's people.

pub mod json;

pub mod profile;

pub mod settings;
