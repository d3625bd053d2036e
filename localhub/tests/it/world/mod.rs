//! The world the stories happen in: acme's shop, its people, an App, and a place for webhooks.

mod clone;
mod inbox;
mod person;

use std::{collections::BTreeMap, path::Path};

use localhub::{Clock, Hub, Level, Repository, Role, Seed, SeedApp, SeedIssue, SeedLabel, User};
use serde_json::json;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    clone::Clone,
    inbox::{Heard, Inbox},
    person::Client,
};

/// A hub that is being served.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) origin: String,
    pub(crate) inbox: Inbox,
    dir: TempDir,
    stop: CancellationToken,
    serving: JoinSet<()>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The usual world, where it is always `clock`.
    pub(crate) async fn at(clock: Clock) -> Self {
        let (inbox, dir) = (Inbox::open().await, tempfile::tempdir().unwrap());
        let seed = seed(&inbox.url);
        let world = Self::serve(dir, inbox, clock).await;
        world.hub.seed(&seed).await.unwrap();
        world
    }

    /// The usual world, seeded by a hub that was gone before it could tell anybody.
    pub(crate) async fn cut_off_before_telling() -> Self {
        let (inbox, dir) = (Inbox::open().await, tempfile::tempdir().unwrap());
        let hub = Hub::open(dir.path()).await.unwrap();
        hub.seed(&seed(&inbox.url)).await.unwrap();
        drop(hub);
        Self::serve(dir, inbox, Clock::System).await
    }

    /// The usual world with something different.
    pub(crate) async fn with(change: impl FnOnce(&mut Seed)) -> Self {
        let inbox = Inbox::open().await;
        let mut seed = seed(&inbox.url);
        change(&mut seed);
        let dir = tempfile::tempdir().unwrap();
        let world = Self::serve(dir, inbox, Clock::System).await;
        world.hub.seed(&seed).await.unwrap();
        world
    }

    async fn serve(dir: TempDir, inbox: Inbox, clock: Clock) -> Self {
        let hub = Hub::open_with(dir.path(), clock).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let mut serving = JoinSet::new();
        let (served, stopped) = (hub.clone(), stop.clone());
        serving.spawn(async move {
            served.serve(listener, stopped.cancelled_owned()).await.unwrap();
        });
        Self { hub, origin, inbox, dir, stop, serving }
    }

    /// The same folder, opened again by another hub on another port.
    pub(crate) async fn restarted(mut self) -> Self {
        self.stop.cancel();
        while self.serving.join_next().await.is_some() {}
        let clock = self.hub.clock().clone();
        Self::serve(self.dir, self.inbox, clock).await
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Somebody with a personal token; each person's token is their name.
    pub(crate) fn person(&self, login: &str) -> Client {
        Client::new(&self.origin, Some(format!("token-{login}")))
    }

    pub(crate) fn stranger(&self) -> Client {
        Client::new(&self.origin, None)
    }

    /// The App as itself.
    pub(crate) fn app(&self) -> Client {
        self.app_until(300)
    }

    /// The App with a JSON web token for so many seconds.
    pub(crate) fn app_until(&self, seconds: i64) -> Client {
        let app = self.hub.app("robot").unwrap();
        let now = self.hub.clock().now().timestamp();
        let claims = json!({ "iat": now - 30, "exp": now + seconds, "iss": app.client_id });
        Client::new(&self.origin, Some(person::jwt(&app.pem, &claims)))
    }

    /// The App in its installation, with all it was granted or less.
    pub(crate) async fn robot(&self, wish: serde_json::Value) -> Client {
        let installation = self.hub.app("robot").unwrap().installations[0].1;
        let path = format!("/app/installations/{installation}/access_tokens");
        let token = self.app().post(&path, wish).await.expect(201);
        Client::new(&self.origin, Some(token["token"].as_str().unwrap().to_owned()))
    }

    /// Waits until every webhook was attempted, and says what arrived.
    pub(crate) async fn heard(&self, event: &str, action: &str) -> Vec<Heard> {
        self.hub.settled().await.unwrap();
        self.inbox.take(event, action)
    }

    pub(crate) async fn clone(&self, login: &str) -> Clone {
        Clone::of(&self.origin, &format!("token-{login}")).await
    }

    /// A branch of ada's with one changed file, pushed, and a pull request for it.
    pub(crate) async fn pull(&self, branch: &str, path: &str, body: &str) -> u64 {
        let clone = self.clone("ada").await;
        clone.branch(branch).await;
        clone.commit(path, &format!("{branch}\n"), &format!("Write {path}")).await;
        clone.push(branch).await.unwrap();
        let new = json!({ "title": branch, "head": branch, "base": "main", "body": body });
        let pull = self.person("ada").post("/repos/acme/shop/pulls", new).await.expect(201);
        pull["number"].as_u64().unwrap()
    }
}

/// acme/shop (private): ada writes, grace maintains, tia triages, rita reads, otto is nobody.
fn seed(webhook_url: &str) -> Seed {
    let people = ["ada", "grace", "tia", "rita", "otto"];
    let user = |login: &&str| User {
        login: (*login).to_owned(),
        token: Some(format!("token-{login}")),
        email: Some(format!("{login}@example.org")),
        name: None,
    };
    let roles = [
        ("ada", Role::Write),
        ("grace", Role::Maintain),
        ("tia", Role::Triage),
        ("rita", Role::Read),
    ];
    let issue = |title: &str| SeedIssue { title: title.to_owned(), ..SeedIssue::default() };
    let permissions = ["issues", "pull_requests", "contents", "checks"];
    let events = [
        "issues",
        "issue_comment",
        "label",
        "milestone",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "check_run",
        "push",
        "issue_dependencies",
    ];
    Seed {
        users: people.iter().map(user).collect(),
        organizations: vec![localhub::Organization {
            login: "acme".to_owned(),
            ..localhub::Organization::default()
        }],
        repositories: vec![Repository {
            owner: "acme".to_owned(),
            name: "shop".to_owned(),
            private: true,
            roles: roles.into_iter().map(|(login, role)| (login.to_owned(), role)).collect(),
            files: BTreeMap::from([("README.md".to_owned(), "# Shop\n".to_owned())]),
            labels: vec![SeedLabel { name: "bug".to_owned(), ..SeedLabel::default() }],
            issues: vec![issue("The till is stuck"), issue("No change left")],
            ..Repository::default()
        }],
        apps: vec![SeedApp {
            slug: "robot".to_owned(),
            owner: "acme".to_owned(),
            permissions: permissions
                .map(|area| (area.to_owned(), Level::Write))
                .into_iter()
                .collect(),
            events: events.map(str::to_owned).to_vec(),
            webhook_url: Some(webhook_url.to_owned()),
            webhook_secret: Some("hush".to_owned()),
            install_on: vec!["acme".to_owned()],
            ..SeedApp::default()
        }],
    }
}
