//! What a person has filled in.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};

use super::trouble::Trouble;
use crate::{hub::Hub, keys};

/// The fields of a form; several may have one name.
pub(super) struct Form(Vec<(String, String)>);

impl FromRequest<Hub> for Form {
    type Rejection = Trouble;

    async fn from_request(request: Request, hub: &Hub) -> Result<Self, Trouble> {
        let bytes = Bytes::from_request(request, hub).await.map_err(|_| {
            Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, "This is more than a form can take.")
        })?;
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

impl Form {
    /// A field in one line.
    pub(super) fn word(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default().trim()
    }

    /// A field that was not left empty.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(field, _)| field == name);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A field of several lines; browsers end them with CR and LF.
    pub(super) fn text(&self, name: &str) -> String {
        self.find(name).unwrap_or_default().replace("\r\n", "\n")
    }

    /// All values of fields with this name.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
    }

    /// Refuses a text that was written over one that has changed since.
    pub(super) fn check_fresh(&self, now: &str, written: &str) -> Result<(), Trouble> {
        if self.word("seen") == stamp(now) {
            return Ok(());
        }
        let words = "Somebody changed this text while you were writing, so yours was not saved. \
                     Go back, reload, and write it again on top of theirs.";
        Err(Trouble::stale(words).keeping(written))
    }
}

/// The fingerprint of a text, by which a form tells what its writer saw.
pub(super) fn stamp(text: &str) -> String {
    keys::fingerprint(text.as_bytes())
}
