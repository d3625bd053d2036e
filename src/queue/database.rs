//! Queues in the database: leases are rows, and commit with the state they belong to.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;

use super::{
    Claimant, Depth, Job, Limits, MOST_RECOVERIES, MOST_RESTARTS, Recovered, UNCLAIMED, name, next,
};
use crate::db::{Result, Tx};
use crate::domain::ids::{Epoch, ExecutionId, ProjectName, RunId};
use crate::domain::work::{Lease, Renewed};

pub(super) async fn enqueue(tx: &mut Tx, job: &Job, now: DateTime<Utc>) -> Result<()> {
    tx.query("insert into queue (name, claims, made_at) values ($1, 0, $2) on conflict do nothing")
        .bind(name(&job.project))
        .bind(now)
        .run()
        .await?;
    let job = job.clone();
    tx.query(
        "insert into job (id, queue, run_id, priority, run_at, state, held, unwanted, urgent, epoch,
             recoveries, restarts, agent, concurrency_key)
         values ($1, $2, $3, $4, $5, 'ready', false, false, 0, $6, 0, 0, $7, $8)
         on conflict (id) do nothing",
    )
    .bind(job.execution)
    .bind(name(&job.project))
    .bind(job.run)
    .bind(job.priority)
    .bind(job.run_at)
    .bind(UNCLAIMED)
    .bind(job.agent)
    .bind(job.key)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn has_work(tx: &mut Tx, who: &Claimant, now: DateTime<Utc>) -> Result<bool> {
    let row: Option<(ExecutionId,)> = tx
        .query(
            "select id from job
             where (state = 'ready' and not held and run_at <= $1)
                or (state = 'leased' and worker = $2 and incarnation <> $3)
             limit 1",
        )
        .bind(now)
        .bind(who.worker.clone())
        .bind(who.incarnation.clone())
        .first()
        .await?;
    Ok(row.is_some())
}

pub(super) async fn claim(
    tx: &mut Tx,
    who: &Claimant,
    limits: &Limits,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<Lease>> {
    one_at_a_time(tx, now).await?;
    let open = open(tx, now).await?;
    let leased: i64 = open.iter().map(|queue| queue.leased).sum();
    if i64::from(limits.total) <= leased {
        return Ok(None);
    }
    let full = next::full(tx, limits).await?;
    let names: Option<Vec<String>> =
        who.projects.as_ref().map(|projects| projects.iter().map(name).collect());
    for queue in open.into_iter().filter(|queue| 0 < queue.due) {
        let may_serve = names.as_ref().is_none_or(|names| names.contains(&queue.name));
        if !may_serve || i64::from(limit(limits, &queue.name)) <= queue.leased {
            continue;
        }
        let Some(job) = next::next(tx, &queue.name, &full, now).await? else { continue };
        let taken: Option<(ExecutionId, Epoch)> = tx
            .query(
                "update job
                 set state = 'leased', epoch = epoch + 1, worker = $2, incarnation = $3,
                     leased_until = $4
                 where id = $1 and state = 'ready'
                 returning id, epoch",
            )
            .bind(job)
            .bind(who.worker.clone())
            .bind(who.incarnation.clone())
            .bind(now + lease)
            .first()
            .await?;
        if let Some((execution, epoch)) = taken {
            return Ok(Some(Lease { execution, epoch }));
        }
    }
    Ok(None)
}

/// Makes claims wait for each other until they commit, so that two cannot both find the last place
/// under a limit free.
pub(super) async fn one_at_a_time(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    tx.query(
        "insert into queue (name, claims, made_at) values ('*', 1, $1)
         on conflict (name) do update set claims = queue.claims + 1",
    )
    .bind(now)
    .run()
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Open {
    name: String,
    due: i64,
    leased: i64,
}

/// The queues in the order of their turns: first whose project has the fewest jobs on lease, then
/// whose next job has waited longest.
async fn open(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Open>> {
    tx.query(
        "select queue as name,
             count(case when state = 'ready' and not held and run_at <= $1 then 1 end) as due,
             count(case when state = 'leased' then 1 end) as leased
         from job where state in ('ready', 'leased')
         group by queue
         order by leased,
             min(case when state = 'ready' and not held and run_at <= $1 then run_at end), queue",
    )
    .bind(now)
    .all()
    .await
}

fn limit(limits: &Limits, queue: &str) -> u32 {
    let project: Option<&ProjectName> =
        limits.of_project.keys().find(|project| name(project) == queue);
    project.map_or(limits.per_project, |project| limits.of(project))
}

pub(super) async fn renew(
    tx: &mut Tx,
    lease: &Lease,
    until: DateTime<Utc>,
) -> Result<(Renewed, i64)> {
    let renewed: Option<(bool, i64)> = tx
        .query(
            "update job set leased_until = $3
             where id = $1 and epoch = $2 and state = 'leased'
             returning unwanted, urgent",
        )
        .bind(lease.execution.clone())
        .bind(lease.epoch)
        .bind(until)
        .first()
        .await?;
    Ok(match renewed {
        Some((true, urgent)) => (Renewed::Cancel, urgent),
        Some((false, urgent)) => (Renewed::GoOn, urgent),
        None => (Renewed::Lost, 0),
    })
}

pub(super) async fn has_news(tx: &mut Tx, leases: &[Lease]) -> Result<bool> {
    for lease in leases {
        let row: Option<(bool,)> = tx
            .query(
                "select unwanted or urgent <> 0 from job
                 where id = $1 and epoch = $2 and state = 'leased'",
            )
            .bind(lease.execution.clone())
            .bind(lease.epoch)
            .first()
            .await?;
        if row.is_none_or(|(news,)| news) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn stop(tx: &mut Tx, execution: &ExecutionId) -> Result<bool> {
    tx.query("update job set unwanted = true where id = $1").bind(execution.clone()).run().await?;
    let waited = tx
        .query("update job set state = 'done' where id = $1 and state = 'ready'")
        .bind(execution.clone())
        .run()
        .await?;
    if waited == 1 {
        return Ok(true);
    }
    let at_work: Option<(ExecutionId,)> = tx
        .query("select id from job where id = $1 and state = 'leased'")
        .bind(execution.clone())
        .first()
        .await?;
    Ok(at_work.is_none())
}

pub(super) async fn holds(tx: &mut Tx, lease: &Lease) -> Result<bool> {
    let row: Option<(i64,)> = tx
        .query("select epoch from job where id = $1 and epoch = $2 and state = 'leased'")
        .bind(lease.execution.clone())
        .bind(lease.epoch)
        .first()
        .await?;
    Ok(row.is_some())
}

pub(super) async fn finish(tx: &mut Tx, lease: &Lease) -> Result<bool> {
    let ended = tx
        .query(
            "update job set state = 'done', leased_until = null
             where id = $1 and epoch = $2 and state = 'leased'",
        )
        .bind(lease.execution.clone())
        .bind(lease.epoch)
        .run()
        .await?;
    Ok(ended == 1)
}

pub(super) async fn give_back(tx: &mut Tx, lease: &Lease, run_at: DateTime<Utc>) -> Result<()> {
    tx.query(
        "update job set state = 'ready', run_at = $3, worker = null, leased_until = null
         where id = $1 and epoch = $2 and state = 'leased'",
    )
    .bind(lease.execution.clone())
    .bind(lease.epoch)
    .bind(run_at)
    .run()
    .await?;
    Ok(())
}

pub(super) async fn take_back(tx: &mut Tx, who: &Claimant) -> Result<Vec<Recovered>> {
    let rows = tx
        .query(
            "update job
             set state = case when unwanted then 'done'
                     when restarts < $3 then 'ready' else 'dead' end,
                 restarts = restarts + 1, worker = null, leased_until = null
             where state = 'leased' and worker = $1 and incarnation <> $2
             returning id, state",
        )
        .bind(who.worker.clone())
        .bind(who.incarnation.clone())
        .bind(MOST_RESTARTS)
        .all()
        .await?;
    Ok(rows.into_iter().map(recovered).collect())
}

pub(super) async fn reap(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Recovered>> {
    let rows = tx
        .query(
            "update job
             set state = case when unwanted then 'done'
                     when recoveries < $2 then 'ready' else 'dead' end,
                 recoveries = recoveries + 1, worker = null, leased_until = null
             where state = 'leased' and leased_until < $1
             returning id, state",
        )
        .bind(now)
        .bind(MOST_RECOVERIES)
        .all()
        .await?;
    Ok(rows.into_iter().map(recovered).collect())
}

fn recovered((execution, state): (ExecutionId, String)) -> Recovered {
    match state.as_str() {
        "dead" => Recovered::Dead(execution),
        "done" => Recovered::Stopped(execution),
        _ => Recovered::Requeued(execution),
    }
}

pub(super) async fn grace(tx: &mut Tx, until: DateTime<Utc>) -> Result<()> {
    tx.query("update job set leased_until = $1 where state = 'leased' and leased_until < $1")
        .bind(until)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn hold(tx: &mut Tx, run: &RunId, held: bool) -> Result<()> {
    tx.query("update job set held = $2 where run_id = $1 and state in ('ready', 'leased')")
        .bind(run.clone())
        .bind(held)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn late(tx: &mut Tx, before: DateTime<Utc>) -> Result<i64> {
    let row: Option<(i64,)> = tx
        .query("select count(*) from job where state = 'leased' and leased_until < $1")
        .bind(before)
        .first()
        .await?;
    Ok(row.unwrap_or_default().0)
}

pub(super) async fn hold_one(tx: &mut Tx, execution: &ExecutionId, held: bool) -> Result<()> {
    tx.query("update job set held = $2 where id = $1")
        .bind(execution.clone())
        .bind(held)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn interrupt(tx: &mut Tx, execution: &ExecutionId, urgent: i64) -> Result<()> {
    tx.query("update job set urgent = $2 where id = $1")
        .bind(execution.clone())
        .bind(urgent)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn depths(tx: &mut Tx) -> Result<Vec<Depth>> {
    tx.query(
        "select queue,
             count(case when state = 'ready' then 1 end) as ready,
             count(case when state = 'leased' then 1 end) as leased,
             min(case when state = 'ready' and not held then run_at end) as oldest
         from job where state in ('ready', 'leased')
         group by queue order by queue",
    )
    .all()
    .await
}
