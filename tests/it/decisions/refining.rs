//! Changing the plan by command: every line of a comment or none of them.

use team6::domain::command::parse;
use team6::domain::permission::Permission::{Maintain, Read, Write};
use team6::domain::planner::Specialist;
use team6::domain::refine::{Refined, Remark, Standing};

use super::*;

fn api() -> RepoName {
    "acme/api".parse().unwrap()
}

/// A comment of grace's, who may write; ada may too, linus may read, team6 is a bot.
fn comment(text: &str) -> Refined {
    let people = [
        ("ada", Standing::Person(Maintain)),
        ("grace", Standing::Person(Write)),
        ("linus", Standing::Person(Read)),
        ("team6[bot]", Standing::Bot),
    ];
    let standings = people.into_iter().flat_map(|(name, standing)| {
        [repo(), api()].map(|repo| ((name.to_owned(), repo), standing))
    });
    let specialist = |name: &str, good_at: &str| Specialist {
        name: AgentName(name.to_owned()),
        good_at: good_at.to_owned(),
        labels: Vec::new(),
    };
    Refined {
        by: login("grace"),
        lines: parse(text),
        here: None,
        permissions: BTreeMap::from([(repo(), Write), (api(), Write)]),
        people: standings.collect(),
        repositories: vec![repo(), api()],
        roster: vec![specialist("builder", "anything"), specialist("painter", "colors, pages")]
            .into(),
        on: IssueRef { repo: repo(), number: IssueNumber(1) },
        key: "the comment".to_owned(),
    }
}

fn refine(sprint: &Sprint, text: &str) -> Result<Decision, No> {
    sprint.decide(Event::Refined(comment(text)))
}

/// The plan after a comment: a line for each task.
fn plan_after(sprint: &Sprint, text: &str) -> Vec<String> {
    let plan = refine(sprint, text).unwrap().sprint.plan.unwrap();
    plan.tasks.iter().map(line).collect()
}

fn line(task: &PlannedTask) -> String {
    let after: Vec<_> = task.waits_for().map(|number| format!("T{number}")).collect();
    let owner = task.owner.as_ref().map_or("nobody", |owner| owner.0.as_str());
    let (number, title, agent) = (task.number, &task.title, &task.agent);
    let numbers = (task.estimate.unwrap_or(0), task.priority.unwrap_or(0));
    format!("T{number} {title}, {owner}, {agent}, after {after:?}, {numbers:?}, {}", task.repo)
        .replace('"', "")
}

fn three() -> Sprint {
    planned(vec![task(1, &[]), task(2, &[1]), task(3, &[1, 2])])
}

#[test]
fn every_command_changes_what_it_says() {
    let changed = plan_after(
        &three(),
        "/team6 add \"Paint pages\" after T1,T2 repo acme/api owner @Ada estimate 3 priority 1\n\
         /team6 add \"Other\" after T4 agent BUILDER\n\
         /team6 edit T2 title \"Größe\"\n\
         /team6 drop T3\n\
         /team6 after T2 none\n\
         /team6 priority T2 2\n\
         /team6 owner T2 @grace\n\
         /team6 agent T2 painter\n\
         /team6 estimate T2 5",
    );
    insta::assert_snapshot!(changed.join("\n"), @"
    T1 Task 1, ada, builder, after [], (0, 0), acme/web
    T2 Größe, grace, painter, after [], (5, 2), acme/web
    T4 Paint pages, Ada, painter, after [T1, T2], (3, 1), acme/api
    T5 Other, nobody, builder, after [T4], (0, 0), acme/web
    ");
}

#[test]
fn a_comment_is_one_version_however_many_lines_it_has() {
    let sprint = approved(vec![task(1, &[]), task(2, &[])]);
    let decided =
        refine(&sprint, "/team6 owner T2 @grace\n/team6 estimate T1 3\n/team6 priority T1 1")
            .unwrap();
    assert_eq!(decided.sprint.plan.as_ref().unwrap().version, 2);
    // Neither size nor order was approved, but the owner was.
    assert_eq!(approvals(&decided.sprint), [(1, "ada".to_owned())]);
    let mirrored = |effect: &Effect| matches!(effect, Effect::Mirror { .. });
    assert_eq!(decided.effects.iter().filter(|effect| mirrored(effect)).count(), 2);
}

#[test]
fn one_line_that_cannot_be_keeps_all_from_being() {
    let sprint = three();
    let reasons = refused(refine(
        &sprint,
        "Hello\n/team6 edit T1 title \"Fine\"\n/team6 drop T99\n/team6 owner T1 @nobody\n\
         /team6 owner T1 @team6[bot]\n/team6 owner T1 @linus\n/team6 agent T2 ghost\n\
         /team6 add \"x\" repo acme/ops\n/team6 after T1 T1\n/team6 estimate 3",
    ));
    insta::assert_snapshot!(reasons.join("\n"), @"
    line 3, `/team6 drop T99`: there is no task T99 in this sprint
    line 4, `/team6 owner T1 @nobody`: nobody on GitHub is called nobody
    line 5, `/team6 owner T1 @team6[bot]`: team6[bot] is not a person, and only people own tasks
    line 6, `/team6 owner T1 @linus`: linus cannot write to acme/web, and so could not merge the task's pull request
    line 7, `/team6 agent T2 ghost`: there is no agent `ghost`; there are `builder`, `painter`
    line 8, `/team6 add \"x\" repo acme/ops`: acme/ops does not belong to this project, or I am not installed there
    line 9, `/team6 after T1 T1`: T1 cannot wait for itself
    line 10, `/team6 estimate 3`: `estimate` needs a task, like `/team6 estimate T3`
    ");
}

#[test]
fn a_circle_is_refused_by_its_path_but_only_where_the_comment_ends() {
    assert_eq!(
        refused(refine(&three(), "/team6 after T1 T3")),
        ["line 1, `/team6 after T1 T3`: T1 → T3 → T1 wait for each other in a circle"]
    );
    let turned = plan_after(&three(), "/team6 after T1 T2\n/team6 after T2 none");
    assert!(turned[0].contains("after [T2]"), "{turned:?}");
}

#[test]
fn who_waited_for_a_dropped_task_waits_no_longer_and_is_told() {
    let decided = refine(&three(), "/team6 drop T1").unwrap();
    let plan = decided.sprint.plan.unwrap();
    assert_eq!(plan.tasks.iter().map(line).filter(|line| line.contains("T1,")).count(), 0);
    assert_eq!(plan.dropped.len(), 1);
    let remarks = decided.effects.iter().find_map(|effect| {
        if let Effect::Say { saying: Saying::Remarks { remarks, .. }, .. } = effect {
            Some(remarks.clone())
        } else {
            None
        }
    });
    let no_longer = |task| Remark::WaitsNoLonger { task: TaskNumber(task), dropped: TaskNumber(1) };
    assert_eq!(remarks.unwrap(), [no_longer(2), no_longer(3)]);
}

#[test]
fn a_number_is_not_given_out_again() {
    let sprint = refine(&three(), "/team6 drop T3").unwrap().sprint;
    let lines = plan_after(&sprint, "/team6 add \"New\"");
    assert!(lines.last().unwrap().starts_with("T4 New"), "{lines:?}");
}

#[test]
fn the_place_of_a_comment_names_its_task() {
    let there =
        Refined { here: Some(TaskNumber(2)), ..comment("/team6 owner @grace\n/team6 drop T3") };
    let plan = three().decide(Event::Refined(there)).unwrap().sprint.plan.unwrap();
    assert_eq!(plan.find(TaskNumber(2)).unwrap().owner, Some(login("grace")));
}

#[test]
fn who_cannot_write_to_a_repository_changes_nothing_there() {
    let stranger = Refined {
        permissions: BTreeMap::from([(repo(), Write), (api(), Read)]),
        ..comment("/team6 add \"x\" repo acme/api\n/team6 estimate T1 2")
    };
    let reasons = refused(three().decide(Event::Refined(stranger)));
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].ends_with("only people who can write to acme/api may do that"));
}

#[test]
fn nothing_is_refined_while_the_sprint_runs_or_after_it_was_carried_out() {
    let mut running = started(&approved(vec![task(1, &[])])).sprint;
    let reason = refused(refine(&running, "/team6 drop T1"));
    assert_eq!(reason, ["this sprint is running, so its plan stays as it was approved"]);
    running.run.as_mut().unwrap().state = team6::domain::run::State::Completed;
    let reason = refused(refine(&running, "/team6 drop T1"));
    assert_eq!(reason, ["every task of this plan is merged already"]);
}

#[test]
fn a_plan_can_begin_with_a_task_that_somebody_adds() {
    let empty = Sprint { plan: None, ..three() };
    assert_eq!(refused(refine(&empty, "/team6 drop T1")), ["there is no plan yet"]);
    let plan = refine(&empty, "/team6 add \"First\"").unwrap().sprint.plan.unwrap();
    assert_eq!((plan.version, plan.tasks[0].number), (1, TaskNumber(1)));
}

#[test]
fn what_is_so_already_is_no_new_version() {
    let sprint = approved(vec![task(1, &[])]);
    let decided = refine(&sprint, "/team6 owner T1 @ADA\n/team6 edit T1 title \"Task 1\"").unwrap();
    assert_eq!((&decided.sprint, decided.effects.len()), (&sprint, 0));
}

#[test]
fn the_last_approval_asks_for_the_issues_that_are_missing() {
    let mut tasks = vec![task(1, &[]), task(2, &[])];
    tasks[1].issue = None;
    let sprint = planned(tasks);
    let wanted = |decided: &Decision| {
        decided.effects.contains(&Effect::MakeIssues(decided.sprint.id.clone()))
    };
    let first = ticks(&sprint, "ada", Maintain, vec![mark(&sprint, 1)]);
    assert!(!wanted(&first));
    let second = ticks(&first.sprint, "ada", Maintain, vec![mark(&sprint, 2)]);
    assert!(wanted(&second));
    let made = Event::IssueMade {
        task: TaskNumber(2),
        issue: IssueRef { repo: repo(), number: IssueNumber(77) },
        reading: team6::domain::plan::Reading::default(),
    };
    let made = second.sprint.decide(made).unwrap().sprint;
    assert_eq!((made.approvals.len(), made.plan.as_ref().unwrap().version), (2, 1));
    assert!(made.is_approved() && !made.wants_issues());
}

#[test]
fn an_open_question_keeps_a_sprint_from_starting() {
    let mut sprint = approved(vec![task(1, &[])]);
    sprint.planning.questions.push(team6::domain::planning::Question {
        round: 1,
        number: 2,
        text: "Which colors?".to_owned(),
        options: vec![],
        to: login("ada"),
        answer: None,
    });
    let start = Event::Started(start_by(&[("ada", Write)]));
    assert_eq!(refused(sprint.decide(start)), ["question 2 is not answered"]);
}
