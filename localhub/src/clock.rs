//! Where the time comes from.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time, or the time a test has set.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own clock.
    #[default]
    System,
    /// A clock that moves only when it is told to.
    Stopped(Arc<Mutex<DateTime<Utc>>>),
    /// A clock that shows what somebody else's shows.
    Following(Followed),
}

/// Where a following clock looks.
#[derive(Clone)]
pub struct Followed(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Followed({})", (self.0)())
    }
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn stopped(now: DateTime<Utc>) -> Self {
        Self::Stopped(Arc::new(Mutex::new(now)))
    }

    /// A clock that shows what `look` says whenever it is looked at.
    pub fn following(look: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self::Following(Followed(Arc::new(look)))
    }

    /// The time in whole seconds, which is all that GitHub's answers show.
    #[expect(clippy::disallowed_methods, reason = "the one home of the real time")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(0),
            Self::Stopped(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
            Self::Following(Followed(look)) => look(),
        }
    }

    /// Moves a stopped clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, by: chrono::Duration) {
        if let Self::Stopped(now) = self {
            *now.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
