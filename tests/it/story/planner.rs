//! "A planner agent reads the code and writes the plan; when it cannot, the team is told why."

use crate::world::Team;

const GOAL: &str = "Make it dark.\n\n- Write the manual\n- Tell the api (acme/api)\n";

#[tokio::test]
async fn a_planner_turns_a_goal_and_issues_into_a_plan() {
    let team = Team::with_a_planner(&[]).await;
    let wishes = plan! { T1 "Name the colors of all pages" owner ada; };
    let sprint = team.sprint_about("Dark mode", GOAL, wishes).await;

    sprint.hears("grace", "/team6 plan").await;

    insta::assert_snapshot!(sprint.plan().await);
    assert_eq!(sprint.planning(1).await, "**The plan is done: it is version 1**");
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn an_agent_that_cannot_speak_http_finds_its_tools_through_a_program() {
    let team = Team::with_the_program_and_a_planner(&["--no-http"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.plan().await.contains("**T2** Tell the api"), "{}", sprint.plan().await);
    team.ends().await;
}

#[tokio::test]
async fn a_plan_with_flaws_is_sent_back_with_all_of_them_and_made_right() {
    let team = Team::with_a_planner(&["--script", "flawed"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    let said = sprint.trace_of_planning(1).await;
    insta::assert_snapshot!(
        said.split("Not accepted").nth(1).unwrap_or(&said).split("\"}").next().unwrap()
    );
    assert!(sprint.plan().await.contains("**T1** Write the manual"));
    assert_eq!(sprint.planning(1).await, "**The plan is done: it is version 1**");
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn a_planner_that_never_gets_it_right_ends_in_words() {
    let team = Team::with_a_planner(&["--script", "hopeless"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    insta::assert_snapshot!(sprint.answer().await);
    assert!(!sprint.has_a_plan().await);
    assert_eq!(sprint.planning(1).await, "**There is no plan; the reason is below**");
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn a_planner_that_never_submits_ends_in_words() {
    let team = Team::with_a_planner(&["--script", "silent"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    insta::assert_snapshot!(sprint.answer().await);
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn a_planner_that_dies_is_tried_again_and_then_given_up_in_words() {
    let team = Team::with_a_planner(&["--script", "die"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    insta::assert_snapshot!(sprint.answer().await);
    assert_eq!(sprint.plannings().await, "1 5 times");
    team.ends().await;
}

#[tokio::test]
async fn a_plan_counts_even_if_the_planner_dies_right_after() {
    let team = Team::with_a_planner(&["--script", "die-late"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.plan().await.contains("version 1"));
    assert_eq!((sprint.plannings().await, sprint.answers().await.len()), ("1 once".into(), 1));
    team.ends().await;
}

#[tokio::test]
async fn planning_again_keeps_the_tasks_and_their_numbers() {
    let team = Team::with_a_planner(&[]).await;
    let sprint =
        team.sprint_about("Dark mode", GOAL, plan! { T1 "Name the colors" owner ada; }).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks("ada", "T1").await;
    sprint.ticks("ada", "T2").await;
    let before = sprint.plan().await;

    sprint.hears("ada", "/team6 plan").await;

    assert_eq!(sprint.plan().await, before);
    assert_eq!(sprint.plannings().await, "1 once, 2 once");
    team.ends().await;
}

#[tokio::test]
async fn a_server_that_dies_while_a_planner_works_goes_on_with_it() {
    let team = Team::with_a_planner(&["--pace-ms", "200"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.says("ada", "/team6 plan").await;
    sprint.waits_for_planning("the planner reads the code").await;
    team.dies().await;
    team.comes_back().await;

    assert!(sprint.plan().await.contains("**T1** Write the manual"));
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

#[tokio::test]
async fn while_a_planner_works_its_line_says_for_how_long() {
    let team = Team::with_a_planner(&["--script", "hang"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.says("ada", "/team6 plan").await;
    sprint.waits_for_planning("the planner reads the code").await;
    let before = sprint.whole_planning(1).await;

    sprint.waits_for_planning_to_differ_from(&before).await;
    let now = sprint.whole_planning(1).await;
    assert!(now.starts_with("**Planning: the planner reads the code** · "), "{now}");
    assert!(now.ends_with(" s since ada asked"), "{now}");
    team.dies().await;
}

#[tokio::test]
async fn nobody_asks_a_planner_twice_at_once() {
    let team = Team::with_a_planner(&["--script", "hang"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;

    sprint.says("ada", "/team6 plan").await;
    sprint.waits_for_planning("the planner reads the code").await;
    sprint.says("grace", "/team6 plan").await;
    sprint.waits_for_answer("the plan is still being drafted").await;
    team.dies().await;
}
