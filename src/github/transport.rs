//! Bytes to GitHub and back.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, redirect};
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

/// The connections to GitHub.
pub(super) struct Transport {
    client: Client,
}

impl Transport {
    pub(super) fn new(user_agent: &str) -> Result<Self, Error> {
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
        Ok(Self { client: client.map_err(Error::Unreachable)? })
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
        let request = self.client.post(url).form(form).header(header::ACCEPT, "application/json");
        let unreachable = |error: reqwest::Error| Error::Unreachable(error.without_url());
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(unreachable)?;
        Ok(Answer::of(status, body.into()))
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
            Err(error) if ask.repeatable && !error.is_timeout() => {
                self.send_once(ask, url, credential, etag).await
            }
            answered => answered,
        };
        answered.map_err(|error| Error::Unreachable(error.without_url()))
    }

    async fn send_once(
        &self,
        ask: &Ask,
        url: &Url,
        credential: Option<&str>,
        etag: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(ask.method.clone(), url.clone());
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(credential) = credential {
            request = request.bearer_auth(credential);
        }
        let mut response: Response = request.send().await?;
        let (status, headers) =
            (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let body = response.bytes().await?;
        Ok(Answer { status, headers, body: Arc::from(&body[..]) })
    }
}

/// Where the answer says that what was asked for now is.
fn moved(answer: &Answer, from: &Url) -> Option<Url> {
    match answer.status {
        301 | 302 | 307 | 308 => from.join(answer.header("location")?).ok(),
        _ => None,
    }
}
