//! Whatever happens to a task and to the parts its agent handed out: nobody waits for nothing, nobody works
//! for nobody, and nothing begins that nobody allowed.

use proptest::prelude::*;
use team6::domain::budget::{Limit, Purse, Spending};
use team6::domain::control::{Control, Wish};
use team6::domain::delegation::{
    Draft, Duty, End, Event as Parts, Handed, Limits, Stage, Stuck, Ticked,
};
use team6::domain::ids::{Attempt, BranchName, CommitSha, PullNumber};
use team6::domain::money::Money;
use team6::domain::retry::Retry;
use team6::domain::run::Run;
use team6::domain::task::{Again, Event as Happened, State as TaskState, Task};
use team6::domain::work::Class;

use super::*;

const LIMITS: Limits = Limits { depth: 1, most: 2, share: 50 };

fn run(sprint: &Sprint) -> &Run {
    sprint.run.as_ref().unwrap()
}

fn of(sprint: &Sprint, number: i64) -> &Task {
    run(sprint).find(TaskNumber(number)).unwrap()
}

fn happens(sprint: &Sprint, number: i64, what: Happened) -> Decision {
    sprint.decide(Event::Task(TaskNumber(number), what)).unwrap()
}

fn parts(sprint: &Sprint, number: i64, what: Parts) -> Decision {
    sprint.decide(Event::Delegation(TaskNumber(number), what)).unwrap()
}

fn draft(title: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        text: "Do it.".to_owned(),
        acceptance: Vec::new(),
        agent: AgentName("builder".to_owned()),
    }
}

fn handed(title: &str) -> Parts {
    Parts::Handed(Attempt(1), Handed { draft: draft(title), limits: LIMITS })
}

fn made(part: i64) -> Parts {
    let issue = IssueRef { repo: repo(), number: IssueNumber(100 + part) };
    let spent = Spending { cost: Money(2_000_000), ..Spending::default() };
    Parts::IssueMade { part: TaskNumber(part), issue, limits: LIMITS, spent }
}

/// T1's agent works.
fn at_work() -> Sprint {
    let sprint = started(&approved(vec![task(1, &[]), task(2, &[1])])).sprint;
    happens(&sprint, 1, Happened::Taken(Attempt(1))).sprint
}

/// T1 waits for T3 and T4, which are in the queue, and asks for T5.
fn waiting() -> Sprint {
    let mut sprint = at_work();
    sprint.run.as_mut().unwrap().tasks[0].purse =
        Purse::new(Limit { cost: Some(Money(10_000_000)), ..Limit::default() });
    for title in ["Colors", "Switch", "More"] {
        sprint = parts(&sprint, 1, handed(title)).sprint;
    }
    sprint = happens(&sprint, 1, Happened::Delegated(Attempt(1))).sprint;
    for what in [Parts::Shared, made(3), made(4), made(5)] {
        sprint = parts(&sprint, 1, what).sprint;
    }
    sprint
}

fn stands(sprint: &Sprint) -> String {
    let word = |task: &Task| format!("T{} {}", task.planned.number, task.state.word());
    run(sprint).tasks.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn delivers(sprint: &Sprint, number: i64) -> Sprint {
    let attempt = of(sprint, number).state.attempt();
    let pull = PullNumber(200 + number);
    let steps =
        [Happened::Taken(attempt), Happened::Delivered(attempt), Happened::PullOpened(pull)];
    steps.into_iter().fold(sprint.clone(), |sprint, what| happens(&sprint, number, what).sprint)
}

fn merged(sprint: &Sprint, number: i64) -> Sprint {
    let merge = Happened::PullMerged(PullNumber(200 + number), CommitSha("c".repeat(40)));
    happens(&delivers(sprint, number), number, merge).sprint
}

#[test]
fn parts_begin_with_the_owner_the_branch_and_the_share_of_what_they_are_parts_of() {
    let sprint = waiting();
    assert_eq!(
        stands(&sprint),
        "T1 waiting on subtasks, T2 waiting, T3 assigned, T4 assigned",
        "T5 is beyond the limits"
    );
    let (whole, part) = (of(&sprint, 1), of(&sprint, 3));
    assert_eq!(
        (&part.planned.owner, part.delegation.parent),
        (&Some(login("ada")), Some(TaskNumber(1)))
    );
    assert_eq!(part.branch.0, "feature/task-3-colors-103");
    // Half of the $8 that are left, for two of them; what one gets is the other's less.
    assert_eq!(part.purse.limit.cost, Some(Money(2_000_000)));
    assert_eq!(of(&sprint, 4).purse.limit.cost, Some(Money(1_500_000)));
    assert_eq!(whole.purse.limit.cost, Some(Money(6_500_000)));
    assert_eq!(run(&sprint).level(part), 1);
    assert_eq!(sprint.plan.as_ref().unwrap().next_number(), TaskNumber(6), "no number twice");
    assert!(!sprint.is_completed());
}

#[test]
fn asking_twice_is_asking_once_and_nothing_is_taken_from_who_is_not_at_work() {
    let sprint = parts(&at_work(), 1, handed("Colors")).sprint;
    assert_eq!(parts(&sprint, 1, handed("Colors")).sprint, sprint);
    let late = Parts::Handed(Attempt(7), Handed { draft: draft("Late"), limits: LIMITS });
    assert_eq!(parts(&sprint, 1, late).sprint, sprint);
    // Before its turn is over nothing begins.
    assert_eq!(parts(&sprint, 1, made(3)).sprint, sprint);
}

#[test]
fn a_task_goes_on_when_the_last_of_its_parts_is_over_however_it_ended() {
    let sprint = merged(&waiting(), 3);
    assert_eq!(of(&sprint, 1).state.word(), "waiting on subtasks");
    let failed = Happened::Failed(Attempt(1), Class::Unacceptable);
    let sprint = happens(&sprint, 4, failed).sprint;
    let cancel = |task| {
        Event::Control(Control {
            by: login("ada"),
            permission: Permission::Write,
            wish: Wish::Cancel(Some(TaskNumber(task))),
        })
    };
    assert_eq!(of(&sprint, 1).state.word(), "waiting on subtasks", "T5 is not decided");
    let decision = sprint.decide(cancel(5)).unwrap();
    assert_eq!(stands(&decision.sprint), "T1 assigned, T2 waiting, T3 done, T4 failed");
    let ends: Vec<_> =
        of(&decision.sprint, 1).delegation.parts.iter().map(|one| one.stage.clone()).collect();
    assert_eq!(
        ends,
        [
            Stage::Over(End::Merged(PullNumber(203))),
            Stage::Over(End::Failed),
            Stage::Over(End::Declined(login("ada")))
        ]
    );
    // Who has a part tried again that failed has its task wait for it once more.
    let retry = Retry {
        task: TaskNumber(4),
        again: Again::Fresh,
        by: login("ada"),
        permission: Permission::Write,
        at: DateTime::<Utc>::UNIX_EPOCH,
        title: None,
        text: None,
    };
    let again = decision.sprint.decide(Event::Retry(retry)).unwrap().sprint;
    assert!(of(&again, 1).delegation.waits());
    // And the whole is completed without it.
    let done = merged(&merged(&decision.sprint, 1), 2);
    assert_eq!(stands(&done), "T1 done, T2 done, T3 done, T4 cancelled");
    assert!(done.is_completed());
}

#[test]
fn a_tick_counts_from_the_owner_for_the_text_it_is_about() {
    let sprint = waiting();
    let part = of(&sprint, 1).delegation.part(TaskNumber(5)).unwrap().clone();
    let tick = |by: &str, marks: Vec<Mark>| {
        let (by, permission, at) = (login(by), Permission::Write, DateTime::<Utc>::UNIX_EPOCH);
        parts(&sprint, 1, Parts::Ticked(Ticked { by, permission, at, marks }))
    };
    let stranger = tick("mary", vec![part.mark()]);
    assert_eq!(stranger.sprint, sprint);
    assert_eq!(explained(&stranger).len(), 1);
    let another = Mark::Task(part.number, team6::domain::plan::TextHash("00".to_owned()));
    assert_eq!(tick("ada", vec![another]).sprint, sprint);
    let allowed = tick("ada", vec![part.mark()]);
    assert_eq!(of(&allowed.sprint, 1).delegation.part(part.number).unwrap().stage, Stage::Approved);
    let begins = |effect: &Effect| matches!(effect, Effect::Delegation(Duty::Share { .. }));
    assert!(allowed.effects.iter().any(begins));
    assert_eq!(stands(&parts(&allowed.sprint, 1, made(5)).sprint).matches("assigned").count(), 3);
}

#[test]
fn what_conflicts_is_put_to_the_parent_and_pausing_the_parent_holds_its_parts() {
    let sprint = merged(&waiting(), 3);
    let declined = Parts::Declined(TaskNumber(5), login("ada"));
    let sprint = delivers(&parts(&sprint, 1, declined).sprint, 4);
    let head = CommitSha("d".repeat(40));
    let stuck = Stuck::Conflict { branch: BranchName("b".to_owned()), head: head.clone() };
    let sprint = parts(&sprint, 4, Parts::Stuck(stuck)).sprint;
    assert_eq!(stands(&sprint), "T1 assigned, T2 waiting, T3 done, T4 in review");
    assert_eq!(of(&sprint, 1).delegation.to_merge(), [head]);

    let sprint = waiting();
    let wish = Wish::Pause(Some(TaskNumber(1)));
    let pause = Control { by: login("ada"), permission: Permission::Write, wish };
    let paused = sprint.decide(Event::Control(pause)).unwrap().sprint;
    assert!(run(&sprint).hands_out(of(&sprint, 3)) && !run(&paused).hands_out(of(&paused, 3)));
}

proptest! {
    #[test]
    fn nobody_waits_for_nothing_and_nobody_works_for_nobody(
        steps in proptest::collection::vec((0..14_usize, 1..7_i64), 0..60)
    ) {
        let mut sprint = waiting();
        for (step, number) in steps {
            let Some(task) = run(&sprint).find(TaskNumber(number)).cloned() else { continue };
            let attempt = task.state.attempt();
            let pull = task.state.pull().unwrap_or(PullNumber(200 + number));
            let what = match step {
                0 | 1 => Happened::Taken(attempt),
                2 => Happened::Delivered(attempt),
                3 | 4 => Happened::PullOpened(pull),
                5 => Happened::PullMerged(pull, CommitSha("c".repeat(40))),
                6 => Happened::PullClosed(pull),
                7 => Happened::Failed(attempt, Class::Unacceptable),
                8 => Happened::Cancelled,
                9 => Happened::Delegated(attempt),
                10 => Happened::Stopped(attempt),
                11 => Happened::Retried(Again::Continue),
                12 => Happened::Lost(attempt),
                _ => Happened::Retried(Again::Fresh),
            };
            if let Ok(decision) = sprint.decide(Event::Task(TaskNumber(number), what)) {
                sprint = decision.sprint;
            }
            if !run(&sprint).state.is_live() {
                break;
            }
            let allowed = parts(&sprint, 1, made(5)).sprint;
            prop_assert!(run(&allowed).find(TaskNumber(5)).is_none(), "nobody allowed it");
            for task in &run(&sprint).tasks {
                let waits = matches!(task.state, TaskState::Delegating { .. });
                prop_assert!(!waits || task.delegation.waits(), "{}", stands(&sprint));
                let ended = |one: &Task| one.state.is_over() || matches!(one.state, TaskState::Stopping { .. });
                let orphan = run(&sprint).parent_of(task).is_some_and(&ended);
                prop_assert!(!orphan || ended(task), "{}", stands(&sprint));
            }
        }
    }
}
