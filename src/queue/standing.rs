//! Where jobs stand in the queues of the database.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Place;
use crate::db::{Result, Tx};
use crate::domain::ids::{AgentName, ExecutionId, WorkerId};

#[derive(FromRow)]
struct Row {
    queue: String,
    agent: AgentName,
    concurrency_key: Option<String>,
    state: String,
    priority: i64,
    run_at: DateTime<Utc>,
    leased_until: Option<DateTime<Utc>>,
}

pub(super) async fn place(
    tx: &mut Tx,
    execution: &ExecutionId,
    now: DateTime<Utc>,
) -> Result<Option<Place>> {
    let row: Option<Row> = tx
        .query(
            "select queue, agent, concurrency_key, state, priority, run_at, leased_until from job
             where id = $1 and state in ('ready', 'leased')",
        )
        .bind(execution.clone())
        .first()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let counts: Option<(i64, i64, i64, i64, i64)> = tx
        .query(
            "select count(case when queue = $1 and state = 'ready' and not held and run_at <= $5
                     and (priority < $2 or (priority = $2 and (run_at < $3
                          or (run_at = $3 and id < $4)))) then 1 end),
                 count(case when queue = $1 and state = 'leased' then 1 end),
                 count(case when state = 'leased' then 1 end),
                 count(case when agent = $6 and state = 'leased' then 1 end),
                 count(case when concurrency_key = $7 and id <> $4 and state = 'leased' then 1 end)
             from job where state in ('ready', 'leased')",
        )
        .bind(row.queue)
        .bind(row.priority)
        .bind(row.run_at)
        .bind(execution.clone())
        .bind(now)
        .bind(row.agent)
        .bind(row.concurrency_key)
        .first()
        .await?;
    let (ahead, at_work, at_work_in_all, at_work_of_agent, at_work_of_key) =
        counts.unwrap_or_default();
    let leased_until = row.leased_until.filter(|_| row.state == "leased");
    let run_at = row.run_at;
    Ok(Some(Place {
        run_at,
        leased_until,
        ahead,
        at_work,
        at_work_in_all,
        at_work_of_agent,
        follows: 0 < at_work_of_key,
    }))
}

pub(super) async fn workers(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<WorkerId>> {
    let rows: Vec<(WorkerId,)> = tx
        .query(
            "select distinct worker from job
             where state = 'leased' and worker is not null and leased_until >= $1",
        )
        .bind(now)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
