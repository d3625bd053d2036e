//! Tasks of runs.

use std::collections::BTreeSet;

use team6::db::tasks::{self, Place};
use team6::db::{Tx, runs};
use team6::domain::budget::{Limit, Purse, Stage};
use team6::domain::ids::{Attempt, BranchName, Login, PullNumber, TaskNumber};
use team6::domain::money::Money;
use team6::domain::plan::Dependency;
use team6::domain::task::{State, Task};
use team6::domain::{run, sprint};

use super::{issue, repo, sha, task, under_way};
use crate::engines::{at, in_one_transaction};

const FIRST: Attempt = Attempt(1);
const PULL: PullNumber = PullNumber(40);

fn states() -> Vec<State> {
    vec![
        State::Waiting,
        State::Assigned { attempt: FIRST },
        State::InProgress { attempt: FIRST },
        State::Delivered { attempt: FIRST },
        State::Review { attempt: FIRST, pull: PULL },
        State::Closed { attempt: FIRST, pull: PULL },
        State::Done { attempt: FIRST, pull: PULL, merge: sha('a') },
        State::Spent { attempt: FIRST, pull: Some(PULL) },
        State::Failed { attempt: Attempt(5) },
    ]
}

fn place(sprint: &sprint::Sprint, run: &run::Run, task: i64) -> Place {
    Place { sprint_id: sprint.id.clone(), run_id: run.id.clone(), number: TaskNumber(task) }
}

#[tokio::test]
async fn a_task_comes_back_as_it_was_written_in_every_state() {
    in_one_transaction(async |tx| {
        let all: Vec<_> = (1..).zip(states()).map(|(n, state)| task(n, state)).collect();
        let (_, run) = under_way(tx, 12, &all).await;
        assert_eq!(tasks::of_run(tx, &run.id).await.unwrap(), all);
    })
    .await;
}

#[tokio::test]
async fn a_task_moves_through_every_state_and_no_other_moves_with_it() {
    in_one_transaction(async |tx| {
        let waits = vec![Dependency::Task(TaskNumber(2)), Dependency::Outside(issue(5))];
        let mut first = Task { waits_for: waits, ..task(1, State::Waiting) };
        let second = task(2, State::Waiting);
        let (_, run) = under_way(tx, 12, &[first.clone(), second.clone()]).await;
        for state in states() {
            first.state = state;
            first.waits_for.pop();
            tasks::advance(tx, &run.id, &first, at(1)).await.unwrap();
            let now = tasks::of_run(tx, &run.id).await.unwrap();
            assert_eq!(now, [first.clone(), second.clone()]);
        }
    })
    .await;
}

#[tokio::test]
async fn tasks_are_in_the_order_of_their_numbers() {
    in_one_transaction(async |tx| {
        let all = [10, 9, 1].map(|n| task(n, State::Waiting));
        let (_, run) = under_way(tx, 12, &all).await;
        let found = tasks::of_run(tx, &run.id).await.unwrap();
        assert_eq!(found.iter().map(|t| t.planned.number.0).collect::<Vec<_>>(), [1, 9, 10]);
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_leads_to_its_task() {
    in_one_transaction(async |tx| {
        let all = [task(1, State::Waiting), task(2, State::Review { attempt: FIRST, pull: PULL })];
        let (sprint, run) = under_way(tx, 12, &all).await;
        let of_pull = tasks::of_pull(tx, &repo("acme/web"), PULL).await.unwrap();
        assert_eq!(of_pull, Some(place(&sprint, &run, 2)));
        assert_eq!(tasks::of_pull(tx, &repo("acme/api"), PULL).await.unwrap(), None);
        assert_eq!(tasks::of_pull(tx, &repo("acme/web"), PullNumber(41)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_issue_leads_to_its_task_in_the_latest_run() {
    in_one_transaction(async |tx| {
        let only = task(1, State::Waiting);
        let (sprint, first) = under_way(tx, 12, std::slice::from_ref(&only)).await;
        runs::advance(tx, &run::Run { state: run::State::Cancelled, ..first.clone() }, at(1))
            .await
            .unwrap();
        let second = super::run(&sprint, 2, run::State::Running);
        runs::insert(tx, &sprint.id, &second, at(2)).await.unwrap();
        tasks::insert(tx, &second.id, &only, &Login("ada".into()), at(2)).await.unwrap();
        let of_issue = tasks::of_issue(tx, &only.issue).await.unwrap();
        assert_eq!(of_issue, Some(place(&sprint, &second, 1)));
        assert_eq!(tasks::of_issue(tx, &issue(999)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_issue_outside_is_waited_for_by_sprints_under_way() {
    async fn waits(tx: &mut Tx, sprint: i64, on: i64, state: State) -> (sprint::Sprint, run::Run) {
        let waits_for = vec![Dependency::Outside(issue(on))];
        under_way(tx, sprint, &[Task { waits_for, ..task(1, state) }]).await
    }
    in_one_transaction(async |tx| {
        let (waiting, _) = waits(tx, 12, 5, State::Waiting).await;
        let (paused, run) = waits(tx, 13, 5, State::Waiting).await;
        runs::advance(tx, &run::Run { state: run::State::Paused, ..run.clone() }, at(1))
            .await
            .unwrap();
        let (_, run) = waits(tx, 14, 5, State::Waiting).await;
        runs::advance(tx, &run::Run { state: run::State::Cancelled, ..run.clone() }, at(1))
            .await
            .unwrap();
        waits(tx, 15, 6, State::Waiting).await;
        waits(tx, 16, 5, State::Assigned { attempt: FIRST }).await;
        let found = tasks::waiting_for(tx, &issue(5)).await.unwrap();
        assert_eq!(found, [waiting.id, paused.id]);
    })
    .await;
}

#[tokio::test]
async fn the_branches_of_other_sprints_are_taken() {
    in_one_transaction(async |tx| {
        let (mine, _) = under_way(tx, 12, &[task(1, State::Waiting)]).await;
        let theirs = [task(2, State::Waiting), task(3, State::Failed { attempt: FIRST })];
        under_way(tx, 13, &theirs).await;
        let taken = tasks::branches_of_others(tx, &mine.id).await.unwrap();
        let branch = |name: &str| (repo("acme/web"), BranchName(name.into()));
        let all = [branch("feature/task-2-task-2"), branch("feature/task-3-task-3")];
        assert_eq!(taken, BTreeSet::from(all));
    })
    .await;
}

#[tokio::test]
async fn it_is_known_since_when_a_task_is_where_it_is_and_since_when_it_is_held() {
    in_one_transaction(async |tx| {
        let waits = task(1, State::Waiting);
        let (_, run) = under_way(tx, 12, std::slice::from_ref(&waits)).await;
        let begun = tasks::times(tx, &run.id).await.unwrap()[0];
        assert_eq!(begun.held_since, None);

        let paused = Task { held_by: Some(Login("ada".into())), ..waits };
        tasks::advance(tx, &run.id, &paused, at(50)).await.unwrap();
        let held = tasks::times(tx, &run.id).await.unwrap()[0];
        assert_eq!((held.since, held.held_since), (begun.since, Some(at(50))));

        let taken = Task { state: State::InProgress { attempt: FIRST }, held_by: None, ..paused };
        tasks::advance(tx, &run.id, &taken, at(60)).await.unwrap();
        let moved = tasks::times(tx, &run.id).await.unwrap()[0];
        assert_eq!((moved.since, moved.held_since), (at(60), None));
    })
    .await;
}

#[tokio::test]
async fn a_task_is_found_under_its_repositorys_new_name() {
    in_one_transaction(async |tx| {
        let (sprint, run) = under_way(tx, 12, &[task(1, State::Waiting)]).await;
        let old = issue(101);
        tasks::rename(tx, &old.repo, &repo("acme/site")).await.unwrap();
        assert_eq!(tasks::of_issue(tx, &old).await.unwrap(), None);
        let new = team6::domain::ids::IssueRef { repo: repo("acme/site"), ..old };
        let found = tasks::of_issue(tx, &new).await.unwrap();
        assert_eq!(found, Some(place(&sprint, &run, 1)));
    })
    .await;
}

#[tokio::test]
async fn what_is_in_review_in_a_repository_is_of_runs_under_way_only() {
    in_one_transaction(async |tx| {
        let review = |pull| State::Review { attempt: FIRST, pull: PullNumber(pull) };
        let closed = State::Closed { attempt: FIRST, pull: PullNumber(42) };
        let all =
            [task(1, review(40)), task(2, State::Waiting), task(3, review(41)), task(4, closed)];
        let (sprint, run) = under_way(tx, 12, &all).await;
        let (_, over) = under_way(tx, 13, &[task(1, review(50))]).await;
        runs::advance(tx, &run::Run { state: run::State::Cancelled, ..over.clone() }, at(1))
            .await
            .unwrap();

        let found = tasks::in_review(tx, &repo("acme/web")).await.unwrap();
        let (first, third) = (place(&sprint, &run, 1), place(&sprint, &run, 3));
        assert_eq!(found, [(first, PullNumber(40)), (third, PullNumber(41))]);
        assert_eq!(tasks::in_review(tx, &repo("acme/api")).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_may_be_spent_on_a_task_and_what_it_is_a_part_of_comes_back_with_it() {
    in_one_transaction(async |tx| {
        let limit = Limit { cost: Some(Money(5_000_000)), ..Limit::default() };
        let mut only = Task { purse: Purse::new(limit), ..task(1, State::Waiting) };
        let (_, run) = under_way(tx, 12, std::slice::from_ref(&only)).await;
        assert_eq!(tasks::of_run(tx, &run.id).await.unwrap(), [only.clone()]);
        only.purse.stage = Some(Stage::Spent);
        only.delegation.parent = Some(TaskNumber(7));
        only.delegation.is_shared = true;
        tasks::advance(tx, &run.id, &only, at(1)).await.unwrap();
        assert_eq!(tasks::of_run(tx, &run.id).await.unwrap(), [only]);
    })
    .await;
}
