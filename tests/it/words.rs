//! Everything Team6 can say about why not, on one page.

use std::fmt::Write as _;

use team6::domain::ids::{AgentName, IssueNumber, IssueRef, Login, RepoName, TaskNumber};
use team6::domain::refusal::Refusal;
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
        Refusal::NotASprint,
        Refusal::SecondSprint { other: IssueNumber(1) },
        Refusal::NoPlan,
        Refusal::NothingToPlan,
        Refusal::Cycle { tasks: [1, 2, 1].map(TaskNumber).to_vec() },
        Refusal::NoOwner { task },
        Refusal::OwnerCannotWrite { task, owner, repo },
        Refusal::NotApproved { task },
        Refusal::UnknownAgent { task, agent: AgentName("painter".to_owned()) },
        Refusal::WaitsForNothing { task, issue: issue.clone() },
        Refusal::UnknownDependency { task, issue },
        Refusal::AlreadyRunning,
        Refusal::AlreadyDone,
        Refusal::PlanIsFixed,
        Refusal::NotRunning,
        Refusal::NoSuchTask { task },
        Refusal::WhichTask { command: "retry".to_owned() },
        Refusal::NothingToRetry { task, state: "in review".to_owned() },
    ]
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
fn more_reasons_than_a_comment_holds_are_cut_not_refused() {
    let to = Login("grace".to_owned());
    let reasons: Vec<_> = (0..3_000).map(|n| Refusal::NoOwner { task: TaskNumber(n) }).collect();
    let text = say::comments::refused(&to, &reasons, "team6:sprint");
    assert!(text.chars().count() <= say::LONGEST);
    assert!(text.contains("more"), "it must not look as if these were all");
}
