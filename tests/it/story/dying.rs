//! "Killed at any moment and started again, the sprint goes on and ends the same."

use crate::world::{Act, Sprint, Team, When};

async fn plays(team: &Team) {
    let sprint = approved(team).await;
    sprint.hears("ada", "/team6 start").await;
    ends_as_ever(&sprint).await;
}

async fn plays_a_small_one(team: &Team) {
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    assert_eq!(sprint.tries().await, "T1 once");
    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 1));
    assert!(sprint.answer().await.starts_with("**Dark mode is completed**"));
}

async fn approved(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Store the theme" in api owner grace after T1;
    };
    team.approved("Dark mode", wishes).await
}

async fn ends_as_ever(sprint: &Sprint<'_>) {
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged");
    assert_eq!(sprint.tries().await, "T1 once, T2 once");
    assert_eq!((sprint.answers().await.len(), sprint.pulls().await), (2, 2));
    assert!(sprint.answer().await.starts_with("**Dark mode is completed**"));
}

#[tokio::test]
async fn it_dies_before_each_thing_it_does() {
    let team = Team::new().await;
    team.will_die_each_time(When::Before);

    plays_a_small_one(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn it_dies_after_each_thing_it_does() {
    let team = Team::new().await;
    team.will_die_each_time(When::After);

    plays_a_small_one(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn the_program_is_killed_between_pushing_and_opening_the_pull_request() {
    let team = Team::with_the_program().await;
    team.will_die(Act::OpensThePull, When::Before);

    plays(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn the_program_is_killed_when_the_pull_request_has_just_been_opened() {
    let team = Team::with_the_program().await;
    team.will_die(Act::OpensThePull, When::After);

    plays(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn the_program_is_killed_when_it_has_just_posted_the_plan() {
    let team = Team::with_the_program().await;
    team.will_die(Act::Reacts, When::After);
    team.will_die(Act::Comments, When::After);

    plays(&team).await;
    team.ends().await;
}

#[tokio::test]
async fn the_program_is_killed_while_an_agent_works() {
    let team = Team::with_the_program().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: hang once"; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.comes_to("T1 in progress").await;
    team.waits_for_the_agent_to_hang().await;

    team.restarts().await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 in review", 1));
    assert_eq!(sprint.tries().await, "T1 once");
    team.ends().await;
}

#[tokio::test]
async fn what_happens_while_the_program_is_dead_is_heard_when_it_lives_again() {
    let team = Team::with_the_program().await;
    let sprint = approved(&team).await;
    sprint.hears("ada", "/team6 start").await;
    team.dies().await;
    sprint.merges_without_waiting("ada", "T1").await;
    sprint.hears_without_waiting("linus", "/team6 help").await;

    team.comes_back().await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert!(sprint.answer().await.starts_with("This is what I understand"));
    team.ends().await;
}

#[tokio::test]
async fn it_dies_right_after_a_merge() {
    let team = Team::new().await;
    let sprint = approved(&team).await;
    sprint.hears("ada", "/team6 start").await;

    sprint.merges_without_waiting("ada", "T1").await;
    team.restarts().await;

    ends_as_ever(&sprint).await;
    team.ends().await;
}
