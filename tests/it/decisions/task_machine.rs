//! The machine of a task on one page: a change of it is a change of this table.

use std::fmt::Write as _;

use team6::domain::ids::{Attempt, CommitSha, Login, PullNumber};
use team6::domain::task::{Again, Ending, Event, Stage, State, pause_after};
use team6::domain::work::Class;

#[test]
fn every_state_meets_every_event() {
    let (attempt, pull, merge) = (Attempt(2), PullNumber(9), CommitSha("c0ffee".to_owned()));
    let states = [
        State::Waiting,
        State::Assigned { attempt },
        State::InProgress { attempt },
        State::Delivered { attempt },
        State::AgentReview { attempt, pull },
        State::Review { attempt, pull },
        State::Closed { attempt, pull },
        State::Done { attempt, pull, merge: merge.clone() },
        State::Failed { attempt },
        State::Asking { attempt, pull: None },
        State::Asking { attempt, pull: Some(pull) },
        State::Delegating { attempt, pull: None },
        State::Delegating { attempt, pull: Some(pull) },
        State::Spent { attempt, pull: None },
        State::Spent { attempt, pull: Some(pull) },
        State::Rework { attempt, pull, stage: Stage::Queued },
        State::Rework { attempt, pull, stage: Stage::AtWork },
        State::Rework { attempt, pull, stage: Stage::Delivered },
        State::Stopping { attempt, pull: None, then: Ending::Cancelled },
        State::Stopping { attempt, pull: Some(pull), then: Ending::Cancelled },
        State::Stopping { attempt, pull: None, then: Ending::Skipped(Login("ada".to_owned())) },
        State::Cancelled { attempt, pull: Some(pull) },
        State::Cancelled { attempt, pull: None },
        State::Skipped { attempt, pull: Some(pull), by: Login("ada".to_owned()) },
    ];
    let events = [
        ("released", Event::Released),
        ("taken", Event::Taken(attempt)),
        ("taken, an old try", Event::Taken(Attempt(1))),
        ("lost", Event::Lost(attempt)),
        ("delivered", Event::Delivered(attempt)),
        ("delivered, an old try", Event::Delivered(Attempt(1))),
        ("failed, may pass", Event::Failed(attempt, Class::AgentDied)),
        ("failed for good", Event::Failed(attempt, Class::Misconfigured)),
        ("out of quota", Event::Exhausted(attempt, 600)),
        ("pull opened", Event::PullOpened(pull)),
        ("presented", Event::Presented(pull)),
        ("reviewed", Event::Reviewed(attempt)),
        ("reviewed, an old try", Event::Reviewed(Attempt(1))),
        ("returned", Event::Returned(attempt)),
        ("returned, an old try", Event::Returned(Attempt(1))),
        ("pull merged", Event::PullMerged(pull, merge)),
        ("another pull merged", Event::PullMerged(PullNumber(8), CommitSha(String::new()))),
        ("pull closed", Event::PullClosed(pull)),
        ("pull reopened", Event::PullReopened(pull)),
        ("retried", Event::Retried(Again::Fresh)),
        ("cancelled", Event::Cancelled),
        ("skipped", Event::Skipped(Login("ada".to_owned()))),
        ("stopped", Event::Stopped(attempt)),
        ("stopped, an old try", Event::Stopped(Attempt(1))),
        ("asked", Event::Asked(attempt)),
        ("asked, an old try", Event::Asked(Attempt(1))),
        ("delegated", Event::Delegated(attempt)),
        ("delegated, an old try", Event::Delegated(Attempt(1))),
        ("replied", Event::Replied(attempt)),
        ("replied, an old try", Event::Replied(Attempt(1))),
        ("called", Event::Called),
        ("spent", Event::Spent(attempt)),
        ("spent, an old try", Event::Spent(Attempt(1))),
        ("funded", Event::Funded),
    ];
    let mut table = String::new();
    for state in &states {
        writeln!(table, "{}", state.word()).unwrap();
        for (name, event) in &events {
            let outcome = match state.decide(event) {
                Ok((to, then)) if to == *state && then.is_empty() => "·".to_owned(),
                Ok((to, then)) if then.is_empty() => to.word().to_owned(),
                Ok((to, then)) => format!("{} and {then:?}", to.word()),
                Err(_) => "nonsense".to_owned(),
            };
            writeln!(table, "    {name:<22}{outcome}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn tries_come_further_and_further_apart() {
    let pauses: Vec<_> = (1..8).map(|n| pause_after(Attempt(n))).collect();
    assert_eq!(pauses, [10, 20, 40, 80, 160, 300, 300]);
}
