//! A shell command that a repository has run where its agent works.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Error, Group, Place, Sandbox, lines};

/// What is kept of what it prints: the end.
const TAIL: usize = 4_000;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Whether it said that it succeeded.
    pub succeeded: bool,
    /// How it ended, for people.
    pub how: String,
    /// The end of what it printed.
    pub said: String,
}

/// Runs a script with `sh -e` in the tree of `place`; when this returns, no process is left, however it hid.
///
/// `started` hears of the processes, so that somebody can freeze them.
pub async fn hook(
    sandbox: &Sandbox,
    place: &Place,
    script: &str,
    set: &BTreeMap<String, String>,
    limit: Duration,
    stop: &CancellationToken,
    started: impl FnOnce(Arc<Group>),
) -> Result<Ran, Error> {
    let not_started = |source| Error::NotStarted { program: "sh".to_owned(), source };
    // What it complains stands where it complained.
    let args = ["-e".to_owned(), "-c".to_owned(), format!("exec 2>&1\n{script}")];
    let mut child = sandbox
        .command(place, "sh", &args, &[])?
        .envs(set)
        .stdin(std::process::Stdio::null())
        .spawn()
        .map_err(not_started)?;
    let group =
        Group::begin(child.id().unwrap_or_default(), place, sandbox).map_err(not_started)?;
    let group = Arc::new(group);
    started(Arc::clone(&group));
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(not_started(std::io::Error::other("it has no pipes")));
    };
    let over = async {
        let ended = tokio::select! {
            status = child.wait() => Ok(status),
            () = tokio::time::sleep(limit) => Err(format!("it took longer than {} s", limit.as_secs())),
            () = stop.cancelled() => Err("it was stopped".to_owned()),
        };
        // What it left behind would keep its output open for ever.
        let gone = group.kill().await;
        let _ = child.start_kill();
        let _ = child.wait().await;
        (ended, gone)
    };
    // The sandbox complains on the other stream, as when there is no `sh`.
    let ((ended, gone), said, complained) =
        tokio::join!(over, lines::tail(stdout, TAIL), lines::tail(stderr, TAIL));
    gone?;
    let _ = std::fs::remove_file(place.pid_file());
    let (succeeded, how) = match ended {
        Ok(status) => {
            let status = status.map_err(not_started)?;
            (status.success(), status.to_string())
        }
        Err(how) => (false, how),
    };
    let said = [said, complained].into_iter().filter(|text| !text.is_empty());
    Ok(Ran { succeeded, how, said: said.collect::<Vec<_>>().join("; ") })
}
