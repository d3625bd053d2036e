//! What a worker says to the server, call by call.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::Settings;
use super::backoff::Backoff;
use crate::agent::Turn;
use crate::causes::whole;
use crate::domain::budget::Spending;
use crate::domain::ids::WorkerId;
use crate::domain::work::{
    Claim, Claimed, Finish, Lease, NextTurn, Outcome, Renew, Renewals, Spent, ToolAnswer, ToolCall,
    TraceBatch, TraceLine, TurnEnded,
};
use crate::git::Key;

/// The server holds a claim for up to 25 s.
const CLAIM: Duration = Duration::from_secs(40);
const CALL: Duration = Duration::from_secs(20);
/// A submission is compared with GitHub.
const LOOKING: Duration = Duration::from_mins(2);
const UPLOAD: Duration = Duration::from_mins(5);

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("asking the server")]
    Away(#[from] reqwest::Error),
    #[error("the server is in trouble: {0}")]
    InTrouble(StatusCode),
    #[error("the lease is somebody else's now")]
    Lost,
    #[error("the result is too big for the server")]
    TooBig,
    #[error("the server refuses: {0}")]
    Refused(StatusCode),
}

impl Error {
    /// Whether asking again may be answered.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Away(_) | Self::InTrouble(_))
    }
}

/// The server's worker API.
pub(super) struct Server {
    http: reqwest::Client,
    base: String,
    token: String,
    pause: Duration,
}

impl Server {
    pub(super) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).build()?,
            base: format!("{}/api/worker", settings.server.as_str().trim_end_matches('/')),
            token: settings.token.clone(),
            pause: settings.pause,
        })
    }

    /// Asks for work and waits a while for it.
    pub(super) async fn claim(&self, claim: &Claim) -> Result<Option<Claimed>, Error> {
        let answer = self.post("claim", claim).timeout(CLAIM).send().await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(None),
            _ => Ok(Some(checked(answer)?.json().await?)),
        }
    }

    /// Says that these leases are held. The server answers at once if there is news, else after
    /// `patience`.
    pub(super) async fn renew(
        &self,
        worker: &WorkerId,
        spent: Vec<Spent>,
        patience: Duration,
    ) -> Result<Renewals, Error> {
        let patience_seconds = patience.as_secs();
        let leases = spent.iter().map(|one| one.lease.clone()).collect();
        let renew = Renew { worker: worker.clone(), leases, spent, patience_seconds };
        let call = self.post("renew", &renew).timeout(patience + CALL);
        Ok(checked(call.send().await?)?.json().await?)
    }

    /// Sends lines of a trace.
    pub(super) async fn trace(&self, lease: &Lease, lines: Vec<TraceLine>) -> Result<(), Error> {
        let batch = TraceBatch { epoch: lease.epoch, lines };
        let path = format!("executions/{}/trace", lease.execution);
        checked(self.post(&path, &batch).send().await?).map(drop)
    }

    /// Hands over a bundle, however often that has to be tried.
    pub(super) async fn bundle(&self, lease: &Lease, bundle: &[u8]) -> Result<(), Error> {
        let path = format!("executions/{}/bundle?epoch={}", lease.execution, lease.epoch);
        self.until_answered(|| {
            let upload = self.call(Method::PUT, &path).timeout(UPLOAD);
            upload.header("content-type", "application/octet-stream").body(bundle.to_vec())
        })
        .await
        .map(drop)
    }

    /// Has a tool's call decided, however often that has to be tried: doing it twice is harmless.
    pub(super) async fn call_tool(
        &self,
        lease: &Lease,
        name: &str,
        arguments: &Value,
    ) -> Result<ToolAnswer, Error> {
        let path = format!("executions/{}/tools/{}", lease.execution, plain(name));
        let call = ToolCall { epoch: lease.epoch, arguments: arguments.clone() };
        let answer = self.until_answered(|| self.post(&path, &call).timeout(LOOKING)).await?;
        Ok(answer.json().await?)
    }

    /// Says that a turn ended, and hears what comes next.
    pub(super) async fn after_turn(&self, lease: &Lease, over: Turn) -> Result<NextTurn, Error> {
        let path = format!("executions/{}/turn", lease.execution);
        let Turn { number, said, interrupted } = over;
        let ended = TurnEnded { epoch: lease.epoch, turn: number, said, interrupted };
        Ok(self.until_answered(|| self.post(&path, &ended)).await?.json().await?)
    }

    /// Reports how an execution ended, however often that has to be tried.
    pub(super) async fn finish(
        &self,
        lease: &Lease,
        outcome: Outcome,
        (resets_at, spent): (Option<DateTime<Utc>>, Spending),
    ) -> Result<(), Error> {
        let path = format!("executions/{}/finish", lease.execution);
        let finish = Finish { epoch: lease.epoch, outcome, resets_at, spent };
        self.until_answered(|| self.post(&path, &finish)).await.map(drop)
    }

    /// The workspaces whose tasks are over.
    pub(super) async fn removable(&self, worker: &WorkerId) -> Result<Vec<Key>, Error> {
        let call = self.call(Method::GET, "removable").query(&[("worker", &worker.0)]);
        Ok(checked(call.send().await?)?.json().await?)
    }

    async fn until_answered(&self, call: impl Fn() -> RequestBuilder) -> Result<Response, Error> {
        let mut backoff = Backoff::new(self.pause);
        loop {
            let answered = call().send().await.map_err(Error::from).and_then(checked);
            match answered {
                Err(error) if error.may_pass() => {
                    tracing::warn!(error = %whole(&error), "the server did not answer; asking again");
                    backoff.wait().await;
                }
                answered => return answered,
            }
        }
    }

    fn post(&self, path: &str, body: &impl Serialize) -> RequestBuilder {
        self.call(Method::POST, path).json(body)
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token).timeout(CALL)
    }
}

fn checked(answer: Response) -> Result<Response, Error> {
    match answer.status() {
        status if status.is_success() => Ok(answer),
        StatusCode::CONFLICT => Err(Error::Lost),
        StatusCode::PAYLOAD_TOO_LARGE => Err(Error::TooBig),
        status @ (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => {
            Err(Error::InTrouble(status))
        }
        status if status.is_server_error() => Err(Error::InTrouble(status)),
        status => Err(Error::Refused(status)),
    }
}

/// A tool's name that changes no path, whatever the agent says it is.
fn plain(name: &str) -> String {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if name.is_empty() { "none".to_owned() } else { name }
}
