//! The world before anybody has done anything: people, repositories, an App.

use std::collections::BTreeMap;
use std::path::Path;

use localhub::{
    AppKeys, Hub, Level, Organization, Repository, Role, Seed, SeedApp, SeedLabel, User,
};
use team6::clock::Clock;

pub(super) const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "mary"];
pub(super) const REPOSITORIES: [&str; 3] = ["acme/web", "acme/api", "acme/docs"];
pub(super) const LABEL: &str = "team6:sprint";
const APP: &str = "team6";

/// A GitHub in `dir`, by the clock that Team6 goes by.
pub(super) async fn open(dir: &Path, clock: &Clock) -> (Hub, AppKeys) {
    let shared = clock.clone();
    let clock = match clock {
        Clock::System => localhub::Clock::System,
        Clock::Stopped(_) => localhub::Clock::following(move || shared.now()),
    };
    let hub = Hub::open_with(dir.join("localhub"), clock).await.unwrap();
    hub.seed(&seed()).await.unwrap();
    let keys = hub.app(APP).unwrap();
    (hub, keys)
}

/// Tells GitHub where Team6 is.
pub(super) async fn introduce(hub: &Hub, address: std::net::SocketAddr) {
    hub.set_webhook_url(APP, &format!("http://{address}/webhook")).await.unwrap();
}

fn seed() -> Seed {
    let user = |login: &&str| User {
        login: (*login).to_owned(),
        token: Some(format!("token-of-{login}")),
        ..User::default()
    };
    let acme = Organization {
        login: "acme".into(),
        members: PEOPLE.map(str::to_owned).to_vec(),
        ..Organization::default()
    };
    let write = ["checks", "contents", "issues", "pull_requests"].map(|area| (area, Level::Write));
    let app = SeedApp {
        slug: APP.into(),
        owner: "acme".into(),
        permissions: write
            .into_iter()
            .chain([("metadata", Level::Read)])
            .map(|(area, level)| (area.to_owned(), level))
            .collect(),
        events: EVENTS.map(str::to_owned).to_vec(),
        install_on: vec!["acme".into()],
        ..SeedApp::default()
    };
    Seed {
        users: PEOPLE.iter().map(user).collect(),
        organizations: vec![acme],
        repositories: REPOSITORIES
            .map(|full| repository(full.trim_start_matches("acme/")))
            .to_vec(),
        apps: vec![app],
    }
}

const EVENTS: [&str; 11] = [
    "check_run",
    "issue_comment",
    "issue_dependencies",
    "issues",
    "label",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
];

fn repository(name: &str) -> Repository {
    let roles = [
        ("ada", Role::Maintain),
        ("grace", Role::Write),
        ("linus", Role::Read),
        ("mary", Role::Write),
    ];
    let labels = [LABEL, "agent:frontend", "agent:ghost", "estimate:1", "estimate:3"];
    Repository {
        owner: "acme".into(),
        name: name.into(),
        roles: roles.map(|(login, role)| (login.to_owned(), role)).into(),
        files: BTreeMap::from([("README.md".to_owned(), format!("# Acme's {name}\n"))]),
        labels: labels
            .map(|name| SeedLabel { name: name.to_owned(), ..SeedLabel::default() })
            .to_vec(),
        ..Repository::default()
    }
}
