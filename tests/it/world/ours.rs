//! What Team6 itself remembers, where no person can see it.

use team6::db::{self, Db};

/// Whether Team6 has nothing to do; work that is put off on purpose is work.
pub(super) async fn is_idle(db: &Db) -> bool {
    let busy: Option<(i64,)> = db
        .read()
        .await
        .unwrap()
        .query(
            // What cannot be done where Team6 is out of reach waits, and so does what comes after it.
            "select (select count(*) from effect e where given_up_at is null and not exists
                       (select 1 from effect first where first.lane = e.lane and first.id <= e.id
                          and first.given_up_at is null
                          and first.trouble like '%cannot be worked in%'))
                  + (select count(*) from job
                     where state = 'leased' or (state = 'ready' and not held))",
        )
        .first()
        .await
        .unwrap();
    busy == Some((0,))
}

/// Lets the time pass that Team6 waits before it tries something again.
pub(super) async fn time_flies(db: &Db) {
    let waits: Option<(i64,)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select (select count(*) from effect
                     where given_up_at is null and leased_until is null and attempt > 0
                       and trouble is not null and due_at > '2001')
                  + (select count(*) from job where state = 'ready' and run_at > '2001')",
        )
        .first()
        .await
        .unwrap();
    if waits == Some((0,)) {
        return;
    }
    let mut tx = db.begin().await.unwrap();
    let past = chrono::DateTime::from_timestamp(0, 0).unwrap();
    tx.query(
        "update effect set due_at = $1
         where given_up_at is null and leased_until is null and trouble is not null",
    )
    .bind(past)
    .run()
    .await
    .unwrap();
    tx.query("update job set run_at = $1 where state = 'ready'").bind(past).run().await.unwrap();
    tx.commit().await.unwrap();
}

/// Every webhook that is stored, in the order in which they came.
pub(super) async fn deliveries(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(String,)> =
        tx.query("select id from delivery order by received_at, id").all().await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

/// How many agents are at work.
pub(super) async fn at_work(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let row: Option<(i64,)> =
        tx.query("select count(*) from job where state = 'leased'").first().await.unwrap();
    row.unwrap_or_default().0
}

/// How many executions a worker has taken so far.
pub(super) async fn tries_begun(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let row: Option<(i64,)> = tx
        .query("select count(*) from agent_executions where started_at is not null")
        .first()
        .await
        .unwrap();
    row.unwrap_or_default().0
}

/// Whether a task's agent has heard a comment, or will with its next turn.
pub(super) async fn is_told(db: &Db, comment: i64) -> bool {
    let mut tx = db.read().await.unwrap();
    let row: Option<(i64,)> = tx
        .query("select count(*) from orchestration_tasks where cast(dialogue as text) like $1")
        .bind(format!("%\"comment\":{comment}}}%"))
        .first()
        .await
        .unwrap();
    row.unwrap_or_default().0 == 1
}

/// Whether Team6 has looked around once, as it does when it starts.
pub(super) async fn has_looked_around(db: &Db) -> bool {
    let mut tx = db.read().await.unwrap();
    db::repositories::all(&mut tx).await.unwrap().len() == super::github::REPOSITORIES.len()
}

/// How often each task was tried, or reviewed by an agent, in order: `T1 once, T2 twice`.
pub(super) async fn tries(db: &Db, issue: i64, kind: &'static str) -> String {
    let rows: Vec<(i64, i64)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select e.task, count(*) from agent_executions e
             join orchestration_runs r on r.id = e.run_id
             join sprint s on s.id = r.sprint_id
             where s.issue = $1 and e.kind = $2 group by e.task order by e.task",
        )
        .bind(issue)
        .bind(kind)
        .all()
        .await
        .unwrap();
    let often = |count| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    };
    let tries = rows.into_iter().map(|(task, count)| format!("T{task} {}", often(count)));
    tries.collect::<Vec<_>>().join(", ")
}

/// How often each planning was tried, in order: `1 once, 2 5 times`.
pub(super) async fn plannings(db: &Db) -> String {
    let rows: Vec<(i64, i64)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select planning, count(*) from agent_executions where kind = 'plan'
             group by planning order by planning",
        )
        .all()
        .await
        .unwrap();
    let tries = rows.into_iter().map(|(number, count)| match count {
        1 => format!("{number} once"),
        _ => format!("{number} {count} times"),
    });
    tries.collect::<Vec<_>>().join(", ")
}

/// Every line of the trace of a planning.
pub(super) async fn trace_of_planning(db: &Db, number: i64) -> String {
    let rows: Vec<(String,)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select cast(t.body as text) from trace t
             join agent_executions e on e.id = t.execution_id
             where e.planning = $1 order by t.epoch, t.seq",
        )
        .bind(number)
        .all()
        .await
        .unwrap();
    rows.into_iter().map(|(body,)| body).collect::<Vec<_>>().join("\n")
}

/// What Team6 wanted to do and will never do.
pub(super) async fn given_up(db: &Db) -> Vec<String> {
    effects(db).await.into_iter().filter(|effect| effect.starts_with("given up")).collect()
}

/// Everything Team6 wants to do, with what keeps it from it.
pub(super) async fn effects(db: &Db) -> Vec<String> {
    let rows: Vec<(String, i64, Option<String>, bool)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select cast(body as text), attempt, trouble, given_up_at is not null
             from effect order by id",
        )
        .all()
        .await
        .unwrap();
    let line = |(body, attempt, trouble, given_up): (String, i64, Option<String>, bool)| {
        let what = if given_up { "given up" } else { "waits" };
        format!("{what}: {body}, try {attempt}, {}", trouble.unwrap_or_default())
    };
    rows.into_iter().map(line).collect()
}

/// The executions, how they ended and where their jobs are.
pub(super) async fn executions(db: &Db) -> Vec<String> {
    let rows: Vec<(String, String, String, Option<String>)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select e.id, e.status, j.state, cast(e.failure as text)
             from agent_executions e left join job j on j.id = e.id order by e.id",
        )
        .all()
        .await
        .unwrap();
    rows.into_iter()
        .map(|(id, status, job, failure)| {
            format!("{id} {status}, job {job} {}", failure.unwrap_or_default())
        })
        .collect()
}

/// Everything that was decided, in order.
pub(super) async fn history(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let mut lines = Vec::new();
    for sprint in db::sprints::all(&mut tx).await.unwrap() {
        for entry in db::history::of_sprint(&mut tx, &sprint).await.unwrap() {
            lines.push(format!("{} ({})", entry.text, entry.caused_by));
        }
    }
    lines
}

/// Has what was put off because a repository was out of reach tried again.
pub(super) async fn tries_what_was_out_of_reach(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    let past = chrono::DateTime::from_timestamp(0, 0).unwrap();
    tx.query(
        "update effect set trouble = 'tried again', due_at = $1
         where given_up_at is null and trouble like '%cannot be worked in%'",
    )
    .bind(past)
    .run()
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// How the tasks of a sprint stand: `T1 done, T2 assigned`.
pub(super) async fn tasks(db: &Db, issue: i64) -> String {
    let rows: Vec<(i64, String)> = db
        .read()
        .await
        .unwrap()
        .query(
            "select t.number, t.status from orchestration_tasks t
             join orchestration_runs r on r.id = t.run_id
             join sprint s on s.id = r.sprint_id
             where s.issue = $1 order by t.number",
        )
        .bind(issue)
        .all()
        .await
        .unwrap();
    rows.into_iter()
        .map(|(task, status)| format!("T{task} {status}"))
        .collect::<Vec<_>>()
        .join(", ")
}
