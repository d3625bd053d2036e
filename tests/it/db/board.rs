//! What the dashboard reads.

use serde_json::json;
use team6::db::executions::{self, New, Subject};
use team6::db::{board, history, runs, tasks, traces};
use team6::domain::ids::{
    AgentName, Attempt, Epoch, ExecutionId, ProjectName, PullNumber, TaskNumber, WorkerId,
};
use team6::domain::run::{Run, State as RunState};
use team6::domain::task::State;
use team6::domain::work::TraceLine;

use super::{run, sha, task, under_way};
use crate::engines::{at, in_one_transaction};

#[tokio::test]
async fn the_latest_run_of_each_sprint_and_how_its_tasks_stand() {
    in_one_transaction(async |tx| {
        let review = State::Review { attempt: Attempt(1), pull: PullNumber(9) };
        let (sprint, first) =
            under_way(tx, 12, &[task(1, review), task(2, State::Waiting), task(3, State::Waiting)])
                .await;
        let (other, _) = under_way(tx, 13, &[]).await;

        let sprints = board::sprints(tx).await.unwrap();
        assert_eq!(sprints.iter().map(|one| &one.id).collect::<Vec<_>>(), [&sprint.id, &other.id]);
        let counts = board::counts(tx).await.unwrap();
        let counts: Vec<_> = counts.iter().map(|one| (one.status.as_str(), one.tasks)).collect();
        assert_eq!(counts, [("review", 1), ("waiting", 2)]);
        let open = board::with_people(tx).await.unwrap();
        assert_eq!(
            open.iter().map(|one| (one.number, one.pull)).collect::<Vec<_>>(),
            [(TaskNumber(1), Some(PullNumber(9)))]
        );

        let over = Run { state: RunState::Cancelled, ..first.clone() };
        runs::advance(tx, &over, at(5)).await.unwrap();
        runs::insert(tx, &sprint.id, &run(&sprint, 2, RunState::Running), at(6)).await.unwrap();
        assert_eq!(board::with_people(tx).await.unwrap(), [], "the first run is over");
        let latest = board::latest_runs(tx).await.unwrap();
        assert_eq!(latest.iter().map(|one| one.number.0).collect::<Vec<_>>(), [2, 1]);
        let all = board::runs_of(tx, &sprint.id).await.unwrap();
        assert_eq!(all.iter().map(|one| one.number.0).collect::<Vec<_>>(), [2, 1]);
        let runs = board::runs(tx).await.unwrap();
        assert_eq!(runs.len(), 3);
        assert_eq!((&runs[0].sprint_id, runs[0].number.0), (&sprint.id, 2), "latest first");
        let found = board::run(tx, &first.id).await.unwrap().unwrap();
        assert_eq!((found.status, found.finished_at), (RunState::Cancelled, Some(at(5))));
        let whole = runs::find(tx, &first.id).await.unwrap().unwrap();
        assert_eq!(whole.tasks, tasks::of_run(tx, &first.id).await.unwrap());
        assert!(runs::find(tx, &run(&other, 7, RunState::Running).id).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_agents_did_said_and_spent() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[]).await;
        for attempt in [1, 2] {
            let new = New {
                id: ExecutionId::of(&run.id, TaskNumber(1), Attempt(attempt)),
                sprint: sprint.id.clone(),
                subject: Subject::Task(run.id.clone(), TaskNumber(1)),
                attempt: Attempt(attempt),
                project: ProjectName("acme/web".into()),
                agent: AgentName("frontend".into()),
            };
            executions::insert(tx, &new, at(attempt)).await.unwrap();
        }
        let first = ExecutionId::of(&run.id, TaskNumber(1), Attempt(1));
        let worker = WorkerId("w".into());
        executions::taken(tx, &first, &worker, Epoch(1), Some(&sha('a')), at(3)).await.unwrap();
        let deeds = board::deeds(tx).await.unwrap();
        let [deeds] = deeds.as_slice() else { panic!("{deeds:?}") };
        assert_eq!((deeds.tries, deeds.at_work, deeds.failed, deeds.last_at), (2, 1, 0, at(2)));

        let line =
            |seq, kind: &str| TraceLine { seq, kind: kind.into(), body: json!({ "cost": 7 }) };
        let lines = vec![line(1, "message"), line(2, "ledger")];
        traces::add(tx, &first, Epoch(1), lines, at(4)).await.unwrap();
        assert_eq!(board::lines_of_task(tx, &run.id, TaskNumber(1)).await.unwrap(), 2);
        assert_eq!(board::lines_of_task(tx, &run.id, TaskNumber(2)).await.unwrap(), 0);
        let of_run = board::spent_in(tx, &run.id).await.unwrap();
        let spent = board::spent(tx).await.unwrap();
        assert_eq!(of_run.len(), spent.len());
        let [spent] = spent.as_slice() else { panic!("{spent:?}") };
        assert_eq!((&spent.execution_id, &spent.body.0), (&first, &json!({ "cost": 7 })));
        assert_eq!(spent.task, Some(TaskNumber(1)));
    })
    .await;
}

#[tokio::test]
async fn queues_and_who_works_for_them() {
    in_one_transaction(async |tx| {
        for (id, state, held, worker) in [
            ("a", "ready", false, None),
            ("b", "ready", true, None),
            ("c", "leased", false, Some("w")),
        ] {
            tx.query(
                "insert into job (id, queue, priority, run_at, state, held, unwanted, urgent, epoch, worker,
                     leased_until, recoveries, restarts)
                 values ($1, 'agents-x', 0, $2, $3, $4, false, 0, 1, $5, $6, 0, 0)",
            )
            .bind(id)
            .bind(at(0))
            .bind(state)
            .bind(held)
            .bind(worker)
            .bind(worker.map(|_| at(90)))
            .run()
            .await
            .unwrap();
        }
        let jobs = board::jobs(tx).await.unwrap();
        let jobs: Vec<_> =
            jobs.iter().map(|one| (one.state.as_str(), one.jobs, one.held)).collect();
        assert_eq!(jobs, [("leased", 1, 0), ("ready", 2, 1)]);
        let workers = board::workers(tx).await.unwrap();
        let [worker] = workers.as_slice() else { panic!("{workers:?}") };
        assert_eq!(
            (worker.worker.0.as_str(), worker.leases, worker.leased_until),
            ("w", 1, at(90))
        );
    })
    .await;
}

#[tokio::test]
async fn the_latest_of_a_sprints_history() {
    in_one_transaction(async |tx| {
        let (sprint, _) = under_way(tx, 12, &[]).await;
        let run = team6::domain::ids::RunId("run_7_12_1".into());
        for nth in 1..=3 {
            let entry = history::Entry {
                sprint_id: sprint.id.clone(),
                run_id: (nth != 3).then(|| run.clone()),
                task: None,
                at: at(nth),
                caused_by: "ada".into(),
                delivery_id: None,
                text: format!("step {nth}"),
            };
            history::note(tx, &entry).await.unwrap();
        }
        let latest = history::latest(tx, &sprint.id, 2).await.unwrap();
        let texts: Vec<_> = latest.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["step 3", "step 2"]);
        let of_run = history::latest_of_run(tx, &sprint.id, &run, 1).await.unwrap();
        let texts: Vec<_> = of_run.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["step 2"]);
    })
    .await;
}
