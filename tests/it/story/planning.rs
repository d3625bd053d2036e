//! "The plan is one checklist comment, and planning again keeps what did not change."

use crate::world::Team;

#[tokio::test]
async fn the_plan_is_a_checklist_with_waves_and_a_graph() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada estimate 1;
        T2 "Add a toggle" owner grace after T1 agent frontend;
        T3 "Tell @everybody <!-- x -->" after T1 after T2 estimate 3;
        T4 "Store the theme" in api owner ada after T1;
    };
    let sprint = team.sprint("Dark mode", wishes).await;

    sprint.hears("grace", "/team6 plan").await;

    insta::assert_snapshot!(sprint.plan().await);
    team.ends().await;
}

#[tokio::test]
async fn a_plan_in_which_everything_is_approved_says_what_to_type() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner grace; };
    let sprint = team.sprint("Dark mode", wishes).await;
    sprint.hears("ada", "/team6 plan").await;

    sprint.ticks("grace", "T2").await;
    sprint.ticks("ada", "T1").await;

    insta::assert_snapshot!(sprint.plan().await);
    team.ends().await;
}

#[tokio::test]
async fn an_empty_milestone_cannot_be_planned() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: the milestone has no open issues besides this one, so there is nothing to plan. Add an issue for each task to the milestone, then say `/team6 plan` again.");
    team.ends().await;
}

#[tokio::test]
async fn editing_a_task_voids_its_approval_and_no_other() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner grace; };
    let sprint = team.approved("Dark mode", wishes).await;

    sprint.retitles("T1", "Name all the colors").await;

    assert_eq!(sprint.approvals().await, "T2 by ada");
    assert!(sprint.plan().await.contains("**T1** Name all the colors (#2)"));
    team.ends().await;
}

#[tokio::test]
async fn planning_again_keeps_numbers_and_approvals() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner grace; };
    let sprint = team.approved("Dark mode", wishes).await;

    team.closes_the_issue("ada", "acme/web", sprint.issue_of("T1"), "not_planned").await;
    sprint.gets_another_task("Write it down").await;
    sprint.hears("ada", "/team6 plan").await;

    assert_eq!(sprint.approvals().await, "T2 by ada");
    let plan = sprint.plan().await;
    assert!(plan.contains("**T3** Write it down") && !plan.contains("**T1**"), "{plan}");
    team.ends().await;
}

#[tokio::test]
async fn another_owner_voids_the_approval() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.assigns("T1", "grace").await;
    assert_eq!(sprint.approvals().await, "");
    let void = "The approval of T1 by ada is void: its owner changed.";
    assert!(sprint.plan().await.contains(void), "{}", sprint.plan().await);
    sprint.ticks("grace", "T1").await;

    assert_eq!(sprint.approvals().await, "T1 by grace");
    assert!(!sprint.plan().await.contains("is void"));
    team.ends().await;
}

#[tokio::test]
async fn a_deleted_plan_comes_back_with_its_approvals() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.deletes_the_plan("ada").await;
    sprint.hears("ada", "/team6 plan").await;

    assert_eq!(sprint.approvals().await, "T1 by ada");
    team.ends().await;
}

#[tokio::test]
async fn a_running_sprint_keeps_the_plan_that_was_approved() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.retitles("T2", "Delete everything").await;
    sprint.hears("ada", "/team6 plan").await;
    assert!(sprint.answer().await.contains("its plan stays as it was approved"));
    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.pull_of("T2").await.title, "Add a toggle");
    team.ends().await;
}
