//! The `delivery` table: webhooks as they came.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Error, Result, Tx};
use crate::domain::ids::DeliveryId;

/// A webhook as it came.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// GitHub's name for it.
    pub id: DeliveryId,
    /// What kind of event GitHub says it is.
    pub event: String,
    /// The body, byte for byte.
    pub payload: Vec<u8>,
}

/// Writes a delivery down; false if we had it already.
pub async fn store(tx: &mut Tx, delivery: &Delivery, now: DateTime<Utc>) -> Result<bool> {
    let stored = tx
        .query(
            "insert into delivery (id, event, payload, received_at)
             values ($1, $2, $3, $4)
             on conflict (id) do nothing",
        )
        .bind(delivery.id.clone())
        .bind(delivery.event.clone())
        .bind(delivery.payload.clone())
        .bind(now)
        .run()
        .await?;
    Ok(stored == 1)
}

/// The delivery of that id.
pub async fn get(tx: &mut Tx, id: &DeliveryId) -> Result<Delivery> {
    tx.query("select id, event, payload from delivery where id = $1")
        .bind(id.clone())
        .first()
        .await?
        .ok_or_else(|| Error::Missing(format!("delivery {id}")))
}

/// Notes that a delivery was understood, as far as it can be.
pub async fn mark_read(tx: &mut Tx, id: &DeliveryId, now: DateTime<Utc>) -> Result<()> {
    tx.query("update delivery set read_at = $2 where id = $1")
        .bind(id.clone())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// Which of these deliveries we hold.
pub async fn known(tx: &mut Tx, id: &DeliveryId) -> Result<bool> {
    let row: Option<(String,)> =
        tx.query("select id from delivery where id = $1").bind(id.clone()).first().await?;
    Ok(row.is_some())
}

/// How many deliveries we hold, and how many of them are understood.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64)> {
    let row: Option<(i64, i64)> =
        tx.query("select count(*), count(read_at) from delivery").first().await?;
    Ok(row.unwrap_or_default())
}

/// How many deliveries are not read yet, and when the oldest of them came.
pub async fn unread(tx: &mut Tx) -> Result<(i64, Option<DateTime<Utc>>)> {
    let row: Option<(i64, Option<DateTime<Utc>>)> = tx
        .query("select count(*), min(received_at) from delivery where read_at is null")
        .first()
        .await?;
    Ok(row.unwrap_or_default())
}

/// Forgets deliveries that were read and came before then; how many.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.query("delete from delivery where read_at is not null and received_at < $1")
        .bind(before)
        .run()
        .await
}
