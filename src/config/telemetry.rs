//! `[telemetry]`: where traces go.

use serde::Deserialize;
use url::Url;

/// Where traces go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The address that takes them, as OTLP over HTTP; empty where nobody does.
    pub traces: String,
}

impl Telemetry {
    /// Where traces go, if they go anywhere.
    pub fn traces(&self) -> Option<Url> {
        self.traces.parse().ok()
    }

    pub(super) fn flaw(&self) -> Option<String> {
        let fits = self.traces().is_some_and(|url| matches!(url.scheme(), "http" | "https"));
        let wrong = !self.traces.is_empty() && !fits;
        wrong.then(|| "`telemetry.traces` must be an address that begins with `http`".to_owned())
    }
}
