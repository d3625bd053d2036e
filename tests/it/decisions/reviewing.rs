//! The review agent's word: it goes before the owner's, it is heard once, and nobody waits for it in vain.

use team6::domain::dialogue::Source;
use team6::domain::ids::{AgentName, Attempt, CommitSha, PullNumber};
use team6::domain::review::{Event as Looked, Found, Remark, Review, Reviewer, Verdict};
use team6::domain::run::Hold;
use team6::domain::task::{Event as Happened, State as TaskState};
use team6::domain::work::Class;

use super::*;

const FIRST: Attempt = Attempt(1);
const PULL: PullNumber = PullNumber(9);

fn happens(sprint: &Sprint, what: Happened) -> Decision {
    sprint.decide(Event::Task(TaskNumber(1), what)).unwrap()
}

fn looks(sprint: &Sprint, what: Looked) -> Decision {
    sprint.decide(Event::Review(TaskNumber(1), what)).unwrap()
}

fn submitted(of: Attempt, verdict: Verdict, rounds: usize) -> Looked {
    let remark = Remark { path: "a.rs".into(), line: Some(3), text: "Why?".into() };
    Looked::Submitted {
        attempt: of,
        reviewer: Reviewer { agent: AgentName("critic".into()), rounds },
        review: Review { verdict, summary: "Not yet.".into(), remarks: vec![remark] },
        at: DateTime::UNIX_EPOCH,
    }
}

/// A task that was delivered, and whose pull request the review agent is to look at.
fn presented() -> Decision {
    let started = started(&approved(vec![task(1, &[])])).sprint;
    let taken = happens(&started, Happened::Taken(FIRST)).sprint;
    let delivered = happens(&taken, Happened::Delivered(FIRST)).sprint;
    happens(&delivered, Happened::Presented(PULL))
}

fn state(sprint: &Sprint) -> TaskState {
    sprint.run.as_ref().unwrap().tasks[0].state.clone()
}

fn asks(decision: &Decision) -> bool {
    decision.effects.iter().any(|one| matches!(one, Effect::AskForReview { .. }))
}

#[test]
fn the_owner_is_asked_when_the_review_agent_has_spoken_and_not_before() {
    let presented = presented();
    assert!(!asks(&presented));
    let reviewed = looks(&presented.sprint, submitted(FIRST, Verdict::Approve, 2));
    assert!(asks(&reviewed));
    assert_eq!(state(&reviewed.sprint), TaskState::Review { attempt: FIRST, pull: PULL });
    // Said twice, it is heard once.
    let again = looks(&reviewed.sprint, submitted(FIRST, Verdict::RequestChanges, 2));
    assert_eq!((again.sprint, again.effects), (reviewed.sprint, vec![]));
}

#[test]
fn what_it_wants_goes_back_as_often_as_it_may_and_then_to_the_owner() {
    let returned = looks(&presented().sprint, submitted(FIRST, Verdict::RequestChanges, 1));
    assert!(!asks(&returned));
    let told = &returned.sprint.run.as_ref().unwrap().tasks[0].dialogue.messages;
    assert_eq!(told[0].from, Source::Reviewer { attempt: FIRST });
    assert!(told[0].text.ends_with("Not yet.\n\na.rs:3: Why?"), "{}", told[0].text);
    let second = Attempt(2);
    let mut sprint = returned.sprint;
    for what in [Happened::Taken(second), Happened::Delivered(second), Happened::Presented(PULL)] {
        sprint = happens(&sprint, what).sprint;
    }
    let overruled = looks(&sprint, submitted(second, Verdict::RequestChanges, 1));
    assert!(asks(&overruled));
    assert_eq!(state(&overruled.sprint), TaskState::Review { attempt: second, pull: PULL });
}

#[test]
fn an_agent_that_only_answers_it_keeps_nobody_from_being_asked() {
    let returned = looks(&presented().sprint, submitted(FIRST, Verdict::RequestChanges, 1));
    let second = Attempt(2);
    let taken = happens(&returned.sprint, Happened::Taken(second)).sprint;
    let replied = happens(&taken, Happened::Replied(second));
    assert_eq!(state(&replied.sprint), TaskState::Review { attempt: second, pull: PULL });
    // About the try that the review agent looked at.
    let is_asked = |one: &Effect| matches!(one, Effect::AskForReview { attempt: FIRST, .. });
    assert!(replied.effects.iter().any(is_asked));

    // Who was asked is not asked again by an answer.
    let again = happens(&replied.sprint, Happened::Called).sprint;
    let again = happens(&again, Happened::Taken(Attempt(3))).sprint;
    assert!(!asks(&happens(&again, Happened::Replied(Attempt(3)))));

    // Nor is an agent that fails for good a reason to ask nobody.
    assert!(asks(&happens(&taken, Happened::Failed(second, Class::Misconfigured))));
}

#[test]
fn without_a_word_of_it_the_owner_is_asked_all_the_same() {
    let ended = looks(&presented().sprint, Looked::Ended(FIRST, "it died".into()));
    assert!(asks(&ended));
    let mut spent = presented().sprint;
    let task = &mut spent.run.as_mut().unwrap().tasks[0];
    task.state = TaskState::Delivered { attempt: FIRST };
    spent.run.as_mut().unwrap().hold(Hold::Spent);
    let alone = happens(&spent, Happened::Presented(PULL));
    assert!(asks(&alone));
    let opinion = alone.sprint.run.as_ref().unwrap().tasks[0].dialogue.opinion.clone();
    assert!(matches!(opinion.unwrap().found, Found::Nothing { why } if why.contains("budget")));
}

#[test]
fn a_review_that_nobody_waits_for_any_more_is_stopped() {
    let merged = Happened::PullMerged(PULL, CommitSha("c0ffee".into()));
    let merged = happens(&presented().sprint, merged);
    let is_stop = |one: &Effect| matches!(one, Effect::Stop(id) if id.0.contains("review"));
    assert!(merged.effects.iter().any(is_stop));
    // Whose worker dies is not begun again.
    assert!(looks(&merged.sprint, Looked::Lost(FIRST)).effects.iter().any(is_stop));
    assert!(looks(&presented().sprint, Looked::Lost(FIRST)).effects.is_empty());
}
