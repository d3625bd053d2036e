//! A planning: rounds, tries, questions, and whoever comes too late.

use team6::domain::answers::{Given, Which};
use team6::domain::effect::Asked;
use team6::domain::ids::{Attempt, CommentId};
use team6::domain::planning::{
    Draft, Event as Happened, MOST_QUESTIONS, State as Planned, Try, Unplanned,
};
use team6::domain::work::{Class, Failure};

use super::*;

const FIRST: Try = Try { number: 1, attempt: Attempt(1) };

fn asked(by: &str) -> Asked {
    let on = IssueRef { repo: repo(), number: IssueNumber(1) };
    Asked { by: login(by), on, comment: CommentId(5) }
}

fn happens(sprint: &Sprint, what: Happened) -> Decision {
    sprint.decide(Event::Planning(what)).unwrap()
}

fn after(sprint: &Sprint, all: impl IntoIterator<Item = Happened>) -> Sprint {
    all.into_iter().fold(sprint.clone(), |sprint, what| happens(&sprint, what).sprint)
}

/// A sprint whose planner is at work.
fn at_work() -> Sprint {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let wanted = Happened::Wanted { asked: asked("ada"), fresh: false, at };
    after(&planned(vec![task(1, &[])]), [wanted, Happened::Taken(FIRST)])
}

fn state(sprint: &Sprint) -> Planned {
    sprint.planning.session.as_ref().unwrap().state.clone()
}

fn question(text: &str) -> Draft {
    Draft { text: text.to_owned(), options: vec![], to: None }
}

fn failed(class: Class) -> Failure {
    Failure { class, message: "it is gone".to_owned() }
}

fn unplanned(decision: &Decision) -> Option<Unplanned> {
    decision.effects.iter().find_map(|effect| {
        let Effect::Say { saying: Saying::Unplanned { why, .. }, .. } = effect else { return None };
        Some(why.clone())
    })
}

fn answers(sprint: &Sprint, given: &[(Option<u32>, Option<&str>)]) -> Result<Decision, No> {
    let given = given.iter().map(|(number, text)| Given {
        to: number.map_or(Which::Open, Which::Number),
        text: text.map(str::to_owned),
        certain: true,
        instead_of: None,
    });
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let answered = Happened::Answered { asked: asked("grace"), given: given.collect(), at };
    sprint.decide(Event::Planning(answered))
}

#[test]
fn a_turn_with_a_flawed_plan_is_one_round_and_one_with_nothing_is_too() {
    let flaws = || Happened::Rejected(FIRST, vec!["no key".to_owned()]);
    let sprint = after(&at_work(), [flaws(), Happened::TurnEnded(FIRST, 1)]);
    assert_eq!(sprint.planning.session.as_ref().unwrap().rejections, 1);
    let sprint = after(&sprint, [Happened::TurnEnded(FIRST, 2), Happened::TurnEnded(FIRST, 2)]);
    assert_eq!(sprint.planning.session.as_ref().unwrap().rejections, 2);
    let last = happens(&sprint, Happened::TurnEnded(FIRST, 3));
    assert_eq!(unplanned(&last), Some(Unplanned::Flawed { flaws: vec!["no key".to_owned()] }));
    assert!(matches!(state(&last.sprint), Planned::Failed { .. }));
}

#[test]
fn a_planner_that_died_is_tried_again_later_and_one_that_is_misconfigured_is_not() {
    let again = happens(&at_work(), Happened::Failed(FIRST, failed(Class::AgentDied)));
    assert_eq!(state(&again.sprint), Planned::Queued { attempt: Attempt(2) });
    assert!(again.effects.iter().any(|effect| {
        matches!(effect, Effect::QueuePlanning { attempt: Attempt(2), pause_seconds: 10, .. })
    }));
    let never = happens(&at_work(), Happened::Failed(FIRST, failed(Class::Misconfigured)));
    assert!(matches!(unplanned(&never), Some(Unplanned::Broken { attempts: 1, .. })));
}

#[test]
fn who_comes_too_late_changes_nothing() {
    let sprint = after(&at_work(), [Happened::Failed(FIRST, failed(Class::AgentDied))]);
    for late in [
        Happened::Taken(FIRST),
        Happened::Lost(FIRST),
        Happened::Wondered(FIRST, question("Why?")),
        Happened::Rejected(FIRST, vec![]),
        Happened::TurnEnded(FIRST, 1),
        Happened::Failed(FIRST, failed(Class::AgentDied)),
    ] {
        assert_eq!(happens(&sprint, late.clone()).sprint, sprint, "{late:?}");
    }
}

#[test]
fn what_a_try_asked_that_failed_was_never_seen() {
    let wondered = Happened::Wondered(FIRST, question("Why?"));
    let sprint = after(&at_work(), [wondered.clone(), wondered]);
    assert_eq!((sprint.planning.questions.len(), sprint.planning.open().count()), (1, 0));
    let sprint = after(&sprint, [Happened::Failed(FIRST, failed(Class::TimedOut))]);
    assert_eq!(sprint.planning.questions, []);
}

#[test]
fn a_round_has_five_questions_and_the_last_answer_plans_again() {
    let many = (0..7).map(|n| Happened::Wondered(FIRST, question(&format!("Why {n}?"))));
    let sprint = after(&after(&at_work(), many), [Happened::TurnEnded(FIRST, 1)]);
    assert_eq!(sprint.planning.open().count(), MOST_QUESTIONS);
    assert_eq!(state(&sprint), Planned::Asking);
    let sprint = answers(&sprint, &[(Some(2), Some("because"))]).unwrap().sprint;
    assert_eq!(state(&sprint), Planned::Asking);
    let done = answers(&sprint, &[(None, None)]).unwrap();
    assert_eq!(done.sprint.planning.session.as_ref().unwrap().number, 2);
    assert_eq!(state(&done.sprint), Planned::Queued { attempt: Attempt(1) });
    let kept = &done.sprint.planning.questions[1].answer;
    assert_eq!(kept.as_ref().unwrap().text.as_deref(), Some("because"));
    let late = answers(&done.sprint, &[(Some(2), Some("no"))]).unwrap();
    assert!(
        late.effects.iter().any(|effect| {
            matches!(effect, Effect::Say { saying: Saying::AnswerKept { .. }, .. })
        })
    );
    assert_eq!(state(&late.sprint), Planned::Queued { attempt: Attempt(1) });
    assert_eq!(refused(answers(&late.sprint, &[(Some(9), None)])), ["there is no question 9"]);
    assert_eq!(refused(answers(&late.sprint, &[(None, None)])), ["no question is open"]);
}

#[test]
fn a_second_wish_while_the_planner_works_is_refused() {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let wanted = Happened::Wanted { asked: asked("grace"), fresh: true, at };
    let answer = at_work().decide(Event::Planning(wanted));
    assert_eq!(refused(answer), ["the plan is still being drafted"]);
}
