//! Which job of a queue is next, where agents are limited.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::Limits;
use crate::db::{Result, Tx};
use crate::domain::ids::{AgentName, ExecutionId};

/// The agents of which as many are at work as may be.
pub(super) async fn full(tx: &mut Tx, limits: &Limits) -> Result<BTreeSet<AgentName>> {
    if limits.of_agent.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<(AgentName, i64)> = tx
        .query("select agent, count(*) from job where state = 'leased' group by agent")
        .all()
        .await?;
    let at_work: BTreeMap<_, _> = rows.into_iter().collect();
    let is_full = |(agent, most): &(&AgentName, &u32)| {
        i64::from(**most) <= at_work.get(*agent).copied().unwrap_or(0)
    };
    Ok(limits.of_agent.iter().filter(is_full).map(|(agent, _)| agent.clone()).collect())
}

/// The next job of a queue whose agent is not among these.
pub(super) async fn next(
    tx: &mut Tx,
    queue: &str,
    full: &BTreeSet<AgentName>,
    now: DateTime<Utc>,
) -> Result<Option<ExecutionId>> {
    // A full agent's jobs may be many, so they are passed over agent by agent.
    let agents: Vec<(AgentName,)> = tx
        .query(
            "select distinct agent from job
             where queue = $1 and state = 'ready' and not held and run_at <= $2",
        )
        .bind(queue.to_owned())
        .bind(now)
        .all()
        .await?;
    let mut first: Option<(i64, DateTime<Utc>, ExecutionId)> = None;
    for (agent,) in agents.into_iter().filter(|(agent,)| !full.contains(agent)) {
        let found: Option<(i64, DateTime<Utc>, ExecutionId)> = tx
            .query(
                "select priority, run_at, id from job
                 where queue = $1 and state = 'ready' and not held and run_at <= $2
                   and agent = $3
                   and not exists (select 1 from job other where other.state = 'leased'
                                   and other.concurrency_key = job.concurrency_key)
                 order by priority, run_at, id limit 1",
            )
            .bind(queue.to_owned())
            .bind(now)
            .bind(agent)
            .first()
            .await?;
        first = first.into_iter().chain(found).min();
    }
    Ok(first.map(|(_, _, id)| id))
}
