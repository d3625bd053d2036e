//! What the dashboard costs: the page of a run of 300 tasks, as a browser gets it, and how soon 200
//! open pages hear of a decision after its commit.
//!
//! The application, the database (SQLite) and the router are the real ones, over loopback; localhub
//! says what people may do. Nobody carries effects out: only pages are looked at.

#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and tasks")]

mod disk;
#[expect(dead_code, reason = "nothing is compared here")]
mod measure;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::Utc;
use localhub::{Hub, Level, Organization, Repository, Role, Seed, SeedApp, User};
use measure::{milliseconds, percentile, say};
use team6::app::App;
use team6::app::apply::{Applied, Cause};
use team6::clock::Clock;
use team6::config::Settings;
use team6::db::{Db, sessions, sprints};
use team6::domain::budget::Budgets;
use team6::domain::checklist::{Edit, Mark};
use team6::domain::control::{Control, Wish};
use team6::domain::ids::{
    AgentName, IssueNumber, IssueRef, Login, MilestoneNumber, RepoId, RepoName, RunId, SprintId,
};
use team6::domain::lint::Surroundings;
use team6::domain::permission::Permission;
use team6::domain::planner::{Candidate, IssueState, Survey};
use team6::domain::planning::Planning;
use team6::domain::sprint::{Edited, Event, Goal, Sprint, State};
use team6::domain::start::Start;
use team6::git::Pushing;
use team6::github::{self, GitHub};
use team6::say::page::{self, Frame};
use team6::web::{Intake, Web};

const TASKS: i64 = 300;
const PAGES: usize = 200;
const READINGS: usize = 300;
const DECISIONS: usize = 20;
const REPO: &str = "acme/web";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let folder = disk::scratch()?;
    let app = opened(folder.path()).await?;
    let (sprint, run) = under_way(&app).await?;
    let ada = Login("ada".to_owned());
    let secret = app.sign_in(&ada, sessions::Kind::Browser, "bench").await?;
    let (intake, _line) = Intake::new();
    let web = Web::new(app.clone(), intake, b"secret".to_vec(), "worker".to_owned());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = web.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let browser = Browser {
        http: reqwest::Client::new(),
        url,
        cookie: format!("team6={secret}"),
        takes: "identity",
    };

    let packed = Browser { takes: "gzip", ..browser.clone() };
    for path in [
        format!("/runs/{run}"),
        format!("/sprints/{sprint}"),
        format!("/sprints/{sprint}/assignments"),
        "/".to_owned(),
    ] {
        let whole = browser.reads(&path).await?;
        let packed = packed.asks(&path).await?.bytes().await?;
        say(&format!(
            "{path}, with {TASKS} tasks: {} bytes, {} on the way",
            whole.len(),
            packed.len()
        ));
    }
    let mut took = Vec::new();
    for _ in 0..READINGS {
        let begun = Instant::now();
        packed.asks(&format!("/runs/{run}")).await?.bytes().await?;
        took.push(milliseconds(begun.elapsed()));
    }
    shown(&format!("the run's page over loopback, {READINGS} times, ms"), &took);
    took.clear();
    for _ in 0..READINGS {
        let begun = Instant::now();
        let view = app.run_page(&ada, &run).await?.context("it is there")?;
        let text = page::run::show(&Frame::default(), &view, None);
        took.push(milliseconds(begun.elapsed()));
        ensure!(!text.is_empty(), "it says something");
    }
    shown("of that, read from the database and rendered, ms", &took);
    let heard = news(&app, &browser, &sprint).await?;
    shown(&format!("{PAGES} open pages hear of a decision, ms after its commit"), &heard);
    Ok(())
}

fn shown(what: &str, values: &[f64]) {
    let [median, late, last] = [50, 99, 100].map(|percent| percentile(values, percent));
    say(&format!("{what}: median {median:.2}, p99 {late:.2}, most {last:.2}"));
}

#[derive(Clone)]
struct Browser {
    http: reqwest::Client,
    url: String,
    cookie: String,
    takes: &'static str,
}

impl Browser {
    async fn asks(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let asked = self.http.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        let asked = asked.header("accept-encoding", self.takes);
        let answer = asked.send().await?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer)
    }

    async fn reads(&self, path: &str) -> anyhow::Result<String> {
        Ok(self.asks(path).await?.text().await?)
    }
}

/// How long each page took to hear of each decision.
async fn news(app: &App, browser: &Browser, sprint: &SprintId) -> anyhow::Result<Vec<f64>> {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let page = browser.reads(&format!("/sprints/{sprint}")).await?;
    let mark = page.split("data-mark=\"").nth(1).and_then(|rest| rest.split('"').next());
    let mark = mark.context("the page says what it knows")?.to_owned();
    for _ in 0..PAGES {
        let mut answer = browser.asks(&format!("/live?sprint={sprint}&mark={mark}")).await?;
        let told = told.clone();
        tokio::spawn(async move {
            while let Ok(Some(piece)) = answer.chunk().await {
                let text = String::from_utf8_lossy(&piece).into_owned();
                for _ in text.matches("event: changed") {
                    let _ = told.send(Instant::now());
                }
            }
        });
    }
    let mut took = Vec::new();
    for nth in 0..DECISIONS {
        // Pages that just heard something rest before they are told more.
        tokio::time::sleep(Duration::from_millis(400)).await;
        let wish = if nth % 2 == 0 { Wish::Pause(None) } else { Wish::Resume(None) };
        let by = Login("ada".to_owned());
        let control = Control { by, permission: Permission::Admin, wish };
        let done = app.apply(sprint, &Event::Control(control), &Cause::by("ada")).await?;
        let committed = Instant::now();
        ensure!(done == Applied::Decided, "{done:?}");
        for _ in 0..PAGES {
            let at = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await?;
            let at = at.context("a page hears")?;
            took.push(milliseconds(at.saturating_duration_since(committed)));
        }
    }
    Ok(took)
}

async fn opened(folder: &Path) -> anyhow::Result<App> {
    let hub = Hub::open_imagined(folder.join("hub"), localhub::Clock::System).await?;
    hub.seed(&seed()).await?;
    let keys = hub.app("team6").context("there is no App")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let api = format!("http://{}/api/v3", listener.local_addr()?);
    tokio::spawn(async move { hub.serve(listener, std::future::pending()).await });
    let said = [
        ("DATA", folder.join("data").display().to_string()),
        ("GITHUB__API", api.clone()),
        ("GITHUB__APP_ID", keys.id.to_string()),
        ("AGENTS__FRONTEND__DESCRIPTION", "everything".to_owned()),
        ("AGENTS__FRONTEND__COMMAND", "[\"true\"]".to_owned()),
    ];
    let said = said.map(|(name, value)| (format!("TEAM6__{name}"), value));
    let settings = Settings::read(None, said.into_iter())?;
    let db = Db::open(&format!("sqlite:{}", folder.join("team6.db").display())).await?;
    let github = github::Settings {
        api: api.parse()?,
        app_id: i64::try_from(keys.id)?,
        private_key_pem: keys.pem,
        user_agent: "bench".to_owned(),
        write_spacing: None,
    };
    let github = GitHub::new(github, Clock::System)?;
    let me = github.whoami().await?.context("the App is not installed")?;
    let pushing = Pushing::by_git(&folder.join("server"));
    Ok(App::pushing_through(pushing, db, github, Clock::System, settings, me))
}

fn seed() -> Seed {
    let ada = User { login: "ada".into(), token: Some("token-of-ada".into()), ..User::default() };
    let acme = Organization {
        login: "acme".into(),
        members: vec!["ada".into()],
        ..Organization::default()
    };
    let app = SeedApp {
        slug: "team6".into(),
        owner: "acme".into(),
        permissions: [("issues", Level::Write), ("metadata", Level::Read)]
            .map(|(area, level)| (area.to_owned(), level))
            .into(),
        install_on: vec!["acme".into()],
        ..SeedApp::default()
    };
    let web = Repository {
        owner: "acme".into(),
        name: "web".into(),
        roles: [("ada".to_owned(), Role::Admin)].into(),
        ..Repository::default()
    };
    Seed { users: vec![ada], organizations: vec![acme], repositories: vec![web], apps: vec![app] }
}

/// A sprint of many tasks in ten waves, planned, approved and started.
async fn under_way(app: &App) -> anyhow::Result<(SprintId, RunId)> {
    let repo: RepoName = REPO.parse()?;
    let (repo_id, number) = (RepoId(7), IssueNumber(TASKS + 1));
    let id = SprintId::of(repo_id, number);
    let goal = Goal { milestone: "Big".into(), title: "Many".into(), text: String::new() };
    let sprint = Sprint {
        id: id.clone(),
        project: app.settings().project_of(&repo),
        repo: repo.clone(),
        repo_id,
        issue: number,
        milestone: MilestoneNumber(1),
        goal,
        state: State::Recognized,
        lack: None,
        planning: Planning::default(),
        plan: None,
        approvals: Vec::new(),
        run: None,
    };
    let mut tx = app.db().begin().await?;
    sprints::insert(&mut tx, &sprint, Utc::now()).await?;
    tx.commit().await?;
    let ada = Login("ada".to_owned());
    let roster = app.settings().roster().into();
    let candidates = (1..=TASKS).map(|nth| candidate(&repo, nth)).collect();
    let survey = Survey { candidates, outside: [].into(), roster };
    happens(app, &id, Event::Surveyed { survey, fresh: false, asked: true }).await?;
    let mut tx = app.db().read().await?;
    let (planned, _) = sprints::get(&mut tx, &id).await?;
    drop(tx);
    let whole = planned.plan.context("there is a plan")?.hash();
    let edit = Edit { ticked: vec![Mark::Everything(whole)], ..Edit::default() };
    let permissions = [(repo.clone(), Permission::Admin)].into();
    let key = "approved".to_owned();
    let edited = Edited { by: ada.clone(), at: Utc::now(), edit, permissions, key };
    happens(app, &id, Event::Edited(edited)).await?;
    let around = Surroundings {
        agents: vec![AgentName("frontend".to_owned())],
        owners: [(("ada".to_owned(), repo), Permission::Admin)].into(),
        ..Surroundings::default()
    };
    let start = Start {
        by: ada,
        around,
        despite_warnings: true,
        taken: [].into(),
        budgets: Budgets::default(),
    };
    happens(app, &id, Event::Started(start)).await?;
    let mut tx = app.db().read().await?;
    let (started, _) = sprints::get(&mut tx, &id).await?;
    Ok((id, started.run.context("there is a run")?.id))
}

fn candidate(repo: &RepoName, nth: i64) -> Candidate {
    let issue = |number| IssueRef { repo: repo.clone(), number: IssueNumber(number) };
    let wave = TASKS / 10;
    // Each waits for two of the wave before its own.
    let before = [nth - wave, nth - wave + 1].into_iter().filter(|one| 0 < *one && wave < nth);
    Candidate {
        issue: issue(nth),
        title: format!("Task number {nth}, with a title of usual length"),
        text: "What is to be done, in a few words.".to_owned(),
        labels: vec!["estimate:2".to_owned()],
        assignees: vec![Login("ada".to_owned())],
        blocked_by: before.map(issue).collect(),
        state: IssueState::Open,
        made_for: None,
    }
}

async fn happens(app: &App, id: &SprintId, event: Event) -> anyhow::Result<()> {
    let done = app.apply(id, &event, &Cause::by("ada")).await?;
    ensure!(done == Applied::Decided, "{done:?}");
    Ok(())
}
