//! A provider of models that answers what it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures::StreamExt as _;
use futures::stream;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What it heard.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// What it answers next.
#[derive(Clone)]
pub(super) enum Answer {
    /// These bytes, in pieces of this size.
    Pieces(&'static str, String, usize),
    /// These bytes, and the rest once the token is cancelled.
    Halves(String, String, CancellationToken),
    /// These bytes, and then the line is cut once the token is cancelled.
    Cut(String, CancellationToken),
    /// An error.
    Error(u16, Vec<(&'static str, &'static str)>, String),
    /// Nothing, ever.
    Silence,
}

#[derive(Clone, Default)]
struct Script {
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

/// A provider on this machine.
pub(super) struct Upstream {
    pub(super) url: String,
    script: Script,
    serving: JoinHandle<()>,
}

impl Upstream {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Script::default();
        let router = Router::new().fallback(answer).with_state(script.clone());
        let serving = tokio_util::task::TaskTracker::new()
            .spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, script, serving }
    }

    pub(super) fn answers(&self, answer: Answer) {
        self.script.answers.lock().unwrap().push_back(answer);
    }

    /// A stream of events in pieces of this size.
    pub(super) fn streams(&self, events: &str, size: usize) {
        self.answers(Answer::Pieces("text/event-stream", events.to_owned(), size));
    }

    /// A whole answer.
    pub(super) fn says(&self, body: &Value) {
        self.answers(Answer::Pieces("application/json", body.to_string(), usize::MAX));
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.script.heard.lock().unwrap().clone()
    }
}

/// An address nobody can be reached at. A port whose listener was closed will not do: a process being started right
/// then by another test has that listener for a moment longer, and takes the call.
pub(super) struct Nobody(TcpSocket);

impl Nobody {
    pub(super) fn new() -> Self {
        let taken = TcpSocket::new_v4().unwrap();
        taken.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self(taken)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(script): State<Script>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().to_string();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    script.heard.lock().unwrap().push(Heard { path, headers: parts.headers, body });
    let next = script.answers.lock().unwrap().pop_front();
    let events = || Response::builder().header("content-type", "text/event-stream");
    let piece = |text: &[u8]| Ok::<_, std::io::Error>(Bytes::copy_from_slice(text));
    let built = match next.unwrap_or(Answer::Error(500, vec![], "{}".into())) {
        Answer::Pieces(kind, text, size) => {
            let pieces: Vec<_> = text.as_bytes().chunks(size).map(piece).collect();
            let head = Response::builder().header("content-type", kind).header("x-secret", "no");
            head.body(Body::from_stream(stream::iter(pieces)))
        }
        Answer::Halves(first, second, go) => {
            let second = async move {
                go.cancelled().await;
                Ok(Bytes::from(second))
            };
            let first = stream::iter([piece(first.as_bytes())]);
            events().body(Body::from_stream(first.chain(stream::once(second))))
        }
        Answer::Cut(text, go) => {
            let cut = async move {
                go.cancelled().await;
                Err(std::io::Error::other("cut"))
            };
            let first = stream::iter([piece(text.as_bytes())]);
            events().body(Body::from_stream(first.chain(stream::once(cut))))
        }
        Answer::Error(status, headers, text) => {
            let head = Response::builder().status(status);
            headers
                .iter()
                .fold(head, |head, (name, value)| head.header(*name, *value))
                .body(Body::from(text))
        }
        Answer::Silence => std::future::pending().await,
    };
    built.unwrap()
}
