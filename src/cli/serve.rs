//! `team6 serve` and `team6 replay`

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;

use super::{interrupted, say};
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, deliveries, effects};
use crate::domain::effect::Effect;
use crate::domain::ids::DeliveryId;
use crate::service::{Keys, Service};
use crate::telemetry;

pub(super) async fn serve(settings: Settings) -> anyhow::Result<ExitCode> {
    let _traces = telemetry::to_stderr_and(&settings.log, &settings.telemetry)?;
    let keys = keys(&settings)?;
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; `server.listen` in the settings says where")
    })?;
    let stop = interrupted();
    let service = tokio::select! {
        service = Service::start(settings, keys, listener) => service?,
        () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    tracing::info!(address = %service.address(), "Team6 is listening");
    stop.cancelled().await;
    service.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The secrets, from the files the settings name.
pub(super) fn keys(settings: &Settings) -> anyhow::Result<Keys> {
    let github = &settings.github;
    if github.app_id == 0 {
        bail!(
            "`github.app_id` is not set: register a GitHub App and say its number in the settings"
        );
    }
    let webhook_secret = secret(&github.webhook_secret_file, "github.webhook_secret_file")?;
    Ok(Keys {
        private_key_pem: secret(&github.private_key_file, "github.private_key_file")?,
        webhook_secret: webhook_secret.trim().to_owned().into_bytes(),
    })
}

fn secret(file: &Path, setting: &str) -> anyhow::Result<String> {
    if file.as_os_str().is_empty() {
        bail!("`{setting}` is not set: say in the settings which file holds it");
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("reading `{}`, which `{setting}` names", file.display()))?;
    if text.trim().is_empty() {
        bail!("`{}`, which `{setting}` names, is empty", file.display());
    }
    Ok(text)
}

pub(super) async fn replay(settings: Settings, delivery: String) -> anyhow::Result<ExitCode> {
    let id = DeliveryId(delivery);
    let db = Db::open(&settings.database_url()).await?;
    let mut tx = db.begin().await?;
    deliveries::get(&mut tx, &id).await?;
    effects::push(
        &mut tx,
        &Effect::Read { delivery: id.clone(), about: None },
        Some(&id),
        Clock::System.now(),
    )
    .await?;
    tx.commit().await?;
    say(&format!("{id} will be read again by the server, within a second if it runs"));
    Ok(ExitCode::SUCCESS)
}
