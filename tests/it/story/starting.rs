//! "No task runs without an owner, no sprint starts without approval; a refusal says everything
//! that is missing at once."

use localhub::Role;
use team6::github::Conclusion;

use crate::world::Team;

#[tokio::test]
async fn a_start_without_a_plan_is_refused() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: there is no plan yet. Ask for one with `/team6 plan`.");
    team.ends().await;
}

#[tokio::test]
async fn a_refused_start_lists_everything_that_is_missing() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle";
        T3 "Write it down" owner grace agent ghost;
        T4 "Store the theme" in api;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks("ada", "T1").await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await, @"
    @ada, I did not do that, for these reasons:

    - T2 and T4 have no owner. Assign a person to each one's issue.
    - T3 asks for the agent `ghost`, which is not configured. Correct its `agent:` label, or have the operator configure that agent.
    - T2, T3 and T4 are not approved. Their owners or a maintainer tick their boxes in the plan.
    ");
    assert_eq!((sprint.status().await, sprint.pulls().await), (String::new(), 0));
    team.ends().await;
}

#[tokio::test]
async fn one_task_without_approval_is_enough_to_refuse() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner grace; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.unticks("grace", "T2").await;

    sprint.hears("ada", "/team6 start").await;

    assert!(sprint.answer().await.contains("I did not do that: T2 is not approved."));
    assert_eq!(sprint.pulls().await, 0);
    team.ends().await;
}

#[tokio::test]
async fn a_circle_is_named_by_its_path() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada after T3;
        T2 "Add a toggle" owner ada after T1;
        T3 "Write it down" owner ada after T2;
        T4 "Be patient" owner ada after T3;
    };
    let sprint = team.approved("Dark mode", wishes).await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: T1 → T3 → T2 → T1 wait for each other in a circle. Remove one of these dependencies, with `/team6 after`, or from the issues (a `Depends on` line or a blocked-by link).");
    assert!(sprint.plan().await.contains("T1 → T3 → T2 → T1 wait for each other"));
    team.ends().await;
}

#[tokio::test]
async fn an_owner_who_cannot_merge_is_no_owner() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner linus; }).await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: T1 is owned by linus, who cannot write to acme/web and so could not merge it. Assign its issue to somebody who can, or give them write access.");
    team.ends().await;
}

#[tokio::test]
async fn what_will_never_be_done_or_is_not_there_is_nothing_to_wait_for() {
    let team = Team::new().await;
    let dropped = team.opens_an_issue("ada", "acme/web", "Never mind").await;
    team.closes_the_issue("ada", "acme/web", dropped, "not_planned").await;
    let wishes = plan! {
        T1 "Name the colors" owner ada after "#1";
        T2 "Add a toggle" owner ada after "#99";
        T3 "Write it down" owner ada after "acme/ops#1";
    };
    let sprint = team.approved("Dark mode", wishes).await;

    sprint.hears("ada", "/team6 start").await;

    insta::assert_snapshot!(sprint.answer().await, @"
    @ada, I did not do that, for these reasons:

    - T1 depends on acme/web#1, which was closed as not planned. Reopen that issue, or remove the dependency from the task's issue.
    - T2 depends on acme/web#99, which does not exist or which I cannot see. Correct the dependency, or install the App on that repository.
    - T3 depends on acme/ops#1, which does not exist or which I cannot see. Correct the dependency, or install the App on that repository.
    ");
    team.ends().await;
}

#[tokio::test]
async fn a_start_begins_exactly_what_waits_for_nothing() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
        T3 "Store the theme" in api owner grace;
    };
    let sprint = team.running("Dark mode", wishes).await;

    insta::assert_snapshot!(sprint.status().await);
    assert_eq!(sprint.tries().await, "T1 once, T3 once");
    team.ends().await;
}

#[tokio::test]
async fn a_second_start_is_refused() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("grace", "/team6 start").await;

    assert!(sprint.answer().await.contains("this sprint is already running"));
    assert_eq!(sprint.tries().await, "T1 once");
    team.ends().await;
}

#[tokio::test]
async fn a_text_that_changed_a_moment_before_the_start_was_not_approved() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    team.loses_webhooks_without_a_trace();
    sprint.rewrites("T1", "Delete everything").await;
    team.hears_again();

    sprint.hears("ada", "/team6 start").await;

    assert!(sprint.answer().await.contains("T1 is not approved"));
    assert_eq!(sprint.pulls().await, 0);
    team.ends().await;
}

#[tokio::test]
async fn an_owner_who_lost_write_access_since_the_tick_stops_the_start() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner grace; }).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks("grace", "T1").await;
    team.makes("grace", Role::Read).await;

    sprint.hears("grace", "/team6 start").await;
    assert!(sprint.answer().await.contains("only people who can write"));
    sprint.hears("ada", "/team6 start").await;

    assert!(sprint.answer().await.contains("T1 is owned by grace, who cannot write to acme/web"));
    team.ends().await;
}

#[tokio::test]
async fn a_red_branch_is_warned_of_and_a_nod_starts_all_the_same() {
    let team = Team::new().await;
    team.checks("acme/web", "build", Conclusion::Failure).await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    assert!(sprint.plan().await.contains("build fails on main of acme/web"));
    assert!(sprint.plan().await.contains("type `/team6 start --despite-warnings`"));

    sprint.hears("ada", "/team6 start").await;
    insta::assert_snapshot!(sprint.answer().await, @"
    @ada, I did not do that: something should be looked at twice first. If it is fine as it is, say `/team6 start --despite-warnings`.

    - build fails on main of acme/web. Agents would begin with failing checks: repair it first.
    ");
    assert_eq!(sprint.pulls().await, 0);

    sprint.hears("ada", "/team6 start --despite-warnings").await;
    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}

#[tokio::test]
async fn how_it_stands_before_the_start_names_whose_ticks_are_missing() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace;
        T3 "Write it down" owner grace;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks("ada", "T1").await;

    sprint.hears("linus", "/team6 status").await;

    insta::assert_snapshot!(sprint.answer().await, @"
    **Dark mode** has a plan of 3 tasks, 1 of them approved, and is not started. These ticks are missing; a maintainer may give any of them.

    - **grace**: T2 and T3
    ");
    team.ends().await;
}
