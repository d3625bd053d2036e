//! Light or dark: how a person wants to see the pages.

use std::str::FromStr;

/// A theme a person can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the person's device prefers.
    #[default]
    System,
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl Theme {
    /// The theme's name, as it is stored and served.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A text that names no theme.
#[derive(Debug, PartialEq)]
pub struct NotATheme;

impl FromStr for Theme {
    type Err = NotATheme;

    fn from_str(name: &str) -> Result<Self, NotATheme> {
        [Self::System, Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.name() == name)
            .ok_or(NotATheme)
    }
}
