//! A server small enough to see through, which says what a test wants it to say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use team6::domain::work::{
    Claim, Claimed, Finish, Outcome, Renew, Renewal, Renewals, Renewed, TraceBatch, TraceLine,
};

/// What the server knows and how it behaves.
#[derive(Default)]
pub(crate) struct Knows {
    pub(crate) work: VecDeque<Claimed>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) renewals: usize,
    pub(crate) answer: Option<Renewed>,
    pub(crate) lines: BTreeMap<i64, TraceLine>,
    pub(crate) bundles: Vec<Vec<u8>>,
    pub(crate) finishes: Vec<Finish>,
    pub(crate) removable: Vec<String>,
    /// How often it was asked what is removable.
    pub(crate) cleanings: usize,
    /// Answers nothing but 503.
    pub(crate) is_away: bool,
    /// Takes this long for a batch of trace lines.
    pub(crate) trace_takes: Duration,
    /// Answers 409 to traces.
    pub(crate) trace_is_stale: bool,
    /// Answers 409 to bundles.
    pub(crate) bundle_is_stale: bool,
    /// Does what it is told when a finish comes, but loses so many answers.
    pub(crate) loses_answers: usize,
}

/// The server, as a test sees it.
#[derive(Clone, Default)]
pub(crate) struct Server {
    knows: Arc<Mutex<Knows>>,
    address: String,
}

impl Server {
    /// Starts it on a port of its own; it ends with the test's runtime.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, ..Self::default() };
        let routes = Router::new()
            .route("/api/worker/claim", post(claim))
            .route("/api/worker/renew", post(renew))
            .route("/api/worker/executions/{id}/trace", post(trace))
            .route("/api/worker/executions/{id}/bundle", put(bundle))
            .route("/api/worker/executions/{id}/finish", post(finish))
            .route("/api/worker/removable", get(removable))
            .layer(from_fn_with_state(server.clone(), gate))
            .layer(DefaultBodyLimit::disable())
            .with_state(server.clone());
        let tasks = tokio_util::task::TaskTracker::new();
        tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        server
    }

    pub(crate) fn url(&self) -> &str {
        &self.address
    }

    pub(crate) fn knows(&self) -> MutexGuard<'_, Knows> {
        self.knows.lock().unwrap()
    }

    /// Waits until what the server knows is as `is_so` says.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Knows) -> bool) {
        for _ in 0..6_000 {
            if is_so(&self.knows()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never came to this: {what}; told: {:#?}", self.told());
    }

    /// How the first execution ended.
    pub(crate) async fn outcome(&self) -> Outcome {
        self.until("an execution ended", |knows| !knows.finishes.is_empty()).await;
        self.knows().finishes[0].outcome.clone()
    }

    /// Whether the trace begins at its beginning and has no gap.
    pub(crate) fn has_every_line(&self) -> bool {
        let knows = self.knows();
        !knows.lines.is_empty() && knows.lines.keys().zip(1..).all(|(seq, place)| *seq == place)
    }

    /// What the worker told people.
    pub(crate) fn told(&self) -> Vec<String> {
        let knows = self.knows();
        let lines = knows.lines.values().filter(|line| line.kind == "worker");
        lines.map(|line| line.body["text"].as_str().unwrap().to_owned()).collect()
    }
}

async fn gate(State(server): State<Server>, request: Request, next: Next) -> Response {
    if server.knows().is_away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    assert_eq!(request.headers()["authorization"], "Bearer worker-token");
    next.run(request).await
}

async fn claim(State(server): State<Server>, Json(claim): Json<Claim>) -> Response {
    let has_room = claim.no_room.is_none();
    server.knows().claims.push(claim);
    if !has_room {
        return StatusCode::NO_CONTENT.into_response();
    }
    for _ in 0..20 {
        if let Some(claimed) = server.knows().work.pop_front() {
            return Json(claimed).into_response();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn renew(State(server): State<Server>, Json(renew): Json<Renew>) -> Json<Renewals> {
    let mut knows = server.knows();
    knows.renewals += 1;
    let renewed = knows.answer.clone().unwrap_or(Renewed::GoOn);
    let renewal = |lease| Renewal { lease, renewed: renewed.clone(), urgent: 0, allowance: None };
    Json(Renewals { leases: renew.leases.into_iter().map(renewal).collect() })
}

async fn trace(State(server): State<Server>, Json(batch): Json<TraceBatch>) -> StatusCode {
    let takes = server.knows().trace_takes;
    tokio::time::sleep(takes).await;
    assert!(batch.lines.len() <= 64);
    if server.knows().trace_is_stale {
        return StatusCode::CONFLICT;
    }
    server.knows().lines.extend(batch.lines.into_iter().map(|line| (line.seq, line)));
    StatusCode::NO_CONTENT
}

async fn bundle(State(server): State<Server>, Path(_): Path<String>, bytes: Bytes) -> StatusCode {
    if server.knows().bundle_is_stale {
        return StatusCode::CONFLICT;
    }
    server.knows().bundles.push(bytes.to_vec());
    StatusCode::NO_CONTENT
}

async fn finish(State(server): State<Server>, Json(finish): Json<Finish>) -> StatusCode {
    let mut knows = server.knows();
    knows.finishes.push(finish);
    if knows.loses_answers > 0 {
        knows.loses_answers -= 1;
        return StatusCode::BAD_GATEWAY;
    }
    StatusCode::NO_CONTENT
}

async fn removable(
    State(server): State<Server>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Vec<String>> {
    assert_eq!(query["worker"], "w1");
    let mut knows = server.knows();
    knows.cleanings += 1;
    Json(knows.removable.clone())
}
