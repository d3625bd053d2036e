//! Bytes to GitHub and back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, Response};
use futures::future::BoxFuture;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, redirect};
use serde::de::DeserializeOwned;
use url::Url;

use super::Error;
use super::ask::Ask;

/// How often GitHub may send us on to where something has moved.
const DETOURS: usize = 3;

/// What GitHub answered.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Arc<[u8]>,
}

impl Answer {
    pub(super) fn of(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::unreadable::<T>(&error))
    }
}

/// Why no answer came.
pub type Lost = Box<dyn std::error::Error + Send + Sync>;
/// What answers in GitHub's place.
type Answering =
    dyn Fn(Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Lost>> + Send + Sync;

/// The way to GitHub: over the network, or to somebody in this process who answers in its place.
#[derive(Clone)]
pub struct Transport(Way);

#[derive(Clone)]
enum Way {
    Network(Client),
    Here(Arc<Answering>),
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Way::Network(_) => "over the network",
            Way::Here(_) => "in this process",
        })
    }
}

impl Transport {
    /// What `answer` answers instead of GitHub.
    pub fn here(
        answer: impl Fn(Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Lost>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Way::Here(Arc::new(answer)))
    }

    /// Over the network.
    pub(super) fn network(user_agent: &str) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert("x-github-api-version", HeaderValue::from_static("2022-11-28"));
        let client = Client::builder()
            .user_agent(user_agent)
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(redirect::Policy::none())
            .build();
        Ok(Self(Way::Network(client.map_err(|error| Error::Unreachable(error.into()))?)))
    }

    /// How many questions it is worth asking at once: over the network one waits for answers, in this
    /// process for nothing, and what is asked in order is answered in order.
    pub(super) fn at_once(&self) -> usize {
        match self.0 {
            Way::Network(_) => 8,
            Way::Here(_) => 1,
        }
    }

    /// Asks, and follows where GitHub sends us as long as it stays the same server: the question
    /// is repeated as it was, also with 301 and 302.
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects>
    pub(super) async fn send(
        &self,
        ask: &Ask,
        credential: Option<&str>,
        etag: Option<&str>,
    ) -> Result<Answer, Error> {
        let mut url = ask.url.clone();
        for _ in 0..=DETOURS {
            let answer = self.send_patiently(ask, &url, credential, etag).await?;
            let Some(target) = moved(&answer, &url) else { return Ok(answer) };
            if target.origin() != ask.url.origin() {
                return Err(Error::Astray(target.origin().ascii_serialization()));
            }
            url = target;
        }
        Err(Error::Astray("in circles".to_owned()))
    }

    /// Sends a form to a page that is not of the API.
    pub(super) async fn send_form(&self, url: Url, form: &[(&str, &str)]) -> Result<Answer, Error> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        let request = request.body(body.into());
        let request = request.map_err(|error| Error::Unreachable(error.into()))?;
        self.answer(request).await.map_err(Error::Unreachable)
    }

    /// Asks, and asks again if the connection broke and asking twice is asking once.
    async fn send_patiently(
        &self,
        ask: &Ask,
        url: &Url,
        credential: Option<&str>,
        etag: Option<&str>,
    ) -> Result<Answer, Error> {
        let answered = match self.send_once(ask, url, credential, etag).await {
            Err(error) if ask.repeatable && !took_too_long(&error) => {
                self.send_once(ask, url, credential, etag).await
            }
            answered => answered,
        };
        answered.map_err(Error::Unreachable)
    }

    async fn send_once(
        &self,
        ask: &Ask,
        url: &Url,
        credential: Option<&str>,
        etag: Option<&str>,
    ) -> Result<Answer, Lost> {
        let mut request = Request::builder().method(ask.method.clone()).uri(url.as_str());
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(credential) = credential {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {credential}"))?;
            bearer.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, bearer);
        }
        let mut body = Bytes::new();
        if let Some(json) = &ask.body {
            request = request.header(header::CONTENT_TYPE, "application/json");
            body = serde_json::to_vec(json)?.into();
        }
        self.answer(request.body(body)?).await
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Answer, Lost> {
        let mut response = match &self.0 {
            Way::Network(client) => over_the_network(client, request).await?,
            Way::Here(answer) => answer(request).await?,
        };
        let headers = std::mem::take(response.headers_mut());
        let body = Arc::from(&response.body()[..]);
        Ok(Answer { status: response.status().as_u16(), headers, body })
    }
}

async fn over_the_network(
    client: &Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Lost> {
    let without_url = |error: reqwest::Error| error.without_url();
    let request = reqwest::Request::try_from(request).map_err(without_url)?;
    let mut response = client.execute(request).await.map_err(without_url)?;
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    *answer.body_mut() = response.bytes().await.map_err(without_url)?;
    Ok(answer)
}

fn took_too_long(lost: &Lost) -> bool {
    lost.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
}

/// Where the answer says that what was asked for now is.
fn moved(answer: &Answer, from: &Url) -> Option<Url> {
    match answer.status {
        301 | 302 | 307 | 308 => from.join(answer.header("location")?).ok(),
        _ => None,
    }
}
