//! Plans and the approvals that count for them.

use team6::db::{plans, sprints};
use team6::domain::ids::{Login, TaskNumber};
use team6::domain::plan::{Dependency, Plan, PlannedTask, TextHash};
use team6::domain::sprint::Approval;

use super::{issue, planned, sprint};
use crate::engines::{at, in_one_transaction, on_every_engine};

#[tokio::test]
async fn the_plan_is_the_latest_version_of_it() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        assert_eq!(plans::latest(tx, &sprint.id).await.unwrap(), None);
        let everything = PlannedTask {
            text: "ünïcode — \"quoted\"\n\n```".into(),
            after: vec![
                Dependency::Task(TaskNumber(1)),
                Dependency::Outside(issue(5)),
                Dependency::Dropped(issue(6)),
                Dependency::Unknown(issue(7)),
            ],
            ..planned(2)
        };
        let nobody = PlannedTask { owner: None, estimate: None, ..planned(1) };
        let latest = Plan { version: 10, tasks: vec![nobody, everything], ..Plan::default() };
        plans::add(tx, &sprint.id, &latest, at(0)).await.unwrap();
        plans::add(tx, &sprint.id, &Plan { version: 9, ..Plan::default() }, at(1)).await.unwrap();
        assert_eq!(plans::latest(tx, &sprint.id).await.unwrap(), Some(latest));
        let versions = plans::versions(tx, &sprint.id).await.unwrap();
        assert_eq!(versions, [(10, at(0)), (9, at(1))]);
    })
    .await;
}

#[tokio::test]
async fn a_version_of_a_plan_is_written_once() {
    on_every_engine(async |db| {
        let mut tx = db.begin().await.unwrap();
        let (sprint, plan) =
            (sprint(12, 3), Plan { version: 1, tasks: vec![planned(1)], ..Plan::default() });
        sprints::insert(&mut tx, &sprint, crate::engines::at(0)).await.unwrap();
        plans::add(&mut tx, &sprint.id, &plan, at(0)).await.unwrap();
        assert!(plans::add(&mut tx, &sprint.id, &plan, at(1)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_plan_and_an_approval_need_their_sprint() {
    on_every_engine(async |db| {
        let nowhere = sprint(12, 3).id;
        let mut tx = db.begin().await.unwrap();
        assert!(plans::add(&mut tx, &nowhere, &Plan::default(), at(0)).await.is_err());
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert!(plans::set_approvals(&mut tx, &nowhere, &[approval(1, "h", "ada")]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_approvals_that_count_take_the_place_of_those_that_did() {
    in_one_transaction(async |tx| {
        let (sprint, other) = (sprint(12, 3), sprint(13, 4));
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        sprints::insert(tx, &other, crate::engines::at(0)).await.unwrap();
        let of_other = [approval(1, "h", "eve")];
        plans::set_approvals(tx, &other.id, &of_other).await.unwrap();
        let before = [approval(1, "old", "ada"), approval(2, "same", "ada")];
        plans::set_approvals(tx, &sprint.id, &before).await.unwrap();
        assert_eq!(plans::approvals(tx, &sprint.id).await.unwrap(), before);

        let now = [approval(2, "same", "ada"), approval(10, "new", "bob")];
        plans::set_approvals(tx, &sprint.id, &now).await.unwrap();

        assert_eq!(plans::approvals(tx, &sprint.id).await.unwrap(), now);
        assert_eq!(plans::approvals(tx, &other.id).await.unwrap(), of_other);
    })
    .await;
}

fn approval(task: i64, hash: &str, by: &str) -> Approval {
    Approval {
        task: TaskNumber(task),
        hash: TextHash(hash.into()),
        by: Login(by.into()),
        at: at(task),
    }
}

#[tokio::test]
async fn every_version_stays_and_what_only_we_remember_is_replaced_in_it() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        let first = Plan { version: 1, tasks: vec![planned(1)], ..Plan::default() };
        let second = Plan { version: 2, tasks: vec![planned(1), planned(2)], ..Plan::default() };
        plans::add(tx, &sprint.id, &first, at(0)).await.unwrap();
        plans::add(tx, &sprint.id, &second, at(1)).await.unwrap();
        let numbered = Plan { numbered: 7, ..second };
        plans::rewrite(tx, &sprint.id, &numbered).await.unwrap();
        assert_eq!(plans::of_version(tx, &sprint.id, 1).await.unwrap(), Some(first));
        assert_eq!(plans::of_version(tx, &sprint.id, 2).await.unwrap(), Some(numbered.clone()));
        assert_eq!(plans::of_version(tx, &sprint.id, 3).await.unwrap(), None);
        assert_eq!(plans::latest(tx, &sprint.id).await.unwrap(), Some(numbered));
    })
    .await;
}

#[tokio::test]
async fn the_version_a_person_approved_something_in_last_is_known() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap();
        let (ada, grace) = (Login("Ada".into()), Login("grace".into()));
        plans::note_approver(tx, &sprint.id, &ada, 2).await.unwrap();
        plans::note_approver(tx, &sprint.id, &ada, 5).await.unwrap();
        let again = Login("ada".into());
        assert_eq!(plans::approved_last(tx, &sprint.id, &again).await.unwrap(), Some(5));
        assert_eq!(plans::approved_last(tx, &sprint.id, &grace).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn it_is_known_when_a_version_was_made() {
    in_one_transaction(async |tx| {
        let sprint = sprint(12, 3);
        sprints::insert(tx, &sprint, at(0)).await.unwrap();
        plans::add(tx, &sprint.id, &Plan { version: 1, ..Plan::default() }, at(4)).await.unwrap();
        assert_eq!(plans::made_at(tx, &sprint.id, 1).await.unwrap(), Some(at(4)));
        assert_eq!(plans::made_at(tx, &sprint.id, 2).await.unwrap(), None);
    })
    .await;
}
