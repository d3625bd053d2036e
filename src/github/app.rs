//! The App itself: what it signs with, and who it is.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

use super::ask::Who;
use super::lenient::or_default;
use super::{Account, Error, GitHub};
use crate::domain::ids::{InstallationId, Login, RepoName};
use crate::domain::work::Identity;

/// What the App signs with.
pub(super) struct App {
    id: i64,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

impl App {
    pub(super) fn new(id: i64, pem: &str) -> Result<Self, Error> {
        let app = Self { id, key: EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(Error::Key)? };
        app.jwt(DateTime::UNIX_EPOCH)?;
        Ok(app)
    }

    pub(super) fn id(&self) -> i64 {
        self.id
    }

    /// Says that we are the App, for ten minutes at most. It begins a minute ago, because clocks
    /// differ.
    /// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
    pub(super) fn jwt(&self, now: DateTime<Utc>) -> Result<String, Error> {
        let claims = Claims {
            iat: (now - TimeDelta::seconds(60)).timestamp(),
            exp: (now + TimeDelta::seconds(540)).timestamp(),
            iss: self.id.to_string(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key).map_err(Error::Key)
    }
}

/// Who we are on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The App's number.
    pub app_id: i64,
    /// The App's name in URLs.
    pub slug: String,
    /// The name its comments and pull requests are by: `slug[bot]`.
    pub bot: Login,
    /// That account's id, which is neither the App's nor an installation's.
    pub bot_id: i64,
    /// The host its mail addresses end in: `github.com`, or an own server's.
    pub host: String,
    /// What the App may do: `issues` → `write`.
    pub permissions: BTreeMap<String, String>,
    /// What the App is told about.
    pub events: Vec<String>,
}

impl Me {
    /// Who the App's commits are by, so that GitHub shows its name and face.
    pub fn identity(&self) -> Identity {
        Identity {
            name: self.bot.0.clone(),
            email: format!("{}+{}@users.noreply.{}", self.bot_id, self.bot, self.host),
        }
    }
}

#[derive(Deserialize)]
struct Registered {
    id: i64,
    slug: String,
    #[serde(default, deserialize_with = "or_default")]
    permissions: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<String>,
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

impl GitHub {
    /// Who we are. Needs one installation at least, because the App itself may not look up
    /// accounts; `None` while there is none.
    pub async fn whoami(&self) -> Result<Option<Me>, Error> {
        let app: Registered = self.read(Who::App, &self.get("app")).await?;
        let installed = self.installations().await?;
        let Some(first) = installed.iter().find(|installed| installed.suspended_at.is_none())
        else {
            return Ok(None);
        };
        let login = format!("{}[bot]", app.slug);
        let ask = self.get("users").then(&login);
        let bot: Account = self.read(Who::Installation(first.id), &ask).await?;
        let api = self.inner.api.host_str().unwrap_or_default();
        Ok(Some(Me {
            app_id: app.id,
            slug: app.slug,
            bot: Login(login),
            bot_id: bot.id,
            host: api.strip_prefix("api.").unwrap_or(api).to_owned(),
            permissions: app.permissions,
            events: app.events,
        }))
    }

    /// Through which installation we reach a repository; none, if the App is not installed there.
    pub async fn installation_of(&self, repo: &RepoName) -> Result<Option<InstallationId>, Error> {
        let ask = self.get(&format!("repos/{repo}/installation"));
        match self.read(Who::App, &ask).await {
            Ok(Id { id }) => Ok(Some(InstallationId(id))),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
