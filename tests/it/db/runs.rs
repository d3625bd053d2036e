//! Runs of sprints.

use team6::db::{Error, runs, sprints};
use team6::domain::ids::RunId;
use team6::domain::run::{Hold, Run, State};

use super::{run, sprint, task, under_way};
use crate::engines::{at, in_one_transaction, on_every_engine};

const ALL: [State; 6] = [
    State::Pending,
    State::Running,
    State::Paused,
    State::Completed,
    State::Failed,
    State::Cancelled,
];

#[tokio::test]
async fn a_sprint_has_one_live_run_at_a_time() {
    for live in ALL.into_iter().filter(|state| state.is_live()) {
        on_every_engine(async |db| {
            let mut tx = db.begin().await.unwrap();
            let sprint = sprint(12, 3);
            sprints::insert(&mut tx, &sprint, crate::engines::at(0)).await.unwrap();
            runs::insert(&mut tx, &sprint.id, &run(&sprint, 1, live), at(0)).await.unwrap();
            let second = run(&sprint, 2, State::Pending);
            assert!(runs::insert(&mut tx, &sprint.id, &second, at(1)).await.is_err());
        })
        .await;
    }
}

#[tokio::test]
async fn the_next_run_may_begin_when_the_one_before_has_ended() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        for (number, ended) in (1..).zip(ALL.into_iter().filter(|state| !state.is_live())) {
            let run = run(&sprint, number, State::Running);
            runs::insert(tx, &sprint.id, &run, at(0)).await.unwrap();
            let ended_run = Run { state: ended, ..run.clone() };
            runs::advance(tx, &ended_run, at(1)).await.unwrap();
            let latest = runs::latest(tx, &sprint.id).await.unwrap();
            assert_eq!(latest, Some(Run { state: ended, ..run }));
        }
    })
    .await;
}

#[tokio::test]
async fn the_latest_run_is_found_with_its_tasks_and_no_other_sprints() {
    in_one_transaction(async |tx| {
        let tasks = [1, 2].map(|n| task(n, team6::domain::task::State::Waiting));
        let (sprint, run) = under_way(tx, 12, &tasks).await;
        under_way(tx, 13, &[]).await;
        let found = runs::latest(tx, &sprint.id).await.unwrap().unwrap();
        assert_eq!(found, Run { tasks: tasks.to_vec(), ..run });
        assert_eq!(runs::latest(tx, &super::sprint(14, 1).id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_run_has_an_end_once_it_has_ended() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[]).await;
        let times = runs::times(tx, &run.id).await.unwrap();
        assert_eq!((times.started_at, times.finished_at), (at(0), None));
        assert_eq!(times.sprint_id, sprint.id);
        let paused = Run { state: State::Paused, holds: vec![Hold::NotASprint], ..run.clone() };
        runs::advance(tx, &paused, at(5)).await.unwrap();
        assert_eq!(runs::times(tx, &run.id).await.unwrap().finished_at, None);
        assert_eq!(runs::latest(tx, &sprint.id).await.unwrap(), Some(paused));
        runs::advance(tx, &Run { state: State::Completed, ..run.clone() }, at(9)).await.unwrap();
        assert_eq!(runs::times(tx, &run.id).await.unwrap().finished_at, Some(at(9)));
        let missing = runs::times(tx, &RunId("run_0_0_0".into())).await;
        assert!(matches!(missing, Err(Error::Missing(_))));
    })
    .await;
}
