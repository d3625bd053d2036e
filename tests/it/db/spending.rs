//! What executions spend.

use team6::db::spending;
use team6::domain::budget::Spending;
use team6::domain::ids::{Epoch, ExecutionId, RunId, TaskNumber};
use team6::domain::money::Money;
use team6::domain::work::Lease;

use crate::engines::in_one_transaction;

fn lease(execution: &str, epoch: i64) -> Lease {
    Lease { execution: ExecutionId(execution.into()), epoch: Epoch(epoch) }
}

fn spent(dollars: i64, tokens: u64, seconds: u64) -> Spending {
    Spending { cost: Money(dollars * 1_000_000), tokens, seconds }
}

#[tokio::test]
async fn what_was_spent_is_summed_up_for_tasks_and_runs_over_every_try_and_lost_worker() {
    in_one_transaction(async |tx| {
        let run = RunId("run_1".into());
        let (t1, t2) = ((&run, TaskNumber(1)), (&run, TaskNumber(2)));
        assert_eq!(spending::of(tx, &lease("a", 1)).await.unwrap(), Spending::default());
        spending::note(tx, &lease("a", 1), t1, spent(1, 10, 5)).await.unwrap();
        spending::note(tx, &lease("a", 1), t1, spent(2, 30, 9)).await.unwrap();
        spending::note(tx, &lease("a", 2), t1, spent(1, 7, 1)).await.unwrap();
        spending::note(tx, &lease("b", 1), t2, spent(4, 0, 3)).await.unwrap();
        let other = RunId("run_2".into());
        spending::note(tx, &lease("c", 1), (&other, TaskNumber(1)), spent(9, 9, 9)).await.unwrap();

        assert_eq!(spending::of(tx, &lease("a", 1)).await.unwrap(), spent(2, 30, 9));
        assert_eq!(spending::of_task(tx, &run, TaskNumber(1)).await.unwrap(), spent(3, 37, 10));
        assert_eq!(spending::of_task(tx, &run, TaskNumber(3)).await.unwrap(), spent(0, 0, 0));
        assert_eq!(spending::of_run(tx, &run).await.unwrap(), spent(7, 37, 13));
    })
    .await;
}

#[tokio::test]
async fn what_was_spent_never_becomes_less() {
    in_one_transaction(async |tx| {
        let (run, lease) = (RunId("run_1".into()), lease("a", 1));
        let task = (&run, TaskNumber(1));
        spending::note(tx, &lease, task, spent(2, 30, 9)).await.unwrap();
        spending::note(tx, &lease, task, spent(1, 40, 2)).await.unwrap();
        assert_eq!(spending::of(tx, &lease).await.unwrap(), spent(2, 40, 9));
    })
    .await;
}
