//! What time it is, so that tests can move it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio::sync::watch;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is advanced; all its clones show the same time.
    Stopped(Arc<watch::Sender<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn stopped_at(at: DateTime<Utc>) -> Self {
        Self::Stopped(Arc::new(watch::Sender::new(at)))
    }

    /// The time, in whole microseconds: what a database gives back equals what it was given.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Stopped(at) => *at.borrow(),
        }
        .trunc_subsecs(6)
    }

    /// Moves a stopped clock forward; the machine's clock moves by itself.
    pub fn advance(&self, by: TimeDelta) {
        match self {
            Self::System => {}
            Self::Stopped(at) => at.send_modify(|now| *now += by),
        }
    }

    /// Waits until it shows `moment`.
    pub async fn sleep_until(&self, moment: DateTime<Utc>) {
        match self {
            Self::System => loop {
                // Nothing is left once it is past.
                let Ok(left) = (moment - self.now()).to_std() else { return };
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left).await;
            },
            Self::Stopped(at) => {
                let mut seen = at.subscribe();
                // It fails only when the clock is gone, and then nobody waits.
                let _ = seen.wait_for(|now| moment <= *now).await;
            }
        }
    }

    /// Waits for so long.
    pub async fn sleep(&self, duration: Duration) {
        let duration = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let moment = self.now().checked_add_signed(duration).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.sleep_until(moment).await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_it_is_told_to() {
        let clock = Clock::stopped_at(DateTime::UNIX_EPOCH + TimeDelta::nanoseconds(1_999));
        let seen_by_another = clock.clone();
        clock.advance(TimeDelta::seconds(5));
        assert_eq!(seen_by_another.now().timestamp_micros(), 5_000_001);
        assert_eq!(seen_by_another.now().timestamp_subsec_nanos(), 1_000);
    }

    #[tokio::test]
    async fn who_sleeps_by_a_stopped_clock_wakes_when_it_gets_there() {
        let clock = Clock::stopped_at(DateTime::UNIX_EPOCH);
        let mut sleeping = Box::pin(clock.sleep(Duration::from_hours(2)));
        assert!(sleeping.as_mut().now_or_never().is_none());
        clock.advance(TimeDelta::seconds(7_199));
        assert!(sleeping.as_mut().now_or_never().is_none());
        clock.advance(TimeDelta::seconds(1));
        sleeping.await;
    }

    #[tokio::test]
    async fn who_sleeps_by_the_machines_clock_wakes_by_itself() {
        let begun = Clock::System.now();
        Clock::System.sleep(Duration::from_millis(5)).await;
        assert!(begun + TimeDelta::milliseconds(5) <= Clock::System.now());
        Clock::System.sleep_until(begun).await;
    }
}
