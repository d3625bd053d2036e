//! How many webhooks a second are on disk before they are answered.
//!
//! Fifty connections over loopback, each with one webhook under way, to the real router and a
//! SQLite file in `synchronous = full`. The callers share the machine's cores with the server.

mod disk;
mod measure;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use measure::{Side, milliseconds, percentile, table};
use serde_json::Value;
use team6::app::{App, keep_carrying_out};
use team6::clock::Clock;
use team6::config::Settings;
use team6::db::deliveries::Delivery;
use team6::db::{Db, deliveries, effects};
use team6::domain::ids::{DeliveryId, Login};
use team6::github::{self, GitHub, Me, signature};
use team6::web::{Intake, Web, keep_storing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const CONNECTIONS: usize = 50;
const WEBHOOKS: usize = 2_000;
const RUNS: usize = 5;
const SECRET: &[u8] = b"a secret between GitHub and us";
/// As many effects are carried out at once by the real server.
const CARRIERS: usize = 6;
const FIXTURE: &str = include_str!("../fixtures/webhooks/issue_comment.created.json");
/// What a person wrote, and no command.
const PROSE: &str = "I looked at the palette again. The contrast of the *muted* text on `surface-2` \
    is 3.9:1, which is below what we agreed on, so I would take the next darker step there.\n\n";

/// How the webhooks are stored.
#[derive(Clone, Copy)]
enum Storing {
    /// As the server does it: whoever waits at the same time shares a commit.
    Together,
    /// As the server does it, while what was stored is read.
    TogetherAndRead,
    /// In a transaction each.
    Alone,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let mut sides = [
        Side::new("Team6: those that wait share a commit"),
        Side::new("the same, with what is stored being read"),
        Side::new("a transaction for each"),
        Side::new("floor: append and fdatasync each, no HTTP, no SQL"),
    ];
    for _ in 0..RUNS {
        sides[0].runs.push(intake(Storing::Together).await?);
        sides[1].runs.push(intake(Storing::TogetherAndRead).await?);
        sides[2].runs.push(intake(Storing::Alone).await?);
        sides[3].runs.push(floor()?);
    }
    let size = payload(0)?.len();
    let title = format!(
        "Intake: {WEBHOOKS} signed webhooks of {size} bytes from {CONNECTIONS} connections, \
         median of {RUNS} runs"
    );
    table(&title, &["stored/s", "p50 ms", "p99 ms"], &sides);
    burst().await
}

/// One run: webhooks a second, and the answer's median and 99th percentile in milliseconds.
async fn intake(storing: Storing) -> anyhow::Result<Vec<f64>> {
    let server = Server::start(storing).await?;
    let requests = (0..WEBHOOKS).map(request).collect::<anyhow::Result<Vec<_>>>()?;
    let begun = Instant::now();
    let answers = server.send(requests).await?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(answers.iter().all(|(answer, _)| answer.starts_with("HTTP/1.1 202")), "not stored");
    ensure!(server.stored().await?.0 == WEBHOOKS, "not everything was stored");
    server.stop().await;
    let latencies: Vec<_> = answers.iter().map(|(_, latency)| *latency).collect();
    Ok(vec![per_second(took), percentile(&latencies, 50), percentile(&latencies, 99)])
}

/// What the disk alone allows when nothing is shared.
fn floor() -> anyhow::Result<Vec<f64>> {
    let folder = disk::scratch()?;
    let mut file = std::fs::File::create(folder.path().join("log"))?;
    let payloads = (0..WEBHOOKS).map(payload).collect::<anyhow::Result<Vec<_>>>()?;
    let mut latencies = Vec::with_capacity(WEBHOOKS);
    let begun = Instant::now();
    for payload in payloads {
        let at = Instant::now();
        file.write_all(&payload)?;
        file.sync_data()?;
        latencies.push(milliseconds(at.elapsed()));
    }
    let took = begun.elapsed().as_secs_f64();
    Ok(vec![per_second(took), percentile(&latencies, 50), percentile(&latencies, 99)])
}

/// A thousand webhooks, a tenth of them twice: some at the same time, some late.
async fn burst() -> anyhow::Result<()> {
    let server = Server::start(Storing::Together).await?;
    let (mut requests, mut late) = (Vec::new(), Vec::new());
    for n in 0..1_000 {
        let request = request(n)?;
        if n % 20 == 0 {
            requests.push(request.clone());
        } else if n % 20 == 10 {
            late.push(request.clone());
        }
        requests.push(request);
    }
    requests.append(&mut late);
    let sent = requests.len();
    let answers = server.send(requests).await?;
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for (answer, _) in &answers {
        let said = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        *counted.entry(said.trim()).or_default() += 1;
        ensure!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }
    let (stored, to_read) = server.stored().await?;
    server.stop().await;
    ensure!(counted == BTreeMap::from([("stored", 1_000), ("stored before", 100)]), "{counted:?}");
    ensure!((stored, to_read) == (1_000, 1_000), "{stored} stored, {to_read} to be read");
    measure::say(&format!(
        "{sent} deliveries of 1000 webhooks, 100 of them twice: {stored} stored, {to_read} to be \
         read, every answer 202\n"
    ));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn per_second(took: f64) -> f64 {
    WEBHOOKS as f64 / took
}

/// A server on a database of its own, without GitHub.
struct Server {
    app: App,
    address: SocketAddr,
    tasks: JoinSet<()>,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start(storing: Storing) -> anyhow::Result<Self> {
        let folder = disk::scratch()?;
        let app = app(folder.path()).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        let router = match storing {
            Storing::Alone => {
                Router::new().route("/webhook", post(store_alone)).with_state(app.clone())
            }
            Storing::Together | Storing::TogetherAndRead => {
                let (intake, line) = Intake::new();
                tasks.spawn(keep_storing(app.clone(), line));
                Web::new(app.clone(), intake, SECRET.to_vec(), String::new()).router()
            }
        };
        tasks.spawn(async move {
            axum::serve(listener, router).await.expect("the server goes on until it is stopped");
        });
        if matches!(storing, Storing::TogetherAndRead) {
            for _ in 0..CARRIERS {
                tasks.spawn(keep_carrying_out(app.clone(), CancellationToken::new()));
            }
        }
        Ok(Self { app, address, tasks, _folder: folder })
    }

    /// Sends everything, and hands back each answer and how many milliseconds it took.
    async fn send(&self, requests: Vec<Vec<u8>>) -> anyhow::Result<Vec<(String, f64)>> {
        let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
        let mut callers = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let mut connection = TcpStream::connect(self.address).await?;
            connection.set_nodelay(true)?;
            let (requests, next) = (requests.clone(), next.clone());
            callers.spawn(async move {
                let mut answers = Vec::new();
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let at = Instant::now();
                    let answer = exchange(&mut connection, request).await?;
                    answers.push((answer, milliseconds(at.elapsed())));
                }
                anyhow::Ok(answers)
            });
        }
        let answers = callers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(answers.into_iter().flatten().collect())
    }

    /// How many webhooks are in the database, and how many of them were not read yet.
    async fn stored(&self) -> anyhow::Result<(usize, usize)> {
        let mut tx = self.app.db().read().await?;
        let (stored, _) = deliveries::count(&mut tx).await?;
        let (waiting, _) = effects::count(&mut tx).await?;
        Ok((usize::try_from(stored)?, usize::try_from(waiting)?))
    }

    async fn stop(mut self) {
        self.tasks.shutdown().await;
        self.app.db().close().await;
    }
}

/// `POST /webhook` as it would be without [`Intake`].
async fn store_alone(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let header = |name| headers.get(name)?.to_str().ok();
    if !signature::is_genuine(SECRET, &body, header("x-hub-signature-256")) {
        return (StatusCode::UNAUTHORIZED, "");
    }
    let delivery = Delivery {
        id: DeliveryId(header("x-github-delivery").unwrap_or_default().to_owned()),
        event: header("x-github-event").unwrap_or_default().to_owned(),
        payload: body.into(),
    };
    match app.receive(&[delivery]).await {
        Ok(_) => (StatusCode::ACCEPTED, "stored\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, ""),
    }
}

async fn app(folder: &std::path::Path) -> anyhow::Result<App> {
    let mut settings = Settings::read(None, std::iter::empty())?;
    settings.data = folder.to_owned();
    let db = Db::open(&settings.database_url()).await?;
    let github = github::Settings {
        // Nobody is there: nothing that is measured asks GitHub anything.
        api: "http://127.0.0.1:1".parse()?,
        app_id: 1,
        private_key_pem: private_key()?,
        user_agent: "team6-bench".to_owned(),
        write_spacing: settings.write_spacing(),
    };
    let me = Me {
        app_id: 1,
        slug: "team6".to_owned(),
        bot: Login("team6[bot]".to_owned()),
        bot_id: 1,
        host: "github.com".to_owned(),
        permissions: BTreeMap::new(),
        events: Vec::new(),
    };
    Ok(App::new(db, GitHub::new(github, Clock::System)?, Clock::System, settings, me))
}

fn private_key() -> anyhow::Result<String> {
    let key = KeyPair::generate(KeySize::Rsa2048)?;
    let der: Pkcs8V1Der<'_> = key.as_der()?;
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"))
}

/// A comment as GitHub tells of it, as long as such payloads usually are.
fn payload(n: usize) -> anyhow::Result<Vec<u8>> {
    let mut event: Value = serde_json::from_str(FIXTURE)?;
    let comment = event.get_mut("comment").context("the fixture is a comment")?;
    comment["id"] = Value::from(n);
    comment["body"] = Value::from(PROSE.repeat(36));
    Ok(serde_json::to_vec(&event)?)
}

/// A signed webhook, as it goes over the wire.
fn request(n: usize) -> anyhow::Result<Vec<u8>> {
    let body = payload(n)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let mut request = format!(
        "POST /webhook HTTP/1.1\r\nhost: team6\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nx-github-event: issue_comment\r\nx-github-delivery: {}\r\n\
         x-hub-signature-256: sha256={}\r\n\r\n",
        body.len(),
        Uuid::new_v4(),
        hex::encode(hmac::sign(&key, &body)),
    )
    .into_bytes();
    request.extend_from_slice(&body);
    Ok(request)
}

/// Sends a request on a connection that stays open, and reads the answer.
async fn exchange(connection: &mut TcpStream, request: &[u8]) -> anyhow::Result<String> {
    connection.write_all(request).await?;
    let mut answer = Vec::with_capacity(512);
    loop {
        ensure!(connection.read_buf(&mut answer).await? != 0, "the server hung up");
        let text = std::str::from_utf8(&answer)?;
        if is_whole(text) {
            return Ok(text.to_owned());
        }
    }
}

fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()) == Some(body.len())
}
