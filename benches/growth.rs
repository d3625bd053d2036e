//! What every tick costs when many sprints lie behind us: each query that runs again and again, on
//! SQLite, in microseconds. It should be as flat as it can be.

mod disk;
mod measure;

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use measure::{Side, milliseconds, table};
use team6::db::{Db, deliveries, effects, sprints, tasks};
use team6::domain::ids::WorkerId;
use team6::queue::{Claimant, Queue};

const RUNS: usize = 5;
/// How often a query is asked in a run.
const TIMES: u32 = 50;
const COLUMNS: [&str; 8] =
    ["has work", "reap", "depths", "lease", "waiting", "unread", "unfinished", "lately done"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if !measure::is_asked_for() {
        return Ok(());
    }
    let mut sides = Vec::new();
    for (name, past) in [
        ("no past sprint", 0),
        ("1,000 past sprints of 10 tasks", 1_000),
        ("10,000 past sprints of 10 tasks", 10_000),
    ] {
        let folder = disk::scratch()?;
        let db = Db::open(&format!("sqlite:{}", folder.path().join("team6.db").display())).await?;
        fill(&db, past).await?;
        let mut side = Side::new(name);
        for _ in 0..RUNS {
            side.runs.push(ticks(&db).await?);
        }
        db.close().await;
        sides.push(side);
    }
    table("Growth: what a tick asks of the database, µs each", &COLUMNS, &sides);
    Ok(())
}

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// Sprints that are over, with all they leave behind.
async fn fill(db: &Db, past: i64) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    for sprint in 1..=past {
        tx.query(
            "insert into sprint (id, project, repo_id, repo, issue, milestone, goal, state, revision)
             values ($1, 'acme', 7, 'acme/web', $2, $2, '{}', 'recognized', 1)",
        )
        .bind(format!("spr_{sprint}"))
        .bind(sprint)
        .run()
        .await?;
        tx.query(
            "insert into orchestration_runs (id, sprint_id, number, status, started_by, started_at)
             values ($1, $2, 1, 'completed', 'ada', $3)",
        )
        .bind(format!("run_{sprint}"))
        .bind(format!("spr_{sprint}"))
        .bind(noon())
        .run()
        .await?;
        for task in 1..=10_i64 {
            let id = format!("exe_{sprint}_{task}");
            tx.query(
                "insert into orchestration_tasks
                     (run_id, number, repo, issue, title, owner, agent, branch, planned, waits_for,
                      state, status, attempt, updated_at)
                 values ($1, $2, 'acme/web', $2, 't', 'ada', 'a', 'b', '{}', '[]', '{}', 'done', 1,
                     $3)",
            )
            .bind(format!("run_{sprint}"))
            .bind(task)
            .bind(noon())
            .run()
            .await?;
            tx.query(
                "insert into job (id, queue, priority, run_at, state, held, run_id, epoch,
                     recoveries, restarts)
                 values ($1, 'agents-acme', 1, $2, 'done', false, 'r', 1, 0, 0)",
            )
            .bind(id.clone())
            .bind(noon())
            .run()
            .await?;
            tx.query(
                "insert into delivery (id, event, payload, received_at, read_at)
                 values ($1, 'issues', $2, $3, $3)",
            )
            .bind(id)
            .bind(vec![b' '; 1_000])
            .bind(noon())
            .run()
            .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// One run: what each query takes.
async fn ticks(db: &Db) -> anyhow::Result<Vec<f64>> {
    let (now, queue) = (noon() + TimeDelta::hours(1), Queue::Database);
    let incarnation = "1".to_owned();
    let who = Claimant { worker: WorkerId("w".to_owned()), incarnation, projects: None };
    let mut tx = db.begin().await?;
    let mut took = Vec::new();
    macro_rules! time {
        ($query:expr) => {
            let begun = Instant::now();
            for _ in 0..TIMES {
                let _ = $query.await?;
            }
            took.push(milliseconds(begun.elapsed()) * 1_000.0 / f64::from(TIMES));
        };
    }
    time!(queue.has_work(&mut tx, &who, now));
    time!(queue.reap(&mut tx, now));
    time!(queue.depths(&mut tx));
    time!(effects::lease(&mut tx, now, TimeDelta::minutes(1)));
    time!(effects::waiting(&mut tx));
    time!(deliveries::unread(&mut tx));
    time!(sprints::unfinished(&mut tx));
    time!(tasks::lately_done(&mut tx));
    Ok(took)
}
