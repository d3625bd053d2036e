//! What the demo begins with: people, repositories, a milestone, an App and its settings.

use anyhow::Context as _;
use localhub::{AppKeys, Seed};

use super::Options;
use super::files;
use super::folder::{Addresses, Folder, Secrets};
use crate::config::{Agent, Budget, PLANNER, Project, Settings};
use crate::domain::ids::{AgentName, ProjectName};

/// The App's name in addresses.
pub(super) const APP: &str = "team6";
/// The App that says how checks ended.
pub(super) const CI: &str = "acme-ci";
/// Who lives here.
pub(super) const PEOPLE: [&str; 3] = ["ada", "grace", "linus"];
/// Where they work; the first has the sprint issue.
pub(super) const REPOSITORIES: [&str; 2] = ["acme/web", "acme/api"];
/// The milestone, which has the same number in both repositories.
pub(super) const MILESTONE: i64 = 1;
/// The sprint issue.
pub(super) const SPRINT_ISSUE: i64 = 1;

const WORLD: &str = include_str!("../../demo/world.toml");
const DELEGATING: &str = include_str!("../../demo/delegating.toml");

/// What an agent hands to others.
#[derive(serde::Deserialize)]
struct Delegating {
    issues: Vec<localhub::SeedIssue>,
}

/// The world before anybody has done anything.
pub(super) fn seed(secrets: &Secrets, options: &Options) -> anyhow::Result<Seed> {
    let mut seed: Seed = toml::from_str(WORLD).context("reading the world of the demo")?;
    for user in &mut seed.users {
        user.token = secrets.users.get(&user.login).cloned();
    }
    for repository in &mut seed.repositories {
        let files = match repository.name.as_str() {
            "web" => files::web(),
            _ => files::api(),
        };
        repository.files =
            files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    }
    for app in &mut seed.apps {
        app.webhook_secret = Some(secrets.webhook_secret.clone());
    }
    if options.delegate {
        let Delegating { issues } =
            toml::from_str(DELEGATING).context("reading the demo's parts")?;
        for repository in &mut seed.repositories {
            // The sprint issue stays.
            repository.issues.retain(|issue| issue.labels.iter().any(|one| one == "team6:sprint"));
        }
        if let Some(web) = seed.repositories.first_mut() {
            web.issues.extend(issues);
        }
    }
    Ok(seed)
}

/// Team6's settings for this world. Unless the operator has agents of their own, there are two specialists, both
/// played by the agent in this program.
pub(super) fn settings(
    folder: &Folder,
    addresses: &Addresses,
    app: &AppKeys,
    options: &Options,
) -> anyhow::Result<Settings> {
    let mut settings = match &options.settings {
        Some(settings) => settings.clone(),
        None => Settings::read(None, std::iter::empty())?,
    };
    settings.data = folder.path().join("team6");
    settings.database = format!("sqlite:{}", folder.path().join("team6.db").display());
    settings.github.api = addresses.api.clone();
    settings.github.app_id = i64::try_from(app.id)?;
    settings.github.write_spacing_ms = 0;
    settings.github.client_id.clone_from(&app.client_id);
    settings.github.client_secret_file = folder.keep_client_secret(&app.client_secret)?;
    settings.server.url = addresses.team6.to_string();
    settings.sweep.every_seconds = 20;
    // On one machine a restart takes a second, so that a minute is patience enough.
    settings.queue.lease_seconds = 30;
    settings.worker.beat_seconds = 5;
    // These repositories are tiny.
    settings.worker.headroom_mb = 100;
    settings.projects = [(
        ProjectName("acme".to_owned()),
        Project {
            repositories: REPOSITORIES.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
            concurrency: None,
            budget: Budget::default(),
            egress: Vec::new(),
        },
    )]
    .into();
    let program = std::env::current_exe().context("finding this program")?;
    let steps = (options.pace / 4).as_millis().to_string();
    let agent = |description: &str| Agent {
        description: description.to_owned(),
        command: vec![
            program.display().to_string(),
            "scripted-agent".to_owned(),
            "--pace-ms".to_owned(),
            steps.clone(),
        ],
        environment: ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"].map(str::to_owned).to_vec(),
        ..Agent::default()
    };
    let specialists = [
        ("backend", "the api: services, storage, settings, profiles and what they serve"),
        ("frontend", "the web: pages, stylesheets, colors, palettes, themes and headers"),
    ]
    .map(|(name, description)| (AgentName(name.to_owned()), agent(description)));
    if settings.roster().is_empty() {
        settings.agents.extend(specialists);
    }
    if options.planner && !settings.agents.contains_key(&AgentName(PLANNER.to_owned())) {
        let mut planner = agent("the product manager");
        planner.command.extend(["--script", "ask"].map(str::to_owned));
        settings.agents.insert(AgentName(PLANNER.to_owned()), planner);
    }
    Ok(settings)
}
