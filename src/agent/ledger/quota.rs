//! How a provider says that we asked too much of it.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::News;

/// Anthropic's word for "too many are asking".
const OVERLOADED: u16 = 529;
/// Nobody is told to wait for longer.
const LONGEST: i64 = 7 * 24 * 3_600;

/// The news, if this answer is about a quota.
pub(super) fn news(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Option<News> {
    let body = serde_json::from_slice(body).unwrap_or(Value::Null);
    let error = &body["error"];
    let says = |word| error["code"] == word || error["type"] == word || error["status"] == word;
    let is_quota = matches!(status.as_u16(), 402 | 429 | OVERLOADED)
        || ["insufficient_quota", "billing_error", "RESOURCE_EXHAUSTED"].into_iter().any(says);
    is_quota.then(|| {
        let wait = in_header(headers, now).or_else(|| in_body(error));
        let until = wait
            .and_then(|wait| now.checked_add_signed(TimeDelta::seconds(wait.clamp(0, LONGEST))));
        News::Quota { until }
    })
}

/// `Retry-After` has seconds, or a date.
fn in_header(headers: &HeaderMap, now: DateTime<Utc>) -> Option<i64> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(wait) = text("retry-after-ms").and_then(|ms| ms.parse::<u32>().ok()) {
        return Some(i64::from(wait.div_ceil(1_000)));
    }
    let said = text("retry-after")?;
    let date = || DateTime::parse_from_rfc2822(said).ok();
    said.parse::<u32>()
        .map(i64::from)
        .ok()
        .or_else(|| date().map(|date| date.signed_duration_since(now).num_seconds()))
}

/// Gemini's way: `{"@type": "…RetryInfo", "retryDelay": "34s"}` among the details.
fn in_body(error: &Value) -> Option<i64> {
    let mut delays =
        error["details"].as_array()?.iter().filter_map(|one| one["retryDelay"].as_str());
    delays.find_map(|delay| delay.split(['.', 's']).next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(status: u16, header: Option<&str>, body: &str) -> String {
        let mut headers = HeaderMap::new();
        if let Some(after) = header {
            headers.insert("retry-after", after.parse().unwrap());
        }
        let now = DateTime::from_timestamp(784_111_777, 0).unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        let Some(News::Quota { until }) = news(status, &headers, body.as_bytes(), now) else {
            return "no quota".to_owned();
        };
        until.map_or("some time".to_owned(), |until| (until - now).num_seconds().to_string())
    }

    #[test]
    fn every_provider_says_it_differently() {
        assert_eq!(wait(429, Some("30"), "{}"), "30");
        assert_eq!(wait(429, Some("Sun, 06 Nov 1994 08:50:37 GMT"), ""), "60");
        assert_eq!(
            wait(529, None, r#"{"type":"error","error":{"type":"overloaded_error"}}"#),
            "some time"
        );
        assert_eq!(wait(429, None, r#"{"error":{"code":"insufficient_quota"}}"#), "some time");
        let gemini = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"34.07s"}]}}"#;
        assert_eq!(wait(429, None, gemini), "34");
        assert_eq!(wait(429, Some("99999999"), ""), LONGEST.to_string());
        assert_eq!(wait(500, Some("30"), "{}"), "no quota");
        assert_eq!(wait(400, None, r#"{"error":{"type":"invalid_request_error"}}"#), "no quota");
    }
}
