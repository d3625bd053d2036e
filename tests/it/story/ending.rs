//! "When every task is merged, the run is completed, summed up and cleaned up."

use crate::world::Team;

#[tokio::test]
async fn a_completed_sprint_is_summed_up() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Store the theme" in api owner grace after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.merges_everything("ada").await;

    let answer = sprint.answer().await;
    let (begin, end) = answer.split_once(" after the start").unwrap();
    assert!(begin.starts_with("**Dark mode is completed**: all 2 tasks are merged, "));
    insta::assert_snapshot!(end);
    insta::assert_snapshot!(sprint.status().await);
    team.ends().await;
}

#[tokio::test]
async fn workspaces_of_merged_tasks_are_removed() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;
    let first = team.workspaces();
    assert_eq!(first.len(), 1);

    sprint.merges("ada", "T1").await;
    team.workspaces_become(1).await;
    assert_ne!(team.workspaces(), first);
    sprint.merges("ada", "T2").await;
    team.restarts().await;

    team.workspaces_become(0).await;
    team.ends().await;
}

#[tokio::test]
async fn sprints_with_the_same_tasks_do_not_fight_over_a_branch() {
    let team = Team::new().await;
    let first = team.running("Dark mode", plan! { T1 "Add a toggle" owner ada; }).await;
    let second = team.running("Light mode", plan! { T1 "Add a toggle" owner grace; }).await;

    assert_ne!(first.pull_of("T1").await.branch(), second.pull_of("T1").await.branch());
    first.merges("ada", "T1").await;
    assert_eq!(second.stands().await, "T1 in review");
    second.merges("grace", "T1").await;

    assert_eq!(second.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn sprints_started_at_the_same_moment_do_not_fight_over_a_branch() {
    let team = Team::new().await;
    let first = team.approved("Dark mode", plan! { T1 "Add a toggle" owner ada; }).await;
    let second = team.approved("Light mode", plan! { T1 "Add a toggle" owner grace; }).await;

    first.hears_without_waiting("ada", "/team6 start").await;
    second.hears("ada", "/team6 start").await;

    assert_eq!(first.stands().await, "T1 in review");
    assert_eq!(second.stands().await, "T1 in review");
    assert_ne!(first.pull_of("T1").await.branch(), second.pull_of("T1").await.branch());
    team.ends().await;
}

#[tokio::test]
async fn a_completed_sprint_can_be_planned_and_started_again() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.merges("ada", "T1").await;

    sprint.gets_another_task("Write it down").await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;
    sprint.assigns_the_newest_task("ada").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start").await;

    assert_eq!(sprint.stands().await, "T2 in review");
    team.ends().await;
}
