//! The `worker` table: who asked for work, and when last.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Result, Tx};
use crate::domain::ids::{AgentName, WorkerId};

/// A worker.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// The agents it can start.
    pub agents: Json<Vec<AgentName>>,
    /// When it was last heard of.
    pub seen_at: DateTime<Utc>,
}

/// Whether it was noted within `lately` that this worker was heard of, so that asking for work costs
/// no write each time.
pub async fn is_noted(
    tx: &mut Tx,
    id: &WorkerId,
    now: DateTime<Utc>,
    lately: TimeDelta,
) -> Result<bool> {
    let row: Option<(WorkerId,)> = tx
        .query("select id from worker where id = $1 and seen_at > $2 and seen_at <= $3")
        .bind(id.clone())
        .bind(now - lately)
        .bind(now)
        .first()
        .await?;
    Ok(row.is_some())
}

/// Notes that a worker was heard of.
pub async fn seen(
    tx: &mut Tx,
    id: &WorkerId,
    agents: &[AgentName],
    now: DateTime<Utc>,
) -> Result<()> {
    tx.query(
        "insert into worker (id, agents, seen_at) values ($1, $2, $3)
         on conflict (id) do update set agents = $2, seen_at = $3",
    )
    .bind(id.clone())
    .bind(Json(agents.to_vec()))
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The workers that were heard of since then.
pub async fn since(tx: &mut Tx, then: DateTime<Utc>) -> Result<Vec<Worker>> {
    tx.query("select id, agents, seen_at from worker where seen_at >= $1 order by id")
        .bind(then)
        .all()
        .await
}
