//! Whether an answer means "too much", and until when.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::transport::Answer;

/// Whether an answer means "too much" rather than "you may not".
pub(super) fn is_limit(answer: &Answer, told: bool) -> bool {
    let said = || String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    match answer.status {
        429 => true,
        403 => {
            told || ["secondary rate limit", "abuse detection"]
                .iter()
                .any(|word| said().contains(word))
        }
        // GraphQL says it with a smile.
        200 => told && said().contains(r#""rate_limited""#),
        _ => false,
    }
}

/// The moment a `retry-after` means: seconds, or a date where a proxy answered.
pub(super) fn after(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let a_day = now + TimeDelta::days(1);
    let moment = match text.parse() {
        Ok(seconds) => now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?,
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc(),
    };
    Some(moment.min(a_day))
}
