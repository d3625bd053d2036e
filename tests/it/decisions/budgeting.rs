//! What may be spent: held at the limit, told before it, and never wrong by more than it says.

use proptest::prelude::*;
use team6::domain::budget::{
    Amount, Event as Spent, Limit, Purse, Raise, Spending, Stage, allowance,
};
use team6::domain::ids::Attempt;
use team6::domain::money::Money;
use team6::domain::run::{Hold, State as RunState};
use team6::domain::task::{Event as Happened, State as TaskState};

use super::*;

fn dollars(n: i64) -> Money {
    Money(n * 1_000_000)
}

fn cost(n: i64) -> Spending {
    Spending { cost: dollars(n), ..Spending::default() }
}

fn at_most(n: i64) -> Purse {
    Purse::new(Limit { cost: Some(dollars(n)), ..Limit::default() })
}

/// A run of three tasks that wait for nothing, with these budgets.
fn with(run: Purse, task: Purse) -> Sprint {
    let mut sprint = started(&approved(vec![task_of(1), task_of(2), task_of(3)])).sprint;
    let under_way = sprint.run.as_mut().unwrap();
    under_way.purse = run;
    under_way.tasks.iter_mut().for_each(|one| one.purse = task);
    sprint
}

fn task_of(number: i64) -> PlannedTask {
    task(number, &[])
}

fn counted(sprint: &Sprint, by_task: i64, by_run: i64, refused: bool) -> Decision {
    let (task, by_task, by_run) = (TaskNumber(1), cost(by_task), cost(by_run));
    sprint.decide(Event::Budget(Spent::Counted { task, by_task, by_run, refused })).unwrap()
}

fn happens(sprint: &Sprint, what: Happened) -> Sprint {
    sprint.decide(Event::Task(TaskNumber(1), what)).unwrap().sprint
}

fn raises(
    sprint: &Sprint,
    by: (&str, Permission),
    task: Option<i64>,
    amount: Amount,
) -> Result<Decision, No> {
    let (by, permission) = (login(by.0), by.1);
    let raise = Raise { by, permission, task: task.map(TaskNumber), amount };
    sprint.decide(Event::Budget(Spent::Raised(raise)))
}

fn told(decision: &Decision) -> Vec<&Saying> {
    let mut said = Vec::new();
    for effect in &decision.effects {
        if let Effect::Say { saying, .. } = effect {
            said.push(saying);
        }
    }
    said
}

fn state(sprint: &Sprint) -> TaskState {
    sprint.run.as_ref().unwrap().tasks[0].state.clone()
}

const FIVE: Amount = Amount::Cost(Money(5_000_000));

#[test]
fn four_fifths_are_told_once_and_again_after_a_raise() {
    let sprint = with(Purse::default(), at_most(10));
    assert_eq!(told(&counted(&sprint, 7, 7, false)), [] as [&Saying; 0]);
    let warned = counted(&sprint, 8, 8, false);
    assert!(matches!(told(&warned)[..], [Saying::NearlySpent { .. }]), "{:?}", warned.effects);
    assert_eq!(counted(&warned.sprint, 9, 9, false).effects, []);

    let raised = raises(&warned.sprint, ("grace", Permission::Maintain), Some(1), FIVE).unwrap();
    assert_eq!(raised.sprint.run.as_ref().unwrap().tasks[0].purse.stage, None);
    assert_eq!(told(&counted(&raised.sprint, 12, 12, false)).len(), 1);
}

#[test]
fn a_task_that_was_refused_more_is_held_and_a_raise_uses_no_try() {
    let sprint = happens(&with(Purse::default(), at_most(10)), Happened::Taken(Attempt(1)));
    let refused = counted(&sprint, 10, 10, true).sprint;
    let held = happens(&refused, Happened::Spent(Attempt(1)));
    assert_eq!(state(&held), TaskState::Spent { attempt: Attempt(1), pull: None });

    let raised = raises(&held, ("grace", Permission::Maintain), Some(1), FIVE).unwrap();
    assert_eq!(state(&raised.sprint), TaskState::Assigned { attempt: Attempt(2) });
    assert!(raised.effects.iter().any(|effect| matches!(effect, Effect::Queue { .. })));
    let task = &raised.sprint.run.as_ref().unwrap().tasks[0];
    assert_eq!(task.dialogue.counted(Attempt(2)), 1);
}

#[test]
fn a_spent_run_starts_nothing_new_until_it_is_raised_enough() {
    let sprint = happens(&with(at_most(20), Purse::default()), Happened::Taken(Attempt(1)));
    let spent = counted(&sprint, 12, 27, true);
    assert!(matches!(told(&spent)[..], [Saying::RunSpent { .. }]));
    let run = spent.sprint.run.as_ref().unwrap();
    assert_eq!((run.state, &run.holds[..]), (RunState::Paused, &[Hold::Spent][..]));
    let held = happens(&spent.sprint, Happened::Spent(Attempt(1)));

    let some = raises(&held, ("ada", Permission::Write), None, FIVE).unwrap().sprint;
    assert_eq!(some.run.as_ref().unwrap().state, RunState::Paused);
    assert!(matches!(state(&some), TaskState::Spent { .. }));
    let enough = raises(&some, ("ada", Permission::Write), None, FIVE).unwrap().sprint;
    assert_eq!(enough.run.as_ref().unwrap().state, RunState::Running);
    assert_eq!(state(&enough), TaskState::Assigned { attempt: Attempt(2) });
}

#[test]
fn who_may_raise_a_budget_and_which_can_be_raised() {
    let sprint = with(at_most(20), at_most(10));
    let refused = |by, task, amount| match raises(&sprint, by, task, amount) {
        Err(No::Refused(refusals)) => refusals[0].to_string(),
        other => panic!("{other:?}"),
    };
    for (by, task, amount, words) in [
        (("linus", Permission::Read), Some(1), FIVE, "only people who can write"),
        (("mary", Permission::Write), Some(1), FIVE, "only its owner or a maintainer"),
        (("mary", Permission::Write), None, FIVE, "only ada, who started this sprint"),
        (("ada", Permission::Admin), Some(9), FIVE, "there is no task T9"),
        (("ada", Permission::Admin), Some(1), Amount::Tokens(5), "nothing limits what T1 may"),
        (("ada", Permission::Admin), None, Amount::Minutes(5), "nothing limits what this run"),
    ] {
        let said = refused(by, task, amount);
        assert!(said.contains(words), "{said}");
    }
}

proptest! {
    /// Whatever several executions of a run spend, each within what it was allowed when it was
    /// last asked: together they are over by no more than all but one of them were allowed.
    #[test]
    fn executions_that_ask_before_they_spend_never_overrun(
        limit in 1..50_i64, steps in prop::collection::vec((0..3_usize, 1..9_i64), 1..60),
    ) {
        let (run, free) = (at_most(limit), Purse::default());
        let mut spent = [0_i64; 3];
        for (who, wish) in steps {
            let all = cost(spent.iter().sum());
            let own = cost(spent[who]);
            let may = allowance(Limit::default(), own, (&free, own), (&run, all));
            let left = may.less(own).cost.unwrap().0 / 1_000_000;
            spent[who] += wish.min(left);
        }
        prop_assert!(spent.iter().sum::<i64>() <= limit);
    }

    #[test]
    fn more_spent_is_never_an_earlier_stage(limit in 1..100_i64, a in 0..200_i64, b in 0..200_i64) {
        let purse = at_most(limit);
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(purse.stage_at(cost(less)) <= purse.stage_at(cost(more)));
        prop_assert_eq!(purse.stage_at(cost(a)) == Some(Stage::Spent), limit <= a);
    }

    #[test]
    fn an_amount_is_read_as_it_is_shown(millionths in 1..1_000_000_000_000_i64) {
        let amount = Amount::Cost(Money(millionths));
        prop_assert_eq!(Amount::read(&[&format!("+{amount}")]), Ok(amount));
    }

    #[test]
    fn no_words_break_the_reading_of_an_amount(words in prop::collection::vec("\\PC*", 0..4)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let _ = Amount::read(&words);
    }
}
