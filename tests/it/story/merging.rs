//! "A merge starts exactly the tasks that waited for it, on top of what was merged."

use crate::world::Team;

#[tokio::test]
async fn a_merge_starts_exactly_the_tasks_that_waited_for_it() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
        T3 "Write it down" owner ada after T2;
    };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1, T3 waits for T2");

    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review, T3 waits for T2");
    assert!(sprint.builds_on("T2", "T1").await);
    team.ends().await;
}

#[tokio::test]
async fn the_last_task_of_a_diamond_waits_for_both_sides() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
        T3 "Write it down" owner ada after T1;
        T4 "Tell everybody" owner ada after T2 after T3;
    };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.merges("ada", "T1").await;

    sprint.merges("ada", "T3").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review, T3 merged, T4 waits for T2");
    sprint.merges("grace", "T2").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 merged, T3 merged, T4 in review");
    assert!(sprint.builds_on("T4", "T2").await && sprint.builds_on("T4", "T3").await);
    team.ends().await;
}

#[tokio::test]
async fn two_merges_at_the_same_time_start_the_last_task_once() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace;
        T3 "Write it down" owner ada after T1 after T2;
    };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.merges_without_waiting("ada", "T1").await;
    sprint.merges_without_waiting("grace", "T2").await;
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 merged, T3 in review");
    assert_eq!(sprint.tries().await, "T1 once, T2 once, T3 once");
    assert!(sprint.builds_on("T3", "T1").await && sprint.builds_on("T3", "T2").await);
    team.ends().await;
}

#[tokio::test]
async fn a_task_waits_for_one_in_another_repository() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Show the theme" owner grace after T2;
        T2 "Store the theme" in api owner ada;
    };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 waits for T2, T2 in review");

    sprint.merges("ada", "T2").await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 merged");
    team.ends().await;
}

#[tokio::test]
async fn a_task_waits_for_an_issue_outside_the_sprint() {
    let team = Team::new().await;
    let other = team.opens_an_issue("linus", "acme/api", "Buy a domain").await;
    let wishes = plan! { T1 "Name the colors" owner ada after "acme/api#1"; };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 waits for acme/api#1");

    team.closes_the_issue("ada", "acme/api", other, "completed").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_says_what_was_done_for_whom() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner grace; }).await;

    let pull = sprint.pull_of("T1").await;

    assert_eq!(pull.title, "Name the colors");
    assert_eq!(pull.reviewers(), ["grace"]);
    insta::assert_snapshot!(pull.text(), @"
    Closes #2

    #### What was done

    In the agent's own words:

    > Wrote `docs/name_the_colors.md` about “Name the colors” and a check for it, `tests/name_the_colors.sh`.
    >
    > Verified with `sh -ec sh tests/name_the_colors.sh`, which passes.

    #### How it was verified

    - 1 commit on top of `…`, nothing left uncommitted
    - 2 files changed, 17 lines added, 0 removed
    - Write down: Name the colors

    ---
    T1 of the sprint **Dark mode** (acme/web#1) · owner grace · agent frontend
    ");
    team.ends().await;
}

#[tokio::test]
async fn closing_a_tasks_issue_by_hand_starts_nobody() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;

    team.closes_the_issue("ada", "acme/web", sprint.issue_of("T1"), "completed").await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    team.ends().await;
}
