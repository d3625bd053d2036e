//! What GitHub tried to tell us, as it remembers it for three days.
//! <https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries>

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;

use super::ask::Who;
use super::lenient::or_default;
use super::{Error, GitHub, pages};
use crate::domain::ids::{DeliveryId, InstallationId};

/// One attempt at a delivery. A delivery may have several, all with the same `guid`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Attempted {
    /// The attempt.
    pub id: i64,
    /// The delivery, as its `X-GitHub-Delivery` names it.
    pub guid: DeliveryId,
    /// When it was attempted.
    #[serde(default)]
    pub delivered_at: DateTime<Utc>,
    /// What became of it, in words: `OK`, or what went wrong.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Our answer's HTTP status; 0 if none came.
    #[serde(default, deserialize_with = "or_default")]
    pub status_code: u16,
    /// The event.
    #[serde(default, deserialize_with = "or_default")]
    pub event: String,
    /// The action.
    #[serde(default, deserialize_with = "or_default")]
    pub action: String,
    /// Through which installation.
    #[serde(default)]
    pub installation_id: Option<InstallationId>,
}

impl Attempted {
    /// Whether we took it.
    pub fn arrived(&self) -> bool {
        (200..300).contains(&self.status_code)
    }
}

/// A part of the log, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// The attempts.
    pub attempts: Vec<Attempted>,
    /// Where the older ones begin.
    pub older: Option<String>,
}

impl GitHub {
    /// A part of the App's delivery log: the newest, or what is older than a `cursor`. It is not
    /// filtered by failure, because GitHub's filter leaves out what never got an answer.
    /// <https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook>
    pub async fn deliveries(&self, cursor: Option<&str>) -> Result<Log, Error> {
        let mut ask = self.get("app/hook/deliveries").with("per_page", "100");
        if let Some(cursor) = cursor {
            ask = ask.with("cursor", cursor);
        }
        let answer = self.answer(Who::App, &ask).await?;
        let older = pages::next(&answer).and_then(|url| {
            url.query_pairs()
                .find(|(name, _)| name == "cursor")
                .map(|(_, value)| value.into_owned())
        });
        Ok(Log { attempts: answer.json()?, older })
    }

    /// Asks GitHub to deliver again; it arrives with the same `X-GitHub-Delivery`.
    pub async fn redeliver(&self, attempt: i64) -> Result<(), Error> {
        let path = format!("app/hook/deliveries/{attempt}/attempts");
        self.answer(Who::App, &self.ask(Method::POST, &path, None)).await.map(drop)
    }
}
