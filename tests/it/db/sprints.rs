//! Sprints, put together from all their tables.

use team6::db::sprints::{self, Revision};
use team6::db::{self, Db, Error};
use team6::domain::ids::{IssueNumber, Login, MilestoneNumber, ProjectName, RepoId, SprintId};
use team6::domain::plan::Plan;
use team6::domain::run::State as RunState;
use team6::domain::sprint::{Approval, Sprint, State};
use team6::domain::task::State as TaskState;

use super::{planned, run, sprint, task};
use crate::engines::{at, eight, in_one_transaction, on_every_engine};

#[tokio::test]
async fn a_sprint_is_found_with_its_plan_its_approvals_and_its_latest_run() {
    in_one_transaction(async |tx| {
        let planned = planned(1);
        let approval = Approval {
            task: planned.number,
            hash: planned.hash(),
            by: Login("ada".into()),
            at: at(1),
        };
        let mut whole = Sprint {
            plan: Some(Plan { version: 2, tasks: vec![planned], ..Plan::default() }),
            approvals: vec![approval],
            ..sprint(12, 3)
        };
        let mut latest = run(&whole, 2, RunState::Running);
        latest.tasks = vec![task(1, TaskState::Waiting)];

        assert!(sprints::insert(tx, &whole, crate::engines::at(0)).await.unwrap());
        db::plans::add(
            tx,
            &whole.id,
            &Plan { version: 1, tasks: vec![], ..Plan::default() },
            at(0),
        )
        .await
        .unwrap();
        db::plans::add(tx, &whole.id, whole.plan.as_ref().unwrap(), at(1)).await.unwrap();
        db::plans::set_approvals(tx, &whole.id, &whole.approvals).await.unwrap();
        let first = run(&whole, 1, RunState::Cancelled);
        db::runs::insert(tx, &whole.id, &first, at(2)).await.unwrap();
        db::runs::insert(tx, &whole.id, &latest, at(3)).await.unwrap();
        let owner = Login("ada".into());
        db::tasks::insert(tx, &latest.id, &latest.tasks[0], &owner, at(3)).await.unwrap();

        whole.run = Some(latest);
        assert_eq!(sprints::get(tx, &whole.id).await.unwrap().0, whole);
    })
    .await;
}

#[tokio::test]
async fn a_sprint_nobody_wrote_down_is_missing() {
    in_one_transaction(async |tx| {
        let id = SprintId("spr_1_1".into());
        assert_eq!(sprints::find(tx, &id).await.unwrap(), None);
        assert!(matches!(sprints::get(tx, &id).await, Err(Error::Missing(_))));
    })
    .await;
}

#[tokio::test]
async fn a_sprint_is_written_down_once_and_stays_as_it_was() {
    in_one_transaction(async |tx| {
        let first = sprint(12, 3);
        assert!(sprints::insert(tx, &first, crate::engines::at(0)).await.unwrap());
        let other = Sprint { milestone: MilestoneNumber(4), ..first.clone() };
        assert!(!sprints::insert(tx, &other, crate::engines::at(0)).await.unwrap());
        assert_eq!(sprints::get(tx, &first.id).await.unwrap().0, first);
    })
    .await;
}

#[tokio::test]
async fn a_milestone_is_one_recognized_sprint() {
    in_one_transaction(async |tx| {
        let (first, second) = (sprint(12, 3), sprint(13, 3));
        assert!(sprints::insert(tx, &first, crate::engines::at(0)).await.unwrap());
        assert!(!sprints::insert(tx, &second, crate::engines::at(0)).await.unwrap());
        assert_eq!(of_milestone(tx).await, Some(first.id.clone()));

        let (_, read) = sprints::get(tx, &first.id).await.unwrap();
        let forgotten = Sprint { state: State::Forgotten, ..first };
        assert!(sprints::advance(tx, &forgotten, read, crate::engines::at(0)).await.unwrap());
        assert_eq!(of_milestone(tx).await, None);
        assert!(sprints::insert(tx, &second, crate::engines::at(0)).await.unwrap());
        assert_eq!(of_milestone(tx).await, Some(second.id));
    })
    .await;
}

async fn of_milestone(tx: &mut db::Tx) -> Option<SprintId> {
    sprints::of_milestone(tx, RepoId(7), MilestoneNumber(3)).await.unwrap()
}

#[tokio::test]
async fn a_forgotten_sprint_cannot_come_back_to_a_milestone_that_has_another() {
    on_every_engine(async |db| {
        let forgotten = Sprint { state: State::Forgotten, ..sprint(12, 3) };
        let mut tx = db.begin().await.unwrap();
        assert!(sprints::insert(&mut tx, &forgotten, crate::engines::at(0)).await.unwrap());
        assert!(sprints::insert(&mut tx, &sprint(13, 3), crate::engines::at(0)).await.unwrap());
        let (_, read) = sprints::get(&mut tx, &forgotten.id).await.unwrap();
        let back = Sprint { state: State::Recognized, ..forgotten };
        assert!(matches!(
            sprints::advance(&mut tx, &back, read, crate::engines::at(0)).await,
            Err(Error::Engine(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn whoever_saves_must_have_read_the_latest() {
    in_one_transaction(async |tx| {
        let first = sprint(12, 3);
        sprints::insert(tx, &first, crate::engines::at(0)).await.unwrap();
        let (_, read) = sprints::get(tx, &first.id).await.unwrap();
        let moved = Sprint {
            project: ProjectName("shop".into()),
            repo: "acme/renamed".parse().unwrap(),
            milestone: MilestoneNumber(4),
            ..first
        };
        assert!(sprints::advance(tx, &moved, read, crate::engines::at(0)).await.unwrap());
        assert!(!sprints::advance(tx, &sprint(12, 9), read, crate::engines::at(0)).await.unwrap());
        let (now, newer) = sprints::get(tx, &moved.id).await.unwrap();
        assert_eq!(now, moved);
        assert_ne!(newer, read);
        assert_eq!(sprints::revision(tx, &moved.id).await.unwrap(), Some(newer));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_writers_that_read_the_same_one_saves() {
    async fn save(db: Db, sprint: Sprint, read: Revision) -> bool {
        let mut tx = db.begin().await.unwrap();
        let saved = sprints::advance(&mut tx, &sprint, read, crate::engines::at(0)).await.unwrap();
        tx.commit().await.unwrap();
        saved
    }
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        sprints::insert(&mut tx, &sprint(12, 3), crate::engines::at(0)).await.unwrap();
        let (read, revision) = sprints::get(&mut tx, &sprint(12, 3).id).await.unwrap();
        tx.commit().await.unwrap();
        let saved = eight(|_| save(db.clone(), read.clone(), revision)).await;
        assert_eq!(saved.iter().filter(|saved| **saved).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_project_has_its_recognized_sprints_and_all_has_every_one() {
    in_one_transaction(async |tx| {
        let other = Sprint { project: ProjectName("other".into()), ..sprint(14, 5) };
        let forgotten = Sprint { state: State::Forgotten, ..sprint(13, 4) };
        for sprint in [&other, &forgotten, &sprint(12, 3)] {
            sprints::insert(tx, sprint, crate::engines::at(0)).await.unwrap();
        }
        let project = ProjectName("acme/web".into());
        let id = |issue| SprintId::of(RepoId(7), IssueNumber(issue));
        assert_eq!(sprints::of_project(tx, &project).await.unwrap(), [id(12)]);
        assert_eq!(sprints::all(tx).await.unwrap(), [id(12), id(13), id(14)]);
    })
    .await;
}

#[tokio::test]
async fn a_sprint_is_unfinished_until_its_last_run_is_completed() {
    in_one_transaction(async |tx| {
        let all: Vec<_> = (1..=5).map(|number| sprint(number, number)).collect();
        for one in &all {
            sprints::insert(tx, one, crate::engines::at(0)).await.unwrap();
        }
        let runs: [&[RunState]; 5] = [
            &[],
            &[RunState::Running],
            &[RunState::Completed],
            &[RunState::Completed, RunState::Paused],
            &[RunState::Cancelled],
        ];
        for (one, states) in all.iter().zip(runs) {
            for (number, state) in (1..).zip(states) {
                db::runs::insert(tx, &one.id, &run(one, number, *state), at(0)).await.unwrap();
            }
        }
        let (mut forgotten, revision) = sprints::get(tx, &all[4].id).await.unwrap();
        forgotten.state = State::Forgotten;
        assert!(sprints::advance(tx, &forgotten, revision, crate::engines::at(0)).await.unwrap());

        let unfinished = sprints::unfinished(tx).await.unwrap();
        assert_eq!(unfinished, [0, 1, 3].map(|at| all[at].id.clone()));
    })
    .await;
}

#[tokio::test]
async fn it_is_known_since_when_a_sprint_is_what_it_is_and_where() {
    in_one_transaction(async |tx| {
        let whole = sprint(12, 3);
        assert!(sprints::insert(tx, &whole, at(0)).await.unwrap());
        assert_eq!(sprints::at(tx, &whole.issue_ref()).await.unwrap(), Some(whole.id.clone()));
        let (_, read) = sprints::get(tx, &whole.id).await.unwrap();
        assert!(sprints::advance(tx, &whole, read, at(3)).await.unwrap());
        assert_eq!(sprints::since(tx, &whole.id).await.unwrap(), at(0));

        let lack = Some(team6::domain::sprint::Lack::Closed);
        let closed = Sprint { state: State::Forgotten, lack, ..whole };
        let (_, read) = sprints::get(tx, &closed.id).await.unwrap();
        assert!(sprints::advance(tx, &closed, read, at(5)).await.unwrap());
        assert_eq!(sprints::since(tx, &closed.id).await.unwrap(), at(5));
        assert_eq!(sprints::get(tx, &closed.id).await.unwrap().0.lack, lack);
    })
    .await;
}

#[tokio::test]
async fn a_sprint_is_under_way_whatever_became_of_its_issue() {
    in_one_transaction(async |tx| {
        let lost = Sprint { state: State::Forgotten, ..sprint(12, 3) };
        assert!(sprints::insert(tx, &lost, at(0)).await.unwrap());
        assert!(sprints::under_way(tx).await.unwrap().is_empty());
        let running = run(&lost, 1, RunState::Paused);
        db::runs::insert(tx, &lost.id, &running, at(1)).await.unwrap();
        assert_eq!(sprints::under_way(tx).await.unwrap(), [lost.id]);
    })
    .await;
}
