//! Who works next: what every queue engine promises, on every database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use team6::db::{Db, Tx};
use team6::domain::ids::{AgentName, ExecutionId, ProjectName, RunId, WorkerId};
use team6::domain::work::{Lease, Renewed};
use team6::queue::{
    Claimant, Depth, Job, Limits, MOST_RECOVERIES, MOST_RESTARTS, Queue, Recovered,
};
use tokio::sync::Barrier;

use crate::engines::{at, eight, on_every_engine};

/// The engines that must keep the promises below.
const ENGINES: [Queue; 1] = [Queue::Database];

/// Tells a story about every engine.
async fn on_every_queue(story: impl AsyncFn(Queue, Db)) {
    for queue in ENGINES {
        on_every_engine(async |db| story(queue, db).await).await;
    }
}

/// The same, for stories with one thread.
async fn of_every_queue(story: impl AsyncFn(&mut Bench)) {
    on_every_queue(async |queue, db| {
        let tx = db.begin().await.unwrap();
        let mut bench = Bench { queue, tx };
        story(&mut bench).await;
        bench.tx.commit().await.unwrap();
    })
    .await;
}

const MANY: Limits = Limits {
    total: 1000,
    per_project: 1000,
    of_project: BTreeMap::new(),
    of_agent: BTreeMap::new(),
};

/// A queue and a transaction to speak to it in.
struct Bench {
    queue: Queue,
    tx: Tx,
}

impl Bench {
    async fn enqueue(&mut self, jobs: &[Job]) {
        for job in jobs {
            self.queue.enqueue(&mut self.tx, job, at(0)).await.unwrap();
        }
    }

    async fn claim(&mut self, who: &Claimant, limits: &Limits, now: i64) -> Option<Lease> {
        claim(self.queue, &mut self.tx, who, limits, at(now)).await
    }

    /// The jobs that one worker gets, one after the other, until there are no more.
    async fn claim_all(&mut self, who: &Claimant, limits: &Limits, now: i64) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(lease) = self.claim(who, limits, now).await {
            all.push(lease.execution.0);
        }
        all
    }

    async fn renew(&mut self, lease: &Lease, until: i64) -> bool {
        self.queue.renew(&mut self.tx, lease, at(until)).await.unwrap().0 != Renewed::Lost
    }

    async fn holds(&mut self, lease: &Lease) -> bool {
        self.queue.holds(&mut self.tx, lease).await.unwrap()
    }

    async fn finish(&mut self, lease: &Lease) -> bool {
        self.queue.finish(&mut self.tx, lease).await.unwrap()
    }

    async fn reap(&mut self, now: i64) -> Vec<Recovered> {
        self.queue.reap(&mut self.tx, at(now)).await.unwrap()
    }

    /// Whether it waits for another of its key.
    async fn follows(&mut self, job: &str) -> bool {
        let id = ExecutionId(job.to_owned());
        let places = self.queue.places(&mut self.tx, &[id.clone()].into(), at(10)).await.unwrap();
        places[&id].follows
    }

    /// How many leases end before that second.
    async fn late(&mut self, before: i64) -> i64 {
        self.queue.late(&mut self.tx, at(before)).await.unwrap()
    }

    async fn depths(&mut self) -> Vec<Depth> {
        self.queue.depths(&mut self.tx).await.unwrap()
    }
}

/// Leases last a minute and a half here.
async fn claim(
    queue: Queue,
    tx: &mut Tx,
    who: &Claimant,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Option<Lease> {
    queue.claim(tx, who, limits, now, TimeDelta::seconds(90)).await.unwrap()
}

fn project(name: &str) -> ProjectName {
    ProjectName(name.into())
}

/// A job of acme/web that may be taken at once.
fn job(id: &str) -> Job {
    Job {
        key: None,
        execution: ExecutionId(id.into()),
        run: Some(RunId("run".into())),
        project: project("acme/web"),
        agent: agent("builder"),
        priority: 0,
        run_at: at(0),
    }
}

fn agent(name: &str) -> AgentName {
    AgentName(name.into())
}

fn jobs_of(name: &str, jobs: usize) -> Vec<Job> {
    (0..jobs).map(|n| Job { project: project(name), ..job(&format!("{name} {n:03}")) }).collect()
}

/// A worker that may serve every project.
fn worker(name: &str) -> Claimant {
    Claimant { worker: WorkerId(name.into()), incarnation: "1".into(), projects: None }
}

fn depth(queue: &str, ready: i64, leased: i64) -> Depth {
    Depth { queue: queue.into(), ready, leased, oldest: (0 < ready).then(|| at(0)) }
}

#[tokio::test]
async fn enqueuing_twice_is_once() {
    of_every_queue(async |bench| {
        let later = Job { priority: -1, run_at: at(99), ..job("a") };
        bench.enqueue(&[job("a"), later]).await;
        let lease = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        bench.enqueue(&[job("a")]).await;
        assert_eq!(bench.claim(&worker("w"), &MANY, 0).await, None);
        assert!(bench.finish(&lease).await);
        bench.enqueue(&[job("a")]).await;
        assert_eq!(bench.claim(&worker("w"), &MANY, 0).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_more_urgent_comes_first_and_then_what_waited_longer() {
    of_every_queue(async |bench| {
        bench
            .enqueue(&[
                Job { run_at: at(3), ..job("third") },
                Job { priority: 5, run_at: at(0), ..job("last") },
                Job { run_at: at(2), ..job("second") },
                Job { priority: -5, run_at: at(4), ..job("first") },
            ])
            .await;
        let all = bench.claim_all(&worker("w"), &MANY, 10).await;
        assert_eq!(all, ["first", "second", "third", "last"]);
    })
    .await;
}

#[tokio::test]
async fn of_jobs_with_the_same_key_one_is_on_lease_at_a_time() {
    of_every_queue(async |bench| {
        let first = Job { key: Some("T1".to_owned()), ..job("a first") };
        let again = Job { key: Some("T1".to_owned()), ..job("b again") };
        bench.enqueue(&[first, again, job("c other")]).await;
        let lease = bench.claim(&worker("w"), &MANY, 10).await.unwrap();
        assert_eq!(lease.execution.0, "a first");
        assert_eq!(bench.claim_all(&worker("v"), &MANY, 10).await, ["c other"]);
        assert!(bench.follows("b again").await && !bench.follows("a first").await);
        assert!(bench.finish(&lease).await);
        assert!(!bench.follows("b again").await);
        assert_eq!(bench.claim_all(&worker("v"), &MANY, 20).await, ["b again"]);
    })
    .await;
}

#[tokio::test]
async fn a_job_is_not_taken_before_its_time() {
    of_every_queue(async |bench| {
        let urgent = Job { priority: -9, run_at: at(30), ..job("later") };
        bench.enqueue(&[urgent, job("now")]).await;
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 29).await, ["now"]);
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 30).await, ["later"]);
    })
    .await;
}

#[tokio::test]
async fn a_worker_sees_only_the_jobs_of_its_projects() {
    of_every_queue(async |bench| {
        for name in ["acme/web", "acme/api", "acme-web", "acme"] {
            bench.enqueue(&jobs_of(name, 2)).await;
        }
        let only = |names: &[&str]| Claimant {
            projects: Some(names.iter().copied().map(project).collect()),
            ..worker("w")
        };
        assert_eq!(bench.claim_all(&only(&[]), &MANY, 0).await, [""; 0]);
        let one = bench.claim_all(&only(&["acme-web"]), &MANY, 0).await;
        assert_eq!(one, ["acme-web 000", "acme-web 001"]);
        let two = bench.claim_all(&only(&["acme/web", "acme"]), &MANY, 0).await;
        assert_eq!(two.len(), 4);
        assert_eq!(bench.claim_all(&worker("any"), &MANY, 0).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_project_works_on_as_much_at_once_as_it_may() {
    of_every_queue(async |bench| {
        for name in ["a", "b"] {
            bench.enqueue(&jobs_of(name, 9)).await;
        }
        let limits = Limits {
            total: 100,
            per_project: 3,
            of_project: BTreeMap::from([(project("b"), 1), (project("c"), 9)]),
            of_agent: BTreeMap::new(),
        };
        bench.claim_all(&worker("w"), &limits, 0).await;
        assert_eq!(bench.depths().await, [depth("agents-a", 6, 3), depth("agents-b", 8, 1)]);
    })
    .await;
}

#[tokio::test]
async fn an_agent_works_on_as_much_at_once_as_it_may_and_others_go_before_it_then() {
    of_every_queue(async |bench| {
        let by = |name: &str, job: Job| Job { agent: agent(name), ..job };
        let slow =
            |name| jobs_of(name, 3).into_iter().map(|job| by("slow", job)).collect::<Vec<_>>();
        bench.enqueue(&slow("a")).await;
        bench.enqueue(&[Job { priority: 9, ..by("quick", job("last")) }]).await;
        bench.enqueue(&slow("b")).await;
        let limits = Limits { of_agent: BTreeMap::from([(agent("slow"), 2)]), ..MANY };
        let mut claimed = bench.claim_all(&worker("w"), &limits, 0).await;
        claimed.sort();
        assert_eq!(claimed, ["a 000", "b 000", "last"]);
        let none = Limits { of_agent: BTreeMap::from([(agent("slow"), 0)]), ..MANY };
        assert_eq!(bench.claim(&worker("w"), &none, 0).await, None);
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 0).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_message_interrupts_the_agent_of_its_job_until_it_was_told() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a"), job("b")]).await;
        let lease = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        let other = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        for (message, news) in [(7, true), (0, false)] {
            let (queue, tx) = (bench.queue, &mut bench.tx);
            queue.interrupt(tx, &lease.execution, message).await.unwrap();
            let renewed = queue.renew(tx, &lease, at(90)).await.unwrap();
            assert_eq!(renewed, (Renewed::GoOn, message));
            assert_eq!(queue.renew(tx, &other, at(90)).await.unwrap(), (Renewed::GoOn, 0));
            assert!(!queue.has_news(tx, std::slice::from_ref(&other)).await.unwrap());
            let both = [other.clone(), lease.clone()];
            assert_eq!(queue.has_news(tx, &both).await.unwrap(), news);
        }
    })
    .await;
}

#[tokio::test]
async fn a_place_that_becomes_free_is_filled_again() {
    of_every_queue(async |bench| {
        bench.enqueue(&jobs_of("a", 3)).await;
        let limits = Limits { total: 1, ..MANY };
        let first = bench.claim(&worker("w"), &limits, 0).await.unwrap();
        assert_eq!(bench.claim(&worker("w"), &limits, 0).await, None);
        bench.finish(&first).await;
        assert!(bench.claim(&worker("w"), &limits, 0).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_busy_project_does_not_keep_the_others_waiting() {
    of_every_queue(async |bench| {
        bench.enqueue(&jobs_of("a", 9)).await;
        bench.enqueue(&jobs_of("b", 9)).await;
        let limits = Limits { total: 4, ..MANY };
        bench.claim_all(&worker("w"), &limits, 0).await;
        assert_eq!(bench.depths().await, [depth("agents-a", 7, 2), depth("agents-b", 7, 2)]);
    })
    .await;
}

#[tokio::test]
async fn where_there_is_one_place_the_projects_take_turns_by_how_long_they_waited() {
    of_every_queue(async |bench| {
        let job =
            |name: &str, run_at| Job { project: project(name), run_at: at(run_at), ..job("") };
        let named = |id: &str, job| Job { execution: ExecutionId(id.into()), ..job };
        bench
            .enqueue(&[
                named("1", job("b", 1)),
                named("2", job("a", 2)),
                named("3", job("b", 3)),
                named("4", job("a", 4)),
            ])
            .await;
        let limits = Limits { total: 1, ..MANY };
        let mut turns = Vec::new();
        while let Some(lease) = bench.claim(&worker("w"), &limits, 9).await {
            bench.finish(&lease).await;
            turns.push(lease.execution.0);
        }
        assert_eq!(turns, ["1", "2", "3", "4"]);
    })
    .await;
}

#[tokio::test]
async fn a_lease_holds_until_its_job_is_finished() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        let lease = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        assert!(bench.holds(&lease).await && bench.renew(&lease, 180).await);
        assert!(bench.finish(&lease).await);
        assert!(!bench.holds(&lease).await && !bench.renew(&lease, 180).await);
        assert!(!bench.finish(&lease).await);
        assert_eq!(bench.depths().await, []);
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_an_old_lease_is_not_listened_to() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        let old = bench.claim(&worker("asleep"), &MANY, 0).await.unwrap();
        bench.reap(91).await;
        assert!(!bench.holds(&old).await && !bench.renew(&old, 999).await);
        assert!(!bench.finish(&old).await);

        let new = bench.claim(&worker("awake"), &MANY, 91).await.unwrap();
        assert!(old.execution == new.execution && old.epoch < new.epoch);
        assert!(!bench.holds(&old).await && !bench.renew(&old, 999).await);
        assert!(!bench.finish(&old).await);
        assert!(bench.holds(&new).await && bench.finish(&new).await);
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_lost_when_it_is_taken_back_and_not_by_the_clock_alone() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        let lease = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        assert_eq!(bench.reap(90).await, []);
        assert_eq!(bench.claim(&worker("other"), &MANY, 500).await, None);
        assert!(bench.renew(&lease, 590).await);
        assert_eq!(bench.reap(590).await, []);
        assert_eq!(bench.reap(591).await, [Recovered::Requeued(lease.execution)]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_loses_worker_after_worker_is_dead() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        let id = job("a").execution;
        for lost in 0..=MOST_RECOVERIES {
            bench.claim(&worker("w"), &MANY, 0).await.unwrap();
            let dead = lost == MOST_RECOVERIES;
            let expected =
                if dead { Recovered::Dead(id.clone()) } else { Recovered::Requeued(id.clone()) };
            assert_eq!(bench.reap(91).await, [expected]);
        }
        assert_eq!(MOST_RECOVERIES, 3);
        assert_eq!(bench.claim(&worker("w"), &MANY, 999).await, None);
        assert_eq!(bench.depths().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_comes_back_gives_its_old_leases_back_at_once() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a"), job("b")]).await;
        let old = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        let other = bench.claim(&worker("other"), &MANY, 0).await.unwrap();
        let back = Claimant { incarnation: "2".into(), ..worker("w") };
        let taken = bench.queue.take_back(&mut bench.tx, &back).await.unwrap();
        assert_eq!(taken, [Recovered::Requeued(old.execution.clone())]);
        assert!(!bench.finish(&old).await && bench.holds(&other).await);

        let new = bench.claim(&back, &MANY, 0).await.unwrap();
        assert_eq!(new.execution, old.execution);
        assert_eq!(bench.queue.take_back(&mut bench.tx, &back).await.unwrap(), []);
        assert!(bench.holds(&new).await);
    })
    .await;
}

#[tokio::test]
async fn restarts_of_a_worker_are_not_held_against_its_job_until_there_are_very_many() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        for start in 0..=MOST_RESTARTS {
            let who = Claimant { incarnation: start.to_string(), ..worker("w") };
            bench.claim(&who, &MANY, 0).await.unwrap();
            let back = Claimant { incarnation: "next".into(), ..worker("w") };
            let taken = bench.queue.take_back(&mut bench.tx, &back).await.unwrap();
            let dead = taken == [Recovered::Dead(job("a").execution)];
            assert_eq!(dead, start == MOST_RESTARTS, "after {start}: {taken:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_every_lease_gets_a_grace() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a"), job("b")]).await;
        let short = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        let long = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        bench.renew(&long, 9_000).await;
        bench.queue.grace(&mut bench.tx, at(1_000)).await.unwrap();
        assert_eq!(bench.reap(1_000).await, []);
        assert_eq!(bench.reap(1_001).await, [Recovered::Requeued(short.execution)]);
        assert_eq!(bench.reap(9_000).await, []);
    })
    .await;
}

#[tokio::test]
async fn the_jobs_of_a_run_can_be_held_back() {
    of_every_queue(async |bench| {
        let other = Job { run: Some(RunId("other".into())), ..job("c") };
        bench.enqueue(&[job("a"), job("b"), other]).await;
        let running = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        let run = RunId("run".into());
        bench.queue.hold(&mut bench.tx, &run, true).await.unwrap();
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 0).await, ["c"]);
        assert!(bench.renew(&running, 180).await);
        assert_eq!(bench.reap(181).await.len(), 2);
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 181).await, ["c"]);
        bench.queue.hold(&mut bench.tx, &run, false).await.unwrap();
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 181).await, ["a", "b"]);
    })
    .await;
}

#[tokio::test]
async fn one_job_can_be_held_back() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a"), job("b")]).await;
        bench.queue.hold_one(&mut bench.tx, &job("a").execution, true).await.unwrap();
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 0).await, ["b"]);
        bench.queue.hold_one(&mut bench.tx, &job("a").execution, false).await.unwrap();
        assert_eq!(bench.claim_all(&worker("w"), &MANY, 0).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_waits_is_stopped_at_once() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        assert!(bench.queue.stop(&mut bench.tx, &job("a").execution).await.unwrap());
        assert!(bench.queue.stop(&mut bench.tx, &job("a").execution).await.unwrap());
        assert!(bench.claim(&worker("w"), &MANY, 0).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn whoever_works_on_a_stopped_job_hears_of_it_and_nobody_gets_it_again() {
    of_every_queue(async |bench| {
        bench.enqueue(&[job("a")]).await;
        let lease = bench.claim(&worker("w"), &MANY, 0).await.unwrap();
        let leases = [lease.clone()];
        assert!(!bench.queue.has_news(&mut bench.tx, &leases).await.unwrap());
        assert!(!bench.queue.stop(&mut bench.tx, &lease.execution).await.unwrap());
        assert!(bench.queue.has_news(&mut bench.tx, &leases).await.unwrap());
        let renewed = bench.queue.renew(&mut bench.tx, &lease, at(90)).await.unwrap();
        assert_eq!(renewed, (Renewed::Cancel, 0));
        assert_eq!(bench.reap(91).await, [Recovered::Stopped(lease.execution)]);
        assert!(bench.claim(&worker("w"), &MANY, 91).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_depths_count_what_waits_and_what_is_worked_on() {
    of_every_queue(async |bench| {
        assert_eq!(bench.depths().await, []);
        bench.enqueue(&jobs_of("b", 3)).await;
        bench.enqueue(&jobs_of("a", 1)).await;
        let later = Job { project: project("a"), run_at: at(99), ..job("later") };
        bench.enqueue(&[later]).await;
        let only = Claimant { projects: Some(vec![project("b")]), ..worker("w") };
        bench.claim(&only, &MANY, 0).await.unwrap();
        assert_eq!(bench.depths().await, [depth("agents-a", 2, 0), depth("agents-b", 2, 1)]);
        assert_eq!((bench.late(0).await, bench.late(9_999).await), (0, 1));
    })
    .await;
}

/// What eight workers that claim at the same time got, and how much was on lease at most.
struct Shift {
    claimed: Vec<String>,
    most_at_once: usize,
}

/// Eight workers claim and finish until nothing is left for them. Whoever claims first waits until
/// `together` workers hold a lease, so that nobody can do it all before the others came.
async fn eight_work(queue: Queue, db: &Db, limits: Limits, together: usize) -> Shift {
    let floor = Arc::new(Floor {
        busy: Mutex::default(),
        first: AtomicUsize::new(0),
        all: Barrier::new(together),
        together,
    });
    let shares = eight(|n| {
        let who = worker(&format!("w{n}"));
        work(queue, db.clone(), who, limits.clone(), floor.clone())
    })
    .await;
    let most_at_once = floor.busy.lock().unwrap().1;
    Shift { claimed: shares.into_iter().flatten().collect(), most_at_once }
}

/// Where they work: how many do now, how many did at most, and where the first of them meet.
struct Floor {
    busy: Mutex<(usize, usize)>,
    first: AtomicUsize,
    all: Barrier,
    together: usize,
}

async fn work(
    queue: Queue,
    db: Db,
    who: Claimant,
    limits: Limits,
    floor: Arc<Floor>,
) -> Vec<String> {
    let (mut mine, mut dry) = (Vec::new(), 0);
    while dry < 20 {
        let mut tx = db.begin().await.unwrap();
        let lease = claim(queue, &mut tx, &who, &limits, at(0)).await;
        tx.commit().await.unwrap();
        let Some(lease) = lease else {
            dry += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        dry = 0;
        {
            let mut busy = floor.busy.lock().unwrap();
            busy.0 += 1;
            busy.1 = busy.1.max(busy.0);
        }
        if floor.first.fetch_add(1, Ordering::Relaxed) < floor.together {
            floor.all.wait().await;
        }
        floor.busy.lock().unwrap().0 -= 1;
        let mut tx = db.begin().await.unwrap();
        assert!(queue.finish(&mut tx, &lease).await.unwrap());
        tx.commit().await.unwrap();
        mine.push(lease.execution.0);
    }
    mine
}

async fn filled(queue: Queue, db: &Db, jobs: &[Job]) {
    let mut bench = Bench { queue, tx: db.begin().await.unwrap() };
    bench.enqueue(jobs).await;
    bench.tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_do_every_job_once() {
    on_every_queue(async |queue, db| {
        filled(queue, &db, &jobs_of("a", 100)).await;
        let shift = eight_work(queue, &db, MANY, 8).await;
        let once: BTreeSet<_> = shift.claimed.iter().collect();
        assert_eq!((shift.claimed.len(), once.len()), (100, 100));
        assert_eq!(shift.most_at_once, 8);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_never_pass_the_limit_of_a_project() {
    on_every_queue(async |queue, db| {
        filled(queue, &db, &jobs_of("a", 40)).await;
        let shift = eight_work(queue, &db, Limits { per_project: 3, ..MANY }, 3).await;
        assert_eq!((shift.claimed.len(), shift.most_at_once), (40, 3));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_never_pass_the_limit_of_all() {
    on_every_queue(async |queue, db| {
        let jobs: Vec<_> = ["a", "b", "c"].iter().flat_map(|name| jobs_of(name, 12)).collect();
        filled(queue, &db, &jobs).await;
        let shift = eight_work(queue, &db, Limits { total: 2, ..MANY }, 2).await;
        assert_eq!((shift.claimed.len(), shift.most_at_once), (36, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_reapers_take_each_lost_lease_back_once() {
    async fn reap(queue: Queue, db: Db) -> Vec<Recovered> {
        let mut tx = db.begin().await.unwrap();
        let taken = queue.reap(&mut tx, at(91)).await.unwrap();
        tx.commit().await.unwrap();
        taken
    }
    on_every_queue(async |queue, db| {
        filled(queue, &db, &jobs_of("a", 10)).await;
        let mut bench = Bench { queue, tx: db.begin().await.unwrap() };
        bench.claim_all(&worker("w"), &MANY, 0).await;
        bench.tx.commit().await.unwrap();
        let taken = eight(|_| reap(queue, db.clone())).await;
        assert_eq!(taken.iter().map(Vec::len).sum::<usize>(), 10);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_was_rolled_back_was_never_in_the_queue() {
    on_every_queue(async |queue, db| {
        let mut bench = Bench { queue, tx: db.begin().await.unwrap() };
        bench.enqueue(&[job("a")]).await;
        drop(bench);
        let mut bench = Bench { queue, tx: db.begin().await.unwrap() };
        assert_eq!(bench.claim(&worker("w"), &MANY, 0).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_look_tells_whether_asking_is_worth_it() {
    of_every_queue(async |bench| {
        let (queue, who) = (bench.queue, worker("w"));
        assert!(!queue.has_work(&mut bench.tx, &who, at(0)).await.unwrap());
        bench.enqueue(&[Job { run_at: at(10), ..job("a") }]).await;
        assert!(!queue.has_work(&mut bench.tx, &who, at(9)).await.unwrap());
        assert!(queue.has_work(&mut bench.tx, &who, at(10)).await.unwrap());
        bench.claim(&who, &MANY, 10).await.unwrap();
        assert!(!queue.has_work(&mut bench.tx, &who, at(10)).await.unwrap());
        let again = Claimant { incarnation: "2".into(), ..who };
        assert!(queue.has_work(&mut bench.tx, &again, at(10)).await.unwrap());
    })
    .await;
}
