//! One question to GitHub, and who asks it.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::limits::Load;
use super::transport::Answer;
use super::{Error, GitHub};
use crate::domain::ids::InstallationId;

/// In whose name we ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// The App itself.
    App,
    /// The App where it is installed.
    Installation(InstallationId),
}

impl Who {
    /// Where the App is installed, if it asks from there.
    pub(super) fn installation(self) -> Option<InstallationId> {
        match self {
            Self::App => None,
            Self::Installation(installation) => Some(installation),
        }
    }
}

/// What we ask.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
    /// Whether asking twice is asking once.
    pub(super) repeatable: bool,
    /// Whether it counts among the writes that must be a second apart.
    pub(super) paced: bool,
}

impl Ask {
    pub(super) fn new(api: &Url, method: Method, path: &str, body: Option<Value>) -> Self {
        let mut url = api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        let reads = method == Method::GET;
        Self { method, url, body, repeatable: reads, paced: !reads }
    }

    /// Adds `name=value` to the query.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds one segment to the path, whatever characters it has.
    pub(super) fn then(mut self, segment: &str) -> Self {
        if let Ok(mut path) = self.url.path_segments_mut() {
            path.push(segment);
        }
        self
    }

    /// It is a write in form only, and leaves nothing behind.
    pub(super) fn harmless(self) -> Self {
        Self { repeatable: true, paced: false, ..self }
    }
}

impl GitHub {
    /// A question about `path`, whose segments are encoded as they are.
    pub(super) fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Ask {
        Ask::new(&self.inner.api, method, path, body)
    }

    pub(super) fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path, None)
    }

    /// Asks in somebody's name.
    pub(super) async fn answer(&self, who: Who, ask: &Ask) -> Result<Answer, Error> {
        match who {
            Who::App => self.answer_as_app(ask).await,
            Who::Installation(installation) => self.answer_as(installation, ask).await,
        }
    }

    pub(super) async fn answer_as_app(&self, ask: &Ask) -> Result<Answer, Error> {
        let jwt = self.inner.app.jwt(self.inner.clock.now())?;
        self.answer_once(Who::App, ask, &jwt).await
    }

    /// Asks with the installation's token, and renews it once if GitHub does not accept it any
    /// more; a question that was not accepted was not carried out.
    async fn answer_as(&self, installation: InstallationId, ask: &Ask) -> Result<Answer, Error> {
        let who = Who::Installation(installation);
        let token = self.token(installation, &[], &[]).await?;
        match self.answer_once(who, ask, token.expose()).await {
            Err(refused) if refused.is_unauthorized() => {
                self.inner.tokens.forget(installation, &token).await;
                let token = self.token(installation, &[], &[]).await?;
                self.answer_once(who, ask, token.expose()).await
            }
            answered => answered,
        }
    }

    /// Asks with this credential: waits its turn, uses what is known, and heeds the limits.
    async fn answer_once(&self, who: Who, ask: &Ask, credential: &str) -> Result<Answer, Error> {
        let inner = &self.inner;
        let (gate, load) = (inner.limits.gate(who), Load::of(ask, ask.url == inner.graphql));
        let turn = gate.pass(load).await.inspect_err(|_| inner.limits.note_held_back())?;
        let known = inner.cache.find(who, ask);
        let etag = known.as_ref().and_then(|answer| answer.header("etag"));
        let answer = inner.transport.send(ask, Some(credential), etag).await?;
        drop(turn);
        inner.limits.heed(&gate, load, &answer)?;
        match (answer.status, known) {
            (304, Some(known)) => Ok(known),
            (200..=299, _) => {
                inner.cache.keep(who, ask, &answer);
                Ok(answer)
            }
            _ => Err(Error::of(&answer)),
        }
    }

    /// Asks and reads the answer.
    pub(super) async fn read<T: DeserializeOwned>(&self, who: Who, ask: &Ask) -> Result<T, Error> {
        self.answer(who, ask).await?.json()
    }

    /// Asks a GraphQL query; its errors come with status 200.
    /// <https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-your-app>
    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        who: Who,
        query: &str,
        variables: Value,
    ) -> Result<T, Error> {
        let body = json!({ "query": query, "variables": variables });
        let ask = self.ask(Method::POST, "", Some(body)).harmless();
        let ask = Ask { url: self.inner.graphql.clone(), ..ask };
        let mut said: Value = self.read(who, &ask).await?;
        if let Some(first) = said["errors"].as_array().and_then(|errors| errors.first()) {
            let status = match first["type"].as_str() {
                Some("NOT_FOUND") => 404,
                Some("FORBIDDEN") => 403,
                Some(_) | None => 422,
            };
            let body = serde_json::to_vec(first).unwrap_or_default();
            return Err(Error::of(&Answer::of(status, body)));
        }
        serde_json::from_value(said["data"].take()).map_err(|error| Error::unreadable::<T>(&error))
    }
}
