//! "What the machine does to it holds it up and loses nothing."

use crate::world::{Act, Sprint, Team};

async fn two_tasks(team: &Team) -> Sprint<'_> {
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    team.running("Dark mode", wishes).await
}

async fn ends_as_ever(team: &Team, sprint: &Sprint<'_>) {
    team.settles().await;
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged");
    assert_eq!(sprint.pulls().await, 2);
}

#[tokio::test]
async fn server_and_worker_are_frozen_for_longer_than_a_lease() {
    let team = Team::with_the_program().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: wait"; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.waits_until_the_agent_waits().await;

    team.is_frozen().await;
    team.leases_run_out().await;
    sprint.lets_the_agent_go_on();
    team.is_thawed().await;
    team.settles().await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 in review", 1));
    team.ends().await;
}

#[tokio::test]
async fn somebody_else_locks_the_database_while_a_pull_request_is_merged() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    let lock = team.locks_the_database().await;
    sprint.merges_without_waiting("ada", "T1").await;
    team.has_been_told().await;
    drop(lock);
    team.sweeps().await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    ends_as_ever(&team, &sprint).await;
    team.ends().await;
}

#[tokio::test]
async fn every_mirror_is_spoiled_between_two_tasks() {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    assert!(2 <= team.has_its_mirrors_spoiled(), "both sides have a mirror");

    ends_as_ever(&team, &sprint).await;
    team.ends().await;
}

#[tokio::test]
async fn git_is_down_for_a_while_though_the_rest_of_github_answers() {
    let team = Team::new().await;
    team.will_keep_failing(Act::SpeaksGit, 3);
    let sprint = two_tasks(&team).await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");

    team.will_keep_failing(Act::SpeaksGit, 3);

    ends_as_ever(&team, &sprint).await;
    team.ends().await;
}
