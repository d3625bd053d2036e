//! Which sandbox this machine can do, found out by running it.

use std::path::PathBuf;
use std::time::Duration;

use super::super::{Error, output};
use super::{Bounds, Kind, Place, Sandbox};
use crate::causes::whole;
use crate::domain::work::Identity;

const TRIAL: Duration = Duration::from_secs(30);
const INSTALL: &str = "install bubblewrap 0.8 or newer and let this user make namespaces";

/// What the operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The strongest there is, and never none.
    Auto,
    /// Bubblewrap or nothing.
    Bubblewrap,
    /// Landlock or nothing.
    Landlock,
    /// No sandbox.
    None,
}

/// How a sandbox is to be made.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which one.
    pub wanted: Wanted,
    /// The program that is `team6 shim` inside; this one, unless a test says otherwise.
    pub shim: PathBuf,
    /// The operator's home, of which nothing is shown but what is named here, and Rust's tools.
    pub home: Option<PathBuf>,
    /// Where Rust's toolchains are, if the environment says so.
    pub rustup: Option<PathBuf>,
    /// What else may be read.
    pub read_only: Vec<PathBuf>,
    /// Folders of the operator's home that a program finds in its own, only to be read.
    pub caches: Vec<PathBuf>,
    /// How much a process may use.
    pub bounds: Bounds,
}

impl Setup {
    /// What is usual, of this kind.
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            shim: std::env::current_exe().unwrap_or_else(|_| "/proc/self/exe".into()),
            home: std::env::home_dir(),
            rustup: std::env::var_os("RUSTUP_HOME").map(PathBuf::from),
            read_only: Vec::new(),
            caches: Vec::new(),
            bounds: Bounds::default(),
        }
    }

    /// The sandbox that was asked for, after it was seen to work.
    pub async fn find(&self) -> Result<Sandbox, Error> {
        let kinds: &[Kind] = match self.wanted {
            Wanted::None => return Ok(Sandbox::new(Kind::Open, self)),
            Wanted::Auto => &[Kind::Bubblewrap, Kind::Landlock],
            Wanted::Bubblewrap => &[Kind::Bubblewrap],
            Wanted::Landlock => &[Kind::Landlock],
        };
        let mut wrong = Vec::new();
        for kind in kinds {
            let sandbox = Sandbox::new(*kind, self);
            match sandbox.try_out().await {
                Ok(()) if wrong.is_empty() => return Ok(sandbox),
                Ok(()) => {
                    let weaker = format!("for the stronger one {INSTALL} ({})", wrong.join("; "));
                    return Ok(Sandbox { weaker: Some(weaker), ..sandbox });
                }
                Err(why) => wrong.push(format!("{kind:?}: {why}")),
            }
        }
        Err(Error::NoSandbox(format!(
            "agents cannot be sealed in on this machine: {}. To mend it, {INSTALL}, or use Linux 6.7 or newer with \
             Landlock; or, where agents may do whatever Team6 may, say `sandbox = \"none\"` in `[worker]`",
            wrong.join("; ")
        )))
    }
}

impl Sandbox {
    /// Runs a program that does nothing; answers why that failed.
    async fn try_out(&self) -> Result<(), String> {
        let dir = tempfile::tempdir().map_err(|error| whole(&error))?;
        let author = Identity { name: "Team6".into(), email: "team6@localhost".into() };
        let place = Place::new(dir.path().to_owned(), author);
        for folder in [&place.tree, &place.home] {
            std::fs::create_dir(folder).map_err(|error| whole(&error))?;
        }
        let tried = output(self, &place, ("true", &[]), &[], TRIAL, 0).await;
        let tried = tried.map_err(|error| whole(&error))?;
        if tried.succeeded { Ok(()) } else { Err(tried.stderr) }
    }
}
