//! How an App comes into the world.

use std::fmt;

use reqwest::Method;
use serde::Deserialize;
use url::Url;

use super::Error;
use super::ask::Ask;
use super::lenient::or_default;
use super::transport::Transport;

/// An App that was just registered, with all its secrets: GitHub tells them once.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// The App's number.
    #[serde(rename = "id")]
    pub app_id: i64,
    /// The App's name in URLs.
    pub slug: String,
    /// Where people install it.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// What people are sent to sign in with.
    #[serde(default, deserialize_with = "or_default")]
    pub client_id: String,
    /// What proves that it is us who sent them.
    #[serde(default, deserialize_with = "or_default")]
    pub client_secret: String,
    /// What webhooks are signed with; empty, if the App has no webhook.
    #[serde(default, deserialize_with = "or_default")]
    pub webhook_secret: String,
    /// What the App itself signs with.
    #[serde(rename = "pem")]
    pub private_key_pem: String,
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered(App {}, {})", self.app_id, self.slug)
    }
}

/// Takes over the App that a person registered from our manifest; `code` is what GitHub sent them
/// back with. It works once, and for an hour.
/// <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>
pub async fn register(api: &Url, user_agent: &str, code: &str) -> Result<Registered, Error> {
    let ask = Ask::new(api, Method::POST, "app-manifests", None).then(code).then("conversions");
    let answer = Transport::network(user_agent)?.send(&ask, None, None).await?;
    if answer.status >= 300 { Err(Error::of(&answer)) } else { answer.json() }
}
