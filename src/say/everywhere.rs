//! Every template, with a text in every place that holds other people's words.
#![cfg(test)]

use std::collections::BTreeSet;

use chrono::DateTime;

use super::hostile::{HOSTILE, acts};
use super::{
    LONGEST, budget, comments, dialogue, ending, issue, memory, parts, plan, planning, pull,
    review, status,
};
use crate::domain::budget::Budgets;
use crate::domain::dialogue as agents;
use crate::domain::diff::{Changed, ChangedTask, Diff};
use crate::domain::ids::{
    AgentName, Attempt, BranchName, CommitSha, ExecutionId, IssueNumber, IssueRef, Login,
    MilestoneNumber, ProjectName, RepoId, RepoName, RunId, SprintId, TaskNumber,
};
use crate::domain::lint::{RedBranch, Surroundings, Warning};
use crate::domain::memory::{Change, Note, NoteNumber, Source, Standing};
use crate::domain::permission::Permission;
use crate::domain::plan::{Dependency, DroppedTask, Plan, PlannedTask, Prd, VoidApproval};
use crate::domain::planning::{Answer, Planning, Question, Unplanned};
use crate::domain::refusal::Refusal;
use crate::domain::review::{Found, Opinion, Remark, Review, Verdict};
use crate::domain::sprint::{Approval, Event, Goal, Sprint, State};
use crate::domain::start::Start;
use crate::domain::work::{Class, Delivery, Size};

fn task(number: i64, text: &str) -> PlannedTask {
    let (repo, agent): (RepoName, _) = ("acme/web".parse().unwrap(), AgentName(text.into()));
    PlannedTask {
        text: text.to_owned(),
        acceptance: vec![text.to_owned()],
        files: vec![text.to_owned(), "same".to_owned()],
        owner: Some(Login(text.to_owned())),
        reason: Some(text.to_owned()),
        after: vec![Dependency::Task(TaskNumber(number - 1))].split_off(usize::from(number < 3)),
        ..PlannedTask::new(TaskNumber(number), repo, text, agent)
    }
}

fn sprint(text: &str) -> Sprint {
    let list = || vec![text.to_owned()];
    let number = TaskNumber(9);
    let plan = Plan {
        prd: Some(Prd {
            problem: text.to_owned(),
            goals: list(),
            non_goals: list(),
            constraints: list(),
            acceptance: list(),
            risks: list(),
        }),
        tasks: (1..4).map(|number| task(number, text)).collect(),
        dropped: vec![DroppedTask { number, title: text.to_owned(), issue: None }],
        void: vec![VoidApproval {
            task: TaskNumber(1),
            by: Login(text.to_owned()),
            changed: "its text".to_owned(),
        }],
        ..Plan::default()
    };
    let question = Question {
        round: 1,
        number: 1,
        text: text.to_owned(),
        options: list(),
        to: Login(text.to_owned()),
        answer: None,
    };
    let goal = Goal { milestone: text.to_owned(), title: text.to_owned(), text: text.to_owned() };
    Sprint {
        id: SprintId::of(RepoId(7), IssueNumber(1)),
        project: ProjectName("acme".to_owned()),
        repo: "acme/web".parse().unwrap(),
        repo_id: RepoId(7),
        issue: IssueNumber(1),
        milestone: MilestoneNumber(1),
        goal,
        state: State::Recognized,
        lack: None,
        planning: Planning { questions: vec![question], ..Planning::default() },
        plan: Some(plan),
        approvals: Vec::new(),
        run: None,
    }
}

/// The sprint, started although nobody looked whether it could be.
fn started(text: &str) -> Sprint {
    let mut sprint = sprint(text);
    sprint.planning = Planning::default();
    let plan = sprint.plan.as_mut().unwrap();
    for task in &mut plan.tasks {
        let repo = task.repo.clone();
        task.issue = Some(IssueRef { repo, number: IssueNumber(10 + task.number.0) });
    }
    let tasks = sprint.plan.as_ref().unwrap().tasks.clone();
    sprint.approvals = tasks
        .iter()
        .map(|task| Approval {
            task: task.number,
            hash: task.hash(),
            by: Login(text.to_owned()),
            at: DateTime::UNIX_EPOCH,
        })
        .collect();
    let owner = (text.to_ascii_lowercase(), tasks[0].repo.clone());
    let around = Surroundings {
        agents: vec![tasks[0].agent.clone()],
        owners: [(owner, Permission::Write)].into(),
        ..Surroundings::default()
    };
    let by = Login(text.to_owned());
    let start = Start {
        by,
        around,
        despite_warnings: true,
        taken: BTreeSet::new(),
        budgets: Budgets::default(),
    };
    sprint.decide(Event::Started(start)).unwrap().sprint
}

fn note(text: &str) -> Note {
    Note {
        project: ProjectName(text.to_owned()),
        number: NoteNumber(1),
        agent: Some(AgentName(text.to_owned())),
        text: text.to_owned(),
        source: Source {
            by: text.to_owned(),
            repo: "acme/web".parse().unwrap(),
            task: Some((RunId("run_7_1_1".to_owned()), TaskNumber(1))),
        },
        standing: Standing::Tentative,
        made_at: DateTime::UNIX_EPOCH,
        changed_by: None,
    }
}

fn pages(text: &str) -> Vec<(&'static str, String)> {
    let sprint = sprint(text);
    let checks = vec![text.to_owned()];
    let red = RedBranch {
        repo: sprint.repo.clone(),
        branch: BranchName(text.to_owned()),
        checks: checks.clone(),
    };
    let around = Surroundings { red: vec![red.clone()], ..Surroundings::default() };
    let view = plan::View { sprint: &sprint, around: &around, agents: 4, links: &[] };
    let person = Login(text.to_owned());
    let running = started(text);
    let line = text.to_owned();
    let warnings =
        vec![Warning::RedBranch(red), Warning::UnreadDependency { task: TaskNumber(1), line }];
    let refusals = [
        Refusal::UnknownAgent { task: TaskNumber(1), agent: AgentName(text.to_owned()) },
        Refusal::LookTwice(warnings),
    ];
    let delivery = Delivery {
        head: CommitSha("a".repeat(40)),
        base_sha: CommitSha("b".repeat(40)),
        replaces: None,
        commits: checks,
        summary: text.to_owned(),
        size: Size::default(),
    };
    let changed = Changed { what: "text".to_owned(), old: text.to_owned(), new: text.to_owned() };
    let diff = Diff {
        prd: vec![changed.clone()],
        added: vec![(TaskNumber(1), text.to_owned())],
        gone: vec![(TaskNumber(2), text.to_owned())],
        tasks: vec![ChangedTask {
            number: TaskNumber(3),
            title: text.to_owned(),
            changed: vec![changed],
            voids: true,
        }],
        ..Diff::default()
    };
    let mut pages = vec![("what changed", comments::diff(&diff))];
    pages.extend(of_a_run(text, &running, &delivery));
    pages.extend([
        ("the plan", plan::parts(&view).concat()),
        ("a greeting", comments::greeting(text)),
        ("a refusal", comments::refused(&person, &refusals, "team6:sprint")),
        ("the help", comments::help(Some(text))),
        ("not started", comments::not_started(&sprint)),
    ]);
    pages.extend(of_a_planning(text, sprint));
    pages.extend(of_a_dialogue(text, &running));
    pages.extend(of_a_budget(text, &running));
    pages
}

fn of_a_planning(text: &str, sprint: Sprint) -> Vec<(&'static str, String)> {
    let person = Login(text.to_owned());
    let answer =
        Answer { by: person.clone(), text: Some(text.to_owned()), at: DateTime::UNIX_EPOCH };
    let mut sprint = sprint;
    sprint.planning.questions.push(Question {
        number: 2,
        to: Login("ada".to_owned()),
        answer: Some(answer),
        ..sprint.planning.questions[0].clone()
    });
    let flawed = Unplanned::Flawed { flaws: vec![text.to_owned()] };
    let message = text.to_owned();
    let broken = Unplanned::Broken { class: Class::AgentDied, message, attempts: 5 };
    vec![
        ("questions", planning::questions(&sprint, 1).unwrap()),
        ("a flawed plan", planning::unplanned(&person, &flawed)),
        ("a broken planner", planning::unplanned(&person, &broken)),
        ("a late answer", planning::answer_kept(&person, &[1, 2])),
        ("notes", memory::list(&sprint.project, &[note(text)])),
        ("a changed note", memory::changed(&person, Change::Added(NoteNumber(1)))),
    ]
}

fn of_a_run(text: &str, running: &Sprint, delivery: &Delivery) -> Vec<(&'static str, String)> {
    let (person, branch) = (Login(text.to_owned()), BranchName(text.to_owned()));
    let task = &running.run.as_ref().unwrap().tasks[0];
    let execution = ExecutionId("exe".to_owned());
    let summarized = comments::Summarized {
        number: TaskNumber(1),
        title: text.to_owned(),
        is_skipped: false,
        pull: "#1".to_owned(),
        owner: text.to_owned(),
        attempts: 2,
    };
    let closed = comments::Closed {
        owner: &person,
        task: TaskNumber(1),
        pull: "#1".to_owned(),
        merged_into: Some(&branch),
        base: &branch,
        waiting: &[],
    };
    let skipped =
        [pull::Skipped { number: TaskNumber(2), title: text.to_owned(), by: person.clone() }];
    let run = running.run.as_ref().unwrap();
    let line = parts::Line {
        number: TaskNumber(4),
        title: text.to_owned(),
        issue: None,
        pull: None,
        agent: AgentName(text.to_owned()),
        state: "failed",
    };
    vec![
        ("what is left", ending::run(run, running)),
        ("an end", ending::task(task, run)),
        ("the status", status::comment(running).unwrap()),
        ("a failure", comments::task_failed(&person, TaskNumber(1), 5, text)),
        ("a closed pull", comments::pull_closed(&closed)),
        ("the end", comments::completed(text, 60, &[summarized])),
        ("an issue", issue::body(&task.planned)),
        (
            "a pull",
            pull::body(
                &execution,
                task,
                text,
                &running.issue_ref(),
                delivery,
                2,
                (&skipped, &[line]),
            ),
        ),
        (
            "what may be handed out",
            parts::asked(&run.id, &parts::sample::asking(task, text)).unwrap(),
        ),
    ]
}

/// What passes between people and a task's agent.
fn opinion(text: &str) -> Opinion {
    let remark = Remark { path: text.to_owned(), line: None, text: text.to_owned() };
    let remarks = vec![Remark { line: Some(7), ..remark.clone() }, remark];
    let review = Review { verdict: Verdict::RequestChanges, summary: text.to_owned(), remarks };
    let found = Found::Review { by: AgentName(text.to_owned()), review, rounds: 2 };
    Opinion { attempt: Attempt(1), found }
}

fn no_opinion(text: &str) -> Opinion {
    Opinion { attempt: Attempt(1), found: Found::Nothing { why: text.to_owned() } }
}

fn of_a_dialogue(text: &str, running: &Sprint) -> Vec<(&'static str, String)> {
    let person = Login(text.to_owned());
    let task = &running.run.as_ref().unwrap().tasks[0];
    let question = agents::Question {
        number: 1,
        attempt: Attempt(1),
        text: text.to_owned(),
        options: vec![text.to_owned(), text.to_owned()],
        answer: None,
    };
    let (number, agent) = (TaskNumber(1), AgentName(text.to_owned()));
    vec![
        ("an agent's question", dialogue::asks(task, &question)),
        ("an agent's words", dialogue::replied(&person, number, text)),
        ("no rework", dialogue::not_reworked(&person, number, text)),
        ("still broken", dialogue::still_broken(&person, number, text)),
        ("a thread", dialogue::thread_answered(Some(text), Some(text))),
        ("an agent's review", review::opinion(&opinion(text), number, Some(text))),
        ("no review", review::opinion(&no_opinion(text), number, None)),
        ("a broken agent", dialogue::breaks(&agent, Class::AgentDied, DateTime::UNIX_EPOCH)),
    ]
}

fn of_a_budget(text: &str, running: &Sprint) -> Vec<(&'static str, String)> {
    let person = Login(text.to_owned());
    let run = running.run.as_ref().unwrap();
    vec![
        ("nearly spent", budget::nearly_spent(&person, Some(TaskNumber(1)), text)),
        ("the run is spent", budget::run_spent(&person, text)),
        ("a task is spent", budget::task_spent(&run.tasks[0], run)),
    ]
}

#[test]
fn nothing_hostile_acts_in_any_template() {
    let harmless = pages("words");
    let long = HOSTILE.concat().repeat(20);
    for text in HOSTILE.iter().copied().chain([long.as_str()]) {
        if text.trim().is_empty() {
            continue;
        }
        for ((name, page), (_, plain)) in pages(text).into_iter().zip(&harmless) {
            // A name of seven figures is a name all the same.
            let is_name = |one: &String| one.chars().all(|c| c.is_ascii_hexdigit());
            // A long text is folded away: that opens one fold of ours more, and closes it.
            let is_fold = |one: &String| one.starts_with("html <details><summary>What it is for");
            let count = |page: &str| {
                let acting = acts(page);
                let folds = acting.iter().filter(|one| is_fold(one)).count();
                acting.iter().filter(|one| !is_name(one)).count() - 2 * folds
            };
            // Our own boxes, markers, mentions and references are there in any case; a name
            // that can be nobody's is left out.
            let (found, ours) = (acts(&page), acts(plain));
            assert!(
                count(&page) <= count(plain),
                "{name}, {text:?}: {found:?}, not {ours:?}\n{page}"
            );
            assert_eq!(
                page.matches("<!-- team6:").count(),
                plain.matches("<!-- team6:").count(),
                "{name}"
            );
            assert!(page.chars().count() <= LONGEST, "{name} is too long");
        }
    }
}
