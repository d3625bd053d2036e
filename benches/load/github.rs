//! GitHub, in a process of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use localhub::{Hub, Level, Organization, Repository, Role, Seed, SeedApp, SeedLabel, User};
use serde_json::{Value, json};
use team6::git::{self, Pushing};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::REPOSITORIES;
use crate::time::Time;

const EVENTS: [&str; 10] = [
    "check_run",
    "issue_comment",
    "issue_dependencies",
    "issues",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
];

/// GitHub as people see it.
#[derive(Clone)]
pub(crate) struct GitHub {
    pub(crate) url: String,
    pub(crate) id: u64,
    pub(crate) pem: String,
    pub(crate) webhook_secret: String,
    client: reqwest::Client,
    _process: Arc<Child>,
}

impl GitHub {
    pub(crate) async fn start(folder: &Path, webhooks: &str, time: Time) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("hub")
            .arg(folder)
            .args([webhooks, &time.begun.to_string(), &time.factor.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let said = process.stdout.take().context("it says nothing")?;
        let line = BufReader::new(said).lines().next_line().await?.context("it ended")?;
        let said: Value = serde_json::from_str(&line)?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            url: text("url"),
            id: said["id"].as_u64().context("it has no App")?,
            pem: text("pem"),
            webhook_secret: text("webhook_secret"),
            client: reqwest::Client::new(),
            _process: Arc::new(process),
        })
    }

    /// A person does something.
    pub(crate) async fn does(
        &self,
        by: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let url = format!("{}/api/v3/repos/{path}", self.url);
        let asked = self.client.request(method.clone(), url).bearer_auth(format!("token-of-{by}"));
        let asked = asked.header("user-agent", by);
        let asked = if body.is_null() { asked } else { asked.json(&body) };
        let answer = asked.send().await?;
        let status = answer.status();
        let said = answer.text().await?;
        ensure!(status.is_success(), "{method} {path}: {status} {said}");
        Ok(serde_json::from_str(&said).unwrap_or_default())
    }

    /// Commits reach their repository as a file that ada writes on the branch.
    pub(crate) fn pushing(&self) -> Pushing {
        let github = self.clone();
        Pushing::here(move |repo, _, promise, _| {
            let github = github.clone();
            Box::pin(async move {
                let branch = promise.branch.0;
                let new =
                    json!({ "ref": format!("refs/heads/{branch}"), "sha": promise.base_sha.0 });
                // It is there already, where this is tried again.
                let made = github.does("ada", "POST", &format!("{repo}/git/refs"), new).await;
                let file = json!({ "message": "Work", "content": "eA==", "branch": branch });
                let path = format!("{repo}/contents/{branch}.txt");
                if made.is_ok() {
                    github.does("ada", "PUT", &path, file).await.map_err(|error| {
                        git::Error::Failed { what: "push".to_owned(), stderr: error.to_string() }
                    })?;
                }
                Ok(())
            })
        })
    }
}

/// Runs it until it is killed.
pub(crate) async fn serve(folder: &Path, webhooks: &str, time: Time) -> anyhow::Result<()> {
    let clock = localhub::Clock::following(move || {
        let now = time.now();
        now - chrono::TimeDelta::nanoseconds(now.timestamp_subsec_nanos().into())
    });
    let hub = Hub::open_imagined(folder, clock).await?;
    hub.seed(&seed()).await?;
    hub.set_webhook_url("team6", webhooks).await?;
    let app = hub.app("team6").context("there is no App")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    crate::measure::say(
        &json!({ "url": url, "id": app.id, "pem": app.pem, "webhook_secret": app.webhook_secret })
            .to_string(),
    );
    hub.serve(listener, std::future::pending()).await?;
    Ok(())
}

fn seed() -> Seed {
    let people = ["ada", "grace"];
    let user = |login: &str| User {
        login: login.to_owned(),
        token: Some(format!("token-of-{login}")),
        ..User::default()
    };
    let acme = Organization {
        login: "acme".into(),
        members: people.map(str::to_owned).to_vec(),
        ..Organization::default()
    };
    let write = ["checks", "contents", "issues", "pull_requests"].map(|area| (area, Level::Write));
    let permissions = write.into_iter().chain([("metadata", Level::Read)]);
    let app = SeedApp {
        slug: "team6".into(),
        owner: "acme".into(),
        permissions: permissions.map(|(area, level)| (area.to_owned(), level)).collect(),
        events: EVENTS.map(str::to_owned).to_vec(),
        install_on: vec!["acme".into()],
        ..SeedApp::default()
    };
    let repository = |nth: usize| Repository {
        owner: "acme".into(),
        name: format!("r{nth}"),
        roles: people.map(|login| (login.to_owned(), Role::Maintain)).into(),
        files: BTreeMap::from([("README.md".to_owned(), "# Acme\n".to_owned())]),
        labels: vec![SeedLabel { name: "team6:sprint".to_owned(), ..SeedLabel::default() }],
        ..Repository::default()
    };
    Seed {
        users: people.map(user).to_vec(),
        organizations: vec![acme],
        repositories: (0..REPOSITORIES).map(repository).collect(),
        apps: vec![app],
    }
}
