use serde_json::json;

use super::*;
use crate::domain::plan::DroppedTask;
use crate::domain::planner::{Specialist, Survey};

fn repo(name: &str) -> RepoName {
    name.parse().unwrap()
}

fn issue(text: &str) -> IssueRef {
    reference(text, &repo("acme/web")).unwrap()
}

fn candidate(name: &str, title: &str) -> Candidate {
    Candidate {
        issue: issue(name),
        title: title.to_owned(),
        text: format!("Please: {title}"),
        labels: vec![],
        assignees: vec![],
        blocked_by: vec![],
        state: IssueState::Open,
        made_for: None,
    }
}

fn ground() -> Ground {
    let agent = |name: &str| Specialist {
        name: AgentName(name.into()),
        good_at: name.into(),
        labels: Vec::new(),
    };
    let people = vec![Login("ada".into()), Login("grace".into())];
    Ground {
        home: repo("acme/web"),
        repos: vec![repo("acme/web"), repo("acme/api")],
        people: [(repo("acme/web"), people), (repo("acme/api"), vec![Login("ada".into())])].into(),
        survey: Survey {
            candidates: vec![
                candidate("acme/web#2", "Name the colors"),
                candidate("acme/web#3", "Add a toggle"),
            ],
            outside: BTreeMap::new(),
            roster: vec![agent("backend"), agent("frontend")].into(),
        },
        previous: None,
        fresh: false,
        most_tasks: 5,
    }
}

fn task(key: &str, more: Value) -> Value {
    let mut task = json!({
        "key": key, "title": format!("Do {key}"), "description": "Do it well.",
        "repository": "acme/web", "agent": "frontend", "reason": "it knows pages",
    });
    let (Some(task_fields), Value::Object(more)) = (task.as_object_mut(), more) else { panic!() };
    task_fields.extend(more);
    task
}

fn plan(tasks: &[Value]) -> Value {
    json!({ "problem": "It is too bright.", "goals": ["dark"], "acceptance": ["it is dark"], "tasks": tasks })
}

fn flaws(submitted: &Value, ground: &Ground) -> Vec<String> {
    check(submitted, ground).unwrap_err()
}

fn planned(submitted: &Value, ground: &Ground) -> Plan {
    let proposal = check(submitted, ground).unwrap();
    merged(&proposal, &ground.survey, ground.previous.as_ref(), ground.fresh)
}

#[test]
fn a_circle_and_an_unknown_repository_are_told_together() {
    let submitted = plan(&[
        task("a", json!({ "depends_on": ["c"] })),
        task("b", json!({ "depends_on": ["a"], "repository": "acme/shop" })),
        task("c", json!({ "depends_on": ["b"] })),
    ]);
    insta::assert_snapshot!(flaws(&submitted, &ground()).join("\n"), @r"
    task `b` is in the repository `acme/shop`, which is not one of: acme/web, acme/api
    tasks depend on each other in a circle: `a` → `c` → `b` → `a`
    ");
}

#[test]
fn every_flaw_is_told_at_once() {
    let submitted = json!({
        "problem": "", "goals": "dark", "tasks": [
            task("a", json!({ "depends_on": ["a", "x", "x"], "agent": "painter", "owner": "linus" })),
            task("a", json!({ "title": " ", "estimate": -1, "description": "x".repeat(9_000) })),
            task("c", json!({ "issue": "acme/web#99" })),
            task("d", json!({ "issue": "#2" })),
            task("e", json!({ "issue": "acme/web#2", "repository": "acme/api" })),
            task("f", json!({ "repository": "acme/api", "owner": "grace", "files": [7] })),
            "what?",
        ],
    });
    insta::assert_snapshot!(flaws(&submitted, &ground()).join("\n"));
}

#[test]
fn what_is_no_plan_at_all_is_told_so() {
    for nothing in [json!(null), json!("a plan"), json!([]), json!({}), json!({ "tasks": 7 })] {
        assert!(!flaws(&nothing, &ground()).is_empty(), "{nothing}");
    }
}

#[test]
fn issues_are_kept_as_tasks_whether_the_planner_named_them_or_not() {
    let submitted = plan(&[
        task("new", json!({ "repository": "acme/api", "depends_on": ["toggle"] })),
        task("toggle", json!({ "issue": "#3", "title": "Something else", "estimate": 3 })),
    ]);
    let plan = planned(&submitted, &ground());
    let shown: Vec<_> = plan
        .tasks
        .iter()
        .map(|task| (task.number.0, task.title.as_str(), task.issue.is_some(), task.estimate))
        .collect();
    assert_eq!(
        shown,
        [
            (1, "Name the colors", true, None),
            (2, "Add a toggle", true, Some(3)),
            (3, "Do new", false, None),
        ]
    );
    assert_eq!(plan.tasks[2].after, [Dependency::Task(TaskNumber(2))]);
}

#[test]
fn a_circle_with_what_issues_say_is_a_flaw() {
    let mut ground = ground();
    ground.survey.candidates[0].blocked_by = vec![issue("#3")];
    let submitted = plan(&[
        task("colors", json!({ "issue": "#2" })),
        task("toggle", json!({ "issue": "#3", "depends_on": ["colors"] })),
    ]);
    insta::assert_snapshot!(flaws(&submitted, &ground).join("\n"), @"tasks depend on each other in a circle: “Name the colors” → “Add a toggle” → “Name the colors”; some of this order comes from the issues or was decided by the team");
}

#[test]
fn what_people_decided_is_kept_by_another_plan_unless_it_is_fresh() {
    let mut ground = ground();
    let first = plan(&[
        task("api", json!({ "repository": "acme/api", "owner": "ada", "estimate": 2 })),
        task("docs", json!({ "estimate": 1 })),
        task("gone", json!({})),
    ]);
    let mut plan_now = planned(&first, &ground);
    let api = plan_now.tasks.iter_mut().find(|task| task.title == "Do api").unwrap();
    let number = api.number;
    (api.owner, api.estimate) = (Some(Login("grace".into())), Some(8));
    let added = PlannedTask::new(TaskNumber(9), repo("acme/web"), "By hand", AgentName("x".into()));
    plan_now.tasks.push(added);
    let docs = plan_now.tasks.iter().position(|task| task.title == "Do docs").unwrap();
    let docs = plan_now.tasks.remove(docs);
    plan_now.dropped.push(DroppedTask { number: docs.number, title: docs.title, issue: None });
    ground.previous = Some(plan_now);

    let again = plan(&[
        task(
            "a",
            json!({ "title": "do API", "repository": "acme/api", "owner": "ada", "estimate": 3 }),
        ),
        task("docs", json!({})),
        task("more", json!({ "depends_on": ["docs", "a"] })),
    ]);
    let kept = planned(&again, &ground);
    let api = kept.find(number).unwrap();
    assert_eq!((api.owner.clone(), api.estimate), (Some(Login("grace".into())), Some(8)));
    let titles: Vec<_> = kept.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Name the colors", "Add a toggle", "do API", "By hand", "Do more"]);
    assert_eq!(kept.tasks[4].after, [Dependency::Task(number)]);

    ground.fresh = true;
    let fresh = planned(&again, &ground);
    let titles: Vec<_> = fresh.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Name the colors", "Add a toggle", "do API", "Do docs", "Do more"]);
    assert_eq!(fresh.tasks[2].owner, Some(Login("ada".into())));
    assert!(fresh.dropped.is_empty());
}
