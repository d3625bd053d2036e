//! "A pull request closed unmerged starts nobody, and its owner decides."

use crate::world::{Sprint, Team};

async fn with_a_closed_pull(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner grace;
        T2 "Add a toggle" owner ada after T1;
        T3 "Write it down" owner ada after T2;
    };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.closes_the_pull_of("T1", "ada").await;
    sprint
}

#[tokio::test]
async fn a_closed_pull_request_starts_nobody_and_its_owner_hears_of_it() {
    let team = Team::new().await;
    let sprint = with_a_closed_pull(&team).await;

    assert_eq!(sprint.stands().await, "T1 closed unmerged, T2 waits for T1, T3 waits for T2");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @"
    @grace, #5, the pull request of T1, was closed without being merged, so T1 is not done and T2 and T3 still wait.

    Reopen it to go on with it, or say `/team6 retry T1` for a new try.
    ");
    team.ends().await;
}

#[tokio::test]
async fn reopened_and_merged_the_sprint_goes_on() {
    let team = Team::new().await;
    let sprint = with_a_closed_pull(&team).await;

    sprint.reopens_the_pull_of("T1", "grace").await;
    sprint.merges("grace", "T1").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review, T3 waits for T2");
    team.ends().await;
}

#[tokio::test]
async fn each_closing_is_told_and_told_once() {
    let team = Team::new().await;
    let sprint = with_a_closed_pull(&team).await;
    assert_eq!(sprint.answers_at("T1").await, 1);

    sprint.reopens_the_pull_of("T1", "grace").await;
    team.a_second_passes().await;
    sprint.closes_the_pull_of("T1", "grace").await;
    team.redelivers_everything().await;
    team.sweeps().await;

    assert_eq!(sprint.answers_at("T1").await, 2);
    team.ends().await;
}

#[tokio::test]
async fn merged_into_another_branch_is_told_as_that() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.points_the_pull_of("T1", "ada", "release").await;

    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.stands().await, "T1 closed unmerged, T2 waits for T1");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @"
    @ada, #4, the pull request of T1, was merged into release and not into main, where the other tasks begin. So T1 is not done and T2 still waits.

    For a pull request into main, say `/team6 retry T1`: an agent begins anew there.
    ");
    team.ends().await;
}

#[tokio::test]
async fn after_a_retry_there_is_a_new_pull_request() {
    let team = Team::new().await;
    let sprint = with_a_closed_pull(&team).await;
    let closed = sprint.pull_of("T1").await.number;

    sprint.hears_at_the_pull_of("T1", "grace", "/team6 retry").await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1, T3 waits for T2");
    assert_ne!(sprint.pull_of("T1").await.number, closed);
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged, T3 merged");
    team.ends().await;
}

#[tokio::test]
async fn only_the_owner_or_a_maintainer_retries() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.closes_the_pull_of("T1", "ada").await;

    sprint.hears("grace", "/team6 retry T1").await;

    assert!(sprint.answer().await.contains("T1 is ada's"));
    assert_eq!(sprint.tries().await, "T1 once");
    team.ends().await;
}
