//! Why an execution ends without having done what it was for.

use super::server;
use crate::agent;
use crate::causes::whole;
use crate::domain::work::{Class, Failure};
use crate::git;

const LAST_WORDS: usize = 500;

/// Why an execution ends without a delivery.
pub(super) enum Stop {
    Failed(Failure),
    Unwanted,
    /// The lease is somebody else's; there is nobody to report to.
    Lost,
}

impl Stop {
    /// The same failure, explained by what the agent's model did not give it.
    pub(super) fn because(self, trouble: Option<Failure>) -> Self {
        match (self, trouble) {
            (Self::Failed(failure), Some(trouble))
                if failure.class.may_be_for_lack_of_a_model() =>
            {
                let message = format!("{} ({})", trouble.message, failure.message);
                Self::Failed(Failure { class: trouble.class, message })
            }
            (stop, _) => stop,
        }
    }

    /// Adds what the agent said, where that may explain why there is nothing.
    pub(super) fn with_last_words(self, said: &str) -> Self {
        match self {
            Self::Failed(mut failure) => {
                if failure.class == Class::NothingDone && !said.is_empty() {
                    let said: String = said.chars().take(LAST_WORDS).collect();
                    failure.message = format!("{}; the agent said: {said}", failure.message);
                }
                Self::Failed(failure)
            }
            Self::Unwanted | Self::Lost => self,
        }
    }
}

impl From<git::Error> for Stop {
    fn from(error: git::Error) -> Self {
        let class = match &error {
            git::Error::Unacceptable(_) => Class::Unacceptable,
            git::Error::Nothing => Class::NothingDone,
            git::Error::Failed { .. }
            | git::Error::TimedOut { .. }
            | git::Error::Io { .. }
            | git::Error::Missing(_)
            | git::Error::Behind { .. }
            | git::Error::LeftAlone { .. } => Class::Machinery,
        };
        failed(class, whole(&error))
    }
}

impl From<agent::Error> for Stop {
    fn from(error: agent::Error) -> Self {
        failed(error.class(), whole(&error))
    }
}

impl From<server::Error> for Stop {
    fn from(error: server::Error) -> Self {
        match error {
            server::Error::Lost => Self::Lost,
            server::Error::TooBig => failed(Class::Unacceptable, error.to_string()),
            server::Error::Away(_) | server::Error::InTrouble(_) | server::Error::Refused(_) => {
                failed(Class::Machinery, whole(&error))
            }
        }
    }
}

pub(super) fn failed(class: Class, message: String) -> Stop {
    Stop::Failed(Failure { class, message })
}
