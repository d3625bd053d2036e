//! Who may approve what, and what an approval is of.

use team6::domain::checklist::{Edit, Mark};
use team6::domain::ids::TaskNumber;
use team6::domain::permission::Permission::{Maintain, Read, Write};
use team6::domain::plan::{Plan, TextHash};
use team6::domain::sprint::Event;

use super::*;

#[test]
fn an_owner_approves_their_own_task() {
    let sprint = planned(vec![task(1, &[]), task(2, &[])]);
    let decided = ticks(&sprint, "Ada", Write, vec![mark(&sprint, 2)]);
    assert_eq!(approvals(&decided.sprint), [(2, "Ada".to_owned())]);
    assert!(explained(&decided).is_empty());
}

#[test]
fn somebody_elses_task_is_not_ones_to_approve() {
    let sprint = planned(vec![task(1, &[])]);
    let decided = ticks(&sprint, "grace", Write, vec![mark(&sprint, 1)]);
    assert!(approvals(&decided.sprint).is_empty());
    assert_eq!(
        explained(&decided),
        ["T1 is ada's: only its owner or a maintainer may decide about it"]
    );
    assert!(decided.effects.contains(&Effect::ShowPlan(sprint.id)), "the tick is undone");
}

#[test]
fn an_owner_without_write_access_approves_nothing() {
    let sprint = planned(vec![task(1, &[])]);
    let decided = ticks(&sprint, "ada", Read, vec![mark(&sprint, 1)]);
    assert!(approvals(&decided.sprint).is_empty());
}

#[test]
fn approving_everything_approves_what_one_may() {
    let mut tasks = vec![task(1, &[]), task(2, &[]), task(3, &[])];
    tasks[1].owner = Some(login("grace"));
    tasks[2].owner = None;
    let sprint = planned(tasks);
    let hers = ticks(&sprint, "grace", Write, vec![everything(&sprint)]);
    assert_eq!(approvals(&hers.sprint), [(2, "grace".to_owned()), (3, "grace".to_owned())]);
    assert_eq!(explained(&hers).len(), 1);
    let all = ticks(&hers.sprint, "ada", Maintain, vec![everything(&sprint)]);
    assert_eq!(approvals(&all.sprint).len(), 3);
}

#[test]
fn unticking_withdraws_if_one_may() {
    let sprint = approved(vec![task(1, &[])]);
    let empty = |by| {
        edits(&sprint, by, Write, Edit { unticked: vec![mark(&sprint, 1)], ..Edit::default() })
    };
    assert!(approvals(&empty("ada").sprint).is_empty());
    let refused = empty("grace");
    assert_eq!(approvals(&refused.sprint).len(), 1);
    assert_eq!(explained(&refused).len(), 1);
}

#[test]
fn a_stale_page_that_ticks_one_box_empties_no_other() {
    let sprint = approved(vec![task(1, &[]), task(2, &[])]);
    let edit =
        Edit { ticked: vec![mark(&sprint, 2)], unticked: vec![mark(&sprint, 1)], rewritten: false };
    assert_eq!(approvals(&edits(&sprint, "ada", Write, edit).sprint).len(), 2);
}

#[test]
fn an_edit_of_the_words_counts_no_tick() {
    let sprint = planned(vec![task(1, &[])]);
    let edit = Edit { ticked: vec![mark(&sprint, 1)], unticked: vec![], rewritten: true };
    let decided = edits(&sprint, "ada", Write, edit);
    assert!(approvals(&decided.sprint).is_empty());
    assert_eq!(explained(&decided).len(), 1);
}

#[test]
fn a_tick_on_an_older_text_does_not_count_for_the_new_one() {
    let sprint = planned(vec![task(1, &[])]);
    let old = Mark::Task(TaskNumber(1), TextHash("of another text".to_owned()));
    let decided = ticks(&sprint, "ada", Write, vec![old]);
    assert!(approvals(&decided.sprint).is_empty());
    assert!(explained(&decided)[0].contains("changed while you were looking"));
}

#[test]
fn a_changed_task_loses_its_approval_and_the_others_keep_theirs() {
    let sprint = approved(vec![task(1, &[]), task(2, &[])]);
    let mut tasks = vec![task(1, &[]), task(2, &[])];
    tasks[0].text = "Something else".to_owned();
    let plan = Plan { version: 0, tasks, ..Plan::default() };
    let decided = sprint.decide(Event::Drafted { plan, asked: false }).unwrap();
    assert_eq!(approvals(&decided.sprint), [(2, "ada".to_owned())]);
    assert_eq!(decided.sprint.plan.unwrap().version, 2);
}

#[test]
fn the_same_draft_again_is_no_new_version() {
    let sprint = approved(vec![task(1, &[])]);
    let plan = Plan { version: 9, tasks: vec![task(1, &[])], ..Plan::default() };
    let decided = sprint.decide(Event::Drafted { plan, asked: false }).unwrap();
    assert_eq!(decided.sprint, sprint);
    assert!(decided.effects.is_empty());
}

#[test]
fn nothing_is_approved_or_withdrawn_while_the_sprint_runs() {
    let running = started(&approved(vec![task(1, &[])])).sprint;
    let edit = Edit { unticked: vec![mark(&running, 1)], ..Edit::default() };
    let decided = edits(&running, "ada", Maintain, edit);
    assert_eq!(decided.sprint, running);
    assert_eq!(explained(&decided).len(), 1);
}

#[test]
fn a_click_that_cannot_count_is_refused_before_it_is_one() {
    let mut tasks = vec![task(1, &[]), task(2, &[])];
    tasks[1].owner = Some(login("grace"));
    let sprint = planned(tasks);
    let click = |sprint: &Sprint, by: &str, may: Permission, mark: Mark| {
        let edited = Edited {
            by: login(by),
            at: DateTime::<Utc>::UNIX_EPOCH,
            edit: Edit { ticked: vec![mark], ..Edit::default() },
            permissions: BTreeMap::from([(repo(), may)]),
            key: "the click".to_owned(),
        };
        sprint.would_count(&edited).map_err(|refusal| refusal.to_string())
    };
    let says = |result: Result<(), String>| result.err().unwrap_or_else(|| "yes".to_owned());

    let of = |number| mark(&sprint, number);
    let old = Mark::Task(TaskNumber(1), TextHash("another text".to_owned()));
    let all = [
        says(click(&sprint, "ada", Write, of(1))),
        says(click(&sprint, "grace", Write, everything(&sprint))),
        says(click(&sprint, "grace", Write, of(1))),
        says(click(&sprint, "grace", Read, everything(&sprint))),
        says(click(&sprint, "ada", Write, old)),
        says(click(&Sprint { plan: None, ..sprint.clone() }, "ada", Write, of(1))),
        says(click(&started(&approved(vec![task(1, &[])])).sprint, "ada", Write, of(1))),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
