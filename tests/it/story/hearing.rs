//! "Webhooks may come late, twice, in any order or not at all: the end is the same."

use crate::world::{Sprint, Team};

async fn plays(team: &Team, after_each_step: impl AsyncFn()) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
        T3 "Store the theme" in api owner grace after T2;
    };
    let sprint = team.sprint("Dark mode", wishes).await;
    after_each_step().await;
    sprint.hears("ada", "/team6 plan").await;
    after_each_step().await;
    sprint.ticks_everything("ada").await;
    after_each_step().await;
    sprint.hears("grace", "/team6 start").await;
    after_each_step().await;
    for task in ["T1", "T2", "T3"] {
        sprint.merges("ada", task).await;
        after_each_step().await;
    }
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged, T3 merged");
    assert_eq!(sprint.tries().await, "T1 once, T2 once, T3 once");
    assert!(sprint.answer().await.starts_with("**Dark mode is completed**"));
    sprint
}

#[tokio::test]
async fn everything_delivered_once_more_changes_nothing() {
    let team = Team::new().await;
    let sprint = plays(&team, async || ()).await;
    let (plan, answers) = (sprint.plan().await, sprint.answers().await);

    team.redelivers_everything().await;

    assert_eq!((sprint.plan().await, sprint.answers().await), (plan, answers));
    assert_eq!(
        (sprint.tries().await.as_str(), sprint.pulls().await),
        ("T1 once, T2 once, T3 once", 3)
    );
    team.ends().await;
}

#[tokio::test]
async fn everything_delivered_once_more_after_each_step_changes_nothing() {
    let team = Team::new().await;
    let sprint = plays(&team, async || team.redelivers_everything().await).await;

    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 3));
    team.ends().await;
}

#[tokio::test]
async fn a_sprint_completes_without_any_webhook_by_the_sweep_alone() {
    let team = Team::new().await;
    team.loses_webhooks_without_a_trace();

    let sprint = plays(&team, async || team.sweeps().await).await;

    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 3));
    team.ends().await;
}

#[tokio::test]
async fn a_sprint_completes_without_any_webhook_by_glances_alone() {
    let team = Team::new().await;
    team.loses_webhooks_without_a_trace();

    let sprint = plays(&team, async || team.glances().await).await;

    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 3));
    team.ends().await;
}

#[tokio::test]
async fn webhooks_that_failed_are_asked_for_again() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;
    team.loses_webhooks();
    sprint.merges("ada", "T1").await;
    sprint.hears("grace", "/team6 status").await;
    assert_eq!(sprint.answers().await.len(), 1);
    team.hears_again();

    team.sweeps().await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert_eq!(sprint.answers().await.len(), 2);
    team.ends().await;
}

#[tokio::test]
async fn webhooks_that_come_twice_and_in_disorder_end_the_same() {
    let team = Team::new().await;
    team.gets_webhooks_twice_and_in_disorder();

    let sprint = plays(&team, async || ()).await;

    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 3));
    team.ends().await;
}

#[tokio::test]
async fn team6_answers_nobody_who_is_a_machine() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 help").await;
    team.sweeps().await;
    team.redelivers_everything().await;

    assert_eq!(sprint.answers().await.len(), 2);
    team.ends().await;
}
