//! A person at the dashboard: signed in through GitHub, with a browser's cookies.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Response, redirect};
use serde_json::Value;
use tokio::sync::Mutex;

use super::team::Team;

pub(crate) struct Visitor {
    http: Client,
    home: String,
    github: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Team {
    /// Somebody opens the dashboard, and is not signed in.
    pub(crate) async fn stranger(&self) -> Visitor {
        let http = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let home = self.door().await.replace("/webhook", "");
        let github = self.world.github.clone();
        Visitor { http, home, github, cookies: Mutex::default() }
    }

    /// Somebody opens the dashboard and signs in.
    pub(crate) async fn visitor(&self, person: &str) -> Visitor {
        let visitor = self.stranger().await;
        visitor.signs_in(person).await;
        visitor
    }
}

impl Team {
    /// Somebody who is on GitHub and in no way with the team opens the dashboard and signs in.
    pub(crate) async fn outsider(&self, person: &str) -> Visitor {
        let user = localhub::User {
            login: person.to_owned(),
            token: Some(format!("token-of-{person}")),
            ..localhub::User::default()
        };
        let seed = localhub::Seed { users: vec![user], ..localhub::Seed::default() };
        self.world.hub.seed(&seed).await.unwrap();
        self.visitor(person).await
    }
}

impl Visitor {
    pub(crate) async fn signs_in(&self, person: &str) {
        // A browser goes to GitHub by itself, not over Team6's wire.
        let page = location(&self.asks("/sign-in").await);
        let (_, way) = page.split_once("/login/").unwrap();
        let github = format!("{}/login/{way}&login={person}", self.github);
        let back = location(&self.sent(Method::GET, github, &[]).await);
        let answer = self.sent(Method::GET, back, &[]).await;
        assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, "/"));
    }

    /// What a page says, and with which status.
    pub(crate) async fn sees(&self, path: &str) -> (u16, String) {
        let answer = self.asks(path).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Asks for a page; whatever is answered.
    pub(crate) async fn asks(&self, path: &str) -> Response {
        self.sent(Method::GET, format!("{}{path}", self.home), &[]).await
    }

    /// Reads a page, and sends a form with what the page's forms bring along.
    pub(crate) async fn clicks(
        &self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> (u16, String) {
        let answer = self.clicked(page, action, fields).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The same, with all that is answered.
    pub(crate) async fn clicked(
        &self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        let (_, text) = self.sees(page).await;
        let hidden = ["csrf", "once"].map(|name| {
            let from = format!("name=\"{name}\" value=\"");
            let rest = text.split_once(&from).map_or("", |(_, rest)| rest);
            (name, rest.split('"').next().unwrap_or_default())
        });
        let fields: Vec<_> = hidden.iter().chain(fields).copied().collect();
        self.sent(Method::POST, format!("{}{action}", self.home), &fields).await
    }

    /// Sends exactly these fields.
    pub(crate) async fn posts(&self, action: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let answer = self.sent(Method::POST, format!("{}{action}", self.home), fields).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A script of this person's, with a token from their page.
    pub(crate) async fn script(&self) -> Script {
        let (status, page) = self.clicks("/you", "/you/tokens", &[("name", "nightly")]).await;
        assert_eq!(status, 200, "{page}");
        let token = page.split_once("<pre class=\"wide\">").unwrap().1;
        let token = token.split('<').next().unwrap().to_owned();
        Script { http: self.http.clone(), home: self.home.clone(), token }
    }

    async fn sent(&self, method: Method, url: String, fields: &[(&str, &str)]) -> Response {
        let mut cookies = self.cookies.lock().await;
        let said: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method.clone(), url).header("cookie", said.join("; "));
        let request = if method == Method::POST { request.form(fields) } else { request };
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

/// A script, with a token of its person's.
pub(crate) struct Script {
    http: Client,
    home: String,
    pub(crate) token: String,
}

impl Script {
    /// What the API answers, and with which status.
    pub(crate) async fn asks(&self, path: &str) -> (u16, Value) {
        self.sends(Method::GET, path, None, "").await
    }

    /// Has something done.
    pub(crate) async fn acts(&self, sprint: &str, wish: Value) -> (u16, Value) {
        self.acts_once(sprint, wish, "").await
    }

    /// Has something done once under this name.
    pub(crate) async fn acts_once(&self, sprint: &str, wish: Value, once: &str) -> (u16, Value) {
        let path = format!("/sprints/{sprint}/acts");
        self.sends(Method::POST, &path, Some(wish), once).await
    }

    /// Has a sprint opened, once under this name.
    pub(crate) async fn opens(&self, wish: Value, once: &str) -> (u16, Value) {
        self.sends(Method::POST, "/launches", Some(wish), once).await
    }

    /// Has a sprint started.
    pub(crate) async fn starts(&self, sprint: &str) -> (u16, Value) {
        let path = format!("/sprints/{sprint}/launches");
        self.sends(Method::POST, &path, Some(serde_json::json!({})), "").await
    }

    /// Has something else done.
    pub(crate) async fn posts(&self, path: &str, wish: Value) -> (u16, Value) {
        self.sends(Method::POST, path, Some(wish), "").await
    }

    async fn sends(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        once: &str,
    ) -> (u16, Value) {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.home));
        let mut request = request.bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if !once.is_empty() {
            request = request.header("idempotency-key", once);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}
