//! Everything Team6 can say about why not, on one page.

use std::fmt::Write as _;

use team6::domain::ids::{
    AgentName, BranchName, IssueNumber, IssueRef, Login, RepoName, TaskNumber,
};
use team6::domain::lint::{RedBranch, Warning};
use team6::domain::memory::{NoteNumber, Unfit};
use team6::domain::refusal::Refusal;
use team6::domain::team_file::Flaw;
use team6::say;

fn every_refusal() -> Vec<Refusal> {
    let task = TaskNumber(3);
    let repo: RepoName = "acme/web".parse().unwrap();
    let issue = IssueRef { repo: repo.clone(), number: IssueNumber(12) };
    let owner = Login("ada".to_owned());
    vec![
        Refusal::NeedsWrite,
        Refusal::NotYourTask { task, owner: owner.clone() },
        Refusal::PlanRewritten,
        Refusal::Outdated { task },
        Refusal::PlanOutdated,
        Refusal::NotASprint,
        Refusal::SecondSprint { other: IssueNumber(1) },
        Refusal::NoPlan,
        Refusal::NothingToPlan,
        Refusal::Cycle { tasks: [1, 2, 1].map(TaskNumber).to_vec() },
        Refusal::NoOwner { task },
        Refusal::OwnerCannotWrite { task, owner, repo },
        Refusal::NotApproved { task },
        Refusal::UnknownAgent { task, agent: AgentName("painter".to_owned()) },
        Refusal::NotListed {
            task,
            agent: AgentName("painter".to_owned()),
            repo: "acme/api".parse().unwrap(),
        },
        Refusal::TeamFile {
            repo: "acme/api".parse().unwrap(),
            flaw: Flaw { line: Some(3), what: "`x` is not known".to_owned() },
        },
        Refusal::TeamFile {
            repo: "acme/api".parse().unwrap(),
            flaw: Flaw::whole("it is no text file"),
        },
        Refusal::AgentNotListed {
            agent: AgentName("painter".to_owned()),
            repo: "acme/api".parse().unwrap(),
            known: vec![painter()],
        },
        Refusal::WaitsForNothing { task, issue: issue.clone() },
        Refusal::UnknownDependency { task, issue },
        Refusal::AlreadyRunning,
        Refusal::AlreadyDone,
        Refusal::PlanIsFixed,
        Refusal::NotRunning,
        Refusal::NotYourBudget { by: Login("ada".to_owned()) },
        Refusal::NotLimited { task: Some(task), unit: "tokens".to_owned() },
        Refusal::NotLimited { task: None, unit: "dollars".to_owned() },
        Refusal::StillPlanning,
        Refusal::NoSuchQuestion { number: 7 },
        Refusal::WhichQuestion,
        Refusal::NoNote { why: Unfit::Secret },
        Refusal::NoSuchNote { note: NoteNumber(4) },
        Refusal::NoOpenQuestion,
        Refusal::NoSuchTask { task },
        Refusal::WhichTask { command: "retry".to_owned() },
        Refusal::InLine {
            number: 2,
            line: "/team6 drop T9 `<!-- @ada".to_owned(),
            why: Box::new(Refusal::NoSuchTask { task: TaskNumber(9) }),
        },
        Refusal::Malformed {
            why: "the title is missing".to_owned(),
            usage: "/team6 add".to_owned(),
        },
        Refusal::UnknownWord { word: "dance <b>".to_owned() },
        Refusal::NotReached,
        Refusal::WaitsForItself { task },
        Refusal::NoSuchAgent { agent: painter(), known: vec![painter(), painter()] },
        Refusal::NoSuchAgent { agent: painter(), known: vec![] },
        Refusal::NoSuchRepository { repo: "acme/ops".parse().unwrap() },
        Refusal::NoSuchPerson { person: Login("nobody".to_owned()) },
        Refusal::NotAPerson { person: Login("team6[bot]".to_owned()) },
        Refusal::PersonCannotWrite {
            person: Login("linus".to_owned()),
            repo: "acme/api".parse().unwrap(),
        },
        Refusal::NeedsWriteIn { repo: "acme/api".parse().unwrap() },
        Refusal::Unanswered { question: 2 },
        Refusal::Unreachable { repo: "acme/ops".parse().unwrap(), tasks: vec![task] },
        Refusal::LookTwice(every_warning()),
        Refusal::StillPlanning,
        Refusal::NoSuchVersion { version: 9 },
        Refusal::NeverApproved,
        Refusal::NoIssue { task },
        Refusal::NothingToRetry { task, state: "in review".to_owned() },
    ]
}

fn every_warning() -> Vec<Warning> {
    let [first, second] = [1, 2].map(TaskNumber);
    let repo: RepoName = "acme/web".parse().unwrap();
    let (ada, grace) = (Login("ada".to_owned()), Login("grace".to_owned()));
    let branch = BranchName("main".to_owned());
    let checks = vec!["build".to_owned(), "lint".to_owned()];
    vec![
        Warning::SameFile { file: "src/a.rs".to_owned(), tasks: vec![first, second] },
        Warning::RedBranch(RedBranch { repo, branch, checks }),
        Warning::TooBig { task: first, estimate: 8, total: 20 },
        Warning::TooManyAtOnce {
            owner: ada.clone(),
            wave: 1,
            tasks: (1..=14).map(TaskNumber).collect(),
        },
        Warning::NoEstimate { tasks: vec![second] },
        Warning::OthersAssigned { task: first, owner: ada, others: vec![grace] },
        Warning::UnreadDependency { task: first, line: "Depends on @ada's `work` #3".to_owned() },
    ]
}

fn painter() -> AgentName {
    AgentName("painter".to_owned())
}

#[test]
fn every_refusal_says_why_and_what_to_do() {
    let mut page = String::new();
    for refusal in every_refusal() {
        writeln!(page, "{refusal}\n    {}", refusal.hint().unwrap_or("-")).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn every_warning_is_listed_where_a_start_is_refused() {
    let to = Login("grace".to_owned());
    let refusal = Refusal::LookTwice(every_warning());
    let text = say::comments::refused(&to, &[refusal], "team6:sprint");
    insta::assert_snapshot!(text.replace('\u{200b}', "¦"));
}

#[test]
fn one_reason_is_a_sentence_and_several_are_a_list() {
    let to = Login("grace".to_owned());
    let reasons = [Refusal::NoPlan, Refusal::NotApproved { task: TaskNumber(2) }];
    insta::assert_snapshot!(say::comments::refused(&to, &reasons[..1], "team6:sprint"), @"@grace, I did not do that: there is no plan yet. Ask for one with `/team6 plan`.");
    insta::assert_snapshot!(say::comments::refused(&to, &reasons, "team6:sprint"), @r"
    @grace, I did not do that, for these reasons:

    - there is no plan yet. Ask for one with `/team6 plan`.
    - T2 is not approved. Its owner or a maintainer ticks its box in the plan.
    ");
}

#[test]
fn the_same_reason_for_many_tasks_is_said_once() {
    let to = Login("grace".to_owned());
    let tasks = || (1..=3).map(TaskNumber);
    let mut reasons: Vec<_> = tasks().map(|task| Refusal::NoOwner { task }).collect();
    reasons.extend(tasks().map(|task| Refusal::NotApproved { task }));
    insta::assert_snapshot!(say::comments::refused(&to, &reasons, "team6:sprint"), @r"
    @grace, I did not do that, for these reasons:

    - T1, T2 and T3 have no owner. Assign a person to each one's issue.
    - T1, T2 and T3 are not approved. Their owners or a maintainer tick their boxes in the plan.
    ");
    let label = say::comments::refused(&to, &[Refusal::NotASprint], "sprint!");
    insta::assert_snapshot!(label, @"@grace, I did not do that: this issue is not a sprint. It needs an open milestone and the label `sprint!`.");
}

#[test]
fn more_reasons_than_a_comment_holds_are_cut_not_refused() {
    let to = Login("grace".to_owned());
    let reason = |n| Refusal::UnknownAgent { task: TaskNumber(n), agent: painter() };
    let reasons: Vec<_> = (0..3_000).map(reason).collect();
    let text = say::comments::refused(&to, &reasons, "team6:sprint");
    assert!(text.chars().count() <= say::LONGEST);
    assert!(text.contains("more"), "it must not look as if these were all");
}
