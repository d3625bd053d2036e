//! Who may pause, resume, cancel and skip, and what becomes of the run.

use team6::domain::control::{Control, Wish};
use team6::domain::ids::{Attempt, CommitSha, PullNumber};
use team6::domain::run::State as RunState;
use team6::domain::task::{Event as Happened, State as TaskState};

use super::*;

fn wants(sprint: &Sprint, by: &str, permission: Permission, wish: Wish) -> Result<Decision, No> {
    sprint.decide(Event::Control(Control { by: login(by), permission, wish }))
}

fn does(sprint: &Sprint, wish: Wish) -> Sprint {
    wants(sprint, "ada", Permission::Maintain, wish).unwrap().sprint
}

fn under_way() -> Sprint {
    let tasks = vec![task(1, &[]), task(2, &[1]), task(3, &[])];
    started(&approved(tasks)).sprint
}

fn happens(sprint: &Sprint, number: i64, what: Happened) -> Decision {
    sprint.decide(Event::Task(TaskNumber(number), what)).unwrap()
}

fn states(sprint: &Sprint) -> Vec<&'static str> {
    sprint.run.as_ref().unwrap().tasks.iter().map(|task| task.state.word()).collect()
}

fn run_state(sprint: &Sprint) -> RunState {
    sprint.run.as_ref().unwrap().state
}

fn says(decision: &Decision, wanted: fn(&Saying) -> bool) -> bool {
    decision
        .effects
        .iter()
        .any(|effect| if let Effect::Say { saying, .. } = effect { wanted(saying) } else { false })
}

const T1: Option<TaskNumber> = Some(TaskNumber(1));

#[test]
fn a_paused_run_goes_on_when_a_person_says_so() {
    let paused = does(&under_way(), Wish::Pause(None));
    assert_eq!(run_state(&paused), RunState::Paused);
    let again = wants(&paused, "grace", Permission::Write, Wish::Pause(None));
    assert_eq!(refused(again), ["ada has paused this sprint already"]);
    let resumed = wants(&paused, "grace", Permission::Write, Wish::Resume(None)).unwrap().sprint;
    assert_eq!(run_state(&resumed), RunState::Running);
    let twice = wants(&resumed, "grace", Permission::Write, Wish::Resume(None));
    assert_eq!(refused(twice), ["this sprint is not paused"]);
}

#[test]
fn a_label_that_comes_back_does_not_undo_what_a_person_paused() {
    let paused = does(&under_way(), Wish::Pause(None));
    let forgotten = paused.decide(Event::Forgotten(Lack::Label)).unwrap().sprint;
    let back = Event::Recognized(MilestoneNumber(1), Goal::default());
    let recognized = forgotten.decide(back).unwrap().sprint;
    assert_eq!(run_state(&recognized), RunState::Paused);
    assert_eq!(run_state(&does(&recognized, Wish::Resume(None))), RunState::Running);
}

#[test]
fn a_run_that_is_no_sprint_any_more_cannot_be_resumed_by_hand() {
    let forgotten = under_way().decide(Event::Forgotten(Lack::Label)).unwrap().sprint;
    let refusal = wants(&forgotten, "ada", Permission::Maintain, Wish::Resume(None));
    assert_eq!(
        refused(refusal),
        ["this sprint is held because its issue is no sprint issue any more"]
    );
}

#[test]
fn a_run_is_ended_by_whoever_started_it_or_a_maintainer() {
    let run = under_way();
    let refusal = wants(&run, "grace", Permission::Write, Wish::Cancel(None));
    assert_eq!(
        refused(refusal),
        ["only ada, who started this sprint, or a maintainer can cancel it"]
    );
    assert!(wants(&run, "ada", Permission::Write, Wish::Cancel(None)).is_ok());
    assert!(wants(&run, "grace", Permission::Admin, Wish::Cancel(None)).is_ok());
    let refusal = wants(&run, "ada", Permission::Read, Wish::Pause(None));
    assert_eq!(refused(refusal), ["only people who can write to this repository may do that"]);
}

#[test]
fn a_task_is_ended_by_its_owner_or_a_maintainer() {
    for wish in [Wish::Pause(T1), Wish::Cancel(T1), Wish::Skip(TaskNumber(1))] {
        let refusal = wants(&under_way(), "grace", Permission::Write, wish);
        assert_eq!(refused(refusal).len(), 1, "{wish:?}");
        assert!(wants(&under_way(), "ada", Permission::Write, wish).is_ok(), "{wish:?}");
    }
}

#[test]
fn a_cancelled_run_comes_to_rest_when_its_last_agent_is_gone() {
    let run = happens(&under_way(), 1, Happened::Taken(Attempt(1))).sprint;
    let cancelled = wants(&run, "ada", Permission::Maintain, Wish::Cancel(None)).unwrap();
    assert_eq!(states(&cancelled.sprint), ["being stopped", "cancelled", "being stopped"]);
    assert_eq!(run_state(&cancelled.sprint), RunState::Cancelled);
    assert!(!says(&cancelled, |saying| matches!(saying, Saying::Cancelled(_))));
    let one = happens(&cancelled.sprint, 3, Happened::Stopped(Attempt(1)));
    assert!(!says(&one, |saying| matches!(saying, Saying::Cancelled(_))));
    // It may have finished in the very same moment.
    let last = happens(&one.sprint, 1, Happened::Delivered(Attempt(1)));
    assert_eq!(states(&last.sprint), ["cancelled", "cancelled", "cancelled"]);
    assert!(says(&last, |saying| matches!(saying, Saying::Cancelled(_))));
    assert!(!last.effects.iter().any(|effect| matches!(effect, Effect::Publish(_))));
}

#[test]
fn after_a_cancelled_run_the_sprint_can_be_started_again() {
    let cancelled = does(&under_way(), Wish::Cancel(None));
    let again = started(&cancelled).sprint;
    assert_eq!(again.run.as_ref().unwrap().number.0, 2);
}

#[test]
fn what_waits_for_a_cancelled_task_goes_on_waiting_and_a_skip_lets_it_go() {
    let stopping = does(&under_way(), Wish::Cancel(T1));
    let cancelled = happens(&stopping, 1, Happened::Stopped(Attempt(1)));
    assert_eq!(states(&cancelled.sprint), ["cancelled", "waiting", "assigned"]);
    assert!(says(&cancelled, |saying| matches!(saying, Saying::TaskEnded { .. })));
    let skipped = does(&cancelled.sprint, Wish::Skip(TaskNumber(1)));
    assert_eq!(states(&skipped), ["skipped", "assigned", "assigned"]);
}

#[test]
fn a_run_whose_other_tasks_are_skipped_is_completed() {
    let mut sprint = under_way();
    for number in [1, 2, 3] {
        sprint = does(&sprint, Wish::Skip(TaskNumber(number)));
        if states(&sprint).contains(&"being stopped") {
            sprint = happens(&sprint, number, Happened::Stopped(Attempt(1))).sprint;
        }
    }
    assert_eq!(run_state(&sprint), RunState::Completed);
}

#[test]
fn a_pull_request_merged_after_its_task_was_cancelled_makes_it_done() {
    let (first, pull) = (Attempt(1), PullNumber(9));
    let mut sprint = under_way();
    for what in [Happened::Delivered(first), Happened::PullOpened(pull)] {
        sprint = happens(&sprint, 1, what).sprint;
    }
    let cancelled = does(&sprint, Wish::Cancel(T1));
    assert_eq!(states(&cancelled), ["cancelled", "waiting", "assigned"]);
    let merged = happens(&cancelled, 1, Happened::PullMerged(pull, CommitSha("c".repeat(40))));
    assert_eq!(states(&merged.sprint), ["done", "assigned", "assigned"]);
}

#[test]
fn a_merge_in_a_cancelled_run_starts_nobody() {
    let (first, pull) = (Attempt(1), PullNumber(9));
    let mut sprint = under_way();
    for what in [Happened::Delivered(first), Happened::PullOpened(pull)] {
        sprint = happens(&sprint, 1, what).sprint;
    }
    let cancelled = does(&sprint, Wish::Cancel(None));
    let merged = happens(&cancelled, 1, Happened::PullMerged(pull, CommitSha("c".repeat(40))));
    assert_eq!(states(&merged.sprint), ["done", "cancelled", "being stopped"]);
    assert!(!merged.effects.iter().any(|effect| matches!(effect, Effect::Queue { .. })));
}

#[test]
fn a_paused_task_is_queued_but_not_handed_out_and_a_retry_lifts_the_pause() {
    let mut sprint = does(&under_way(), Wish::Pause(T1));
    assert_eq!(sprint.run.as_ref().unwrap().tasks[0].held_by, Some(login("ada")));
    let again = wants(&sprint, "ada", Permission::Write, Wish::Pause(T1));
    assert_eq!(refused(again), ["ada has paused T1 already"]);
    let resumed = does(&sprint, Wish::Resume(T1));
    assert_eq!(resumed.run.as_ref().unwrap().tasks[0].held_by, None);
    sprint.run.as_mut().unwrap().tasks[0].state = TaskState::Failed { attempt: Attempt(5) };
    let refusal = wants(&resumed, "ada", Permission::Write, Wish::Resume(T1));
    assert_eq!(refused(refusal), ["T1 is not paused"]);
}
