//! What goes wrong on purpose, so that Apps can be tested against it.
//!
//! Faults live in memory only: a restart clears them.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The faults that are set now.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

/// A set of faults; this is also the body of `POST /localhub/faults`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// What happens to deliveries.
    pub webhooks: WebhookFaults,
    /// What happens to requests, first match first.
    pub api: Vec<ApiFault>,
}

/// What happens to deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// The next so many never arrive; the log shows them as timed out.
    pub drop: u64,
    /// None arrives until this is cleared.
    pub drop_all: bool,
    /// The next so many never arrive and the log does not show them either.
    pub lose: u64,
    /// The next so many arrive twice, with the same GUID.
    pub duplicate: u64,
    /// Each waits so many milliseconds first.
    pub delay_ms: u64,
    /// What is waiting together goes out newest first.
    pub reorder: bool,
}

/// Requests that fail.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiFault {
    /// Only this method; all when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that contain this; `/api/v3` is not part of them.
    #[serde(default)]
    pub path: String,
    /// What is answered: 502, 503, or 403 and 429 for a secondary rate limit.
    pub status: u16,
    /// How many requests fail.
    #[serde(default = "one")]
    pub times: u64,
    /// Whether the request takes effect before the answer is spoiled.
    #[serde(default)]
    pub when: When,
    /// Sent as `retry-after`; for 403 and 429 a secondary rate limit is told as well.
    #[serde(default)]
    pub retry_after: Option<u64>,
}

/// At which point a request fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Nothing has happened.
    #[default]
    Before,
    /// Everything has happened, only the answer is lost.
    After,
}

/// What becomes of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    ArrivesTwice,
    TimesOut,
    IsLost,
}

fn one() -> u64 {
    1
}

impl Faults {
    /// Adds faults to those that are set; numbers replace the numbers before.
    pub fn set(&self, plan: Plan) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if plan.webhooks != WebhookFaults::default() {
            now.webhooks = plan.webhooks;
        }
        now.api.extend(plan.api);
    }

    /// Everything works again.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Plan::default();
    }

    /// The faults that are still to come.
    pub fn plan(&self) -> Plan {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn fate(&self) -> Fate {
        let mut plan = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hooks = &mut plan.webhooks;
        if hooks.drop_all {
            return Fate::TimesOut;
        }
        let take = |count: &mut u64| {
            let some = *count > 0;
            *count = count.saturating_sub(1);
            some
        };
        if take(&mut hooks.lose) {
            Fate::IsLost
        } else if take(&mut hooks.drop) {
            Fate::TimesOut
        } else if take(&mut hooks.duplicate) {
            Fate::ArrivesTwice
        } else {
            Fate::Arrives
        }
    }

    /// The fault that meets this request, used up by one.
    pub(crate) fn meet(&self, method: &str, path: &str) -> Option<ApiFault> {
        let mut plan = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let matches = |fault: &ApiFault| {
            fault.method.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(method))
                && path.contains(&fault.path)
        };
        let at = plan.api.iter().position(matches)?;
        let fault = plan.api[at].clone();
        plan.api[at].times = fault.times.saturating_sub(1);
        if plan.api[at].times == 0 {
            plan.api.remove(at);
        }
        Some(fault)
    }
}
