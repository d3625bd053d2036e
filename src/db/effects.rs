//! The `effect` table: what decisions asked for and nobody has done yet.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Result, Tx};
use crate::domain::effect::Effect;
use crate::domain::ids::DeliveryId;

/// An effect on lease to one carrier.
#[derive(Debug, FromRow)]
pub struct Leased {
    /// Its id.
    pub id: String,
    /// What to do.
    pub body: Json<Effect>,
    /// The webhook that led to it.
    pub delivery_id: Option<DeliveryId>,
    /// Which try this is, from 1.
    pub attempt: i64,
}

/// Asks for an effect to be carried out after this transaction commits.
pub async fn push(
    tx: &mut Tx,
    effect: &Effect,
    cause: Option<&DeliveryId>,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "insert into effect (id, lane, name, body, delivery_id, due_at, attempt, urgency, asked_at)
         select $1, $2, $3, $4, $5, $6, 0, $7, $6
         where not exists (
             select 1 from effect
             where name = $3 and attempt = 0 and leased_until is null and given_up_at is null)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(effect.lane())
    .bind(effect.name())
    .bind(Json(effect.clone()))
    .bind(cause.cloned())
    .bind(now)
    .bind(effect.urgency().rank())
    .run()
    .await?;
    Ok(())
}

/// Leases the most urgent effect that is due and first in its lane. The condition on the lease stands
/// twice on purpose: on PostgreSQL two carriers can pick the same row, and the second must find it
/// taken once it gets the row's lock.
pub async fn lease(tx: &mut Tx, now: DateTime<Utc>, lease: TimeDelta) -> Result<Option<Leased>> {
    tx.query(
        "update effect set attempt = attempt + 1, leased_until = $2
         where id = (select e.id from effect e
                     where e.given_up_at is null
                       and e.due_at <= $1
                       and (e.leased_until is null or e.leased_until <= $1)
                       and not exists (select 1 from effect f
                                       where f.lane = e.lane and f.id < e.id and f.given_up_at is null)
                     order by e.urgency, e.id limit 1)
           and (leased_until is null or leased_until <= $1)
         returning id, body, delivery_id, attempt",
    )
    .bind(now)
    .bind(now + lease)
    .first()
    .await
}

/// Forgets an effect that was carried out, unless a later try has taken it over.
pub async fn done(tx: &mut Tx, leased: &Leased) -> Result<()> {
    tx.query("delete from effect where id = $1 and attempt = $2")
        .bind(leased.id.clone())
        .bind(leased.attempt)
        .run()
        .await?;
    Ok(())
}

/// Puts an effect off, because of `trouble`, unless a later try has taken it over.
pub async fn put_off(
    tx: &mut Tx,
    leased: &Leased,
    until: DateTime<Utc>,
    trouble: &str,
) -> Result<()> {
    tx.query(
        "update effect set leased_until = null, due_at = $3, trouble = $4
         where id = $1 and attempt = $2",
    )
    .bind(leased.id.clone())
    .bind(leased.attempt)
    .bind(until)
    .bind(trouble.to_owned())
    .run()
    .await?;
    Ok(())
}

/// Gives a lease back as if the effect had not been begun, except that the next try knows of this
/// one.
pub async fn give_back(tx: &mut Tx, leased: &Leased) -> Result<()> {
    tx.query("update effect set leased_until = null where id = $1 and attempt = $2")
        .bind(leased.id.clone())
        .bind(leased.attempt)
        .run()
        .await?;
    Ok(())
}

/// Gives an effect up, so that it no longer holds up its lane; it stays for people to look at.
pub async fn give_up(
    tx: &mut Tx,
    leased: &Leased,
    now: DateTime<Utc>,
    trouble: &str,
) -> Result<()> {
    tx.query(
        "update effect set leased_until = null, given_up_at = $3, trouble = $4
         where id = $1 and attempt = $2",
    )
    .bind(leased.id.clone())
    .bind(leased.attempt)
    .bind(now)
    .bind(trouble.to_owned())
    .run()
    .await?;
    Ok(())
}

/// Gives back every lease: at start, when one server has the database to itself, whoever held them
/// is gone.
pub async fn free_all(tx: &mut Tx) -> Result<u64> {
    tx.query("update effect set leased_until = null where leased_until is not null").run().await
}

/// An effect that was not done at once, for people to look at.
#[derive(Debug, FromRow)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// What to do.
    pub body: Json<Effect>,
    /// How often it was tried.
    pub attempt: i64,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// What went wrong the last time.
    pub trouble: Option<String>,
    /// When it was refused for good.
    pub given_up_at: Option<DateTime<Utc>>,
}

/// What was given up, and what is not done yet, oldest first; at most so many.
pub async fn kept(tx: &mut Tx, most: i64) -> Result<Vec<Kept>> {
    tx.query(
        "select id, body, attempt, asked_at, due_at, trouble, given_up_at
         from effect order by case when given_up_at is null then 1 else 0 end, id limit $1",
    )
    .bind(most)
    .all()
    .await
}

/// What met with trouble: what was given up, and what is put off; oldest first, at most so many.
pub async fn in_trouble(tx: &mut Tx, most: i64) -> Result<Vec<Kept>> {
    tx.query(
        "select id, body, attempt, asked_at, due_at, trouble, given_up_at
         from effect where trouble is not null order by id limit $1",
    )
    .bind(most)
    .all()
    .await
}

/// Has an effect tried again that was given up or put off; false if there is none of that id.
pub async fn retry(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let found = tx
        .query("update effect set given_up_at = null, due_at = $2 where id = $1")
        .bind(id.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(found == 1)
}

/// How many effects are not done.
#[derive(Debug, Default, PartialEq, FromRow)]
pub struct Waiting {
    /// Not tried yet.
    pub new: i64,
    /// Tried, and to be tried again.
    pub put_off: i64,
    /// Refused for good.
    pub given_up: i64,
    /// When the first was asked for that was not given up.
    pub oldest: Option<DateTime<Utc>>,
}

/// How many effects are not done, and since when.
pub async fn waiting(tx: &mut Tx) -> Result<Waiting> {
    let row = tx
        .query(
            "select count(case when given_up_at is null and attempt = 0 then 1 end) as new,
                 count(case when given_up_at is null and attempt > 0 then 1 end) as put_off,
                 count(given_up_at) as given_up,
                 min(case when given_up_at is null then asked_at end) as oldest
             from effect",
        )
        .first()
        .await?;
    Ok(row.unwrap_or_default())
}

/// How many effects are waiting, and how many were given up.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64)> {
    let row: Option<(i64, i64)> = tx
        .query("select count(*) - count(given_up_at), count(given_up_at) from effect")
        .first()
        .await?;
    Ok(row.unwrap_or_default())
}
