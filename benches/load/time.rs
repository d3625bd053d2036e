//! A time that runs faster than ours, the same in every process.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use team6::clock::Clock;

/// A time that began with ours and runs faster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// When it began, in milliseconds.
    pub(crate) begun: i64,
    /// How much faster it runs.
    pub(crate) factor: i64,
}

impl Time {
    pub(crate) fn begins(factor: i64) -> Self {
        Self { begun: Utc::now().timestamp_millis(), factor }
    }

    pub(crate) fn now(self) -> DateTime<Utc> {
        let passed = Utc::now().timestamp_millis() - self.begun;
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(self.begun + passed * self.factor)
    }

    /// A clock that shows it.
    pub(crate) fn clock(self) -> Clock {
        let clock = Clock::stopped_at(self.now());
        let moving = clock.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(2)).await;
                moving.advance(self.now() - moving.now());
            }
        });
        clock
    }
}
