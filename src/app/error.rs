//! What can go wrong on our side, and whether doing it again may help.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::found::Trouble;
use crate::domain::ids::RepoName;
use crate::{db, git, github};

/// What can go wrong on our side; people hear of it only under a reference.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// Git.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The App is not installed where it is needed.
    #[error("the App is not installed on {0}")]
    NotInstalled(RepoName),
    /// A repository cannot be worked in for now.
    #[error("{0} cannot be worked in: {1}")]
    Away(RepoName, Trouble),
    /// Somebody changed the sprint while we decided about it, again and again.
    #[error("the sprint is changed by too many at once")]
    Contended,
    /// Something must happen first.
    #[error("{0}")]
    NotYet(&'static str),
}

/// When doing it again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// After a while that grows with every try.
    Later,
    /// After so long.
    After(Duration),
    /// From then on.
    At(DateTime<Utc>),
    /// Not by itself.
    Never,
}

impl Error {
    /// When doing it again may help.
    pub fn again(&self) -> Again {
        match self {
            Self::Db(db::Error::Missing(_)) => Again::Never,
            Self::Db(_) | Self::Contended => Again::Later,
            // A key that was changed, on either side: the operator mends it, and nothing is lost.
            Self::GitHub(error) if error.is_unauthorized() => Again::Later,
            Self::GitHub(error) => match error.again() {
                github::Again::After(_) => Again::Later,
                github::Again::At(at) => Again::At(at),
                github::Again::Never => Again::Never,
            },
            Self::Git(error) => match error {
                git::Error::Unacceptable(_) | git::Error::Nothing | git::Error::Behind { .. } => {
                    Again::Never
                }
                git::Error::Failed { .. }
                | git::Error::TimedOut { .. }
                | git::Error::Io { .. }
                | git::Error::Missing(_)
                | git::Error::LeftAlone { .. } => Again::Later,
            },
            Self::NotInstalled(_) => Again::Never,
            Self::Away(..) => Again::After(Duration::from_mins(1)),
            Self::NotYet(_) => Again::After(Duration::from_secs(2)),
        }
    }
}
