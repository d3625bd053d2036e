//! A GitHub of one function: it mints tokens, writes down what it is asked, and answers as told.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use futures::stream;
use serde_json::{Value, json};
use team6::clock::Clock;
use team6::domain::ids::InstallationId;
use team6::github::{GitHub, Repo, Settings};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

/// An installation that was removed.
pub(crate) const GONE: InstallationId = InstallationId(404);

/// A question as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: String,
    pub(crate) host: String,
    pub(crate) credential: String,
    pub(crate) etag: Option<String>,
    pub(crate) body: Value,
    /// When it arrived, by the clock both sides share.
    pub(crate) time: DateTime<Utc>,
}

type Answers = Box<dyn Fn(&Seen) -> Response + Send + Sync>;

struct Script {
    clock: Clock,
    answers: Answers,
    seen: Mutex<Vec<Seen>>,
    minted: Mutex<Vec<Seen>>,
}

/// The running server; it stops when it is dropped.
pub(crate) struct Hub {
    pub(crate) github: GitHub,
    pub(crate) clock: Clock,
    pub(crate) api: Url,
    script: Arc<Script>,
    _running: JoinSet<()>,
}

impl Hub {
    pub(crate) async fn answering(
        answers: impl Fn(&Seen) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::spaced(Duration::ZERO, answers).await
    }

    /// Like `answering`, with this much time between writes.
    pub(crate) async fn spaced(
        write_spacing: Duration,
        answers: impl Fn(&Seen) -> Response + Send + Sync + 'static,
    ) -> Self {
        let clock = Clock::stopped_at(noon());
        let script = Arc::new(Script {
            clock: clock.clone(),
            answers: Box::new(answers),
            seen: Mutex::default(),
            minted: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api: Url = format!("http://{}/api/v3", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let settings = Settings {
            api: api.clone(),
            app_id: 1234,
            private_key_pem: KEY.pem.clone(),
            user_agent: "team6-test".to_owned(),
            write_spacing: Some(write_spacing),
        };
        let github = GitHub::new(settings, clock.clone()).unwrap();
        Self { github, clock, api, script, _running: running }
    }

    pub(crate) fn web(&self) -> Repo {
        self.github.on(InstallationId(61)).repo(&"acme/web".parse().unwrap())
    }

    /// What was asked so far, in order, without the tokens.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }

    /// Method and path of what was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.asked).collect()
    }

    /// The tokens asked for so far.
    pub(crate) fn minted(&self) -> Vec<Seen> {
        self.script.minted.lock().unwrap().clone()
    }
}

async fn answer(State(script): State<Arc<Script>>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let header = |name: &str| Some(request.headers.get(name)?.to_str().unwrap().to_owned());
    let path = request.uri.to_string();
    let mut seen = Seen {
        asked: format!("{} {}", request.method, path.trim_start_matches("/api/v3")),
        host: header("host").unwrap_or_default(),
        credential: header("authorization").unwrap_or_default().replace("Bearer ", ""),
        etag: header("if-none-match"),
        body: Value::Null,
        time: script.clock.now(),
    };
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    seen.body = serde_json::from_slice(&body).unwrap_or_default();
    if !path.ends_with("/access_tokens") {
        script.seen.lock().unwrap().push(seen.clone());
        return (script.answers)(&seen);
    }
    if path.contains("/404/") {
        return status(404, &[], "Not Found");
    }
    let nth = {
        let mut minted = script.minted.lock().unwrap();
        minted.push(seen);
        minted.len()
    };
    sleep(Duration::from_millis(30)).await;
    let expires_at = script.clock.now() + TimeDelta::hours(1);
    ok(&json!({ "token": format!("tok-{nth}"), "expires_at": expires_at }))
}

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

pub(crate) fn ok(body: &Value) -> Response {
    (StatusCode::OK, body.to_string()).into_response()
}

pub(crate) fn status(status: u16, headers: &[(&'static str, &str)], message: &str) -> Response {
    with(headers, status, &json!({ "message": message }))
}

pub(crate) fn with(headers: &[(&'static str, &str)], status: u16, body: &Value) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_string())).unwrap()
}

/// A connection that breaks in the middle of the answer.
pub(crate) fn cut() -> Response {
    Body::from_stream(stream::iter([
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::other("somebody stumbled over the cable")),
    ]))
    .into_response()
}

pub(crate) fn issue(number: i64) -> Value {
    json!({ "id": 9000 + number, "number": number, "title": format!("Issue {number}") })
}

pub(crate) struct Key {
    pub(crate) pem: String,
    pub(crate) public: Vec<u8>,
}

/// The App's key, in the form GitHub hands out: PKCS#1, which is PKCS#8 without its first 26 bytes.
pub(crate) static KEY: LazyLock<Key> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let base64 = BASE64_STANDARD.encode(&pkcs8.as_ref()[26..]);
    let lines: Vec<_> =
        base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    Key {
        pem: format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n",
            lines.join("\n")
        ),
        public: pair.public_key().as_ref().to_vec(),
    }
});
