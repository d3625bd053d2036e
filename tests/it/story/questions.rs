//! "What the planner must know it asks, once, and an answer is never dropped."

use crate::world::Team;

const GOAL: &str = "Make it dark.\n\n- Write the manual\n";

async fn asked(team: &Team) -> crate::world::Sprint<'_> {
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint
}

#[tokio::test]
async fn questions_are_one_numbered_comment_that_says_who_should_answer_and_how() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    insta::assert_snapshot!(sprint.questions(1).await);
    assert_eq!(sprint.planning(1).await, "**The planner has 2 questions, see below**");
    assert!(!sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn the_last_answer_has_the_plan_made() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    sprint.hears("grace", "/team6 answer 1 everybody, @linus too").await;
    assert!(!sprint.has_a_plan().await);
    sprint.hears("ada", "2. no\nit is 2026").await;

    insta::assert_snapshot!(sprint.questions(1).await);
    assert!(sprint.plan().await.contains("**T1** Write the manual"));
    assert_eq!(sprint.plannings().await, "1 once, 2 once");
    let told = sprint.trace_of_planning(2).await;
    assert!(told.contains("grace answered: everybody, @linus too"), "{told}");
    team.ends().await;
}

#[tokio::test]
async fn a_reply_may_quote_the_question() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    sprint
        .hears("ada", "> 1. Who is it for first?\n\npeople who sign in\n\n> 2. Must it\n\nyes")
        .await;

    assert!(sprint.questions(1).await.contains("**ada:** people who sign in"));
    assert!(sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn a_quote_without_a_number_is_known_by_its_words() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;
    let questions = sprint.questions(1).await;
    let first = questions.lines().find_map(|line| line.strip_prefix("1. ")).unwrap().to_owned();

    sprint.hears("grace", &format!("> {first}\n\nThe home page.")).await;

    assert!(sprint.questions(1).await.contains("**grace:** The home page."));
    team.ends().await;
}

#[tokio::test]
async fn an_answer_may_be_put_right_or_added_by_editing_the_comment() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;
    let comment = sprint.writes("grace", "1. The home page.").await;
    team.settles().await;

    sprint.rewrites_the_comment("grace", comment, "1. The home page, and the shop.").await;
    assert!(sprint.questions(1).await.contains("**grace:** The home page, and the shop."));
    assert!(!sprint.has_a_plan().await);

    let both = "1. The home page, and the shop.\n2. yes";
    team.loses_webhooks_without_a_trace();
    sprint.rewrites_the_comment("grace", comment, both).await;
    team.sweeps().await;
    assert!(sprint.questions(1).await.contains("**grace:** yes"));
    assert!(sprint.has_a_plan().await);
    assert_eq!(sprint.plannings().await, "1 once, 2 once");
    team.ends().await;
}

#[tokio::test]
async fn a_numbered_list_written_before_the_questions_is_no_answer() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = team.sprint_about("Dark mode", GOAL, plan! {}).await;
    sprint.hears("grace", "What I saw:\n1. It is bright\n2. It is loud").await;
    sprint.hears("ada", "/team6 plan").await;

    team.sweeps().await;

    assert!(!sprint.questions(1).await.contains("grace"));
    assert!(!sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn questions_can_be_skipped() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    sprint.hears("ada", "/team6 answer 2 skip").await;
    sprint.hears("ada", "/team6 answer skip").await;

    assert_eq!(sprint.questions(1).await.matches("skipped by ada").count(), 2);
    assert!(sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn a_late_answer_is_kept_and_counts_when_it_is_planned_again() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;
    sprint.hears("ada", "/team6 answer skip").await;

    sprint.hears("grace", "/team6 answer 2 yes").await;

    insta::assert_snapshot!(sprint.answer().await);
    assert!(sprint.questions(1).await.contains("**grace:** yes"));
    assert_eq!(sprint.plannings().await, "1 once, 2 once");
    sprint.hears("ada", "/team6 plan").await;
    assert!(sprint.trace_of_planning(3).await.contains("grace answered: yes"));
    team.ends().await;
}

#[tokio::test]
async fn more_than_five_questions_are_refused_in_words() {
    let team = Team::with_a_planner(&["--script", "chatty"]).await;
    let sprint = asked(&team).await;

    assert_eq!(sprint.questions(1).await.matches('?').count(), 5);
    let said = sprint.trace_of_planning(1).await;
    assert!(said.contains("Not recorded: you have asked 5 questions"), "{said}");
    team.ends().await;
}

#[tokio::test]
async fn only_people_who_can_write_answer() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    sprint.hears("linus", "1. me").await;
    let refused = sprint.answer().await;
    sprint.hears("linus", "I like this. 1st of all, thanks!").await;

    assert_eq!(
        refused,
        "@linus, I did not do that: only people who can write to this repository may do that. \
         A maintainer can give you write access."
    );
    assert_eq!(sprint.answers().await.iter().filter(|one| **one == refused).count(), 1);
    assert!(!sprint.questions(1).await.contains("linus"));
    team.ends().await;
}

#[tokio::test]
async fn an_answer_to_nothing_is_told_so() {
    let team = Team::with_a_planner(&["--script", "ask"]).await;
    let sprint = asked(&team).await;

    for (said, told) in [
        ("/team6 answer 9 yes", "there is no question 9"),
        ("/team6 answer", "an answer needs the number of its question and a text"),
    ] {
        sprint.hears("ada", said).await;
        assert!(sprint.answer().await.contains(told), "{}", sprint.answer().await);
    }
    team.ends().await;
}
