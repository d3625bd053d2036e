//! Whether a configured agent starts, and what to do if it does not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::agent::{self, Error, Place, Reach};
use crate::config::{self, Settings};
use crate::domain::work::Identity;
use crate::say::own_prompt;
use crate::service;

/// Starts an agent as a worker would, as far as its introduction; no model is asked anything.
pub(super) async fn starts(agent: &config::Agent, settings: &Settings) -> anyhow::Result<String> {
    let program = agent.command.first().map_or("", String::as_str);
    found(program)?;
    if let Some(name) = agent.prompt.as_deref().and_then(own_prompt::unknown) {
        bail!("`prompt` names `{{{name}}}`, which is not known");
    }
    let dir = tempfile::tempdir().context("making a folder for it")?;
    let author = Identity { name: "Team6".to_owned(), email: "team6@localhost".to_owned() };
    let path = dir.path().canonicalize().context("making a folder for it")?;
    let place = Place::new(path, author);
    let sandbox = service::sandbox(settings).find().await?;
    for folder in [&place.tree, &place.home] {
        std::fs::create_dir(folder).context("making a folder for it")?;
    }
    let model = agent.model.as_ref().and_then(|name| settings.models.get(name));
    // Nobody listens there: an agent that only introduces itself has nothing to ask.
    let reach = Reach {
        url: "http://127.0.0.1:9".to_owned(),
        token: "none".to_owned(),
        model: model.map_or_else(String::new, |model| model.model.clone()),
    };
    let spec = service::spec(agent, &settings.worker).filled(&reach);
    match agent::introduce(&spec, &sandbox, &place).await {
        Ok(info) => Ok(introduced(info, agent)),
        Err(Error::Failed { message, stderr }) => bail!(
            "`{program}` starts and does not speak the Agent Client Protocol as we do ({message}); \
             it may be too old, or want an argument like `--acp`{}",
            said(&stderr)
        ),
        Err(Error::Died { status, stderr }) => {
            bail!("`{program}` starts and ends at once ({status}){}", said(&stderr))
        }
        Err(error @ Error::NotReady { .. }) => Err(anyhow::Error::from(error).context(format!(
            "`{program}` starts and does not introduce itself; does it speak the Agent Client Protocol?"
        ))),
        Err(
            error @ (Error::NoCommand
            | Error::NotStarted { .. }
            | Error::NotFurnished(_)
            | Error::NoSandbox(_)
            | Error::Tampered(_)
            | Error::Silent(_)
            | Error::TooLong(_)
            | Error::Stopped
            | Error::StillRunning),
        ) => Err(error.into()),
    }
}

/// What an agent said about itself, and whether that is what its preset was tried with.
fn introduced(info: Option<(String, String)>, agent: &config::Agent) -> String {
    let Some((name, version)) = info else {
        return "it starts, and speaks the Agent Client Protocol".to_owned();
    };
    let said = format!("it starts, and says it is {name} {version}");
    match &agent.tried {
        Some(tried) if is_older(&version, tried) => {
            format!("{said}, which is older than {tried}, the version its preset was tried with")
        }
        Some(_) | None => said,
    }
}

fn is_older(version: &str, than: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        text.trim_start_matches('v').split('.').map(|part| part.parse().ok()).collect()
    };
    matches!((numbers(version), numbers(than)), (Some(version), Some(than)) if version < than)
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; it said: {stderr}") }
}

/// Whether a program is there and may be started; a bare name is looked for in `PATH`.
fn found(program: &str) -> anyhow::Result<()> {
    let path = Path::new(program);
    let places: Vec<PathBuf> = if path.components().count() > 1 {
        vec![path.to_owned()]
    } else {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).map(|dir| dir.join(path)).collect()
    };
    let there: Vec<_> = places.iter().filter(|place| place.is_file()).collect();
    let may_run = |place: &&&PathBuf| {
        place.metadata().is_ok_and(|found| found.permissions().mode() & 0o111 != 0)
    };
    if there.is_empty() {
        let place = if places.len() == 1 { "" } else { " in `PATH`" };
        bail!("`{program}` is not there{place}; install it, or say where it is with `command`");
    }
    if !there.iter().any(|place| may_run(&place)) {
        bail!("`{program}` is no program that can be run; `chmod +x` makes it one");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(command: &[&str]) -> String {
        // A sandbox is entered through the program itself, and this is a test.
        let open = ("TEAM6__WORKER__SANDBOX".to_owned(), "none".to_owned());
        let settings = Settings::read(None, std::iter::once(open)).unwrap();
        let agent = config::Agent {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            tried: Some("0.61.0".to_owned()),
            limits: config::Limits { initialize_seconds: Some(30), ..config::Limits::default() },
            ..config::Agent::default()
        };
        starts(&agent, &settings).await.unwrap_or_else(|error| format!("{error:#}"))
    }

    #[tokio::test]
    async fn what_is_wrong_with_an_agent_is_said_in_words() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (command, words) in [
            (&["no-such-agent"][..], "`no-such-agent` is not there in `PATH`; install it"),
            (&["/no/such/agent"], "`/no/such/agent` is not there; install it"),
            (&[file.path().to_str().unwrap()], "is no program that can be run"),
            (
                &["sh", "-c", "read x; echo no key >&2; exit 3"],
                "ends at once (exit status: 3); it said: no key",
            ),
            (
                &[
                    "sh",
                    "-c",
                    "read x; echo '{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":1,\"message\":\"no\"}}'; cat",
                ],
                "`sh` starts and",
            ),
        ] {
            let said = check(command).await;
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn an_old_version_is_noticed() {
        assert!(is_older("0.60.9", "0.61.0") && !is_older("0.61.0", "0.61.0"));
        assert!(!is_older("1.0", "0.61.0") && !is_older("nightly", "0.61.0"));
    }
}
