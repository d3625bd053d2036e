//! What a merge starts, what a close does not, and when a run is over.

use chrono::DateTime;
use proptest::prelude::*;
use team6::domain::ids::{Attempt, CommitSha, PullNumber};
use team6::domain::retry::Retry;
use team6::domain::run;
use team6::domain::task::{Again, Event as Happened, State as TaskState};

use super::*;

fn happens(sprint: &Sprint, number: i64, what: Happened) -> Decision {
    sprint.decide(Event::Task(TaskNumber(number), what)).unwrap()
}

/// Takes a task all the way to its merge.
fn merges(sprint: &Sprint, number: i64) -> Decision {
    let pull = PullNumber(100 + number);
    let attempt = Attempt(1);
    let mut sprint = sprint.clone();
    for what in [Happened::Taken(attempt), Happened::Delivered(attempt), Happened::PullOpened(pull)]
    {
        sprint = happens(&sprint, number, what).sprint;
    }
    happens(&sprint, number, Happened::PullMerged(pull, CommitSha("c".repeat(40))))
}

fn states(sprint: &Sprint) -> Vec<&'static str> {
    sprint.run.as_ref().unwrap().tasks.iter().map(|task| task.state.word()).collect()
}

#[test]
fn a_merge_starts_the_tasks_that_waited_only_for_it() {
    let diamond = vec![task(1, &[]), task(2, &[1]), task(3, &[1]), task(4, &[2, 3])];
    let sprint = merges(&started(&approved(diamond)).sprint, 1).sprint;
    assert_eq!(states(&sprint), ["done", "assigned", "assigned", "waiting"]);
    let sprint = merges(&sprint, 2).sprint;
    assert_eq!(states(&sprint), ["done", "done", "assigned", "waiting"]);
    let sprint = merges(&sprint, 3).sprint;
    assert_eq!(states(&sprint), ["done", "done", "done", "assigned"]);
}

#[test]
fn a_close_starts_nobody_and_asks_the_owner() {
    let sprint = started(&approved(vec![task(1, &[]), task(2, &[1])])).sprint;
    let mut sprint = sprint;
    for what in [
        Happened::Taken(Attempt(1)),
        Happened::Delivered(Attempt(1)),
        Happened::PullOpened(PullNumber(9)),
    ] {
        sprint = happens(&sprint, 1, what).sprint;
    }
    let closed = happens(&sprint, 1, Happened::PullClosed(PullNumber(9)));
    assert_eq!(states(&closed.sprint), ["closed unmerged", "waiting"]);
    assert!(closed.effects.iter().any(|effect| matches!(
        effect,
        Effect::Say { saying: Saying::PullClosed { owner, waiting, .. }, .. }
            if *owner == login("ada") && *waiting == [TaskNumber(2)]
    )));
    let reopened = happens(&closed.sprint, 1, Happened::PullReopened(PullNumber(9))).sprint;
    assert_eq!(states(&reopened), ["in review", "waiting"]);
}

#[test]
fn an_issue_outside_the_sprint_is_waited_for() {
    let outside = IssueRef { repo: repo(), number: IssueNumber(99) };
    let mut waits = task(1, &[]);
    waits.after = vec![Dependency::Outside(outside.clone())];
    let sprint = started(&approved(vec![waits])).sprint;
    assert_eq!(states(&sprint), ["waiting"]);
    let sprint = sprint.decide(Event::OutsideDone(outside)).unwrap().sprint;
    assert_eq!(states(&sprint), ["assigned"]);
}

#[test]
fn the_last_merge_completes_the_run_and_says_so_once() {
    let decided = merges(&started(&approved(vec![task(1, &[])])).sprint, 1);
    assert_eq!(decided.sprint.run.as_ref().unwrap().state, run::State::Completed);
    let said = |decision: &Decision| {
        let sums_up = |e: &&Effect| matches!(e, Effect::Say { saying: Saying::Completed(_), .. });
        decision.effects.iter().filter(sums_up).count()
    };
    assert_eq!(said(&decided), 1);
    let again = happens(
        &decided.sprint,
        1,
        Happened::PullMerged(PullNumber(101), CommitSha("c".repeat(40))),
    );
    assert_eq!((said(&again), again.sprint), (0, decided.sprint));
}

#[test]
fn a_failed_task_is_retried_by_its_owner_or_a_maintainer_only() {
    let mut sprint = started(&approved(vec![task(1, &[])])).sprint;
    sprint.run.as_mut().unwrap().tasks[0].state = TaskState::Failed { attempt: Attempt(5) };
    let retry = |by: &str, permission| sprint.decide(Event::Retry(wish(by, permission, None)));
    assert_eq!(refused(retry("grace", Permission::Write)).len(), 1);
    let retried = retry("ada", Permission::Write).unwrap().sprint;
    assert_eq!(retried.run.unwrap().tasks[0].state, TaskState::Assigned { attempt: Attempt(6) });
}

#[test]
fn a_retry_takes_in_and_approves_what_the_issue_says_now() {
    let mut sprint = started(&approved(vec![task(1, &[]), task(2, &[1])])).sprint;
    sprint.run.as_mut().unwrap().tasks[0].state = TaskState::Failed { attempt: Attempt(1) };
    let retry = wish("ada", Permission::Write, Some("Clearer"));
    let retried = sprint.decide(Event::Retry(retry)).unwrap().sprint;
    let (plan, run) = (retried.plan.as_ref().unwrap(), retried.run.as_ref().unwrap());
    assert_eq!(run.tasks[0].planned.text, "Clearer");
    assert_eq!(plan.tasks[0], run.tasks[0].planned);
    assert_eq!(plan.version, sprint.plan.as_ref().unwrap().version + 1);
    assert!(plan.tasks.iter().all(|task| retried.approval_of(task).is_some()));
}

fn wish(by: &str, permission: Permission, text: Option<&str>) -> Retry {
    Retry {
        task: TaskNumber(1),
        again: Again::Fresh,
        by: login(by),
        permission,
        at: DateTime::UNIX_EPOCH,
        title: None,
        text: text.map(str::to_owned),
    }
}

proptest! {
    /// Whatever happens, in whatever order, as often as it likes.
    #[test]
    fn no_task_starts_before_all_it_waits_for_is_merged(
        edges in prop::collection::vec((1i64..8, 1i64..8), 0..14),
        happenings in prop::collection::vec((1i64..8, 0usize..8), 0..120),
    ) {
        let tasks = (1..8).map(|n| {
            let after: Vec<_> = edges.iter().filter(|(a, b)| *a == n && b < a).map(|(_, b)| *b).collect();
            task(n, &after)
        }).collect();
        let mut sprint = started(&approved(tasks)).sprint;
        for (number, what) in happenings {
            let pull = PullNumber(100 + number);
            let what = [
                Happened::Taken(Attempt(1)), Happened::Delivered(Attempt(1)), Happened::PullOpened(pull),
                Happened::PullMerged(pull, CommitSha("c".repeat(40))), Happened::PullClosed(pull),
                Happened::PullReopened(pull), Happened::Lost(Attempt(1)), Happened::Released,
            ][what].clone();
            // Only the run itself releases: nobody outside can say so.
            if what == Happened::Released { continue; }
            if let Ok(decision) = sprint.decide(Event::Task(TaskNumber(number), what)) {
                sprint = decision.sprint;
            }
            let run = sprint.run.as_ref().unwrap();
            for task in run.tasks.iter().filter(|task| task.state != TaskState::Waiting) {
                for before in task.planned.waits_for() {
                    prop_assert!(run.find(before).unwrap().state.is_done());
                }
            }
            let all = run.tasks.iter().all(|task| task.state.is_done());
            prop_assert_eq!(all, run.state == run::State::Completed);
        }
    }
}
