//! Where the App hears webhooks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

/// One webhook that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn guid(&self) -> &str {
        &self.headers["x-github-delivery"]
    }
}

type Kept = Arc<Mutex<Pile>>;

#[derive(Default)]
struct Pile {
    heard: Vec<Heard>,
    broken: bool,
}

/// A server that keeps what it hears.
pub(crate) struct Inbox {
    pub(crate) url: String,
    kept: Kept,
    _serving: JoinSet<()>,
}

impl Inbox {
    pub(crate) async fn open() -> Self {
        let kept = Kept::default();
        let router = Router::new().route("/hook", post(keep)).with_state(Arc::clone(&kept));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, kept, _serving: serving }
    }

    /// Takes out what was heard of an event, oldest first; an empty action means any.
    pub(crate) fn take(&self, event: &str, action: &str) -> Vec<Heard> {
        let mut pile = self.kept.lock().unwrap();
        let wanted = |one: &Heard| {
            one.headers["x-github-event"] == event
                && (action.is_empty() || one.body["action"] == action)
        };
        let (taken, left) = pile.heard.drain(..).partition(wanted);
        pile.heard = left;
        taken
    }

    /// From now on every webhook is answered with 500, or none any more.
    pub(crate) fn breaks(&self, broken: bool) {
        self.kept.lock().unwrap().broken = broken;
    }
}

async fn keep(State(kept): State<Kept>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut pile = kept.lock().unwrap();
    if pile.broken {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let body = serde_json::from_slice(&raw).unwrap();
    pile.heard.push(Heard { headers: headers.collect(), raw: raw.to_vec(), body });
    StatusCode::ACCEPTED
}
