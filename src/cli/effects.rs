//! `team6 effects`

use std::process::ExitCode;

use anyhow::bail;

use super::say;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Db;
use crate::db::effects::{self, Kept};

/// How many effects are listed.
const MOST: i64 = 200;

/// Lists what was given up and what is not done yet.
pub(super) async fn list(settings: &Settings) -> anyhow::Result<ExitCode> {
    let db = Db::open(&settings.database_url()).await?;
    let mut tx = db.read().await?;
    let kept = effects::kept(&mut tx, MOST).await?;
    drop(tx);
    if kept.is_empty() {
        say("nothing is waiting, nothing was given up");
    }
    for effect in &kept {
        say(&line(effect));
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Has one tried again.
pub(super) async fn retry(settings: &Settings, id: &str) -> anyhow::Result<ExitCode> {
    let db = Db::open(&settings.database_url()).await?;
    let mut tx = db.begin().await?;
    if !effects::retry(&mut tx, id, Clock::System.now()).await? {
        bail!("there is no effect `{id}`; `team6 effects` lists them");
    }
    tx.commit().await?;
    db.close().await;
    say(&format!("{id} will be tried again by the server, within a second if it runs"));
    Ok(ExitCode::SUCCESS)
}

fn line(effect: &Kept) -> String {
    let what = serde_json::to_string(&effect.body.0).unwrap_or_default();
    let how = match effect.given_up_at {
        Some(at) => format!("GIVEN UP {}", at.format("%F %T")),
        None if effect.attempt == 0 => "waiting".to_owned(),
        None => format!("again at {}", effect.due_at.format("%F %T")),
    };
    let trouble = effect.trouble.as_deref().map_or(String::new(), |why| format!("\n    {why}"));
    format!(
        "{} {how}, asked for {}, tried {} times: {what}{trouble}",
        effect.id,
        effect.asked_at.format("%F %T"),
        effect.attempt
    )
}
