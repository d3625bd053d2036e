//! The world before anybody has done anything, made once and laid out for every seed.

use std::collections::BTreeMap;
use std::path::Path;

use localhub::{AppKeys, Level, Organization, Repository, Role, Seed, SeedApp, SeedLabel, User};
use team6::clock::Clock;
use team6::config::Settings;
use team6::db::Db;
use team6::domain::ids::Login;
use team6::github::Me;
use tempfile::TempDir;

use crate::scene::REPOSITORIES;
use crate::town::{ORIGIN, dawn, hub, scratch};

/// The label of a sprint issue.
pub(crate) const LABEL: &str = "team6:sprint";
const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "mary"];
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

/// A folder in which there is all that every world begins with.
pub(crate) struct Template {
    dir: TempDir,
    pub(crate) me: Me,
}

impl Template {
    pub(crate) async fn make() -> Self {
        let dir = scratch("team6-chaos-first-");
        let time = Clock::stopped_at(dawn());
        let hub = hub(&dir.path().join("hub"), &time).await;
        hub.seed(&seed()).await.unwrap();
        hub.set_webhook_url("team6", &format!("{ORIGIN}/webhook")).await.unwrap();
        let keys = hub.app("team6").unwrap();
        let db = Db::open(&format!("sqlite:{}/team6.db", dir.path().display())).await.unwrap();
        db.close().await;
        let me = Me {
            app_id: keys.id.try_into().unwrap(),
            slug: "team6".to_owned(),
            bot: Login(keys.bot_login.clone()),
            bot_id: 1,
            host: "github.test".to_owned(),
            permissions: BTreeMap::new(),
            events: Vec::new(),
        };
        Self { dir, me }
    }

    /// Lays the world out in an empty folder.
    pub(crate) fn lay_out(&self, into: &Path) {
        copy(self.dir.path(), into);
    }

    /// What the operator of a Team6 with this folder says.
    pub(crate) fn settings(&self, dir: &Path, keys: &AppKeys, reviewer: bool) -> Settings {
        let agent = |name: &str, value: &str| (format!("TEAM6__AGENTS__{name}"), value.to_owned());
        let mut said = vec![
            ("TEAM6__DATA".to_owned(), format!("{}/data", dir.display())),
            ("TEAM6__GITHUB__API".to_owned(), format!("{ORIGIN}/api/v3")),
            ("TEAM6__GITHUB__APP_ID".to_owned(), keys.id.to_string()),
            ("TEAM6__PROJECTS__ACME__REPOSITORIES".to_owned(), format!("{REPOSITORIES:?}")),
            agent("FRONTEND__DESCRIPTION", "pages, colors and themes"),
            agent("FRONTEND__COMMAND", "[\"true\"]"),
        ];
        if reviewer {
            said.push(agent("CRITIC__DESCRIPTION", "reads what others wrote"));
            said.push(agent("CRITIC__COMMAND", "[\"true\"]"));
            said.push(("TEAM6__REVIEW__AGENT".to_owned(), "critic".to_owned()));
        }
        Settings::read(None, said.into_iter()).unwrap()
    }
}

fn copy(from: &Path, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = into.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
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
        slug: "team6".into(),
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

fn repository(name: &str) -> Repository {
    let roles = [
        ("ada", Role::Maintain),
        ("grace", Role::Write),
        ("linus", Role::Read),
        ("mary", Role::Write),
    ];
    Repository {
        owner: "acme".into(),
        name: name.into(),
        roles: roles.map(|(login, role)| (login.to_owned(), role)).into(),
        files: BTreeMap::from([("README.md".to_owned(), format!("# Acme's {name}\n"))]),
        labels: vec![SeedLabel { name: LABEL.to_owned(), ..SeedLabel::default() }],
        ..Repository::default()
    }
}
