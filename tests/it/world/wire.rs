//! The wire between Team6 and GitHub: it carries everything, notes what was asked and answered,
//! and is where accidents happen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use team6::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::accident::{Accident, Mishap, When};

/// What Team6 asked and how it was answered.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) asked: String,
    pub(super) status: u16,
    /// When it was asked, by Team6's clock.
    pub(super) at: DateTime<Utc>,
    /// Whether the answer was an accident, or the clock was put forward meanwhile and the token with it.
    pub(super) spoiled: bool,
}

#[derive(Clone)]
pub(super) struct Wire {
    github: String,
    http: reqwest::Client,
    log: Arc<Mutex<Vec<Exchange>>>,
    accidents: Arc<Mutex<Vec<Accident>>>,
    deaths: mpsc::UnboundedSender<()>,
    used: Arc<Mutex<Instant>>,
    clock: Clock,
}

impl Wire {
    /// A wire to the GitHub at `github`; where Team6 has to die, `deaths` is told.
    pub(super) fn new(github: String, deaths: mpsc::UnboundedSender<()>, clock: Clock) -> Self {
        let (log, accidents) = Default::default();
        let used = Arc::new(Mutex::new(Instant::now()));
        Self { github, http: reqwest::Client::new(), log, accidents, deaths, used, clock }
    }

    pub(super) async fn carry(self, listener: TcpListener) {
        let router = axum::Router::new().fallback(pass).with_state(self);
        axum::serve(listener, router).await.unwrap();
    }

    pub(super) fn will_have(&self, accident: Accident) {
        locked(&self.accidents).push(accident);
    }

    pub(super) fn log(&self) -> Vec<Exchange> {
        locked(&self.log).clone()
    }

    /// For how long nobody has used it.
    pub(super) fn silence(&self) -> Duration {
        locked(&self.used).elapsed()
    }

    fn accident(&self, method: &str, path: &str, body: &[u8]) -> Option<Accident> {
        let mut accidents = locked(&self.accidents);
        accidents.iter_mut().find_map(|one| one.meets(method, path, body).then(|| one.clone()))
    }

    async fn forward(
        &self,
        method: reqwest::Method,
        address: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        for own in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
            headers.remove(own);
        }
        let url = format!("{}{address}", self.github);
        let asked = self.http.request(method, url).headers(headers).body(body).send().await;
        let Ok(answer) = asked else { return StatusCode::BAD_GATEWAY.into_response() };
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(header::TRANSFER_ENCODING);
        headers.remove(header::CONNECTION);
        let mut response = Response::new(Body::from(answer.bytes().await.unwrap_or_default()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// What an accident makes of a request; nothing, if it only took its time.
    async fn suffer(&self, accident: &Accident) -> Option<Response> {
        match &accident.mishap {
            Mishap::Error => Some(StatusCode::BAD_GATEWAY.into_response()),
            Mishap::Refusal => {
                Some((StatusCode::GONE, "{\"message\":\"Gone fishing\"}").into_response())
            }
            Mishap::Death => {
                let _ = self.deaths.send(());
                std::future::pending().await
            }
            Mishap::Wait { reached, go_on } => {
                reached.notify_one();
                go_on.notified().await;
                None
            }
        }
    }
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    *locked(&wire.used) = Instant::now();
    let at = wire.clock.now();
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
    let address = parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let accident = wire.accident(&method, &path, &body);
    let mut spoiled: Option<Response> = None;
    if let Some(accident) = accident.as_ref().filter(|one| one.when == When::Before) {
        spoiled = wire.suffer(accident).await;
    }
    let mut happened = false;
    let mut answer = match spoiled {
        Some(answer) => return noted(&wire, (at, &method, &address), answer, true),
        None => wire.forward(parts.method, &address, parts.headers, body).await,
    };
    if let Some(accident) = accident.as_ref().filter(|one| one.when == When::After)
        && let Some(instead) = wire.suffer(accident).await
    {
        happened = true;
        answer = instead;
    }
    noted(&wire, (at, &method, &address), answer, happened)
}

fn noted(
    wire: &Wire,
    (at, method, address): (DateTime<Utc>, &str, &str),
    answer: Response,
    spoiled: bool,
) -> Response {
    // A story may move the clock while a question is on its way, or just before it leaves with a token
    // that was good until then.
    let a_jump = TimeDelta::minutes(30);
    let late = answer.status() == StatusCode::UNAUTHORIZED
        && locked(&wire.log).iter().rev().take(16).any(|one| a_jump < at - one.at);
    let spoiled = spoiled || late || a_jump < wire.clock.now() - at;
    let exchange = Exchange {
        at,
        asked: format!("{method} {address}"),
        status: answer.status().as_u16(),
        spoiled,
    };
    locked(&wire.log).push(exchange);
    *locked(&wire.used) = Instant::now();
    answer
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
