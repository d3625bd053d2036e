//! Webhooks are stored, not handled.

use super::{App, Result};
use crate::db::{deliveries, effects};
use crate::domain::effect::Effect;
use crate::domain::ids::DeliveryId;
use crate::github;

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is stored.
    New,
    /// It was stored before.
    Again,
}

impl App {
    /// Stores webhooks, all in one transaction, and asks for each new one to be read.
    pub async fn receive(&self, arrived: &[deliveries::Delivery]) -> Result<Vec<Received>> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        let mut received = Vec::with_capacity(arrived.len());
        for delivery in arrived {
            if deliveries::store(&mut tx, delivery, now).await? {
                let read = reading(delivery);
                effects::push(&mut tx, &read, Some(&delivery.id), now).await?;
                received.push(Received::New);
            } else {
                received.push(Received::Again);
            }
        }
        tx.commit().await?;
        self.wake();
        Ok(received)
    }

    /// Asks for a stored webhook to be read again. What it says is compared with what we know, so
    /// this is harmless.
    pub async fn replay(&self, delivery: &DeliveryId) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let stored = deliveries::get(&mut tx, delivery).await?;
        effects::push(&mut tx, &reading(&stored), Some(delivery), self.clock().now()).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}

fn reading(delivery: &deliveries::Delivery) -> Effect {
    let about = github::delivery::about(&delivery.payload);
    Effect::Read { delivery: delivery.id.clone(), about }
}
