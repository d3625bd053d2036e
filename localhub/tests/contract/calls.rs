//! The calls of `calls.txt`, one after the other.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Report, description::Description, routes::Route, world::World};

/// One line: who, the status expected, method, path, body, and what to keep of the answer.
pub(crate) struct Call {
    line: &'static str,
    who: &'static str,
    status: u16,
    method: &'static str,
    path: &'static str,
    body: &'static str,
    keeps: Vec<(&'static str, &'static str)>,
}

/// Every call, in order.
pub(crate) fn all() -> Vec<Call> {
    let lines = include_str!("calls.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(read).collect()
}

fn read(line: &'static str) -> Call {
    let (call, keeps) = line.split_once(" => ").unwrap_or((line, ""));
    let mut rest = call;
    let mut next = || {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after.trim_start();
        word
    };
    let (who, status, method, path) = (next(), next(), next(), next());
    let body = rest;
    let keeps = keeps.split_whitespace().map(|keep| keep.split_once('=').expect("name=/place"));
    let status = status.parse().expect("a status");
    Call { line, who, status, method, path, body, keeps: keeps.collect() }
}

/// Everybody who calls, and what they have heard so far.
pub(crate) struct Callers {
    http: reqwest::Client,
    origin: String,
    tokens: BTreeMap<&'static str, String>,
    kept: BTreeMap<String, String>,
}

impl Callers {
    pub(crate) async fn of(world: &World) -> Self {
        let mut tokens = BTreeMap::from([
            ("wrong", "ghp_wrong".to_owned()),
            ("app", world.app().token().to_owned()),
            ("robot", world.robot(json!({})).await.token().to_owned()),
            ("leaver", world.robot(json!({})).await.token().to_owned()),
        ]);
        let little = json!({ "permissions": { "metadata": "read" } });
        tokens.insert("meek", world.robot(little).await.token().to_owned());
        for login in ["ada", "grace", "tia", "rita", "otto"] {
            tokens.insert(login, world.person(login).token().to_owned());
        }
        world.pull("topic", "topic.txt", "Closes #2").await;
        world.pull("second", "second.txt", "").await;
        let clone = world.clone("ada").await;
        for (branch, words) in [("clash", "one\n"), ("rival", "two\n")] {
            clone.git(&["switch", "--quiet", "main"]).await.unwrap();
            clone.branch(branch).await;
            clone.commit("README.md", words, &format!("Write {branch}")).await;
            clone.push(branch).await.unwrap();
        }
        let installation = world.hub.app("robot").unwrap().installations[0].1;
        let kept = BTreeMap::from([("installation".to_owned(), installation.to_string())]);
        Self { http: reqwest::Client::new(), origin: world.origin.clone(), tokens, kept }
    }

    /// Sends it, and answers the status and the body; a body that is no JSON is a text.
    async fn send(&self, call: &Call, path: &str, body: String) -> (u16, Value) {
        let method = Method::from_bytes(call.method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/api/v3{path}", self.origin));
        if let Some(token) = self.tokens.get(call.who) {
            request = request.bearer_auth(token);
        }
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Makes one call, and reports what is not right about its answer.
    pub(crate) async fn make(
        &mut self,
        call: &Call,
        routes: &[Route],
        description: &Description,
        report: &mut Report,
    ) {
        let (path, body) = (self.filled(call.path), self.filled(call.body));
        let (status, answer) = self.send(call, &path, body).await;
        if status != call.status {
            return report.add(call.line, vec![format!("answered {status} {answer}")]);
        }
        let bare = path.split('?').next().unwrap_or_default();
        let takes = |route: &&Route| route.takes(call.method, bare);
        let Some(route) = routes.iter().filter(takes).max_by_key(|route| route.weight()) else {
            return report.add(call.line, vec!["there is no such route".to_owned()]);
        };
        let found = description.answer(call.method, &route.path, status, &answer);
        report.add(call.line, found);
        if status < 400 {
            report.operations.insert((route.method.clone(), route.path.clone()));
        } else {
            report.refusals += 1;
        }
        for (name, place) in &call.keeps {
            let value = answer.pointer(place).expect("what is kept is in the answer");
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.kept.insert((*name).to_owned(), text);
        }
    }

    /// The text with every `$name` replaced by what was kept under it.
    fn filled(&self, text: &str) -> String {
        let mut names: Vec<_> = self.kept.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let filled = names
            .into_iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value));
        assert!(!filled.contains('$'), "unknown name in `{filled}`");
        filled
    }
}
