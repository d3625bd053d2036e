//! What time it is, so that tests can move it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is advanced; all its clones show the same time.
    Stopped(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn stopped_at(at: DateTime<Utc>) -> Self {
        Self::Stopped(Arc::new(Mutex::new(at)))
    }

    /// The time, in whole microseconds: what a database gives back equals what it was given.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Stopped(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
        .trunc_subsecs(6)
    }

    /// Moves a stopped clock forward; the machine's clock moves by itself.
    pub fn advance(&self, by: TimeDelta) {
        match self {
            Self::System => {}
            Self::Stopped(at) => *at.lock().unwrap_or_else(PoisonError::into_inner) += by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_it_is_told_to() {
        let clock = Clock::stopped_at(DateTime::UNIX_EPOCH + TimeDelta::nanoseconds(1_999));
        let seen_by_another = clock.clone();
        clock.advance(TimeDelta::seconds(5));
        assert_eq!(seen_by_another.now().timestamp_micros(), 5_000_001);
        assert_eq!(seen_by_another.now().timestamp_subsec_nanos(), 1_000);
    }
}
