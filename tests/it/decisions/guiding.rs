//! What becomes of what an agent was told when its work is broken off.

use team6::domain::dialogue::{self, Delivery, Source, Spoken};
use team6::domain::ids::{Attempt, CommentId, PullNumber};
use team6::domain::task::{Again, Event as Happened};

use super::*;

/// Lets this happen to T1, one after the other.
fn happens(sprint: Sprint, events: &[Happened]) -> Sprint {
    let one = |sprint: Sprint, event: &Happened| {
        sprint.decide(Event::Task(TaskNumber(1), event.clone())).unwrap().sprint
    };
    events.iter().fold(sprint, one)
}

/// A task in review whose agent was told something and works on it, for the second time.
fn told_in_review() -> Sprint {
    let sprint = started(&approved(vec![task(1, &[])])).sprint;
    let first = Attempt(1);
    let pull = Happened::PullOpened(PullNumber(7));
    let sprint = happens(sprint, &[Happened::Taken(first), Happened::Delivered(first), pull]);
    let on = IssueRef { repo: repo(), number: IssueNumber(7) };
    let spoken = Spoken {
        by: login("ada"),
        permission: Permission::Write,
        at: DateTime::UNIX_EPOCH,
        from: Source::Comment { on, comment: CommentId(3) },
        text: "use blue".to_owned(),
        now: false,
        threads: Vec::new(),
    };
    let said = Event::Dialogue(TaskNumber(1), dialogue::Event::Said(spoken));
    let sprint = sprint.decide(said).unwrap().sprint;
    happens(sprint, &[Happened::Taken(Attempt(2))])
}

fn message(sprint: &Sprint) -> Delivery {
    let task = sprint.run.as_ref().unwrap().find(TaskNumber(1)).unwrap();
    task.dialogue.messages[0].state.clone()
}

#[test]
fn what_an_agent_was_told_when_its_pull_request_was_closed_is_told_again_when_it_is_reopened() {
    let sprint = told_in_review();
    let (pull, second) = (PullNumber(7), Attempt(2));
    assert_eq!(message(&sprint), Delivery::Delivered { attempt: second, turn: 1 });

    let stopped = [Happened::PullClosed(pull), Happened::Stopped(second)];
    let sprint = happens(happens(sprint, &stopped), &[Happened::PullReopened(pull)]);
    assert_eq!(message(&sprint), Delivery::Queued);

    let sprint = happens(sprint, &[Happened::Taken(Attempt(3))]);
    assert_eq!(message(&sprint), Delivery::Delivered { attempt: Attempt(3), turn: 1 });
}

#[test]
fn what_an_agent_was_told_when_its_pull_request_was_closed_is_told_to_whoever_tries_again() {
    let again = [Happened::PullClosed(PullNumber(7)), Happened::Retried(Again::Fresh)];
    let sprint = happens(told_in_review(), &again);
    assert_eq!(message(&sprint), Delivery::Queued);

    let sprint = happens(sprint, &[Happened::Taken(Attempt(3))]);
    assert_eq!(message(&sprint), Delivery::Delivered { attempt: Attempt(3), turn: 1 });
}
