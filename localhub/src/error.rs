//! What can go wrong with a hub.

use crate::{git, model::Refusal, store};

/// What can go wrong with a hub.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database did not do its part.
    #[error("the hub's database failed")]
    Store(#[from] store::Error),
    /// Git did not do its part.
    #[error("git failed")]
    Git(#[from] git::Error),
    /// The folder of the hub cannot be used.
    #[error("using the hub's folder")]
    Folder(#[from] std::io::Error),
    /// A seed names something that is not there.
    #[error("the seed is not right: {0}")]
    Seed(String),
    /// No key could be made.
    #[error("making a private key")]
    Key,
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(store::Error::Document(error))
    }
}
