//! Repositories on this machine: mirrors, workspaces, and what leaves them as bundles.
//!
//! Everything goes through the `git` binary with an empty configuration and explicit paths. Nothing here runs
//! git *in* a repository an agent can write: such a repository's configuration names programs to execute.

mod clean;
mod command;
mod inspect;
mod mirror;
mod pushing;
mod reading;
mod remove;
mod workspace;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use clean::{Clean, Delivered, Promise};
pub use command::{Access, ENVIRONMENT, Git};
pub use inspect::Limits;
pub use mirror::{Mirror, Mirrors};
pub use pushing::Pushing;
pub use reading::Reading;
pub use workspace::{Key, Workspace, Workspaces};

use crate::domain::ids::CommitSha;

/// What can go wrong with repositories on this machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Git said no.
    #[error("git {what}: {stderr}")]
    Failed {
        /// What git was asked, without tokens.
        what: String,
        /// The end of what it complained.
        stderr: String,
    },
    /// Git did not come to an end.
    #[error("git {what} took longer than {} s", limit.as_secs())]
    TimedOut {
        /// What git was asked, without tokens.
        what: String,
        /// How long it was given.
        limit: Duration,
    },
    /// A file could not be read or written.
    #[error("using {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A commit is not in the repository, not even after a fetch.
    #[error("commit {0} is not in the repository")]
    Missing(CommitSha),
    /// The base lacks the work of a task this one waited for.
    #[error("the base {base} does not contain {missing}, the merge of a task this one waited for")]
    Behind {
        /// Where the work was to begin.
        base: CommitSha,
        /// What it should have contained.
        missing: CommitSha,
    },
    /// There is no commit after the base.
    #[error("there is no commit after the base")]
    Nothing,
    /// The result holds what Team6 does not push; the words are for the owner.
    #[error("{0}")]
    Unacceptable(String),
    /// A folder is not what it should be, so nothing was touched.
    #[error("{} is left alone: {why}", path.display())]
    LeftAlone {
        /// Which folder.
        path: PathBuf,
        /// What is odd about it.
        why: &'static str,
    },
}

impl Error {
    /// Wraps an I/O error with the path it is about.
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
