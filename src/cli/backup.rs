//! `team6 backup` and `team6 restore`

use std::path::Path;
use std::process::ExitCode;

use super::say;
use crate::config::Settings;
use crate::db::backup;

pub(super) async fn save(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    backup::save(&settings.database_url(), file).await?;
    say(&format!("everything that is committed is in `{}`", file.display()));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    backup::restore(&settings.database_url(), file).await?;
    say("restored; when the server starts, it takes in what has happened on GitHub since");
    Ok(ExitCode::SUCCESS)
}
