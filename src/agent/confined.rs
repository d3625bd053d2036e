//! A program that is no agent, but reads what an agent wrote, and so runs where the agent ran.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;

use super::{Error, Group, Place, Sandbox, lines};

const STDERR_TAIL: usize = 2_000;

/// What such a program printed.
#[derive(Debug)]
pub struct Output {
    /// Whether it said that it succeeded.
    pub succeeded: bool,
    /// What it printed, up to one byte more than was allowed.
    pub stdout: Vec<u8>,
    /// The end of what it complained.
    pub stderr: String,
}

/// Runs a program at `place` and keeps no more than `cap` and one bytes of what it prints; when this returns, no
/// process is left.
pub async fn output(
    sandbox: &Sandbox,
    place: &Place,
    command: (&str, &[String]),
    env: &[(&str, &str)],
    limit: Duration,
    cap: usize,
) -> Result<Output, Error> {
    let (program, args) = command;
    let not_started = |source| Error::NotStarted { program: program.to_owned(), source };
    let mut child = sandbox
        .command(place, program, args, &[])?
        .envs(env.iter().copied())
        .stdin(std::process::Stdio::null())
        .spawn()
        .map_err(not_started)?;
    let group =
        Group::begin(child.id().unwrap_or_default(), place, sandbox).map_err(not_started)?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(not_started(std::io::Error::other("it has no pipes")));
    };
    let read = async move {
        let mut kept = Vec::new();
        let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
        // The pipe is closed after this, so a program with more to say ends.
        stdout.take(most).read_to_end(&mut kept).await.map(|_| kept)
    };
    let all = async { tokio::join!(read, lines::tail(stderr, STDERR_TAIL), child.wait()) };
    let ended = tokio::time::timeout(limit, all).await;
    let gone = group.kill().await;
    let _ = child.start_kill();
    let _ = child.wait().await;
    gone?;
    let _ = std::fs::remove_file(place.pid_file());
    let (stdout, stderr, status) = ended.map_err(|_| Error::TooLong(limit))?;
    Ok(Output {
        succeeded: status.map_err(not_started)?.success(),
        stdout: stdout.map_err(not_started)?,
        stderr,
    })
}
