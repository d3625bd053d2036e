//! The `spending` table: what executions of tasks spent.

use super::{Result, Tx};
use crate::domain::budget::Spending;
use crate::domain::ids::{RunId, TaskNumber};
use crate::domain::money::Money;
use crate::domain::work::Lease;

/// What an execution spent so far under this lease.
pub async fn of(tx: &mut Tx, lease: &Lease) -> Result<Spending> {
    let row: Option<(Money, i64, i64)> = tx
        .query("select cost, tokens, seconds from spending where execution_id = $1 and epoch = $2")
        .bind(lease.execution.clone())
        .bind(lease.epoch)
        .first()
        .await?;
    Ok(row.map(whole).unwrap_or_default())
}

/// Notes what an execution at a task spent so far under this lease; it never becomes less.
pub async fn note(
    tx: &mut Tx,
    lease: &Lease,
    (run, task): (&RunId, TaskNumber),
    spent: Spending,
) -> Result<()> {
    tx.query(
        "insert into spending (execution_id, epoch, run_id, task, cost, tokens, seconds)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (execution_id, epoch) do update set
             cost = case when spending.cost < $5 then $5 else spending.cost end,
             tokens = case when spending.tokens < $6 then $6 else spending.tokens end,
             seconds = case when spending.seconds < $7 then $7 else spending.seconds end",
    )
    .bind(lease.execution.clone())
    .bind(lease.epoch)
    .bind(run.clone())
    .bind(task)
    .bind(spent.cost)
    .bind(counted(spent.tokens))
    .bind(counted(spent.seconds))
    .run()
    .await?;
    Ok(())
}

/// What was spent on a task in all its executions.
pub async fn of_task(tx: &mut Tx, run: &RunId, task: TaskNumber) -> Result<Spending> {
    let rows: Vec<(Money, i64, i64)> = tx
        .query("select cost, tokens, seconds from spending where run_id = $1 and task = $2")
        .bind(run.clone())
        .bind(task)
        .all()
        .await?;
    Ok(sum(rows))
}

/// What was spent on a run.
pub async fn of_run(tx: &mut Tx, run: &RunId) -> Result<Spending> {
    let rows: Vec<(Money, i64, i64)> = tx
        .query("select cost, tokens, seconds from spending where run_id = $1")
        .bind(run.clone())
        .all()
        .await?;
    Ok(sum(rows))
}

fn sum(rows: Vec<(Money, i64, i64)>) -> Spending {
    rows.into_iter().map(whole).fold(Spending::default(), std::ops::Add::add)
}

fn whole((cost, tokens, seconds): (Money, i64, i64)) -> Spending {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Spending { cost, tokens: count(tokens), seconds: count(seconds) }
}

fn counted(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
