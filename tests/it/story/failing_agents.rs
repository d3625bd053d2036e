//! "An agent that fails again and again gets no work for a while, and then one task first."

use crate::world::{Sprint, Team};

/// A team whose agent does one task at a time, so that tries come one after the other.
async fn a_team() -> Team {
    Team::by_its_own_clock_with(Some("concurrency = 1\n")).await
}

/// A sprint whose agent has died five times in two tasks, and goes on dying until it is mended.
async fn in_which_an_agent_breaks(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada agent frontend saying "scripted: die until";
        T2 "Draw the moon" owner ada agent frontend saying "scripted: die until";
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.says("ada", "/team6 start").await;
    sprint.comes_to_say("failed 5 times in a row in the same way: it died").await;
    assert_eq!(sprint.tries_begun().await, 5);
    sprint
}

/// Both tasks wait, and say why.
async fn waits(sprint: &Sprint<'_>, how_often: usize) {
    sprint.says("ada", "/team6 why T2").await;
    let words = "T2 waits, because the agent `frontend` failed again and again in the same way";
    sprint.comes_to_say_so_often(words, how_often).await;
}

#[tokio::test]
async fn five_failures_stop_an_agent_and_a_trial_that_goes_well_lets_all_go_on() {
    let team = a_team().await;
    let sprint = in_which_an_agent_breaks(&team).await;
    waits(&sprint, 1).await;
    assert_eq!(sprint.tries_begun().await, 5, "nothing is tried meanwhile");

    sprint.lets_the_agent_go_on();
    team.minutes_pass(10);
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 in review");
    assert_eq!(sprint.tries_begun().await, 7);
    let told = sprint.answers().await.into_iter().filter(|one| one.contains("times in a row"));
    assert_eq!(told.count(), 1);
    team.ends().await;
}

#[tokio::test]
async fn a_trial_that_fails_has_the_agent_wait_longer() {
    let team = a_team().await;
    let sprint = in_which_an_agent_breaks(&team).await;

    team.minutes_pass(10);
    sprint.comes_to_tries(6).await;
    team.minutes_pass(10);
    waits(&sprint, 1).await;
    assert_eq!(sprint.tries_begun().await, 6, "one was tried, and the other waits on");
    sprint.lets_the_agent_go_on();
    team.minutes_pass(20);
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 in review, T2 in review");
    assert_eq!(sprint.tries_begun().await, 8);
    team.ends().await;
}
