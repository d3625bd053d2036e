//! Starting an agent just to see whether it starts.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;

use super::group::Group;
use super::{Error, Place, Sandbox, Spec, acp, lines};

const STDERR_TAIL: usize = 2_000;

/// Starts an agent, asks who it is and ends it; answers its name and version, if it says so.
pub async fn introduce(
    spec: &Spec,
    sandbox: &Sandbox,
    place: &Place,
) -> Result<Option<(String, String)>, Error> {
    let (program, args) = spec.command.split_first().ok_or(Error::NoCommand)?;
    let not_started = |source| Error::NotStarted { program: program.clone(), source };
    spec.furnish(&place.home).map_err(Error::NotFurnished)?;
    let mut command = sandbox.command(place, program, args, &spec.env)?;
    let mut child = command.envs(&spec.set).spawn().map_err(not_started)?;
    let group =
        Group::begin(child.id().unwrap_or_default(), place, sandbox).map_err(not_started)?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(not_started(std::io::Error::other("it has no pipes")));
    };
    let limit = Duration::from_secs(spec.limits.initialize);
    let talk = async {
        let talk = tokio::time::timeout(limit, acp::introduce(stdin, stdout)).await;
        let _ = child.start_kill();
        let status = child.wait().await;
        (talk, status, group.kill().await)
    };
    // Nobody writes there once the group is killed, so this ends too.
    let ((talk, status, gone), said) =
        tokio::join!(talk, lines::tail(stderr.take(1 << 20), STDERR_TAIL));
    gone?;
    match talk {
        Err(_) => Err(Error::NotReady { request: "initialize", limit, stderr: said }),
        Ok(Err(Error::Died { .. })) => {
            let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            Err(Error::Died { status, stderr: said })
        }
        Ok(Err(Error::Failed { message, .. })) => Err(Error::Failed { message, stderr: said }),
        Ok(other) => other,
    }
}
