//! The people of the demo, who do what people do on GitHub: over its REST API.

use std::collections::BTreeMap;

use anyhow::Context as _;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::folder::Secrets;

/// Everybody, with a token each.
pub(super) struct People {
    http: reqwest::Client,
    api: String,
    tokens: BTreeMap<String, String>,
}

/// A comment.
#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: i64,
    pub(super) body: String,
    pub(super) user: Account,
}

/// Somebody.
#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

/// A pull request.
#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) user: Account,
    #[serde(default)]
    pub(super) requested_reviewers: Vec<Account>,
    #[serde(default)]
    pub(super) merged: bool,
}

/// What somebody thinks of a pull request.
#[derive(Deserialize)]
pub(super) struct Review {}

/// A file of a pull request.
#[derive(Deserialize)]
struct Changed {
    filename: String,
    status: String,
}

impl People {
    pub(super) fn new(api: &Url, secrets: &Secrets) -> anyhow::Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder().user_agent("team6-demo").build()?,
            api: api.as_str().trim_end_matches('/').to_owned(),
            tokens: secrets.users.clone(),
        })
    }

    pub(super) fn know(&self, name: &str) -> bool {
        self.tokens.contains_key(name)
    }

    pub(super) async fn comments(&self, repo: &str, issue: i64) -> anyhow::Result<Vec<Comment>> {
        self.read(&format!("repos/{repo}/issues/{issue}/comments?per_page=100")).await
    }

    pub(super) async fn open_pulls(&self, repo: &str) -> anyhow::Result<Vec<Pull>> {
        self.read(&format!("repos/{repo}/pulls?state=open&per_page=100")).await
    }

    pub(super) async fn pull(&self, repo: &str, number: i64) -> anyhow::Result<Pull> {
        self.read(&format!("repos/{repo}/pulls/{number}")).await
    }

    pub(super) async fn say(
        &self,
        by: &str,
        repo: &str,
        issue: i64,
        text: &str,
    ) -> anyhow::Result<()> {
        let path = format!("repos/{repo}/issues/{issue}/comments");
        self.tell(by, Method::POST, &path, json!({ "body": text })).await
    }

    /// Ticks the box on the line with that hidden marker, in the comment as it is now.
    pub(super) async fn tick(
        &self,
        by: &str,
        repo: &str,
        comment: i64,
        marker: &str,
    ) -> anyhow::Result<()> {
        let path = format!("repos/{repo}/issues/comments/{comment}");
        let now: Comment = self.read(&path).await?;
        let ticked: Vec<_> = now
            .body
            .lines()
            .map(|line| {
                if line.contains(marker) { line.replacen("[ ]", "[x]", 1) } else { line.to_owned() }
            })
            .collect();
        self.tell(by, Method::PATCH, &path, json!({ "body": ticked.join("\n") })).await
    }

    pub(super) async fn approve_and_merge(
        &self,
        by: &str,
        repo: &str,
        pull: i64,
    ) -> anyhow::Result<()> {
        let review = json!({ "event": "APPROVE", "body": "Good." });
        self.tell(by, Method::POST, &format!("repos/{repo}/pulls/{pull}/reviews"), review).await?;
        self.tell(by, Method::PUT, &format!("repos/{repo}/pulls/{pull}/merge"), json!({})).await
    }

    /// Who has reviewed a pull request so far, each as often as they did.
    pub(super) async fn reviews(&self, repo: &str, pull: i64) -> anyhow::Result<Vec<Review>> {
        self.read(&format!("repos/{repo}/pulls/{pull}/reviews?per_page=100")).await
    }

    /// Asks for a change, with a word at the first line of a file that the pull request changes.
    pub(super) async fn request_changes(
        &self,
        by: &str,
        repo: &str,
        pull: i64,
        text: &str,
    ) -> anyhow::Result<()> {
        let files: Vec<Changed> = self.read(&format!("repos/{repo}/pulls/{pull}/files")).await?;
        let at = |file: &Changed| json!({ "path": file.filename, "line": 1, "side": "RIGHT", "body": "Say here what it is for." });
        let comments: Vec<_> =
            files.iter().filter(|file| file.status == "added").take(1).map(at).collect();
        let review = json!({ "event": "REQUEST_CHANGES", "body": text, "comments": comments });
        self.tell(by, Method::POST, &format!("repos/{repo}/pulls/{pull}/reviews"), review).await
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.ask("ada", Method::GET, path, None).await?;
        answer.json().await.with_context(|| format!("reading {path}"))
    }

    async fn tell(&self, by: &str, method: Method, path: &str, body: Value) -> anyhow::Result<()> {
        self.ask(by, method, path, Some(body)).await.map(drop)
    }

    async fn ask(
        &self,
        by: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<reqwest::Response> {
        let token = self.tokens.get(by).with_context(|| format!("nobody here is called {by}"))?;
        let request = self.http.request(method, format!("{}/{path}", self.api)).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.context("asking the local GitHub")?;
        answer.error_for_status().with_context(|| format!("{by} could not do {path}"))
    }
}
