//! Errors as GitHub answers them.
//! <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    error::Error,
    model::{Refusal, refusal::Flaw},
};

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    message: String,
    flaws: Vec<Flaw>,
    /// The errors of answers that have sentences where others have objects.
    sentences: Vec<String>,
    /// What `X-Accepted-GitHub-Permissions` names.
    accepted: Option<Box<str>>,
    /// Where it is by now.
    location: Option<Box<str>>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            flaws: Vec::new(),
            sentences: Vec::new(),
            accepted: None,
            location: None,
        }
    }

    pub(crate) fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    /// The same as GitHub tells it about reviews: in sentences.
    pub(crate) fn in_sentences(mut self) -> Self {
        if self.status == StatusCode::UNPROCESSABLE_ENTITY {
            let flaws = std::mem::take(&mut self.flaws);
            self.sentences = flaws.iter().map(sentence).collect();
            let message = std::mem::replace(&mut self.message, "Unprocessable Entity".to_owned());
            if self.sentences.is_empty() {
                self.sentences.push(message);
            }
        }
        self
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let (status, flaws, accepted) = match refusal {
            Refusal::BadCredentials | Refusal::NeedsAuthentication | Refusal::BadJwt(_) => {
                (StatusCode::UNAUTHORIZED, Vec::new(), None)
            }
            Refusal::NotFound => (StatusCode::NOT_FOUND, Vec::new(), None),
            Refusal::Gone => (StatusCode::GONE, Vec::new(), None),
            Refusal::Moved(to) => {
                return Self {
                    location: Some(to.into()),
                    ..Self::new(StatusCode::MOVED_PERMANENTLY, message)
                };
            }
            Refusal::NotForApps(accepted) => {
                (StatusCode::FORBIDDEN, Vec::new(), Some(accepted.into()))
            }
            Refusal::Forbidden(_) => (StatusCode::FORBIDDEN, Vec::new(), None),
            Refusal::Invalid(flaws) => (StatusCode::UNPROCESSABLE_ENTITY, flaws, None),
            Refusal::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), None),
            Refusal::NotMergeable(_) => (StatusCode::METHOD_NOT_ALLOWED, Vec::new(), None),
            Refusal::Conflict(_) => (StatusCode::CONFLICT, Vec::new(), None),
        };
        Self { status, message, flaws, sentences: Vec::new(), accepted, location: None }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            other @ (Error::Store(_)
            | Error::Git(_)
            | Error::Folder(_)
            | Error::Seed(_)
            | Error::Key) => {
                let other: &dyn std::error::Error = &other;
                tracing::error!(error = other, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Server Error")
            }
        }
    }
}

impl From<crate::git::Error> for Problem {
    fn from(error: crate::git::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<crate::store::Error> for Problem {
    fn from(error: crate::store::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.as_str(),
        });
        if !self.flaws.is_empty() {
            body["errors"] = self.flaws.iter().map(render).collect();
        }
        if !self.sentences.is_empty() {
            body["errors"] = self.sentences.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(accepted) = self.accepted.and_then(|text| text.parse().ok()) {
            response.headers_mut().insert("x-accepted-github-permissions", accepted);
        }
        if let Some(location) = self.location.and_then(|text| text.parse().ok()) {
            response.headers_mut().insert(axum::http::header::LOCATION, location);
        }
        response
    }
}

fn sentence(flaw: &Flaw) -> String {
    flaw.message.clone().unwrap_or_else(|| {
        let says = if flaw.code == "missing_field" { "can't be blank" } else { "is invalid" };
        format!("{} {says}", flaw.field)
    })
}

fn render(flaw: &Flaw) -> Value {
    let mut body = json!({ "resource": flaw.resource, "field": flaw.field, "code": flaw.code });
    if let Some(message) = &flaw.message {
        body["message"] = message.clone().into();
    }
    body
}
