//! What lies between Team6 and GitHub, where everything goes wrong that can.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use localhub::Imagining;
use serde_json::{Value, json};
use team6::domain::ids::{CommitSha, RepoName};
use team6::git::{self, Promise};
use team6::github::Lost;
use tower::ServiceExt as _;

use crate::people::boxes;
use crate::scene::Mishap;
use crate::town::{Town, locked};

/// How many things may happen while others do.
const DEEPEST: usize = 2;

/// What goes wrong with a request, and whether only after it took effect.
#[derive(Clone, Copy, Debug)]
struct Fate {
    mishap: Mishap,
    after: bool,
}

impl Town {
    /// Carries a request of Team6 to GitHub, or not, and an answer back, or not.
    pub(crate) async fn carry(
        self: &Arc<Self>,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Lost> {
        let what = format!("{} {}", request.method(), shortened(request.uri().path()));
        locked(&self.record).requests += 1;
        let is_read = request.method() == Method::GET;
        if !is_read && !what.ends_with("/access_tokens") && !what.ends_with("graphql") {
            locked(&self.record).writes += 1;
            self.tell(format!("  → {what}"));
            for wrong in self.overtaken().await {
                self.wrong(wrong);
            }
        }
        let fate = self.fate();
        if let Some(fate) = fate.filter(|fate| !fate.after) {
            return self.suffer(fate, &what).await;
        }
        let chance = locked(&self.faults).meanwhile;
        if self.depth.load(Ordering::SeqCst) < DEEPEST && self.chance(chance) {
            self.depth.fetch_add(1, Ordering::SeqCst);
            // Who asks to change something holds the turn of all who do.
            self.meanwhile(is_read).await;
            self.depth.fetch_sub(1, Ordering::SeqCst);
        }
        let answer = self.ask(request).await;
        match fate {
            Some(fate) => self.suffer(fate, &what).await,
            None => Ok(answer),
        }
    }

    fn fate(&self) -> Option<Fate> {
        let faults = locked(&self.faults).clone();
        if !self.chance(faults.request) {
            return None;
        }
        let mishap = faults.mishaps[self.below(faults.mishaps.len())];
        Some(Fate { mishap, after: mishap != Mishap::Limit && self.chance(500) })
    }

    async fn suffer(&self, fate: Fate, what: &str) -> Result<Response<Bytes>, Lost> {
        let when = if fate.after { "after it took effect" } else { "before it took effect" };
        let status = |code: u16| Response::builder().status(code);
        match fate.mishap {
            Mishap::Error => {
                self.tell(format!("  ✗ {what} fails {when}"));
                Ok(status(502).body(Bytes::new())?)
            }
            Mishap::Silence => {
                self.tell(format!("  ✗ {what} is not answered, {when}"));
                Err("the connection was closed".into())
            }
            Mishap::Limit => {
                self.tell(format!("  ✗ {what} is too much for GitHub"));
                let seconds = 1 + self.below(90);
                let words = Bytes::from_static(b"{\"message\":\"secondary rate limit\"}");
                Ok(status(403).header("retry-after", seconds).body(words)?)
            }
            Mishap::Death => {
                self.tell(format!("  ✗ {what}, and there, {when}, …"));
                self.die().await;
                unreachable!("the dead hear no answer")
            }
        }
    }

    /// GitHub answers; what Team6 makes there is counted.
    async fn ask(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let body = request.body().clone();
        let answer = answered(&self.web, request.map(Body::from)).await;
        if answer.status().is_success() {
            self.notice(&method, &path, &body);
        }
        answer
    }

    fn notice(&self, method: &Method, path: &str, body: &[u8]) {
        if method == Method::PATCH && path.contains("/issues/comments/") {
            let said: Value = serde_json::from_slice(body).unwrap_or_default();
            let boxes = boxes(said["body"].as_str().unwrap_or_default());
            if !boxes.is_empty() {
                self.tell(format!("    with {boxes:?}"));
                locked(&self.record).pages.push(boxes);
            }
        }
        if method == Method::DELETE && path.contains("/git/refs/") {
            self.wrong(format!("a branch was deleted: {path}"));
        }
        let makes =
            ["/comments", "/pulls", "/issues", "/replies"].iter().any(|end| path.ends_with(end));
        if method != Method::POST || !makes {
            return;
        }
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = said["body"].as_str().unwrap_or_default();
        let marker = text.lines().find(|line| line.starts_with("<!-- team6:")).unwrap_or(text);
        let made = format!("{path} {marker}");
        let count = {
            let mut record = locked(&self.record);
            let count = record.made.entry(made.clone()).or_default();
            *count += 1;
            *count
        };
        if 1 < count {
            self.wrong(format!("made twice on GitHub: {made}"));
        }
    }

    /// A person does something on GitHub, which always answers people.
    pub(crate) async fn does(&self, by: &str, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.tries(by, method.clone(), path, body).await;
        assert!(status.is_success(), "{by} may not {method} {path}: {status} {answer}");
        answer
    }

    /// The same, where GitHub may say no.
    pub(crate) async fn tries(
        &self,
        by: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v3/repos/{path}"))
            .header("authorization", format!("Bearer token-of-{by}"))
            .header("user-agent", by)
            .header("content-type", "application/json");
        let body = if body == json!(null) { Body::empty() } else { Body::from(body.to_string()) };
        let answer = answered(&self.web, request.body(body).unwrap()).await;
        (answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// Git brings a branch to GitHub, or not.
    pub(crate) async fn take_push(
        self: &Arc<Self>,
        repo: RepoName,
        bundle: Vec<u8>,
        promise: Promise,
        over: Option<CommitSha>,
    ) -> Result<(), git::Error> {
        let failed = |stderr: &str| git::Error::Failed {
            what: "push".to_owned(),
            stderr: stderr.to_owned(),
        };
        let head = promise.head.clone().expect("what is pushed was delivered").0;
        let bundle = String::from_utf8(bundle).unwrap_or_default();
        let (made, parent) = bundle.split_once(' ').unwrap_or_default();
        if made != head {
            self.wrong(format!("{repo}: pushed another bundle than the one of {head}"));
        }
        self.tell(format!("  → git push {repo} {}", promise.branch));
        let fate = self.fate().filter(|fate| fate.mishap != Mishap::Limit);
        let lost = |_| failed("the remote end hung up unexpectedly");
        if let Some(fate) = fate.filter(|fate| !fate.after) {
            self.suffer(fate, "git push").await.map_err(lost)?;
            return Err(failed("the requested URL returned error: 502"));
        }
        let (name, branch) = (repo.to_string(), promise.branch.0);
        let imagined = Imagining {
            parent: parent.to_owned(),
            commit: head,
            touched: vec![branch.clone()],
            over: over.map(|sha| sha.0),
        };
        let pushed = self.hub.push_imagined("ada", &name, &branch, &imagined).await;
        locked(&self.record).branches.insert((name, branch));
        if let Some(fate) = fate {
            self.suffer(fate, "git push").await.map_err(lost)?;
            return Err(failed("the requested URL returned error: 502"));
        }
        if pushed.expect("GitHub is there") {
            Ok(())
        } else {
            Err(failed("! [rejected] (non-fast-forward)"))
        }
    }
}

pub(crate) async fn answered(web: &axum::Router, request: Request<Body>) -> Response<Bytes> {
    let Ok(answer) = web.clone().oneshot(request).await;
    let (parts, body) = answer.into_parts();
    Response::from_parts(parts, to_bytes(body, usize::MAX).await.unwrap())
}

fn shortened(path: &str) -> &str {
    path.trim_start_matches("/api/v3/").trim_start_matches("repos/")
}
