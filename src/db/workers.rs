//! The `worker` table: who asked for work, and when last.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Result, Tx};
use crate::domain::ids::{AgentName, WorkerId};
use crate::domain::work::{Claim, NoRoom};

/// A worker.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// The agents it can start.
    pub agents: Json<Vec<AgentName>>,
    /// Why it takes no work, if it does not.
    pub no_room: Option<Json<NoRoom>>,
    /// When it was last heard of.
    pub seen_at: DateTime<Utc>,
}

/// Whether it was noted within `lately` that this worker takes work, so that asking for work costs
/// no write each time.
pub async fn is_noted(
    tx: &mut Tx,
    id: &WorkerId,
    now: DateTime<Utc>,
    lately: TimeDelta,
) -> Result<bool> {
    let row: Option<(WorkerId,)> = tx
        .query(
            "select id from worker
             where id = $1 and seen_at > $2 and seen_at <= $3 and no_room is null",
        )
        .bind(id.clone())
        .bind(now - lately)
        .bind(now)
        .first()
        .await?;
    Ok(row.is_some())
}

/// Notes that a worker was heard of.
pub async fn seen(tx: &mut Tx, claim: &Claim, now: DateTime<Utc>) -> Result<()> {
    tx.query(
        "insert into worker (id, agents, no_room, seen_at) values ($1, $2, $3, $4)
         on conflict (id) do update set agents = $2, no_room = $3, seen_at = $4",
    )
    .bind(claim.worker.clone())
    .bind(Json(claim.agents.clone()))
    .bind(claim.no_room.map(Json))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The workers that were heard of since then.
pub async fn since(tx: &mut Tx, then: DateTime<Utc>) -> Result<Vec<Worker>> {
    tx.query("select id, agents, no_room, seen_at from worker where seen_at >= $1 order by id")
        .bind(then)
        .all()
        .await
}
