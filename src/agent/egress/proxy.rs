//! What the proxy answers: tunnels for `CONNECT`, and plain requests put together anew.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Patience;
use super::counted::{Counted, Moved};
use super::journal::Journal;
use super::reach::{Denied, Resolve, connect};
use crate::causes::whole;
use crate::domain::egress::AllowList;

/// What concerns one connection and is not passed on. The length of a body is said anew.
const OURS: [HeaderName; 7] =
    [CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
const ALSO_OURS: [&str; 2] = ["keep-alive", "proxy-connection"];

/// A proxy for one agent.
pub(super) struct Proxy {
    pub(super) allowed: AllowList,
    pub(super) resolve: Resolve,
    pub(super) patience: Patience,
    pub(super) token: String,
    pub(super) journal: Arc<Journal>,
    pub(super) tasks: TaskTracker,
    pub(super) shut: CancellationToken,
}

/// A connection's place among those an agent may have.
type Place = Arc<OwnedSemaphorePermit>;

impl Proxy {
    pub(super) async fn answer(
        self: Arc<Self>,
        asked: Request<Incoming>,
        place: Place,
    ) -> Result<Response<Body>, hyper::Error> {
        if !self.is_ours(asked.headers()) {
            let mut answer = said(StatusCode::PROXY_AUTHENTICATION_REQUIRED, "Who is asking?");
            answer
                .headers_mut()
                .insert(PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"team6\""));
            return Ok(answer);
        }
        let Some((host, port)) = target(asked.method(), asked.uri()) else {
            let words = "Team6's proxy takes `CONNECT host:port` and requests of `http://host/…`.";
            return Ok(said(StatusCode::BAD_REQUEST, words));
        };
        let reached =
            connect(&host, port, &self.allowed, &self.resolve, self.patience.connect).await;
        let name = shown(&host, port);
        let stream = match reached {
            Ok(stream) => stream,
            Err(Denied::Refused(why)) => {
                tracing::debug!(host = name, why, "an agent is refused a host");
                self.journal.refused(&name, why);
                let words = format!("Team6 does not let this agent reach {name}: {why}.");
                return Ok(said(StatusCode::FORBIDDEN, &words));
            }
            Err(Denied::Away(why)) => {
                tracing::debug!(host = name, why, "a host is away");
                let words = format!("Team6 cannot reach {name}: {why}.");
                return Ok(said(StatusCode::BAD_GATEWAY, &words));
            }
        };
        self.journal.reached(&name);
        let (stream, moved) = Counted::new(stream);
        if asked.method() == Method::CONNECT {
            self.tunnel(hyper::upgrade::on(asked), stream, moved, name, place);
            return Ok(Response::new(Body::empty()));
        }
        Ok(self.pass_on(asked, stream, moved, name).await)
    }

    fn is_ours(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(PROXY_AUTHORIZATION).and_then(|shown| shown.to_str().ok());
        let packed = shown.and_then(|shown| shown.strip_prefix("Basic "));
        let bytes = packed.and_then(|packed| STANDARD.decode(packed.trim()).ok());
        let expected = format!("team6:{}", self.token);
        bytes.is_some_and(|bytes| verify_slices_are_equal(&bytes, expected.as_bytes()).is_ok())
    }

    /// Carries bytes both ways until one side has said all, nothing moves any more, or the agent is gone.
    fn tunnel(
        self: Arc<Self>,
        upgrade: OnUpgrade,
        mut stream: Counted,
        moved: Arc<Moved>,
        name: String,
        place: Place,
    ) {
        self.tasks.clone().spawn(async move {
            let _place = place;
            let carry = async {
                let inside = upgrade.await.map_err(std::io::Error::other)?;
                let mut inside = TokioIo::new(inside);
                tokio::io::copy_bidirectional(&mut inside, &mut stream).await
            };
            tokio::select! {
                ended = carry => {
                    if let Err(error) = ended {
                        tracing::debug!(host = name, error = %whole(&error), "a tunnel broke");
                    }
                }
                () = moved.until_idle(self.patience.idle) => {}
                () = tokio::time::sleep(self.patience.whole) => {}
                () = self.shut.cancelled() => {}
            }
            self.ended(&name, &moved);
        });
    }

    /// Passes one request on, and its answer back.
    async fn pass_on(
        self: Arc<Self>,
        asked: Request<Incoming>,
        stream: Counted,
        moved: Arc<Moved>,
        name: String,
    ) -> Response<Body> {
        let away = |error: &dyn std::fmt::Display| {
            let words = format!("Team6 cannot speak with {name}: {error}.");
            said(StatusCode::BAD_GATEWAY, &words)
        };
        let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, talk) = match shaken {
            Ok(shaken) => shaken,
            Err(error) => return away(&error),
        };
        let (proxy, host) = (Arc::clone(&self), name.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                ended = talk => drop(ended),
                () = moved.until_idle(proxy.patience.idle) => {}
                () = tokio::time::sleep(proxy.patience.whole) => {}
                () = proxy.shut.cancelled() => {}
            }
            proxy.ended(&host, &moved);
        });
        match sender.send_request(anew(asked)).await {
            Ok(answer) => {
                let (mut head, body) = answer.into_parts();
                without_ours(&mut head.headers);
                Response::from_parts(head, Body::new(body))
            }
            Err(error) => away(&error),
        }
    }

    fn ended(&self, name: &str, moved: &Moved) {
        let (sent, received) = (moved.sent(), moved.received());
        tracing::debug!(host = name, sent, received, "an agent's connection is over");
        self.journal.moved(name, sent, received);
    }
}

/// The host and port a request is for; nothing, if it is no request to a proxy.
fn target(method: &Method, uri: &Uri) -> Option<(String, u16)> {
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let host = authority.host().to_owned();
    if method == Method::CONNECT {
        return Some((host, authority.port_u16()?));
    }
    let is_plain = uri.scheme_str() == Some("http");
    // A port that cannot be read is not the usual one.
    let has_none = authority.as_str() == host;
    let port = authority.port_u16().or(has_none.then_some(80))?;
    is_plain.then_some((host, port))
}

/// The request as its host shall see it: what was checked is what it is for, whatever else it said.
fn anew(asked: Request<Incoming>) -> Request<Incoming> {
    let (mut head, body) = asked.into_parts();
    let host = head.uri.authority().map(|authority| authority.as_str().to_owned());
    without_ours(&mut head.headers);
    head.headers.remove(HOST);
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(&host).ok()) {
        head.headers.insert(HOST, host);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    head.version = Version::HTTP_11;
    Request::from_parts(head, body)
}

fn without_ours(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // Nobody may have what says who is asking taken away in between.
        .filter(|name| *name != HOST && *name != AUTHORIZATION)
        .collect();
    for name in named.iter().chain(&OURS) {
        headers.remove(name);
    }
    for name in ALSO_OURS {
        headers.remove(name);
    }
}

/// A host for those who read about it, with its port where that says something.
fn shown(host: &str, port: u16) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.:[]".contains(*c);
    let host: String = host.chars().filter(plain).take(253).collect();
    if port == 443 { host } else { format!("{host}:{port}") }
}

fn said(status: StatusCode, words: &str) -> Response<Body> {
    let mut answer = Response::new(Body::from(format!("{words}\n")));
    *answer.status_mut() = status;
    answer
}
