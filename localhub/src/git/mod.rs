//! Git, by its own program: bare repositories, no work trees, nobody's configuration.

pub(crate) mod commits;
pub(crate) mod content;
pub(crate) mod diff;
pub(crate) mod hook;
pub(crate) mod imagined;
pub(crate) mod merge;
pub(crate) mod refs;
pub(crate) mod transport;

use std::{path::PathBuf, process::Stdio};

use tokio::{io::AsyncWriteExt, process::Command};

pub(crate) use commits::{Commit, Signature};
pub(crate) use imagined::Imagined;

/// One bare repository on disk, or an imagined one.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    dir: PathBuf,
    imagined: Option<Imagined>,
}

/// Git did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program could not be run.
    #[error("running `git {command}`; is git 2.38 or newer installed?")]
    Start {
        /// The subcommand.
        command: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Git ran and refused.
    #[error("`git {command}` said: {stderr}")]
    Failed {
        /// The subcommand.
        command: String,
        /// What git wrote.
        stderr: String,
    },
    /// Git wrote something unexpected.
    #[error("understanding what `git {0}` wrote")]
    Strange(&'static str),
}

/// How a git program ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Ended {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end().to_owned()
    }
}

/// A command that sees no configuration but what is given here.
pub(crate) fn clean_command() -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os()
        .filter(|(name, _)| name.to_string_lossy().starts_with("GIT_") && name != "GIT_EXEC_PATH")
    {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .kill_on_drop(true);
    command
}

impl Git {
    pub(crate) fn at(dir: PathBuf) -> Self {
        Self { dir, imagined: None }
    }

    /// A repository that is not on disk, though it would be there.
    pub(crate) fn imagined(dir: PathBuf, imagined: Imagined) -> Self {
        Self { dir, imagined: Some(imagined) }
    }

    /// What stands in for the program, if something does.
    pub(crate) fn in_memory(&self) -> Option<&Imagined> {
        self.imagined.as_ref()
    }

    pub(crate) fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Runs git in this repository, whatever its exit code.
    pub(crate) async fn try_run(
        &self,
        args: &[&str],
        stdin: Option<&[u8]>,
        env: &[(&str, &str)],
    ) -> Result<Ended, Error> {
        if let Some(imagined) = &self.imagined {
            return Ok(imagined.run(args, stdin, env));
        }
        let mut command = clean_command();
        command.arg("--git-dir").arg(&self.dir).args(["-c", "core.hooksPath=/dev/null"]);
        command.args(args).envs(env.iter().copied());
        run(command, args.first().copied().unwrap_or_default(), stdin).await
    }

    /// Runs git in this repository; an exit code other than 0 is an error.
    pub(crate) async fn run(&self, args: &[&str]) -> Result<String, Error> {
        Ok(self.run_with(args, None, &[]).await?.text())
    }

    pub(crate) async fn run_with(
        &self,
        args: &[&str],
        stdin: Option<&[u8]>,
        env: &[(&str, &str)],
    ) -> Result<Ended, Error> {
        let ended = self.try_run(args, stdin, env).await?;
        if ended.code == 0 {
            return Ok(ended);
        }
        let stderr = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        Err(Error::Failed { command: args.join(" "), stderr })
    }

    /// Makes the repository, empty.
    pub(crate) async fn init(&self, default_branch: &str) -> Result<(), Error> {
        let head = format!("--initial-branch={default_branch}");
        self.run(&["init", "--quiet", "--bare", &head, &self.dir.to_string_lossy()]).await?;
        Ok(())
    }
}

/// Runs a prepared command to its end, feeding it `stdin`.
pub(crate) async fn run(
    mut command: Command,
    name: &str,
    stdin: Option<&[u8]>,
) -> Result<Ended, Error> {
    let failed = |source| Error::Start { command: name.to_owned(), source };
    let mut child = command
        .stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let pipe = child.stdin.take();
    // Writing and reading must go on together, or a full pipe stops both sides.
    let feed = async move {
        if let (Some(mut pipe), Some(bytes)) = (pipe, stdin) {
            // Git may have heard enough and hung up; its exit code tells.
            let _ = pipe.write_all(bytes).await;
        }
    };
    let ((), output) = tokio::join!(feed, child.wait_with_output());
    let output = output.map_err(failed)?;
    let code = output.status.code().unwrap_or(-1);
    Ok(Ended { code, stdout: output.stdout, stderr: output.stderr })
}
