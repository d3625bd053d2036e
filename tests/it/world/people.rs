//! People, who do what people do on GitHub.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone)]
pub(super) struct People {
    http: reqwest::Client,
    api: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: i64,
    pub(super) body: String,
    pub(super) user: Account,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Pull {
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(super) user: Account,
    pub(super) head: Branch,
    #[serde(default)]
    pub(super) requested_reviewers: Vec<Account>,
    pub(super) merge_commit_sha: Option<String>,
    pub(super) merged_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Branch {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
}

impl Comment {
    pub(super) fn is_ours(&self) -> bool {
        self.user.login == "team6[bot]"
    }
}

impl Pull {
    pub(super) fn is_ours(&self) -> bool {
        self.user.login == "team6[bot]"
    }
}

impl Pull {
    pub(crate) fn reviewers(&self) -> Vec<&str> {
        self.requested_reviewers.iter().map(|who| who.login.as_str()).collect()
    }

    pub(crate) fn head_sha(&self) -> String {
        self.head.sha.clone()
    }

    pub(crate) fn branch(&self) -> &str {
        &self.head.name
    }

    /// Its text without the marker and without the name of the commit it began at.
    pub(crate) fn text(&self) -> String {
        let text = self.body.split_once("-->\n").map_or(self.body.as_str(), |(_, text)| text);
        let lines = text.lines().map(|line| match line.split_once(" on top of `") {
            Some((words, rest)) => format!("{words} on top of `…{}", &rest[7..]),
            None => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl People {
    pub(super) fn new(github: &str) -> Self {
        Self { http: reqwest::Client::new(), api: format!("{github}/api/v3") }
    }

    /// Does something, which may be refused.
    pub(super) async fn tries(
        &self,
        by: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let url = format!("{}/repos/{path}", self.api);
        let request = self.http.request(method.clone(), url).bearer_auth(format!("token-of-{by}"));
        let request = if method == Method::GET { request } else { request.json(&body) };
        let answer = request.header("user-agent", by).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Does something that works.
    pub(super) async fn does(&self, by: &str, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.tries(by, method.clone(), path, body).await;
        assert!((200..300).contains(&status), "{by} may not {method} {path}: {status} {answer}");
        answer
    }

    pub(super) async fn reads(&self, path: &str) -> Value {
        self.does("ada", Method::GET, path, Value::Null).await
    }

    pub(super) async fn comments(&self, repo: &str, issue: i64) -> Vec<Comment> {
        let path = format!("{repo}/issues/{issue}/comments?per_page=100");
        serde_json::from_value(self.reads(&path).await).unwrap()
    }

    pub(super) async fn pulls(&self, repo: &str) -> Vec<Pull> {
        let path = format!("{repo}/pulls?state=all&per_page=100");
        let all: Vec<Pull> = serde_json::from_value(self.reads(&path).await).unwrap();
        all.into_iter().filter(Pull::is_ours).collect()
    }

    pub(super) async fn issues(&self, repo: &str) -> Vec<i64> {
        let all = self.reads(&format!("{repo}/issues?state=all&per_page=100")).await;
        all.as_array().unwrap().iter().map(|issue| issue["number"].as_i64().unwrap()).collect()
    }

    pub(super) async fn says(&self, by: &str, repo: &str, issue: i64, text: &str) {
        let path = format!("{repo}/issues/{issue}/comments");
        self.does(by, Method::POST, &path, json!({ "body": text })).await;
    }

    pub(super) async fn edits(&self, by: &str, repo: &str, issue: i64, change: Value) {
        self.does(by, Method::PATCH, &format!("{repo}/issues/{issue}"), change).await;
    }
}
