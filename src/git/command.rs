//! One call of the `git` binary, from which nothing can be configured but by us.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::Error;

/// What git sees of the environment besides `PATH` and the way to the network.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("HOME", "/nonexistent"),
    ("LC_ALL", "C.UTF-8"),
];

/// How this machine reaches the network; nothing else is inherited.
const INHERITED: &[&str] = &[
    "PATH",
    "HTTPS_PROXY",
    "https_proxy",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Said to every call: no hooks, no credentials of this machine, no housekeeping, no odd transports.
const CONFIGURATION: &[(&str, &str)] = &[
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("credential.helper", ""),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.allow", "never"),
    ("protocol.http.allow", "always"),
    ("protocol.https.allow", "always"),
    ("protocol.file.allow", "always"),
    ("safe.directory", "*"),
    ("advice.detachedHead", "false"),
];

const STDERR_TAIL: usize = 2_000;

/// Who may read or write what a URL names.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// Where the repository is.
    pub url: &'a str,
    /// A short-lived token for it; empty for none.
    pub token: &'a str,
}

/// One call of git, being put together.
pub struct Git {
    command: Command,
    what: String,
    configuration: Vec<(String, String)>,
    limit: Duration,
    stdin: Vec<u8>,
}

impl Git {
    /// Git in the bare repository or git directory `dir`, which no agent can write.
    pub fn at(dir: &Path) -> Self {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let mut git = Self::anywhere();
        git.command.arg("--git-dir").arg(&dir).current_dir(&dir);
        git
    }

    /// Git outside any repository.
    pub fn anywhere() -> Self {
        let mut command = Command::new("git");
        command.env_clear().envs(ENVIRONMENT.iter().copied());
        for name in INHERITED {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let configuration =
            CONFIGURATION.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Self {
            command,
            what: String::new(),
            configuration,
            limit: Duration::from_mins(1),
            stdin: Vec::new(),
        }
    }

    /// Adds words to the command line; never a token.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            if self.what.is_empty() {
                self.what = arg.as_ref().to_string_lossy().into_owned();
            }
            self.command.arg(arg);
        }
        self
    }

    /// Adds a path to the command line.
    #[must_use]
    pub fn arg_path(mut self, path: &Path) -> Self {
        self.command.arg(path);
        self
    }

    /// Runs it in another folder than the repository's.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// Sets one key of the configuration, in the child's environment only.
    #[must_use]
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.configuration.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Lets this call use the token: seen by the child alone, in no argument and on no disk.
    #[must_use]
    pub fn with(mut self, access: Access<'_>) -> Self {
        if !access.token.is_empty() && access.url.starts_with("http") {
            let basic = base64::engine::general_purpose::STANDARD
                .encode(format!("x-access-token:{}", access.token));
            self.configuration.push((
                format!("http.{}.extraHeader", access.url),
                format!("Authorization: Basic {basic}"),
            ));
        }
        self
    }

    /// Gives this call more or less than a minute.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// What this call reads from its standard input.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Runs it and answers what it printed.
    pub async fn run(mut self) -> Result<Vec<u8>, Error> {
        self.command.env("GIT_CONFIG_COUNT", self.configuration.len().to_string());
        for (n, (key, value)) in self.configuration.iter().enumerate() {
            self.command.env(format!("GIT_CONFIG_KEY_{n}"), key);
            self.command.env(format!("GIT_CONFIG_VALUE_{n}"), value);
        }
        let failed = |what: &str, stderr: String| Error::Failed { what: what.to_owned(), stderr };
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(&self.what, format!("cannot be started: {error}")))?;
        let (stdin, input) = (child.stdin.take(), self.stdin);
        let feed = async move {
            if let Some(mut pipe) = stdin {
                // A child that stops reading says why on its standard error.
                let _ = pipe.write_all(&input).await;
            }
        };
        let both = async { tokio::join!(feed, child.wait_with_output()).1 };
        let output = tokio::time::timeout(self.limit, both)
            .await
            .map_err(|_| Error::TimedOut { what: self.what.clone(), limit: self.limit })?
            .map_err(|error| failed(&self.what, error.to_string()))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failed(&self.what, tail(&output.stderr)))
        }
    }

    /// Runs it and answers what it printed as one trimmed text.
    pub async fn text(self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.run().await?).trim().to_owned())
    }

    /// Runs it and answers whether it succeeded.
    pub async fn succeeds(self) -> Result<bool, Error> {
        match self.run().await {
            Ok(_) => Ok(true),
            Err(Error::Failed { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

/// The end of what a program complained, on one line.
fn tail(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(&stderr[stderr.len().saturating_sub(STDERR_TAIL)..]);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_in_the_environment_of_the_child_and_nowhere_else() {
        let access = Access { url: "http://127.0.0.1:1/acme/web.git", token: "ghs_secret" };
        let error = Git::anywhere()
            .with(access)
            .args(["ls-remote", "--", access.url])
            .text()
            .await
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("git ls-remote: "), "{error}");
        assert!(!error.contains("secret") && !error.contains("Z2hzX3"), "{error}");
    }

    #[tokio::test]
    async fn a_call_that_takes_too_long_is_killed() {
        let slow = Git::anywhere()
            .limit(Duration::from_millis(100))
            .config("alias.wait", "!sleep 5")
            .args(["wait"])
            .run()
            .await;
        assert!(matches!(slow, Err(Error::TimedOut { .. })), "{slow:?}");
    }

    #[tokio::test]
    async fn odd_transports_are_not_spoken() {
        let error = Git::anywhere().args(["ls-remote", "ext::sh -c id"]).text().await.unwrap_err();
        assert!(error.to_string().contains("not allowed"), "{error}");
    }
}
