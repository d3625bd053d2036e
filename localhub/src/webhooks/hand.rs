//! Webhooks carried by hand, where nobody listens on a port.

use super::outbox::Delivery;
use crate::{
    error::Error,
    hub::Hub,
    model::{App, Id, Refusal},
    origin::UNKNOWN,
};

/// A webhook on its way to an App.
#[derive(Clone, Debug)]
pub struct Webhook {
    delivery: Delivery,
    /// `X-GitHub-Delivery`: the same for every attempt to deliver the same event.
    pub guid: String,
    /// `X-GitHub-Event`
    pub event: String,
    /// What happened, where one event has several kinds.
    pub action: Option<String>,
    /// The body.
    pub body: String,
}

impl Hub {
    /// The webhooks of an App that were not attempted yet, oldest first.
    pub async fn waiting(&self, slug: &str) -> Result<Vec<Webhook>, Error> {
        let due = self.store().due(self.app_named(slug)?).await?;
        Ok(due.into_iter().map(|delivery| self.webhook(delivery)).collect())
    }

    /// Notes how the App answered, as an HTTP status; `None` where it did not.
    pub async fn attempted(&self, webhook: &Webhook, answer: Option<u16>) -> Result<(), Error> {
        let status_code = answer.unwrap_or(0);
        let status = match status_code {
            0 => "timed out",
            200..=299 => "OK",
            _ => "Invalid HTTP Response",
        };
        let delivery = Delivery {
            status: status.to_owned(),
            status_code,
            delivered_at: self.clock().now(),
            ..webhook.delivery.clone()
        };
        Ok(self.store().attempted(&delivery).await?)
    }

    /// Forgets a webhook, as if there had never been one.
    pub async fn forget(&self, webhook: &Webhook) -> Result<(), Error> {
        Ok(self.store().forget(&webhook.delivery).await?)
    }

    fn app_named(&self, slug: &str) -> Result<Id<App>, Refusal> {
        self.world().app(slug).map(|app| app.id).ok_or(Refusal::NotFound)
    }

    fn webhook(&self, delivery: Delivery) -> Webhook {
        Webhook {
            guid: delivery.guid.clone(),
            event: delivery.event.clone(),
            action: delivery.action.clone(),
            body: delivery.payload.replace(UNKNOWN, &self.origin().0),
            delivery,
        }
    }
}
