//! The model proxy, between an agent that may be anybody and a provider that follows a script.

mod counting;
mod guarding;
mod provider;
mod spending;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::DateTime;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use team6::agent::ledger::{Allowance, Budget, Ledger, News, Patience, Provider, Settings};
use team6::clock::Clock;
use team6::domain::model::{Kind, Secret};
use team6::domain::money::{Money, Price, Prices};
use tokio::net::TcpListener;

use self::provider::Upstream;

const KEY: &str = "the-real-key";

/// An agent's desk: a ledger before a provider.
struct Desk {
    upstream: Upstream,
    ledger: Ledger,
    budget: Budget,
    news: Arc<Mutex<Vec<News>>>,
    kind: Kind,
    url: String,
    http: reqwest::Client,
}

impl Desk {
    async fn new(kind: Kind) -> Self {
        Self::with(kind, Allowance::default(), Upstream::start().await).await
    }

    async fn allowed(kind: Kind, tokens: u64) -> Self {
        let allowance = Allowance { tokens: Some(tokens), cost: None };
        Self::with(kind, allowance, Upstream::start().await).await
    }

    async fn with(kind: Kind, allowance: Allowance, upstream: Upstream) -> Self {
        let address = upstream.url.clone();
        Self::before(kind, allowance, upstream, &address).await
    }

    /// A desk whose provider is said to be at this address.
    async fn before(kind: Kind, allowance: Allowance, upstream: Upstream, address: &str) -> Self {
        let version = if matches!(kind, Kind::OpenAi | Kind::Compatible) { "/v1" } else { "" };
        let base = format!("{address}{version}").parse().unwrap();
        let (news, budget) = (Arc::<Mutex<Vec<News>>>::default(), Budget::new(allowance));
        let heard = Arc::clone(&news);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            provider: Provider { kind, base, key: Some(Secret::new(KEY.into())) },
            prices: Arc::new(prices()),
            budget: budget.clone(),
            watch: Arc::new(move |one| heard.lock().unwrap().push(one)),
            clock: Clock::stopped_at(DateTime::UNIX_EPOCH),
            patience: Patience { idle: Duration::from_secs(1), ..Patience::default() },
        };
        let ledger = Ledger::open(listener, settings).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { upstream, ledger, budget, news, kind, url, http }
    }

    /// The usual call of this kind of provider.
    fn asks(&self, is_stream: bool) -> RequestBuilder {
        let body = match self.kind {
            Kind::Gemini => json!({ "contents": [{ "parts": [{ "text": "hi" }] }] }),
            Kind::Anthropic => {
                json!({ "model": "priced-1", "max_tokens": 99, "messages": [], "stream": is_stream })
            }
            Kind::OpenAi | Kind::Compatible => {
                json!({ "model": "priced-1", "messages": [], "stream": is_stream })
            }
        };
        let path = match (self.kind, is_stream) {
            (Kind::Anthropic, _) => "/v1/messages?beta=true",
            (Kind::OpenAi | Kind::Compatible, _) => "/v1/chat/completions",
            (Kind::Gemini, true) => "/v1beta/models/priced-1:streamGenerateContent?alt=sse",
            (Kind::Gemini, false) => "/v1beta/models/priced-1:generateContent",
        };
        self.post(path, &body)
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        request.bearer_auth(self.ledger.token().reveal())
    }

    /// The news so far.
    fn news(&self) -> Vec<News> {
        self.news.lock().unwrap().clone()
    }
}

fn prices() -> Prices {
    let price = |input, output| Price {
        input: Money(input),
        output: Money(output),
        cache_read: Money(input / 10),
        cache_write: Money(input * 2),
    };
    let known = BTreeMap::from([("priced".to_owned(), price(3_000_000, 15_000_000))]);
    Prices { known, unknown: price(10_000_000, 50_000_000) }
}

/// Waits until something is so.
async fn until(what: &str, so: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_mins(5), async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "{what} never happened");
}

async fn error(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}
