//! "Paused it starts nothing new, cancelled it stops, skipped it waits for nothing, and each of
//! that as a person said."

use crate::world::{Sprint, Team};

async fn with_a_hanging_agent(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner grace saying "scripted: hang once";
        T2 "Add a toggle" owner ada after T1;
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    team.waits_for_the_agent_to_hang().await;
    sprint
}

#[tokio::test]
async fn a_paused_sprint_starts_nothing_new_until_it_is_resumed() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.hears("grace", "/team6 pause").await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");
    assert!(sprint.status().await.contains("because grace paused the sprint. `/team6 resume`"));

    team.restarts().await;
    sprint.hears("ada", "/team6 resume").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert!(!sprint.status().await.contains("Nothing new is started"));
    team.ends().await;
}

#[tokio::test]
async fn a_paused_task_waits_while_the_others_go_on() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner ada after T1;
        T3 "Write it down" owner ada after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.hears("ada", "/team6 pause T2").await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue, paused by ada, T3 in review");

    sprint.hears_at("T2", "ada", "/team6 resume").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review, T3 in review");
    team.ends().await;
}

#[tokio::test]
async fn a_cancelled_task_has_its_agent_stopped_and_can_be_tried_again() {
    let team = Team::new().await;
    let sprint = with_a_hanging_agent(&team).await;

    sprint.hears_at("T1", "grace", "/team6 cancel").await;

    assert_eq!(sprint.stands().await, "T1 cancelled, T2 waits for T1");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @"
    T1 **Name the colors** is cancelled, and no agent works on it. What its agent did so far is kept: `/team6 retry T1 continue` goes on from there.

    T2 still waits for it. @grace, say `/team6 retry T1` or `/team6 skip T1`.
    ");
    sprint.hears_at("T1", "grace", "/team6 retry T1 continue").await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    assert_eq!(sprint.pulls().await, 1);
    team.ends().await;
}

#[tokio::test]
async fn a_skipped_task_lets_the_others_go_and_they_say_so() {
    let team = Team::new().await;
    let sprint = with_a_hanging_agent(&team).await;

    sprint.hears("grace", "/team6 skip T1").await;

    assert_eq!(sprint.stands().await, "T1 skipped by grace, T2 in review");
    let pull = sprint.pull_of("T2").await;
    assert!(pull.body.contains("T1 was skipped by grace"), "{}", pull.body);
    sprint.merges("ada", "T2").await;
    let summary = sprint.answer().await;
    assert!(
        summary.starts_with("**Dark mode is completed**: 1 of 2 tasks are merged and 1 skipped")
    );
    assert!(summary.contains("- **T1** Name the colors · skipped by grace · grace"));
    team.ends().await;
}

#[tokio::test]
async fn a_cancelled_sprint_stops_its_agents_and_says_what_is_left() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner grace;
        T2 "Add a toggle" owner ada saying "scripted: hang once";
        T3 "Write it down" owner ada after T1;
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    team.waits_for_the_agent_to_hang().await;
    sprint.comes_to("T1 in review, T2 in progress, T3 waits for T1").await;

    sprint.hears("ada", "/team6 cancel").await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 cancelled, T3 cancelled");
    insta::assert_snapshot!(sprint.answer().await, @"
    **Dark mode is cancelled.** Every agent is stopped; 0 of 3 tasks were merged before.

    These pull requests stay open, for their owners to merge or close:

    - #5: T1 Name the colors (grace)

    To go on with what is open, say `/team6 plan`, approve it, and `/team6 start`.
    ");
    sprint.merges("grace", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 cancelled, T3 cancelled");
    team.ends().await;
}

#[tokio::test]
async fn cancelled_while_team6_is_dead_is_cancelled_when_it_lives() {
    let team = Team::new().await;
    let sprint = with_a_hanging_agent(&team).await;

    team.dies().await;
    sprint.hears_without_waiting("grace", "/team6 cancel T1").await;
    team.comes_back().await;
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 cancelled, T2 waits for T1");
    team.ends().await;
}

#[tokio::test]
async fn whoever_may_not_gets_one_polite_line() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("grace", "/team6 cancel").await;
    insta::assert_snapshot!(sprint.answer().await, @"@grace, I did not do that: only ada, who started this sprint, or a maintainer can cancel it.");
    sprint.hears("grace", "/team6 skip T1").await;
    insta::assert_snapshot!(sprint.answer().await, @"@grace, I did not do that: T1 is ada's: only its owner or a maintainer may decide about it.");
    sprint.hears("linus", "/team6 pause").await;
    insta::assert_snapshot!(sprint.answer().await, @"@linus, I did not do that: only people who can write to this repository may do that. A maintainer can give you write access.");
    sprint.hears("ada", "/team6 skip").await;
    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: `skip` needs a task, like `/team6 skip T3`.");
    sprint.hears("ada", "/team6 resume").await;
    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: this sprint is not paused.");
    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}
