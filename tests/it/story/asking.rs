//! "Anybody can ask for help; who may not command is told so politely, and nothing changes."

use crate::world::Team;

#[tokio::test]
async fn help_lists_every_command() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("linus", "/team6 help").await;

    insta::assert_snapshot!(sprint.answer().await);
    team.ends().await;
}

#[tokio::test]
async fn an_unknown_word_gets_the_help() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 dance @linus <b>").await;

    let answer = sprint.answer().await;
    assert!(answer.starts_with("I do not know `/team6 dance`. This is what I understand:"));
    team.ends().await;
}

#[tokio::test]
async fn who_cannot_write_gets_one_polite_line_and_nothing_changes() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let plan = sprint.plan().await;

    for command in ["/team6 plan", "/team6 start", "/team6 retry T1"] {
        sprint.hears("linus", command).await;
        assert_eq!(
            sprint.answer().await,
            "@linus, I did not do that: only people who can write to this repository may do that. A maintainer can give you write access."
        );
    }

    assert_eq!((sprint.plan().await, sprint.status().await), (plan, String::new()));
    team.ends().await;
}

#[tokio::test]
async fn status_is_told_to_anybody_at_any_time() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.hears("linus", "/team6 status").await;
    insta::assert_snapshot!(sprint.answer().await, @"**Dark mode** has no plan yet. Type `/team6 plan` to get one.");

    sprint.hears("ada", "/team6 plan").await;
    sprint.hears("linus", "/team6 status").await;
    insta::assert_snapshot!(sprint.answer().await, @"
    **Dark mode** has a plan of 1 task, 0 of them approved, and is not started. These ticks are missing; a maintainer may give any of them.

    - **ada**: T1
    ");

    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start\n/team6 status").await;
    assert!(sprint.answer().await.contains("### Dark mode: 🔄 running"));
    team.ends().await;
}

#[tokio::test]
async fn several_commands_in_one_comment_are_obeyed_in_order() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "Hello!\n/team6 plan\n> /team6 start\n/team6 dance\n/team6 help").await;

    assert!(sprint.has_a_plan().await);
    let answers = sprint.answers().await;
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert!(answers[1].starts_with("I do not know") && answers[2].starts_with("This is what"));
    team.ends().await;
}

#[tokio::test]
async fn a_start_in_the_same_breath_as_the_plan_starts_nothing() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 plan\n/team6 start").await;

    assert!(sprint.has_a_plan().await);
    assert!(sprint.answer().await.starts_with("@ada, I did not do that: "));
    team.ends().await;
}

#[tokio::test]
async fn commands_work_on_a_tasks_issue_and_pull_request() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears_at("T1", "ada", "/team6 retry").await;
    assert_eq!(
        sprint.answer_at("T1").await,
        "@ada, I did not do that: T1 is in review, so there is nothing to retry."
    );
    sprint.hears_at_the_pull_of("T1", "linus", "/team6 status").await;
    team.ends().await;
}

#[tokio::test]
async fn retry_without_a_task_asks_which() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears("ada", "/team6 retry").await;
    assert!(sprint.answer().await.contains("`retry` needs a task, like `/team6 retry T3`"));
    sprint.hears("ada", "/team6 retry T9").await;

    assert!(sprint.answer().await.contains("there is no task T9 in this sprint"));
    team.ends().await;
}
