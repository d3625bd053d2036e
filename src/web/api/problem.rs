//! What the API answers when it does not do what it was asked: always in this one shape.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::app::Error;
use crate::causes::whole;
use crate::domain::refusal::Refusal;

/// Why something was not done, as RFC 9457 has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in super::super) struct Problem {
    /// What kind of problem it is.
    r#type: &'static str,
    /// The kind in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// Why Team6 will not do it, all reasons at once.
    reasons: Vec<Reason>,
}

/// One reason why Team6 will not do something.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Reason {
    /// The reason.
    why: String,
    /// What to do about it, where we know.
    hint: Option<String>,
}

/// How every question may be answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes answers that are made of a problem")]
pub(super) enum Always {
    /// A token is needed.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(Problem),
    /// Team6 cannot answer now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// It cannot be understood.
#[derive(IntoResponses)]
#[response(status = 400, content_type = "application/problem+json")]
#[expect(dead_code, reason = "it describes an answer that is made of a problem")]
pub(super) struct Malformed(Problem);

/// There is no such thing for you.
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
#[expect(dead_code, reason = "it describes an answer that is made of a problem")]
pub(super) struct NotFound(Problem);

/// Team6 will not do it, and says why.
#[derive(IntoResponses)]
#[response(status = 409, content_type = "application/problem+json")]
#[expect(dead_code, reason = "it describes an answer that is made of a problem")]
pub(super) struct Refused(Problem);

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: &str) -> Self {
        let (status, detail) = (status.as_u16(), detail.to_owned());
        Self { r#type: kind, title, status, detail, reasons: Vec::new() }
    }

    /// There is no such thing, or not for whoever asks: nobody can tell which.
    pub(super) fn not_found() -> Self {
        let detail = "It may be gone, or in a repository that you cannot see on GitHub.";
        Self::new(StatusCode::NOT_FOUND, "/problems/not-found", "There is nothing here", detail)
    }

    /// The path leads somewhere, but not by this method.
    pub(super) fn not_so() -> Self {
        let detail = "The document at /api/v1/openapi.json says which methods there are.";
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "/problems/method", "Nothing can be done here by this method", detail)
    }

    /// Whoever asks shows no token that counts.
    pub(super) fn unknown() -> Self {
        let detail = "Send `Authorization: Bearer …` with a token from the page /you.";
        Self::new(StatusCode::UNAUTHORIZED, "/problems/token", "A token is needed", detail)
    }

    /// What was asked cannot be understood.
    pub(super) fn malformed(detail: &str) -> Self {
        let title = "This cannot be understood";
        Self::new(StatusCode::BAD_REQUEST, "/problems/malformed", title, detail)
    }

    /// Team6 will not do it.
    pub(super) fn refused(refusals: &[Refusal]) -> Self {
        let reason =
            |one: &Refusal| Reason { why: one.to_string(), hint: one.hint().map(str::to_owned) };
        let reasons: Vec<_> = refusals.iter().map(reason).collect();
        let detail = reasons.first().map_or("", |reason| reason.why.as_str());
        let title = "That was not done";
        Self {
            reasons: reasons.clone(),
            ..Self::new(StatusCode::CONFLICT, "/problems/refused", title, detail)
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        tracing::error!(error = %whole(&error), "cannot answer a script now");
        let detail = "Either GitHub does not say what you may see, or something broke on our \
                      side. Nothing is lost; ask again in a moment.";
        let title = "Team6 cannot answer now";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/unavailable", title, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let text = serde_json::to_string(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
