//! The hour's budget, as the headers of every answer tell it.

use chrono::{DateTime, Utc};

use super::super::transport::Answer;
use crate::domain::ids::InstallationId;

/// The part of a budget that is kept for what is important: a tenth.
const RESERVE: i64 = 10;

/// What is left of an hour's budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Whose; the App's own, where there is none.
    pub installation: Option<InstallationId>,
    /// `rest` or `graphql`.
    pub resource: &'static str,
    /// How many questions an hour has.
    pub limit: i64,
    /// How many are left.
    pub remaining: i64,
    /// When the next hour begins.
    pub reset: DateTime<Utc>,
}

/// The same, while it is not said whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Primary {
    pub(super) limit: i64,
    pub(super) remaining: i64,
    pub(super) reset: DateTime<Utc>,
}

impl Primary {
    /// What an answer tells; an own server may have no limits, and tells nothing.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let number = |name| answer.header(name)?.parse::<i64>().ok();
        let remaining = number("x-ratelimit-remaining")?;
        Some(Self {
            limit: number("x-ratelimit-limit").unwrap_or(remaining),
            remaining,
            reset: DateTime::from_timestamp(number("x-ratelimit-reset")?, 0)?,
        })
    }

    /// When there is something again, if nothing is left.
    pub(super) fn spent_until(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.remaining <= 0 && now < self.reset).then_some(self.reset)
    }

    /// When there is plenty again, if only the reserve is left.
    pub(super) fn low_until(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.remaining < self.limit / RESERVE && now < self.reset).then_some(self.reset)
    }
}
