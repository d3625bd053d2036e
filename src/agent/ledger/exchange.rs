//! One call, from the provider's door to the end of its answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::Response;
use futures::stream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::call::{Call, Question, Way};
use super::meter::{Meter, Seen};
use super::refused::Refused;
use super::{Desk, quota};
use crate::causes::whole;
use crate::domain::model::Kind;
use crate::domain::money::Tokens;

/// What the provider hears of an agent's headers.
const THERE: &[&str] = &[
    "accept",
    "anthropic-beta",
    "anthropic-version",
    "openai-beta",
    "user-agent",
    "x-goog-api-client",
];
/// What an agent hears of the provider's headers, and the beginnings of more of them.
const BACK: &[&str] = &[
    "content-type",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "x-request-id",
    "x-should-retry",
];
const BACK_TOO: &[&str] = &["anthropic-ratelimit-", "x-ratelimit-"];
/// An error's body may be this long.
const ERROR: usize = 1 << 20;
/// How long an answer nobody waits for is read on, so that it is counted exactly.
const LINGER: Duration = Duration::from_mins(1);

type Pieces = mpsc::Sender<io::Result<Bytes>>;

/// A call on its way.
pub(super) struct Exchange {
    pub(super) desk: Arc<Desk>,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) call: Call,
    pub(super) question: Question,
}

impl Exchange {
    /// Asks the provider, gives the answer on while it comes, and charges for it.
    pub(super) async fn carry(self, answer: oneshot::Sender<Result<Response, Refused>>) {
        let sent = tokio::select! {
            sent = self.request().send() => sent,
            () = self.desk.closing.cancelled() => return,
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                let _ = answer.send(Err(self.unanswered(&error)));
                return;
            }
        };
        let mut head = Response::builder().status(response.status().as_u16());
        for (name, value) in response.headers() {
            if comes_back(name) {
                head = head.header(name, value);
            }
        }
        let (pieces, body) = match (self.call.way, response.status().is_success()) {
            (Some(way), true) => {
                let (pieces, body) = mpsc::channel(16);
                (Some((way, pieces, response)), streamed(body))
            }
            (_, is_fine) => (None, self.whole(response, is_fine).await),
        };
        let built = head.body(body);
        let built = built
            .map_err(|_| Refused::new(StatusCode::BAD_GATEWAY, "the provider answered nonsense"));
        let _ = answer.send(built);
        if let Some((way, pieces, response)) = pieces {
            self.stream(way, response, pieces).await;
        }
    }

    fn request(&self) -> reqwest::RequestBuilder {
        let Desk { provider, http, .. } = &*self.desk;
        let base = provider.base.as_str().trim_end_matches('/');
        let query = if self.call.query.is_empty() { "" } else { "?" };
        let address = format!("{base}{}{query}{}", self.call.path, self.call.query);
        let mut request = http.request(self.method.clone(), address);
        for name in THERE {
            if let Some(value) = self.headers.get(*name) {
                request = request.header(*name, value);
            }
        }
        if self.method == Method::POST {
            let json = (header::CONTENT_TYPE, "application/json");
            request = request.header(json.0, json.1).body(self.question.body.clone());
        }
        let Some(key) = &provider.key else { return request };
        match provider.kind {
            Kind::Anthropic => request.header("x-api-key", key.reveal()),
            Kind::OpenAi | Kind::Compatible => request.bearer_auth(key.reveal()),
            Kind::Gemini => request.header("x-goog-api-key", key.reveal()),
        }
    }

    /// What an agent hears when the provider does not answer at all.
    fn unanswered(&self, error: &reqwest::Error) -> Refused {
        let (status, words) = if error.is_connect() {
            (StatusCode::BAD_GATEWAY, "the model's provider cannot be reached")
        } else if error.is_timeout() {
            (StatusCode::GATEWAY_TIMEOUT, "the model's provider did not answer in time")
        } else {
            (StatusCode::BAD_GATEWAY, "the model's provider broke off")
        };
        // It may have been at work on it.
        if let Some(way) = self.call.way.filter(|_| !error.is_connect()) {
            let mut bill = Bill::new(self);
            bill.settle(Meter::new(way, true).finish());
        }
        tracing::warn!(error = %plain(error), "{words}");
        Refused::new(status, words)
    }

    /// An answer that costs nothing, or an error: it is short, and may tell us of a quota.
    async fn whole(&self, mut response: reqwest::Response, is_fine: bool) -> Body {
        let mut kept = Vec::new();
        while let Ok(Some(piece)) = response.chunk().await {
            kept.extend_from_slice(&piece);
            if ERROR < kept.len() {
                break;
            }
        }
        if !is_fine {
            let now = self.desk.clock.now();
            let (status, headers) = (response.status(), response.headers());
            if let Some(news) = quota::news(status, headers, &kept, now) {
                (self.desk.watch)(news);
            }
        }
        Body::from(kept)
    }

    /// Gives the answer on, piece by piece, and reads along.
    async fn stream(&self, way: Way, mut response: reqwest::Response, pieces: Pieces) {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_events = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let (mut meter, mut bill) = (Meter::new(way, is_events), Bill::new(self));
        let mut is_heard = true;
        let over = self.desk.closing.cancelled();
        let unheard = async {
            pieces.closed().await;
            tokio::time::sleep(LINGER).await;
        };
        tokio::pin!(over, unheard);
        let broken = loop {
            let piece = tokio::select! {
                piece = response.chunk() => piece,
                () = &mut over => break true,
                () = &mut unheard => break true,
            };
            let Ok(Some(piece)) = piece else { break piece.is_err() };
            let Ok(seen) = meter.feed(&piece) else { break true };
            // Before the agent can ask for more because it has seen the end.
            if seen.is_final {
                bill.settle(seen);
            }
            if is_heard {
                let patience = self.desk.patience.idle;
                is_heard = matches!(timeout(patience, pieces.send(Ok(piece))).await, Ok(Ok(())));
            }
        };
        bill.settle(meter.finish());
        if broken {
            let cut = io::Error::other("the provider's answer was cut off");
            let _ = pieces.try_send(Err(cut));
        }
    }
}

/// What has been charged for one call.
struct Bill<'a> {
    exchange: &'a Exchange,
    charged: Tokens,
    is_counted: bool,
}

impl<'a> Bill<'a> {
    fn new(exchange: &'a Exchange) -> Self {
        Self { exchange, charged: Tokens::default(), is_counted: false }
    }

    /// Charges what is not charged yet.
    fn settle(&mut self, seen: &Seen) {
        let Exchange { desk, question, .. } = self.exchange;
        if !self.is_counted {
            self.is_counted = true;
            desk.budget.count(!seen.is_final);
        }
        let used = seen.used(question.body.len());
        let more = used.beyond(self.charged);
        self.charged = used;
        if more.total() != 0 {
            desk.charge(seen.model.as_deref(), &question.model, more);
        }
    }
}

fn comes_back(name: &HeaderName) -> bool {
    let name = name.as_str();
    BACK.contains(&name) || BACK_TOO.iter().any(|beginning| name.starts_with(beginning))
}

fn streamed(pieces: mpsc::Receiver<io::Result<Bytes>>) -> Body {
    Body::from_stream(stream::unfold(pieces, |mut pieces| async {
        pieces.recv().await.map(|piece| (piece, pieces))
    }))
}

/// An error's causes without the address, which somebody may have put a key into.
fn plain(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() { "timed out" } else { "failed" };
    std::error::Error::source(error)
        .map_or(what.to_owned(), |cause| format!("{what}: {}", whole(cause)))
}
