//! What keeps a sprint from starting, and what starting does.

use team6::domain::ids::BranchName;
use team6::domain::permission::Permission::{Maintain, Read, Write};
use team6::domain::run;

use super::*;

#[test]
fn every_reason_is_given_at_once() {
    let mut tasks = vec![task(1, &[2]), task(2, &[1]), task(3, &[]), task(4, &[])];
    tasks[2].owner = None;
    tasks[2].agent = AgentName("nobody".to_owned());
    let dropped = IssueRef { repo: repo(), number: IssueNumber(99) };
    tasks[3].after = vec![Dependency::Dropped(dropped.clone()), Dependency::Unknown(dropped)];
    tasks[3].owner = Some(login("linus"));
    let start = start_by(&[("ada", Write), ("linus", Read)]);
    let reasons = refused(planned(tasks).decide(Event::Started(start))).join("\n");
    insta::assert_snapshot!(reasons, @r"
    T1 → T2 → T1 wait for each other in a circle
    T3 has no owner
    T3 asks for the agent `nobody`, which is not configured
    T4 is owned by linus, who cannot write to acme/web and so could not merge it
    T4 depends on acme/web#99, which was closed as not planned
    T4 depends on acme/web#99, which does not exist or which I cannot see
    T1 is not approved
    T2 is not approved
    T3 is not approved
    T4 is not approved
    ");
}

#[test]
fn an_owner_nobody_looked_up_counts_as_one_who_may_nothing() {
    let sprint = approved(vec![task(1, &[])]);
    assert_eq!(refused(sprint.decide(Event::Started(start_by(&[])))).len(), 1);
}

#[test]
fn exactly_the_tasks_that_wait_for_nothing_start() {
    let decided = started(&approved(vec![task(1, &[]), task(2, &[1]), task(3, &[])]));
    let queued: Vec<_> = decided.effects.iter().filter_map(queued).collect();
    assert_eq!(queued, [1, 3]);
    assert_eq!(decided.sprint.run.unwrap().state, run::State::Running);
}

#[test]
fn a_sprint_starts_once() {
    let running = started(&approved(vec![task(1, &[])])).sprint;
    let again = running.decide(Event::Started(start_by(&[("ada", Maintain)])));
    assert_eq!(refused(again), ["this sprint is already running"]);
}

#[test]
fn an_issue_that_is_no_sprint_issue_any_more_starts_nothing() {
    let forgotten =
        approved(vec![task(1, &[])]).decide(Event::Forgotten(Lack::Label)).unwrap().sprint;
    let start = start_by(&[("ada", Maintain)]);
    assert_eq!(refused(forgotten.decide(Event::Started(start))).len(), 1);
}

#[test]
fn a_branch_that_another_sprint_works_on_is_not_taken() {
    let sprint = approved(vec![task(1, &[])]);
    let mut start = start_by(&[("ada", Write)]);
    start.taken.insert((repo(), BranchName("feature/task-1-task-1".to_owned())));
    let run = sprint.decide(Event::Started(start)).unwrap().sprint.run.unwrap();
    assert_eq!(run.tasks[0].branch.0, "feature/task-1-task-1-11");
}

fn queued(effect: &Effect) -> Option<i64> {
    if let Effect::Queue { task, .. } = effect { Some(task.0) } else { None }
}

#[test]
fn a_plan_that_was_carried_out_does_not_start_again() {
    let mut sprint = started(&approved(vec![task(1, &[])])).sprint;
    sprint.run.as_mut().unwrap().state = run::State::Completed;
    let again = sprint.decide(Event::Started(start_by(&[("ada", Maintain)])));
    assert_eq!(refused(again), ["every task of this plan is merged already"]);
    // What its merges closed makes no new version by itself, and none of nothing when asked.
    let nothing = |asked| Event::Drafted { plan: Plan::default(), asked };
    assert_eq!(sprint.decide(nothing(false)).unwrap().sprint, sprint);
    assert_eq!(refused(sprint.decide(nothing(true))).len(), 1);
}
