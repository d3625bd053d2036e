//! Why GitHub did not do what we asked, and whether asking again may help.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::transport::{Answer, Lost};
use crate::domain::ids::InstallationId;

/// Why GitHub did not do what we asked. Carries GitHub's own message, and nothing else that was
/// sent or received: it may be logged and shown to operators.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The private key of the App cannot be used.
    #[error("the App's private key cannot be used")]
    Key(#[source] jsonwebtoken::errors::Error),
    /// No answer came; what was asked may have been done all the same.
    #[error("GitHub could not be reached")]
    Unreachable(#[source] Lost),
    /// We asked too much.
    #[error("GitHub wants to be left alone until {until}")]
    Limited {
        /// When we may ask again.
        until: DateTime<Utc>,
    },
    /// GitHub understood and will not do it.
    #[error("GitHub refused ({status}): {message}{}", details(.errors))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
        /// GitHub's words about single fields.
        errors: Vec<String>,
        /// Where GitHub explains it.
        documentation_url: Option<String>,
        /// The permissions that would have sufficed: `X-Accepted-GitHub-Permissions`.
        accepted_permissions: Option<String>,
    },
    /// GitHub itself is in trouble; what was asked may have been done all the same.
    #[error("GitHub is in trouble ({status})")]
    Broken {
        /// The HTTP status.
        status: u16,
    },
    /// GitHub's answer is not what it should be.
    #[error("GitHub's answer is no {expected} at line {line}, column {column}")]
    Unreadable {
        /// What it should have been.
        expected: &'static str,
        /// Where reading failed.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The App is not installed there any more; that says nothing about what was asked for.
    #[error("the App is not installed there any more (installation {0})")]
    NotInstalled(InstallationId),
    /// GitHub sent us to another server, and our credentials stay here.
    #[error("GitHub points to another server: {0}")]
    Astray(String),
}

/// When asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// After a while.
    After(Duration),
    /// From then on.
    At(DateTime<Utc>),
    /// Not by itself.
    Never,
}

impl Error {
    /// When asking again may help. Asking for a change again may make it twice: look first.
    pub fn again(&self) -> Again {
        match self {
            Self::Unreachable(_) | Self::Broken { .. } => Again::After(Duration::from_secs(10)),
            Self::Limited { until } => Again::At(*until),
            Self::Key(_)
            | Self::Refused { .. }
            | Self::Unreadable { .. }
            | Self::NotInstalled(_)
            | Self::Astray(_) => Again::Never,
        }
    }

    /// Whether what we asked for is not there, or we may not know that it is.
    pub fn is_gone(&self) -> bool {
        matches!(self.refusal(), Some(404 | 410))
    }

    /// Whether what we sent makes no sense to GitHub, or is there already.
    pub fn is_unprocessable(&self) -> bool {
        self.refusal() == Some(422)
    }

    /// Whether the world moved on: the head of a pull request is not the one we meant.
    pub fn is_conflict(&self) -> bool {
        self.refusal() == Some(409)
    }

    /// Whether a rule of the repository forbids it: a pull request that cannot be merged.
    pub fn is_not_allowed(&self) -> bool {
        self.refusal() == Some(405)
    }

    /// Whether the App's permissions do not suffice.
    pub fn is_forbidden(&self) -> bool {
        self.refusal() == Some(403)
    }

    /// Whether GitHub does not know who we are.
    pub fn is_unauthorized(&self) -> bool {
        self.refusal() == Some(401)
    }

    fn refusal(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Key(_)
            | Self::Unreachable(_)
            | Self::Limited { .. }
            | Self::Broken { .. }
            | Self::Unreadable { .. }
            | Self::NotInstalled(_)
            | Self::Astray(_) => None,
        }
    }

    /// The error an answer of status 400 and above is.
    pub(super) fn of(answer: &Answer) -> Self {
        if answer.status >= 500 {
            return Self::Broken { status: answer.status };
        }
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let word = |name: &str| said[name].as_str().map(|word| word.chars().take(500).collect());
        Self::Refused {
            status: answer.status,
            message: word("message").unwrap_or_else(|| "without a word".to_owned()),
            errors: said["errors"].as_array().into_iter().flatten().map(complaint).collect(),
            documentation_url: word("documentation_url"),
            accepted_permissions: answer.header("x-accepted-github-permissions").map(str::to_owned),
        }
    }

    pub(super) fn unreadable<T>(error: &serde_json::Error) -> Self {
        Self::Unreadable {
            expected: std::any::type_name::<T>(),
            line: error.line(),
            column: error.column(),
        }
    }
}

/// One of the `errors` of an answer: a text, or an object that names resource, field and code.
fn complaint(error: &Value) -> String {
    let words = ["resource", "field", "code", "message"];
    match error.as_str() {
        Some(text) => text.to_owned(),
        None => words.iter().filter_map(|word| error[word].as_str()).collect::<Vec<_>>().join(" "),
    }
}

fn details(errors: &[String]) -> String {
    if errors.is_empty() { String::new() } else { format!(" ({})", errors.join("; ")) }
}
