//! Why a call is not passed on, in words its agent understands: each provider has its own form for an error.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::domain::model::Kind;

/// A call that is not passed on.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    words: String,
}

impl Refused {
    /// Refuses for this reason.
    pub(super) fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Self { status, words: words.into() }
    }

    /// There is nothing left to spend.
    pub(super) fn spent() -> Self {
        let words = "the budget of this task is spent; ask a person to raise it";
        Self::new(StatusCode::PAYMENT_REQUIRED, words)
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer, as a provider of this kind would give it.
    pub(super) fn answer(&self, kind: Kind) -> Response {
        let Self { status, words } = self;
        let message = format!("Team6: {words}");
        let body = match kind {
            Kind::Anthropic => {
                json!({ "type": "error", "error": { "type": self.anthropic(), "message": message } })
            }
            Kind::OpenAi | Kind::Compatible => json!({
                "error": { "message": message, "type": self.openai(), "param": null, "code": self.openai() }
            }),
            Kind::Gemini => json!({
                "error": { "code": status.as_u16(), "message": message, "status": self.gemini() }
            }),
        };
        (*status, Json(body)).into_response()
    }

    fn anthropic(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::PAYMENT_REQUIRED => "billing_error",
            StatusCode::NOT_FOUND => "not_found_error",
            StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
            StatusCode::GATEWAY_TIMEOUT => "timeout_error",
            status if status.is_server_error() => "api_error",
            _ => "invalid_request_error",
        }
    }

    fn openai(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "invalid_api_key",
            StatusCode::PAYMENT_REQUIRED => "insufficient_quota",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        }
    }

    fn gemini(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
            // Not RESOURCE_EXHAUSTED: that one is worth trying again.
            StatusCode::PAYMENT_REQUIRED => "FAILED_PRECONDITION",
            StatusCode::NOT_FOUND => "NOT_FOUND",
            StatusCode::GATEWAY_TIMEOUT => "DEADLINE_EXCEEDED",
            status if status.is_server_error() => "UNAVAILABLE",
            _ => "INVALID_ARGUMENT",
        }
    }
}
