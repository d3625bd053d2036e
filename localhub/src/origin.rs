//! The address the hub is reached at, and the addresses below it.

/// `http://127.0.0.1:4100`: where everything is, never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) String);

/// Stands for the origin in payloads that wait for delivery, since a restart may bring another.
pub(crate) const UNKNOWN: &str = "http://origin.localhub.invalid";

impl Origin {
    pub(crate) fn unknown() -> Self {
        Self(UNKNOWN.to_owned())
    }

    /// An address of a page.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }

    /// An address of the REST API.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}/api/v3/{path}", self.0)
    }
}
