//! Where jobs stand in the queues of the database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Place;
use crate::db::{Result, Tx};
use crate::domain::ids::{AgentName, ExecutionId, WorkerId};

#[derive(FromRow)]
struct Row {
    id: ExecutionId,
    queue: String,
    agent: AgentName,
    concurrency_key: Option<String>,
    state: String,
    held: bool,
    priority: i64,
    run_at: DateTime<Utc>,
    leased_until: Option<DateTime<Utc>>,
}

impl Row {
    fn is_leased(&self) -> bool {
        self.state == "leased"
    }

    /// Who is first has the least.
    fn turn(&self) -> (i64, DateTime<Utc>, &ExecutionId) {
        (self.priority, self.run_at, &self.id)
    }
}

/// Where each of these jobs stands that waits or is at work. All that are open are read at once: asking for one after
/// the other would read them as often as there are jobs.
pub(super) async fn places(
    tx: &mut Tx,
    of: &BTreeSet<ExecutionId>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<ExecutionId, Place>> {
    if of.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Row> = tx
        .query(
            "select id, queue, agent, concurrency_key, state, held, priority, run_at, leased_until
             from job where state in ('ready', 'leased')",
        )
        .all()
        .await?;
    let (mut ready, mut in_queue) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
    let (mut of_agent, mut of_key, mut in_all) = (BTreeMap::new(), BTreeMap::new(), 0_i64);
    for row in &rows {
        if row.is_leased() {
            in_all += 1;
            *in_queue.entry(&row.queue).or_insert(0_i64) += 1;
            *of_agent.entry(&row.agent).or_insert(0_i64) += 1;
            of_key.insert(row.concurrency_key.as_ref(), &row.id);
        } else if !row.held && row.run_at <= now {
            ready.entry(&row.queue).or_default().push(row.turn());
        }
    }
    for turns in ready.values_mut() {
        turns.sort_unstable();
    }
    let place = |row: &Row| {
        let first = row.concurrency_key.as_ref().and_then(|key| of_key.get(&Some(key)));
        Place {
            run_at: row.run_at,
            leased_until: row.leased_until.filter(|_| row.is_leased()),
            ahead: ready.get(&row.queue).map_or(0, |turns| before(turns, row)),
            at_work: in_queue.get(&row.queue).copied().unwrap_or(0),
            at_work_in_all: in_all,
            at_work_of_agent: of_agent.get(&row.agent).copied().unwrap_or(0),
            follows: first.is_some_and(|first| **first != row.id),
        }
    };
    let wanted = rows.iter().filter(|row| of.contains(&row.id));
    Ok(wanted.map(|row| (row.id.clone(), place(row))).collect())
}

fn before(turns: &[(i64, DateTime<Utc>, &ExecutionId)], row: &Row) -> i64 {
    let ahead = turns.partition_point(|turn| *turn < row.turn());
    i64::try_from(ahead).unwrap_or(i64::MAX)
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
