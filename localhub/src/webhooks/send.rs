//! One attempt to deliver a webhook.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::outbox::Delivery;
use crate::{faults::Fate, hub::Hub, keys, model::App, origin::UNKNOWN};

/// How long an App may take to answer.
/// <https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks>
const PATIENCE: Duration = Duration::from_secs(10);

impl Hub {
    /// Sends deliveries of one App, one after the other.
    pub(super) async fn send_all(&self, mut due: Vec<Delivery>) {
        let plan = self.faults().plan().webhooks;
        if plan.reorder {
            due.reverse();
        }
        for delivery in due {
            if self.tasks().is_closed() {
                // What is left stays due, and is sent when the hub is served again.
                break;
            }
            let delay = self.faults().plan().webhooks.delay_ms;
            if delay > 0 {
                tokio::time::sleep(Duration::from_millis(delay)).await;
            }
            if let Err(error) = self.send_one(delivery).await {
                tracing::error!(%error, "cannot record a delivery");
            }
        }
    }

    async fn send_one(&self, mut delivery: Delivery) -> Result<(), crate::store::Error> {
        let started = Instant::now();
        let world = self.world();
        let app = world.apps.at(delivery.app);
        let fate = self.faults().fate();
        match fate {
            Fate::IsLost => return self.store().forget(&delivery).await,
            Fate::TimesOut => fail(&mut delivery, "timed out"),
            Fate::Arrives => self.attempt(app, &mut delivery).await,
            Fate::ArrivesTwice => {
                self.attempt(app, &mut delivery).await;
                self.attempt(app, &mut delivery).await;
            }
        }
        delivery.delivered_at = self.clock().now();
        delivery.duration = started.elapsed().as_secs_f64();
        tracing::info!(
            delivery.event,
            delivery.guid,
            delivery.status_code,
            "told {} of {}",
            app.slug,
            delivery.event
        );
        self.store().attempted(&delivery).await
    }

    async fn attempt(&self, app: &App, delivery: &mut Delivery) {
        let Some(url) = &app.webhook_url else {
            return fail(delivery, "failed to connect to host");
        };
        let body = delivery.payload.replace(UNKNOWN, &self.origin().0);
        let headers = headers(app, delivery, &body);
        delivery.request_headers = as_object(&headers);
        let mut request = self.http().post(url).timeout(PATIENCE).body(body);
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_timeout() => return fail(delivery, "timed out"),
            Err(_) => return fail(delivery, "failed to connect to host"),
        };
        delivery.status_code = response.status().as_u16();
        delivery.status = if response.status().is_success() {
            "OK".to_owned()
        } else {
            let reason = response.status().canonical_reason().unwrap_or("unknown status");
            format!("Invalid HTTP Response: {} {reason}", delivery.status_code)
        };
        let answered = response.headers().iter();
        let answered = answered.map(|(name, value)| {
            (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        delivery.response_headers = as_object(&answered.collect::<Vec<_>>());
        delivery.response_body = response.text().await.unwrap_or_default();
    }
}

fn fail(delivery: &mut Delivery, status: &str) {
    status.clone_into(&mut delivery.status);
    delivery.status_code = 0;
    delivery.response_headers = Value::Null;
    delivery.response_body = String::new();
}

/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>
fn headers(app: &App, delivery: &Delivery, body: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/localhub".to_owned()),
        ("X-GitHub-Delivery", delivery.guid.clone()),
        ("X-GitHub-Event", delivery.event.clone()),
        ("X-GitHub-Hook-ID", app.id.0.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID", app.id.0.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type", "integration".to_owned()),
        ("X-Hub-Signature-256", keys::signature(&app.webhook_secret, body.as_bytes())),
    ]
}

fn as_object(headers: &[(&str, String)]) -> Value {
    let pairs = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}
