//! The one place where a command is built that runs in, or reads, what an agent can write.
//!
//! For now there is one way, `Open`: a process group of its own, a clean environment, a home in the workspace, and
//! *no* confinement by the kernel. Bubblewrap and Landlock become further variants here and nowhere else.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use crate::domain::work::Identity;

/// The variable by which everything an agent starts is found again, whatever group it hides in.
pub(super) const MARK: &str = "TEAM6_WORKSPACE";

/// What every program may know about this machine.
const INHERITED: &[&str] = &["PATH", "RUSTUP_HOME", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// How much a program is confined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandbox {
    /// Not at all by the kernel: it can read and write what the worker can.
    #[default]
    Open,
}

/// Where a program runs, and as whom it commits.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workspace's folder, which marks its processes.
    pub dir: PathBuf,
    /// The folder it starts in.
    pub tree: PathBuf,
    /// Its home.
    pub home: PathBuf,
    /// Who its commits are by.
    pub author: Identity,
}

impl Place {
    /// Where the process of this workspace is written down.
    pub(super) fn pid_file(&self) -> PathBuf {
        self.dir.join("pid")
    }
}

impl Sandbox {
    /// The command that runs `program` at `place` and shows it only the variables named in `env`.
    pub fn command(self, place: &Place, program: &str, args: &[String], env: &[String]) -> Command {
        let Self::Open = self;
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(&place.tree)
            .env_clear()
            .env("HOME", &place.home)
            .env("LANG", "C.UTF-8")
            .env("TERM", "dumb")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", &place.author.name)
            .env("GIT_AUTHOR_EMAIL", &place.author.email)
            .env("GIT_COMMITTER_NAME", &place.author.name)
            .env("GIT_COMMITTER_EMAIL", &place.author.email)
            .env(MARK, &place.dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for name in INHERITED.iter().copied().chain(env.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(toolchains) = rustup_of_this_user() {
            command.env("RUSTUP_HOME", toolchains);
        }
        command
    }
}

/// Rust's toolchains are found through the home, and the agent's home is another: say where they are.
fn rustup_of_this_user() -> Option<PathBuf> {
    if std::env::var_os("RUSTUP_HOME").is_some() {
        return None;
    }
    let folder = std::env::home_dir()?.join(".rustup");
    folder.is_dir().then_some(folder)
}
