//! "When GitHub fails, before or after it did what it was asked, nothing is lost or doubled."

use crate::world::{Act, Sprint, Team, When};

async fn plays(team: &Team) {
    let sprint = played(team).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged");
    assert_eq!(sprint.tries().await, "T1 once, T2 once");
    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 2));
    assert!(sprint.answer().await.starts_with("**Dark mode is completed**"));
}

async fn played(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.merges_everything("ada").await;
    sprint
}

#[tokio::test]
async fn everything_fails_once_before_it_took_effect() {
    let team = Team::new().await;
    team.will_fail_each_time(When::Before);

    plays(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn everything_fails_once_after_it_took_effect() {
    let team = Team::new().await;
    team.will_fail_each_time(When::After);

    plays(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_whose_opening_seemed_to_fail_is_found_again() {
    let team = Team::new().await;
    team.will_fail(Act::OpensThePull, When::After);

    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner grace; }).await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 in review", 1));
    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["grace"]);
    team.ends().await;
}

#[tokio::test]
async fn a_push_that_is_refused_for_a_moment_is_pushed_again() {
    let team = Team::new().await;
    team.will_fail(Act::Pushes, When::Before);
    team.will_fail(Act::Pushes, When::After);

    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner grace; }).await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 in review", 1));
    assert_eq!(sprint.tries().await, "T1 once");
    team.ends().await;
}

#[tokio::test]
async fn the_owner_is_asked_even_if_asking_failed_at_first() {
    let team = Team::new().await;
    team.will_fail(Act::AsksForReview, When::Before);

    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner grace; }).await;

    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["grace"]);
    team.ends().await;
}
