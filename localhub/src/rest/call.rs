//! One request: who asks, for what, and how answers are made.

#![expect(clippy::unnecessary_wraps, reason = "routes end with these, and a route may fail")]

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{auth, edge::Address, problem::Problem};
use crate::{
    hub::Hub,
    json::View,
    model::{Actor, Change, Id, Issue, Need, Pull, Refusal, Repo, World},
};

/// What every route answers.
pub(crate) type Reply = Result<Response, Problem>;

/// One request to the REST API.
pub(crate) struct Call {
    pub(crate) hub: Hub,
    pub(crate) actor: Actor,
    pub(crate) uri: Uri,
    /// What the `Accept` header asks for.
    pub(crate) accept: String,
    params: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
}

impl FromRequestParts<Hub> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Problem> {
        let actor = auth::actor(hub, &parts.headers)?;
        let params = RawPathParams::from_request_parts(parts, hub)
            .await
            .map_err(|_| Problem::not_found())?;
        let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let uri = parts.extensions.get::<Address>().map_or(parts.uri.clone(), |uri| uri.0.clone());
        Ok(Self {
            hub: hub.clone(),
            actor,
            uri,
            accept: accept.unwrap_or_default().to_owned(),
            params: params.collect(),
            query: query.into_owned().collect(),
        })
    }
}

impl Call {
    pub(crate) fn world(&self) -> Arc<World> {
        self.hub.world()
    }

    /// For rendering; shows what the call itself has changed too.
    pub(crate) fn view(&self) -> View {
        View { world: self.hub.world(), origin: self.hub.origin() }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> Result<u64, Problem> {
        self.text(name).parse().map_err(|_| Problem::not_found())
    }

    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The repository in the path, if this actor may do with it what is needed.
    pub(crate) fn repo(&self, need: Need) -> Result<Arc<Repo>, Problem> {
        let world = self.world();
        let repo = self.repo_in_path(&world)?;
        self.actor.require(&world, repo, need)?;
        Ok(Arc::clone(repo))
    }

    /// The repository in the path; who asks by an old name is sent on.
    pub(super) fn repo_in_path<'w>(&self, world: &'w World) -> Result<&'w Arc<Repo>, Problem> {
        let (owner, name) = (self.text("owner"), self.text("repo"));
        if let Some(repo) = world.repo(owner, name) {
            return Ok(repo);
        }
        let repo = world.repo_once(owner, name).ok_or(Refusal::NotFound)?;
        let (old, new) = (format!("/repos/{owner}/{name}"), world.full_name(repo));
        Err(self.sent_on(&old, &format!("/repos/{new}")))
    }

    /// An answer that sends on to the same address with another part.
    fn sent_on(&self, old: &str, new: &str) -> Problem {
        let path = self.uri.to_string().replacen(old, new, 1);
        let path = path.trim_start_matches("/api/v3").trim_start_matches('/');
        Refusal::Moved(self.hub.origin().api(path)).into()
    }

    /// The issue or pull request in the path, for an actor who may see it.
    pub(crate) fn issue(&self) -> Result<Arc<Issue>, Problem> {
        let number = self.number("number")?;
        let repo = self.repo(Need::METADATA)?;
        let world = self.world();
        if let Some(moved) = repo.moved.get(&number).and_then(|id| world.issues.find(*id)) {
            let now = world.full_name(world.repos.at(moved.repo));
            let old = format!("/repos/{}/issues/{number}", world.full_name(&repo));
            return Err(self.sent_on(&old, &format!("/repos/{now}/issues/{}", moved.number)));
        }
        if repo.gone.contains(&number) {
            return Err(Refusal::Gone.into());
        }
        let issue = world.issue(&repo, number).ok_or(Refusal::NotFound)?;
        self.actor.require(&world, &repo, Need::READ_ISSUES.on(issue))?;
        Ok(Arc::clone(issue))
    }

    /// The pull request in the path.
    pub(crate) fn pull(&self) -> Result<Arc<Pull>, Problem> {
        let number = self.number("number")?;
        let repo = self.repo(Need::READ_PULLS)?;
        let pull = self.world().pull(&repo, number).cloned();
        Ok(pull.ok_or(Refusal::NotFound)?)
    }

    /// Runs a command of the model for who asks.
    pub(crate) async fn change<T>(
        &self,
        command: impl FnOnce(&mut Change) -> Result<T, Refusal>,
    ) -> Result<T, Problem> {
        Ok(self.hub.change(self.actor, command).await?)
    }

    /// The commit that a name in a path or query means.
    pub(crate) async fn resolve(&self, repo: Id<Repo>, name: &str) -> Result<String, Problem> {
        let sha = self.hub.git(repo).resolve(name).await?;
        sha.ok_or_else(|| {
            let message = format!("No commit found for SHA: {name}");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        })
    }
}

pub(crate) fn ok(body: Value) -> Reply {
    Ok(Json(body).into_response())
}

pub(crate) fn created(body: Value) -> Reply {
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

pub(crate) fn accepted(body: Value) -> Reply {
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

pub(crate) fn no_content() -> Reply {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A JSON body; an empty one is an empty object.
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Hub> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, hub: &Hub) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, hub)
            .await
            .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload too large"))?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|error| {
            if error.is_data() {
                let message = format!("Invalid request.\n\n{error}");
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            } else {
                Problem::new(StatusCode::BAD_REQUEST, "Problems parsing JSON")
            }
        })
    }
}
