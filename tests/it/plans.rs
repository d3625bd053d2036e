//! What the team reads about a plan, and about how a sprint stands: one page each.

use std::collections::BTreeSet;

use chrono::DateTime;
use team6::domain::budget::Budgets;
use team6::domain::effect::Asked;
use team6::domain::ids::{
    AgentName, Attempt, BranchName, CommentId, CommitSha, ExecutionId, IssueNumber, IssueRef,
    Login, MilestoneNumber, ProjectName, PullNumber, RepoId, RepoName, SprintId, TaskNumber,
};
use team6::domain::lint::{RedBranch, Surroundings};
use team6::domain::permission::Permission;
use team6::domain::plan::{Dependency, DroppedTask, Plan, PlannedTask, Prd, VoidApproval};
use team6::domain::planning::{self, Planning, Question, Session};
use team6::domain::run;
use team6::domain::sprint::{Approval, Event, Goal, Lack, Sprint, State};
use team6::domain::start::Start;
use team6::domain::task::{self, Task};
use team6::domain::work::{Delivery, Size};
use team6::say;

fn repo(name: &str) -> RepoName {
    format!("acme/{name}").parse().unwrap()
}

fn login(name: &str) -> Login {
    Login(name.to_owned())
}

fn issue(name: &str, number: i64) -> IssueRef {
    IssueRef { repo: repo(name), number: IssueNumber(number) }
}

fn task(number: i64, title: &str, owner: &str, after: &[i64]) -> PlannedTask {
    PlannedTask {
        issue: Some(issue("web", 10 + number)),
        owner: Some(login(owner)).filter(|owner| !owner.0.is_empty()),
        after: after.iter().map(|n| Dependency::Task(TaskNumber(*n))).collect(),
        ..PlannedTask::new(TaskNumber(number), repo("web"), title, AgentName("frontend".to_owned()))
    }
}

fn sprint(plan: Plan) -> Sprint {
    Sprint {
        id: SprintId::of(RepoId(7), IssueNumber(1)),
        project: ProjectName("acme".to_owned()),
        repo: repo("web"),
        repo_id: RepoId(7),
        issue: IssueNumber(1),
        milestone: MilestoneNumber(1),
        goal: Goal {
            milestone: "Dark mode".to_owned(),
            title: "Dark mode for everybody".to_owned(),
            text: "So that all are happy.".to_owned(),
        },
        state: State::Recognized,
        lack: None,
        planning: Planning::default(),
        plan: Some(plan),
        approvals: Vec::new(),
        run: None,
    }
}

fn approve(sprint: &mut Sprint, number: i64, by: &str) {
    let task = sprint.plan.as_ref().unwrap().find(TaskNumber(number)).unwrap();
    let (task, hash) = (task.number, task.hash());
    sprint.approvals.push(Approval { task, hash, by: login(by), at: DateTime::UNIX_EPOCH });
}

fn around() -> Surroundings {
    let people = [("ada", Permission::Maintain), ("grace", Permission::Write)];
    let places = ["web", "api", "docs"];
    let owners = people.iter().flat_map(|(name, may)| {
        places.iter().map(|place| (((*name).to_owned(), repo(place)), *may))
    });
    Surroundings {
        agents: ["frontend", "backend"].map(|name| AgentName(name.to_owned())).to_vec(),
        owners: owners.collect(),
        most_at_once: 3,
        ..Surroundings::default()
    }
}

fn shown(sprint: &Sprint, around: &Surroundings, links: &[String]) -> Vec<String> {
    let parts = say::plan::parts(&say::plan::View { sprint, around, agents: 4, links });
    for part in &parts {
        assert!(part.chars().count() <= say::LONGEST, "{} characters", part.chars().count());
    }
    parts
}

/// What one sees of it, with what changes with every word of a task left out.
fn page(text: &str) -> String {
    let text = text.replace('\u{200b}', "¦");
    let lines = text.lines().map(|line| match line.split_once(" <!-- team6:approve ") {
        Some((words, marker)) => {
            format!("{words} <!-- team6:approve {} … -->", marker.split(' ').next().unwrap())
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A plan as an agent would submit it, with some of everything.
fn rich() -> Plan {
    let new = |number, title: &str, owner, after: &[i64]| PlannedTask {
        issue: None,
        ..task(number, title, owner, after)
    };
    Plan {
        version: 3,
        prd: Some(Prd {
            problem: "At night our pages blind people who work late.".to_owned(),
            goals: vec!["A dark theme on every page".to_owned(), "It is remembered".to_owned()],
            non_goals: vec!["Themes of one's own".to_owned()],
            constraints: vec!["No new dependency".to_owned()],
            acceptance: vec!["`cargo test` passes, @everybody is happy, #12 is closed".to_owned()],
            risks: vec!["The login page is not ours".to_owned()],
        }),
        tasks: vec![
            PlannedTask {
                estimate: Some(2),
                files: vec!["assets/style.css".to_owned()],
                reason: Some("it knows stylesheets".to_owned()),
                ..task(1, "Name the colors", "ada", &[])
            },
            PlannedTask {
                estimate: Some(3),
                files: vec!["./assets/style.css".to_owned(), "src/header.rs".to_owned()],
                acceptance: vec!["A click changes the theme".to_owned()],
                text: "A switch in the header.\n\n- one click\n- remembers\n\n```rust\nfn toggle()"
                    .to_owned(),
                ..new(2, "Add a switch", "grace", &[])
            },
            PlannedTask {
                repo: repo("api"),
                issue: Some(issue("api", 4)),
                agent: AgentName("backend".to_owned()),
                estimate: Some(1),
                priority: Some(1),
                ..task(3, "Store the theme", "grace", &[])
            },
            PlannedTask { repo: repo("docs"), ..new(4, "Write it down", "", &[2, 3]) },
            PlannedTask {
                after: vec![
                    Dependency::Task(TaskNumber(1)),
                    Dependency::Outside(issue("web", 7)),
                    Dependency::Dropped(issue("api", 9)),
                ],
                text: "Depends on the new logo".to_owned(),
                ..task(5, "Say <!-- it --> to @everybody | #12", "linus", &[])
            },
        ],
        dropped: vec![DroppedTask {
            number: TaskNumber(6),
            title: "Themes of one's own".to_owned(),
            issue: Some(issue("web", 16)),
        }],
        void: vec![VoidApproval {
            task: TaskNumber(3),
            by: login("grace"),
            changed: "its owner".to_owned(),
        }],
        ..Plan::default()
    }
}

#[test]
fn a_plan_says_what_it_is_for_what_is_wrong_and_who_must_act() {
    let mut sprint = sprint(rich());
    approve(&mut sprint, 1, "ada");
    let asked = Asked { by: login("ada"), on: issue("web", 1), comment: CommentId(1) };
    let number = 1;
    sprint.planning.session = Some(Session {
        turns: 0,
        rejections: 0,
        judged: false,
        flaws: Vec::new(),
        number,
        asked,
        fresh: false,
        since: DateTime::UNIX_EPOCH,
        state: planning::State::Asking,
    });
    sprint.planning.questions = vec![Question {
        round: 1,
        number: 2,
        text: "Shall the theme follow the system?".to_owned(),
        options: vec!["yes".to_owned(), "no".to_owned()],
        to: login("grace"),
        answer: None,
    }];
    let around = Surroundings {
        unreachable: BTreeSet::from([repo("docs")]),
        red: vec![RedBranch {
            repo: repo("api"),
            branch: BranchName("main".to_owned()),
            checks: vec!["build".to_owned()],
        }],
        ..around()
    };
    let parts = shown(&sprint, &around, &[]);
    assert_eq!(parts.len(), 1);
    insta::assert_snapshot!(page(&parts[0]));
}

/// A sprint of many tasks over three repositories, each waiting for two earlier ones.
fn many(count: i64, title: &str) -> Sprint {
    let places = ["web", "api", "docs"];
    let owners = ["ada", "grace"];
    let tasks = (1..=count).map(|number| {
        let of = |all: &[&'static str]| all[usize::try_from(number).unwrap() % all.len()];
        let after: Vec<i64> =
            [number - 12, number - 13].into_iter().filter(|first| 0 < *first).collect();
        PlannedTask {
            repo: repo(of(&places)),
            issue: Some(issue(of(&places), 10 + number)),
            estimate: u32::try_from(number % 5).ok().filter(|size| 0 < *size),
            ..task(number, &format!("{title} {number}"), of(&owners), &after)
        }
    });
    sprint(Plan { version: 1, tasks: tasks.collect(), ..Plan::default() })
}

/// The boxes of all parts, in order.
fn boxes(parts: &[String]) -> Vec<String> {
    let lines = parts.iter().flat_map(|part| part.lines());
    let numbers = lines.filter_map(|line| {
        let (_, marker) = line.split_once("<!-- team6:approve T")?;
        assert!(line.starts_with("- [ ] **T"), "{line}");
        Some(marker.split(' ').next()?.to_owned())
    });
    numbers.collect()
}

#[test]
fn a_long_plan_is_folded_and_draws_no_graph() {
    let parts = shown(&many(40, "Paint wall"), &around(), &[]);
    assert_eq!(parts.len(), 1);
    insta::assert_snapshot!(page(&parts[0]));
}

#[test]
fn a_plan_of_two_hundred_tasks_has_every_box_once_in_as_many_parts_as_it_takes() {
    let title = "Türen & Fenster <b>streichen</b> | *und* [lüften](x) @alle #1 ".repeat(3);
    let mut sprint = many(200, &title);
    let links: Vec<_> = (1..=9)
        .map(|n| format!("https://github.test/acme/web/issues/1#issuecomment-{n}"))
        .collect();
    let parts = shown(&sprint, &around(), &links);
    let sizes: Vec<_> = parts.iter().map(|part| part.chars().count()).collect();
    crate::aloud(&format!("200 tasks with long titles: parts of {sizes:?} characters"));
    assert!(2 <= parts.len(), "{sizes:?}");
    let all = boxes(&parts);
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (200, 200));
    for (nth, part) in parts.iter().enumerate() {
        assert!(part.starts_with(&say::plan::part_marker(nth + 1)));
        for other in 1..=parts.len() {
            let near = other == 1 || nth == 0 || nth.abs_diff(other - 1) == 1;
            if other != nth + 1 && near {
                assert!(part.contains(&format!("[part {other}]({})", links[other - 1])), "{part}");
            }
        }
    }
    assert!(parts[1].contains(", continued</b>") || parts[1].contains("<b>Wave"), "{}", parts[1]);

    // What people see first does not move when they tick.
    for number in 1..=200 {
        approve(&mut sprint, number, "a-person-with-a-rather-long-name");
    }
    let ticked = shown(&sprint, &around(), &links);
    assert!(ticked[0].contains("- [x] **Approve the whole plan**"));
    assert_eq!(ticked.iter().map(|part| part.matches("- [x] **T").count()).sum::<usize>(), 200);
}

#[test]
fn the_worst_plan_a_planner_may_submit_is_shown_whole() {
    let long = "w ".repeat(1_000);
    let mut plan = rich();
    let prd = plan.prd.as_mut().unwrap();
    prd.problem = "@a|*`<".repeat(2_000);
    for list in [
        &mut prd.goals,
        &mut prd.non_goals,
        &mut prd.constraints,
        &mut prd.acceptance,
        &mut prd.risks,
    ] {
        *list = vec!["@a|*`<".repeat(200); 100];
    }
    plan.tasks = (1..=60)
        .map(|number| PlannedTask {
            issue: None,
            text: "*`@a<\n".repeat(2_000),
            acceptance: vec!["|".repeat(1_000); 40],
            files: vec![long.clone(), format!("src/{number}"), "src/same.rs".to_owned()],
            reason: Some("_".repeat(1_000)),
            ..task(
                number,
                &"\u{202e}[x](y)".repeat(200),
                if number % 2 == 0 { "" } else { "linus" },
                &[],
            )
        })
        .collect();
    plan.dropped = (201..=400)
        .map(|number| DroppedTask { number: TaskNumber(number), title: long.clone(), issue: None })
        .collect();
    let parts = shown(&sprint(plan), &around(), &[]);
    assert_eq!(boxes(&parts).len(), 60);
    crate::aloud(&format!("the worst plan: {} parts", parts.len()));
}

#[test]
fn a_part_that_is_not_needed_any_more_says_so() {
    insta::assert_snapshot!(say::plan::empty_part(3, "https://github.test/x#issuecomment-1"), @r"
    <!-- team6:plan/3 -->
    The plan became shorter, and nothing of it stands here any more. [It begins here](https://github.test/x#issuecomment-1).
    ");
}

#[test]
fn how_it_stands_before_the_start_names_whose_ticks_are_missing() {
    let mut sprint = sprint(rich());
    approve(&mut sprint, 1, "ada");
    insta::assert_snapshot!(say::comments::not_started(&sprint));
    for number in 2..=5 {
        approve(&mut sprint, number, "ada");
    }
    insta::assert_snapshot!(say::comments::not_started(&sprint), @"**Dark mode** has a plan of 5 tasks, 5 of them approved, and is not started. Type `/team6 start` to begin.");
    sprint.plan = None;
    insta::assert_snapshot!(say::comments::not_started(&sprint), @"**Dark mode** has no plan yet. Type `/team6 plan` to get one.");
}

/// A sprint whose three tasks are at work.
fn running() -> Sprint {
    let mut sprint = sprint(Plan {
        version: 1,
        tasks: vec![
            task(1, "Name the colors", "ada", &[]),
            task(2, "Add a switch", "grace", &[1]),
            PlannedTask {
                issue: Some(issue("api", 4)),
                repo: repo("api"),
                ..task(3, "Store | the theme", "grace", &[])
            },
        ],
        ..Plan::default()
    });
    (1..=3).for_each(|number| approve(&mut sprint, number, "ada"));
    let start = Start {
        by: login("ada"),
        around: around(),
        despite_warnings: false,
        taken: BTreeSet::new(),
        budgets: Budgets::default(),
    };
    sprint.decide(Event::Started(start)).unwrap().sprint
}

#[test]
fn a_status_says_what_is_next_and_why_it_is_paused() {
    let mut sprint = running();
    let run = sprint.run.as_mut().unwrap();
    let pull = PullNumber(9);
    run.tasks[0].state = task::State::Review { attempt: team6::domain::ids::Attempt(1), pull };
    insta::assert_snapshot!("running", say::status::comment(&sprint).unwrap());
    let sprint = sprint.decide(Event::Forgotten(Lack::Label)).unwrap().sprint;
    assert_eq!(sprint.run.as_ref().unwrap().state, run::State::Paused);
    insta::assert_snapshot!("paused", say::status::comment(&sprint).unwrap());
}

#[test]
fn a_pull_request_that_went_elsewhere_is_told_from_one_that_was_closed() {
    let (owner, base, other) =
        (login("ada"), BranchName("main".to_owned()), BranchName("release".to_owned()));
    let waiting = [TaskNumber(2), TaskNumber(4)];
    let mut closed = say::comments::Closed {
        owner: &owner,
        task: TaskNumber(1),
        pull: "#9".to_owned(),
        merged_into: None,
        base: &base,
        waiting: &waiting,
    };
    insta::assert_snapshot!("closed", say::comments::pull_closed(&closed));
    closed.merged_into = Some(&other);
    closed.waiting = &waiting[..1];
    insta::assert_snapshot!("merged_elsewhere", say::comments::pull_closed(&closed));
}

#[test]
fn the_help_has_an_example() {
    insta::assert_snapshot!("help", say::comments::help(None));
    insta::assert_snapshot!("help_for_an_unknown_word", say::comments::help(Some("dance` @ada")));
    insta::assert_snapshot!(say::comments::greeting("Dark | mode @ada"));
}

#[test]
fn a_second_try_is_told_why_the_first_one_failed() {
    let sprint = running();
    let task: &Task = &sprint.run.as_ref().unwrap().tasks[1];
    let why = "there is no commit after the base";
    let prd = team6::domain::plan::Prd {
        problem: "It is too bright.".to_owned(),
        goals: vec!["It can be dark.".to_owned()],
        non_goals: vec!["Themes".to_owned()],
        ..Default::default()
    };
    let instructions = Some("Run `just check`.".to_owned());
    let past = say::prompt::Past {
        failure: Some(why.to_owned()),
        prd: Some(prd),
        instructions,
        ..Default::default()
    };
    let before = [say::prompt::Delivered {
        title: "Name the colors".to_owned(),
        pull: "acme/web#9".to_owned(),
        summary: Some("# Done\n\nThe names are in `colors.rs`.".to_owned()),
    }];
    insta::assert_snapshot!(say::prompt::task(task, Attempt(2), &sprint.goal, &before, &past));
    assert!(
        !say::prompt::task(task, Attempt(1), &sprint.goal, &[], &say::prompt::Past::default())
            .contains("failure")
    );
}

#[test]
fn a_pull_request_keeps_the_agents_words_apart() {
    let sprint = running();
    let task = &sprint.run.as_ref().unwrap().tasks[1];
    let delivery = Delivery {
        head: CommitSha("a".repeat(40)),
        base_sha: CommitSha("b".repeat(40)),
        replaces: None,
        commits: vec!["Add `toggle()`, closes #12".to_owned(), "Tidy up".to_owned()],
        summary: "# Done\n\n- added a switch, see https://evil.example\n- `cargo test` is green\n\n```\nnever closed".to_owned(),
        size: Size { files: 2, added: 40, removed: 3 },
    };
    let id = ExecutionId("exe_7_1_1_2_2".to_owned());
    let body =
        say::pull::body(&id, task, "Dark mode", &sprint.issue_ref(), &delivery, 2, (&[], &[]));
    insta::assert_snapshot!(body.replace('\u{200b}', "¦"));
    let said =
        say::comments::task_failed(&login("ada"), TaskNumber(2), 5, "<!-- @ada\n/team6 start");
    insta::assert_snapshot!("task_failed", said.replace('\u{200b}', "¦"));
}
