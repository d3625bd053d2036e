//! The doors: webhooks from GitHub, the API for workers, and the dashboard.

mod api;
mod assets;
mod intake;
mod live;
mod pages;
mod sign_in;
mod visitor;
mod webhook;
mod wish;
mod worker;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::json;

pub use intake::{Intake, keep_storing};
pub use sign_in::Door;

use crate::app::{App, Error};
use crate::causes::whole;
use crate::db::{deliveries, effects};

/// GitHub's own limit for a payload; larger ones are never sent.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>
const LARGEST_PAYLOAD: usize = 25 * 1024 * 1024;
/// What a worker may hand over in one piece: a bundle, or a batch of a trace.
const LARGEST_UPLOAD: usize = 64 * 1024 * 1024;

/// What a form may say.
const LARGEST_FORM: usize = 64 * 1024;

/// What an agent may pass to a tool.
const LARGEST_CALL: usize = 1024 * 1024;

/// What the doors need.
#[derive(Clone)]
pub struct Web {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    intake: Intake,
    webhook_secret: Vec<u8>,
    worker_token: String,
    door: Option<Door>,
}

impl Web {
    /// The doors of `app`. `worker_token` is what the worker inside this server shows.
    pub fn new(app: App, intake: Intake, webhook_secret: Vec<u8>, worker_token: String) -> Self {
        let inner = Inner { app, intake, webhook_secret, worker_token, door: None };
        Self { inner: Arc::new(inner) }
    }

    /// The same, where people can sign in to the dashboard.
    #[must_use]
    pub fn with_door(self, door: Option<Door>) -> Self {
        match Arc::try_unwrap(self.inner) {
            Ok(inner) => Self { inner: Arc::new(Inner { door, ..inner }) },
            Err(inner) => Self { inner },
        }
    }

    fn app(&self) -> &App {
        &self.inner.app
    }

    fn door(&self) -> Option<&Door> {
        self.inner.door.as_ref()
    }

    fn can_sign_in(&self) -> bool {
        self.door().is_some()
    }

    /// The name of the cookie that says who somebody is.
    fn cookie_name(&self) -> &'static str {
        self.door().map_or("team6", Door::cookie_name)
    }

    /// What people look at.
    fn dashboard() -> Router<Self> {
        Router::new()
            .route("/", get(pages::runs))
            .route("/welcome", get(sign_in::welcome))
            .route("/sign-in", get(sign_in::begin))
            .route("/sign-in/callback", get(sign_in::callback))
            .route("/sign-out", post(sign_in::out))
            .route("/you", get(pages::you))
            .route("/new", get(pages::scope).post(pages::open))
            .route("/launches/{id}", get(pages::launched))
            .route("/sprints/{id}", get(pages::sprint))
            .route("/sprints/{id}/assignments", get(pages::assignments).post(pages::assign))
            .route("/sprints/{id}/tasks", post(pages::add))
            .route("/sprints/{id}/preview", get(pages::preview))
            .route("/sprints/{id}/launch", post(pages::start))
            .route("/sprints/{id}/act", post(pages::act))
            .route("/runs/{id}", get(pages::run))
            .route("/runs/{id}/tasks/{number}", get(pages::task))
            .route("/agents", get(pages::agents))
            .route("/projects", get(pages::projects))
            .route("/memory", get(pages::memory).post(pages::remember))
            .route("/memory/export", get(pages::export))
            .route("/live", get(live::live))
            .route("/assets/team6.css", get(assets::style))
            .route("/assets/team6.js", get(assets::script))
            .route("/assets/icon.svg", get(assets::icon))
            .route("/you/tokens", post(pages::new_token))
            .merge(api::router())
            .fallback(pages::nothing)
            .layer(DefaultBodyLimit::max(LARGEST_FORM))
            .layer(from_fn(assets::guarded))
            .layer(assets::packed())
    }

    /// Every route.
    pub fn router(self) -> Router {
        let uploads = DefaultBodyLimit::max(LARGEST_UPLOAD);
        Router::new()
            .merge(Self::dashboard())
            .route("/health", get(health))
            .route("/health/live", get(live))
            .route("/health/ready", get(ready))
            .route("/metrics", get(metrics))
            .route("/webhook", post(webhook::receive).layer(DefaultBodyLimit::max(LARGEST_PAYLOAD)))
            .route("/api/worker/claim", post(worker::claim))
            .route("/api/worker/renew", post(worker::renew))
            .route("/api/worker/removable", get(worker::removable))
            .route("/api/worker/executions/{id}/trace", post(worker::trace).layer(uploads))
            .route("/api/worker/executions/{id}/bundle", put(worker::bundle).layer(uploads))
            .route(
                "/api/worker/executions/{id}/tools/{name}",
                post(worker::call_tool).layer(DefaultBodyLimit::max(LARGEST_CALL)),
            )
            .route("/api/worker/executions/{id}/turn", post(worker::after_turn))
            .route("/api/worker/executions/{id}/finish", post(worker::finish))
            .with_state(self)
    }
}

async fn health(State(web): State<Web>) -> Result<Response, Failed> {
    let mut tx = web.app().db().read().await.map_err(Error::from)?;
    let (stored, read) = deliveries::count(&mut tx).await.map_err(Error::from)?;
    let (waiting, given_up) = effects::count(&mut tx).await.map_err(Error::from)?;
    let body = json!({
        "status": "ok",
        "deliveries": { "stored": stored, "read": read },
        "effects": { "waiting": waiting, "given_up": given_up },
    });
    Ok(Json(body).into_response())
}

/// Whether this process should be left alone: it answers, so it should.
async fn live() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// Whether this process should get requests.
async fn ready(State(web): State<Web>) -> Response {
    let why = web.app().unready().await;
    let answered = web.app().github_answered_at();
    if why.is_empty() {
        return Json(json!({ "status": "ok", "github_answered_at": answered })).into_response();
    }
    let body = json!({ "status": "not ready", "why": why, "github_answered_at": answered });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

async fn metrics(State(web): State<Web>) -> Result<Response, Failed> {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([("content-type", kind)], web.app().metrics().await?).into_response())
}

/// Something broke on our side; whoever asked may ask again.
struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        tracing::error!(error = %whole(&self.0), "cannot answer now");
        let body = json!({ "message": "Team6 cannot answer now; ask again" });
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }
}
