//! Whose models agents think with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which interface a provider of models has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Anthropic's: messages.
    Anthropic,
    /// `OpenAI`'s own: chat completions and responses.
    #[serde(rename = "openai")]
    OpenAi,
    /// Google's: `generateContent`.
    Gemini,
    /// Somebody else's that is like `OpenAI`'s.
    #[serde(rename = "openai-compatible")]
    Compatible,
}

impl Kind {
    /// Where the provider itself is reached, in the form its own programs take; nobody knows where a compatible one is.
    pub fn home(self) -> Option<&'static str> {
        match self {
            Self::Anthropic => Some("https://api.anthropic.com"),
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com"),
            Self::Compatible => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
            Self::Compatible => "openai-compatible",
        })
    }
}

/// A text that is printed nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, to be given to the one it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let printed = format!("{:?}", Some(Secret::new("sk-1234".into())));
        assert_eq!(printed, "Some((secret))");
    }

    #[test]
    fn a_kind_is_called_the_same_everywhere() {
        for kind in [Kind::Anthropic, Kind::OpenAi, Kind::Gemini, Kind::Compatible] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.to_string());
        }
    }
}
