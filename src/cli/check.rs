//! `team6 check`

use std::path::Path;
use std::process::ExitCode;

use super::{agents, memory, say, serve};
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Db;
use crate::git::Git;
use crate::github::{self, GitHub};
use crate::service;

/// Checks one thing after the other, and says of each whether it is right and what to do if not.
pub(super) async fn check(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let settings = match Settings::read(config, std::env::vars()) {
        Ok(settings) => settings,
        Err(error) => {
            report("settings", Err(anyhow::Error::from(error)));
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut fine = report("settings", Ok("readable".to_owned()));
    fine &= report("database", database(&settings).await);
    fine &= report("git", git().await);
    fine &= report("GitHub", app(&settings).await);
    fine &= report("sandbox", sandbox(&settings).await);
    fine &= report("memory", Ok(memory::limit()));
    if settings.agents.is_empty() {
        let none = anyhow::anyhow!("none is configured; add `[agents.NAME]` to the settings");
        fine &= report("agents", Err(none));
    }
    for (name, model) in &settings.models {
        let key = model.key(name).map_err(anyhow::Error::from);
        let key = key.map(|key| if key.is_some() { "its key is there" } else { "needs no key" });
        fine &= report(&format!("model {name}"), key.map(str::to_owned));
    }
    for (name, agent) in &settings.agents {
        fine &= report(&format!("agent {name}"), agents::starts(agent, &settings).await);
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(what: &str, result: anyhow::Result<String>) -> bool {
    match result {
        Ok(text) => {
            say(&format!("ok    {what}: {text}"));
            true
        }
        Err(error) => {
            say(&format!("WRONG {what}: {error:#}"));
            false
        }
    }
}

async fn database(settings: &Settings) -> anyhow::Result<String> {
    std::fs::create_dir_all(&settings.data)?;
    let db = Db::open(&settings.database_url()).await?;
    db.close().await;
    Ok("opens and is up to date".to_owned())
}

async fn git() -> anyhow::Result<String> {
    Ok(Git::anywhere().args(["--version"]).text().await?.trim().to_owned())
}

async fn sandbox(settings: &Settings) -> anyhow::Result<String> {
    Ok(service::sandbox(settings).find().await?.describe())
}

async fn app(settings: &Settings) -> anyhow::Result<String> {
    let keys = serve::keys(settings)?;
    let github = GitHub::new(
        github::Settings {
            api: settings.github.api.clone(),
            app_id: settings.github.app_id,
            private_key_pem: keys.private_key_pem,
            user_agent: "team6-check".to_owned(),
            write_spacing: settings.write_spacing(),
        },
        Clock::System,
    )?;
    match github.whoami().await? {
        Some(me) => Ok(format!("we are {}, App {}", me.bot, me.app_id)),
        None => anyhow::bail!("the App is not installed anywhere; install it on a repository"),
    }
}
