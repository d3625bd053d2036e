//! The one place where a command is built that runs in, or reads, what an agent can write.
//!
//! `Bubblewrap` gives a program namespaces of its own, with [`shim`] as a second layer inside; `Landlock` is the shim
//! alone, for machines on which nobody may make namespaces; `Open` is no confinement at all, for those who ask for it.
//! `docs/ARCHITECTURE.md` says what each of them does not stop.

mod bubblewrap;
mod door;
mod find;
mod place;
pub mod shim;
mod visible;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use self::shim::{Network, Orders};
use super::Error;

pub use door::{Door, Listener};
pub use find::{Setup, Wanted};
pub use place::Place;
pub use shim::Bounds;

/// The variable by which everything an agent starts is found again, whatever group it hides in.
pub(super) const MARK: &str = "TEAM6_WORKSPACE";

/// What every program may know about this machine.
const INHERITED: &[&str] = &["PATH", "RUSTUP_HOME", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The ways to confine a program, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Namespaces: it sees its own files, processes and network and no others.
    Bubblewrap,
    /// Rules of the kernel for what it may open and connect to; it sees what else there is.
    Landlock,
    /// Not at all by the kernel: it can read and write what the worker can.
    Open,
}

/// How programs are confined.
#[derive(Clone, Debug)]
pub struct Sandbox {
    kind: Kind,
    shim: PathBuf,
    home: Option<PathBuf>,
    rustup: Option<PathBuf>,
    read_only: Vec<PathBuf>,
    caches: Vec<PathBuf>,
    bounds: Bounds,
    /// Why it is not the strongest kind, if it was free to choose.
    weaker: Option<String>,
}

impl Sandbox {
    /// A sandbox of this kind, whether or not this machine can do that.
    pub fn new(kind: Kind, setup: &Setup) -> Self {
        Self {
            kind,
            shim: setup.shim.clone(),
            home: setup.home.clone(),
            rustup: setup.rustup.clone(),
            read_only: setup.read_only.clone(),
            caches: setup.caches.clone(),
            bounds: setup.bounds,
            weaker: None,
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is, and what to do if it could be stronger, for people.
    pub fn describe(&self) -> String {
        let name = match self.kind {
            Kind::Bubblewrap => "bubblewrap, with Landlock and seccomp inside",
            Kind::Landlock => "Landlock and seccomp, without namespaces",
            Kind::Open => "none; agents can read and write what Team6 can",
        };
        self.weaker.as_ref().map_or_else(|| name.to_owned(), |why| format!("{name}; {why}"))
    }

    /// This program, as an agent finds it inside.
    pub fn this_program(&self) -> PathBuf {
        match self.kind {
            Kind::Bubblewrap => bubblewrap::shim(),
            Kind::Landlock | Kind::Open => self.shim.clone(),
        }
    }

    /// The command that runs `program` at `place` and shows it only the variables named in `env`.
    pub fn command(
        &self,
        place: &Place,
        program: &str,
        args: &[String],
        env: &[String],
    ) -> Result<Command, Error> {
        let found = visible::find(program)
            .map_err(|source| Error::NotStarted { program: program.to_owned(), source })?;
        let mut command = match self.kind {
            Kind::Open => Command::new(&found),
            Kind::Landlock | Kind::Bubblewrap => {
                place.must_be_untouched()?;
                let confined = match self.kind {
                    Kind::Bubblewrap => bubblewrap::command(self, place, &found, args),
                    Kind::Landlock | Kind::Open => self.landlocked(place, &found, args),
                };
                confined
                    .map_err(|source| Error::NotStarted { program: program.to_owned(), source })?
            }
        };
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
            // The shim is the last to go, or what the program hid would be nobody's: see `Group`.
            .kill_on_drop(self.kind != Kind::Landlock);
        if self.kind == Kind::Landlock {
            command.env("TMPDIR", place.tmp());
        }
        for name in INHERITED.iter().copied().chain(env.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(toolchains) = visible::rustup(self.home.as_deref()) {
            command.env("RUSTUP_HOME", toolchains);
        }
        Ok(command)
    }

    /// The shim, which gives up what the agent must not have and starts it.
    fn landlocked(
        &self,
        place: &Place,
        program: &Path,
        args: &[String],
    ) -> std::io::Result<Command> {
        std::fs::create_dir_all(place.tmp())?;
        let mut read: Vec<PathBuf> = visible::SYSTEM
            .iter()
            .chain(visible::LEGACY)
            .chain(visible::ETC)
            .chain(visible::ACCOUNTS)
            .map(PathBuf::from)
            .collect();
        read.push("/proc".into());
        read.extend(self.shown(place, program, args));
        read.extend(place.borrowed.iter().cloned());
        read.extend([place.tree.clone(), place.home.clone()]);
        read.extend(place.repo.clone());
        // Whoever cannot speak to a door over HTTP does so through this program.
        read.extend(Some(self.shim.clone()).filter(|_| !place.doors.is_empty()));
        let mut write: Vec<PathBuf> = ["null", "zero", "full", "random", "urandom"]
            .map(|name| Path::new("/dev").join(name))
            .into();
        write.extend([place.home.clone(), place.tmp()]);
        write.extend(place.writable());
        let orders = Orders {
            read,
            write,
            network: Network::Shared { ports: place.ports() },
            forwards: Vec::new(),
            links: self.links(),
            bounds: self.bounds,
        };
        let mut command = Command::new(&self.shim);
        command.arg("shim").arg(orders.text()?).arg("--").arg(program);
        Ok(command)
    }

    /// What of this machine the program may read besides the system.
    fn shown(&self, place: &Place, program: &Path, args: &[String]) -> Vec<PathBuf> {
        let home = self.home.as_deref();
        let private: Vec<&Path> = home.into_iter().chain([place.dir.as_path()]).collect();
        let mut shown = visible::of_program(program, args, &private);
        shown.extend(visible::toolchains(home, self.rustup.as_deref()));
        shown.extend(self.read_only.iter().chain(&self.caches).cloned());
        shown.retain(|path| path.exists());
        shown.sort();
        shown.dedup();
        shown
    }

    /// Where a program looks in its own home for what is in the operator's.
    fn links(&self) -> Vec<(PathBuf, PathBuf)> {
        let Some(home) = std::env::home_dir() else { return Vec::new() };
        let inside =
            |cache: &PathBuf| Some((cache.clone(), cache.strip_prefix(&home).ok()?.into()));
        self.caches.iter().filter_map(inside).collect()
    }
}
