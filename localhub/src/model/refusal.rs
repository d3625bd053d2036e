//! Why something was not done, in GitHub's words.

use super::{Need, Role};

/// Why a command was refused; the HTTP edge knows the status of each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Unknown, expired or missing credentials (401).
    #[error("Bad credentials")]
    BadCredentials,
    /// A token is needed (401).
    #[error("Requires authentication")]
    NeedsAuthentication,
    /// A JSON web token is needed, or was not right (401).
    #[error("{0}")]
    BadJwt(&'static str),
    /// Does not exist, or may not be seen (404).
    #[error("Not Found")]
    NotFound,
    /// It was deleted for good (410).
    #[error("This issue was deleted")]
    Gone,
    /// It is somewhere else by now (301).
    #[error("Moved Permanently")]
    Moved(String),
    /// The App's token does not reach this (403).
    #[error("Resource not accessible by integration")]
    NotForApps(String),
    /// The person's role does not reach this (403).
    #[error("{0}")]
    Forbidden(String),
    /// The request names something that is not there or not allowed (422).
    #[error("Validation Failed")]
    Invalid(Vec<Flaw>),
    /// The request makes no sense as a whole (422).
    #[error("{0}")]
    Unprocessable(String),
    /// The pull request cannot be merged (405).
    #[error("{0}")]
    NotMergeable(String),
    /// The request was made for a state that has passed (409).
    #[error("{0}")]
    Conflict(String),
}

/// One entry of the `errors` of a "Validation Failed".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What kind of thing it is about.
    pub resource: &'static str,
    /// Which of its fields.
    pub field: &'static str,
    /// GitHub's word: `missing_field`, `invalid`, `already_exists`, `custom`.
    pub code: &'static str,
    /// More words, where the code alone says too little.
    pub message: Option<String>,
}

impl Refusal {
    pub(crate) fn flaw(resource: &'static str, field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![Flaw { resource, field, code, message: None }])
    }

    pub(crate) fn custom(
        resource: &'static str,
        field: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let message = Some(message.into());
        Self::Invalid(vec![Flaw { resource, field, code: "custom", message }])
    }

    /// What a person hears whose role is too small.
    pub(crate) fn role(need: Need) -> Self {
        Self::Forbidden(match need.role {
            Role::Admin => "Must have admin rights to Repository.".to_owned(),
            Role::Maintain | Role::Write => "Must have push access to repository".to_owned(),
            Role::Triage => "Must have triage rights to Repository.".to_owned(),
            Role::Read | Role::None => "Must have read rights to Repository.".to_owned(),
        })
    }

    /// What an App hears whose installation is suspended.
    pub(crate) fn suspended() -> Self {
        Self::Forbidden("This installation has been suspended".to_owned())
    }

    pub(crate) fn area(need: Need) -> Self {
        let level = match need.level {
            super::Level::Read => "read",
            super::Level::Write => "write",
            super::Level::Admin => "admin",
        };
        let accepted: Vec<_> =
            need.areas.iter().map(|area| format!("{}={level}", area.name())).collect();
        Self::NotForApps(accepted.join("; "))
    }
}
