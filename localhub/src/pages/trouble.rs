//! When something cannot be shown or done: the right status, and one clear sentence.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    frame::{Frame, written},
    visit::Visit,
};
use crate::{
    error::Error,
    model::{Refusal, refusal::Flaw},
    rest::problem::Problem,
};

/// Why there is no page, or why a form had no effect.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    status: StatusCode,
    words: String,
    /// What the person had written, so that it is not lost.
    kept: Option<String>,
}

/// What a page or a form answers.
pub(super) type Answer = Result<Response, Trouble>;

impl Trouble {
    pub(super) fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Self { status, words: words.into(), kept: None }
    }

    pub(super) fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "This address cannot be used in that way.")
    }

    /// Something changed since the person looked.
    pub(super) fn stale(words: &str) -> Self {
        Self::new(StatusCode::CONFLICT, words)
    }

    /// The same, giving a written text back.
    pub(super) fn keeping(self, text: &str) -> Self {
        Self { kept: Some(text.to_owned()).filter(|text| !text.trim().is_empty()), ..self }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let status = Problem::from(refusal.clone()).status;
        let words = match &refusal {
            Refusal::NotFound => {
                "There is nothing here, or nothing that the person you are acting as may see."
                    .to_owned()
            }
            Refusal::Gone | Refusal::Moved(_) => format!("{refusal}."),
            Refusal::NeedsAuthentication => {
                "Choose who you are acting as first: nobody may not do this.".to_owned()
            }
            Refusal::Invalid(flaws) => flaws.iter().map(sentence).collect::<Vec<_>>().join(" "),
            Refusal::Forbidden(why) => {
                format!("The person you are acting as may not do this: {}.", plain(why))
            }
            Refusal::Unprocessable(why) | Refusal::NotMergeable(why) | Refusal::Conflict(why) => {
                format!("{}.", why.trim_end_matches('.'))
            }
            Refusal::BadCredentials | Refusal::BadJwt(_) | Refusal::NotForApps(_) => {
                format!("{refusal}.")
            }
        };
        Self::new(status, words)
    }
}

fn plain(why: &str) -> String {
    let why = why.trim_end_matches('.').replace("Repository", "repository");
    let mut letters = why.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A flaw in words for people.
fn sentence(flaw: &Flaw) -> String {
    let field = flaw.field.replace('_', " ");
    match (&flaw.message, flaw.code) {
        (Some(message), _) => {
            let mut letters = message.trim_end_matches('.').chars();
            let first = letters.next().map(|letter| letter.to_uppercase().to_string());
            format!("{}{}.", first.unwrap_or_default(), letters.as_str())
        }
        (None, "missing_field" | "missing") => format!("The {field} is missing."),
        (None, "already_exists") => format!("There is one with this {field} already."),
        (None, _) => format!("This {field} is not possible here."),
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        if let Error::Refused(refusal) = error {
            return refusal.into();
        }
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "a page failed");
        let words = "Something broke on the hub's side; its log says what.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, words)
    }
}

impl From<crate::git::Error> for Trouble {
    fn from(error: crate::git::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<crate::store::Error> for Trouble {
    fn from(error: crate::store::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Trouble {
    /// The page comes later, from [`super::guard`], which knows who looks.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct Page<'a> {
    frame: Frame,
    status: u16,
    trouble: &'a Trouble,
}

/// The page that tells of it.
pub(super) fn page(visit: &Visit, trouble: &Trouble) -> String {
    written(&Page { frame: Frame::of(visit), status: trouble.status.as_u16(), trouble })
}
