//! "Errors block a start; warnings ask for a nod."

use team6::domain::ids::BranchName;
use team6::domain::lint::{self, RedBranch, Surroundings, Warning};
use team6::domain::plan::Reading;

use super::*;

fn plan_of(tasks: Vec<PlannedTask>) -> Plan {
    Plan { version: 1, tasks, ..Plan::default() }
}

fn all_well() -> Surroundings {
    around(&[("ada", Permission::Write), ("grace", Permission::Write)])
}

fn flaws(tasks: Vec<PlannedTask>, around: &Surroundings) -> Vec<String> {
    lint::flaws(&plan_of(tasks), around).iter().map(ToString::to_string).collect()
}

fn warnings(tasks: Vec<PlannedTask>, around: &Surroundings) -> Vec<String> {
    lint::warnings(&plan_of(tasks), around).iter().map(ToString::to_string).collect()
}

fn touching(number: i64, after: &[i64], file: &str) -> PlannedTask {
    PlannedTask { files: vec![file.to_owned()], ..task(number, after) }
}

#[test]
fn every_error_is_named() {
    let api: RepoName = "acme/api".parse().unwrap();
    let issue = |number| IssueRef { repo: api.clone(), number: IssueNumber(number) };
    let around = Surroundings {
        unreachable: BTreeSet::from([api.clone()]),
        ..around(&[("ada", Permission::Write)])
    };
    let tasks = vec![
        task(1, &[2]),
        task(2, &[1]),
        PlannedTask { owner: None, ..task(3, &[]) },
        PlannedTask { agent: AgentName("ghost".to_owned()), ..task(4, &[]) },
        PlannedTask { repo: api.clone(), owner: Some(login("linus")), ..task(5, &[]) },
        PlannedTask { after: vec![Dependency::Dropped(issue(9))], ..task(6, &[]) },
        PlannedTask { owner: Some(login("linus")), ..task(7, &[]) },
    ];
    assert_eq!(
        flaws(tasks, &around),
        [
            "T1 → T2 → T1 wait for each other in a circle",
            "I cannot reach acme/api, where T5 would be done",
            "T3 has no owner",
            "T4 asks for the agent `ghost`, which is not configured",
            "T6 depends on acme/api#9, which was closed as not planned",
            "T7 is owned by linus, who cannot write to acme/web and so could not merge it",
        ]
    );
}

#[test]
fn tasks_of_one_wave_must_not_touch_one_file_and_those_in_a_row_may() {
    let beside = vec![touching(1, &[], "src/a.rs"), touching(2, &[], "./src/a.rs ")];
    assert_eq!(warnings(beside, &all_well()), ["T1 and T2 may change src/a.rs at the same time"]);
    let in_a_row = vec![touching(1, &[], "src/a.rs"), touching(2, &[1], "src/a.rs")];
    assert_eq!(warnings(in_a_row, &all_well()), [""; 0]);
    let elsewhere =
        PlannedTask { repo: "acme/api".parse().unwrap(), ..touching(2, &[], "src/a.rs") };
    assert_eq!(warnings(vec![touching(1, &[], "src/a.rs"), elsewhere], &all_well()), [""; 0]);
}

#[test]
fn sizes_are_compared_where_there_are_enough_of_them() {
    let sized = |number, estimate| PlannedTask { estimate, ..task(number, &[]) };
    let of = |sizes: &[Option<u32>]| {
        warnings((1..).zip(sizes).map(|(n, size)| sized(n, *size)).collect(), &all_well())
    };
    let third = [Some(3), Some(2), Some(2), Some(2)];
    assert_eq!(of(&third), [""; 0]);
    assert_eq!(
        of(&[Some(4), Some(2), Some(2), Some(2), None]),
        [
            "T1 is 4 of 10, more than a third of the sprint",
            "T5 has no estimate, and others have one"
        ]
    );
    assert_eq!(of(&[Some(9), Some(1)]), [""; 0], "of two, one is always more than a third");
    assert_eq!(of(&[None, None]), [""; 0]);
}

#[test]
fn a_person_with_many_tasks_at_once_is_named() {
    let grace =
        |number, after: &[i64]| PlannedTask { owner: Some(login("grace")), ..task(number, after) };
    let two = Surroundings { most_at_once: 2, ..all_well() };
    let crowd = vec![grace(1, &[]), grace(2, &[]), grace(3, &[]), task(4, &[])];
    assert_eq!(
        warnings(crowd, &two),
        ["grace owns 3 tasks of wave 1 (T1, T2 and T3), which may be in review together"]
    );
    assert_eq!(warnings(vec![grace(1, &[]), grace(2, &[]), grace(3, &[2])], &two), [""; 0]);
}

#[test]
fn what_an_issue_says_and_the_plan_does_not_hear_is_told() {
    let reading =
        Reading { owner: Some(login("ada")), others: vec![login("Grace")], ..Reading::default() };
    let text = "Depends on the new logo".to_owned();
    let tasks = vec![PlannedTask { reading: Some(reading), text, ..task(1, &[]) }];
    assert_eq!(
        warnings(tasks, &all_well()),
        [
            "ada owns T1, and Grace is assigned too",
            "T1 says \"Depends on the new logo\", in which I found no issue to wait for"
        ]
    );
}

#[test]
fn a_start_with_warnings_needs_a_nod_and_one_with_errors_is_refused_all_the_same() {
    let sprint = approved(vec![task(1, &[])]);
    let red = RedBranch {
        repo: repo(),
        branch: BranchName("main".to_owned()),
        checks: vec!["build".to_owned()],
    };
    let red = Surroundings { red: vec![red], ..all_well() };
    let start = |around: &Surroundings, despite_warnings| Start {
        around: around.clone(),
        despite_warnings,
        ..start_by(&[])
    };

    let asked = sprint.decide(Event::Started(start(&red, false)));
    let Err(No::Refused(refusals)) = &asked else { panic!("{asked:?}") };
    assert!(
        matches!(&refusals[..], [Refusal::LookTwice(all)] if matches!(all[..], [Warning::RedBranch(_)]))
    );
    assert!(sprint.decide(Event::Started(start(&red, true))).unwrap().sprint.is_running());

    let nobody = Surroundings { owners: BTreeMap::new(), ..red };
    let refused = refused(sprint.decide(Event::Started(start(&nobody, true))));
    assert_eq!(
        refused,
        ["T1 is owned by ada, who cannot write to acme/web and so could not merge it"]
    );
}

#[test]
fn an_approval_that_a_change_voids_is_kept_in_mind_until_it_is_given_anew() {
    let sprint = approved(vec![task(1, &[]), task(2, &[])]);
    let theirs = PlannedTask { owner: Some(login("grace")), title: "New".into(), ..task(1, &[]) };
    let changed = plan_of(vec![theirs, task(2, &[])]);
    let drafted = sprint.decide(Event::Drafted { plan: changed, asked: true }).unwrap();
    let void = &drafted.sprint.plan.as_ref().unwrap().void;
    assert_eq!(void.len(), 1);
    assert_eq!((void[0].task.0, void[0].by.0.as_str()), (1, "ada"));
    assert_eq!(void[0].changed, "its title and its owner");
    let notes: Vec<_> = drafted.notes.iter().map(|(_, text)| text.as_str()).collect();
    assert!(notes.contains(&"ada's approval of T1 is void: its title and its owner changed"));

    let again =
        ticks(&drafted.sprint, "ada", Permission::Maintain, vec![everything(&drafted.sprint)])
            .sprint;
    let third = plan_of(vec![again.plan.as_ref().unwrap().tasks[0].clone()]);
    let third = again.decide(Event::Drafted { plan: third, asked: true }).unwrap().sprint;
    assert_eq!(third.plan.unwrap().void, []);
}
