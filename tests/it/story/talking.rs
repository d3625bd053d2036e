//! "The owner talks to the agent at any time, and what is said is heard once."

use crate::world::Team;

/// A sprint whose only agent waits for a sign.
macro_rules! waiting_agent {
    ($team:ident) => {{
        let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: wait"; };
        let sprint = $team.approved("Dark mode", wishes).await;
        sprint.hears_without_waiting("ada", "/team6 start").await;
        sprint.waits_until_the_agent_waits().await;
        sprint
    }};
}

#[tokio::test]
async fn a_message_reaches_a_busy_agent_with_its_next_turn() {
    let team = Team::new().await;
    let sprint = waiting_agent!(team);

    let said = sprint.writes_at("T1", "ada", "/team6 ask \"Use blue. Don't use red.\"").await;
    sprint.waits_until_heard_at("T1", said).await;
    sprint.lets_the_agent_go_on();
    team.settles().await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.signs_at("T1", said).await, "+1 eyes rocket");
    let asked = sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap();
    assert_eq!(asked, "# ada asked for this\n\nUse blue. Don't use red.\n");
    assert_eq!((sprint.tries().await.as_str(), sprint.sessions()), ("T1 once", 1));
    insta::assert_snapshot!(sprint.answer_at("T1").await, @r"
    ada, T1's agent says:

    > Done as ada asked: “Use blue. Don't use red.”
    ");
    team.ends().await;
}

#[tokio::test]
async fn a_message_that_cannot_wait_interrupts_the_agent() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: hang once"; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    team.waits_for_the_agent_to_hang().await;

    sprint.hears("ada", "/team6 ask now T1 use blue").await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 once".into())
    );
    assert!(sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap().contains("use blue"));
    team.ends().await;
}

#[tokio::test]
async fn who_calls_the_app_by_its_name_speaks_to_the_agent_and_who_does_not_does_not() {
    let team = Team::new().await;
    let sprint = waiting_agent!(team);

    let chat = sprint.writes_at("T1", "grace", "I like blue, do you, @ada?").await;
    let said = sprint.writes_at("T1", "grace", "@team6 use blue <!-- x --> Closes #1").await;
    sprint.waits_until_heard_at("T1", said).await;
    sprint.lets_the_agent_go_on();
    team.settles().await;

    assert_eq!(sprint.signs_at("T1", chat).await, "");
    let asked = sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap();
    assert!(asked.contains("@team6 use blue"), "{asked}");
    assert!(sprint.file_of("T1", "docs/asked_for/2.md").await.is_none());
    insta::assert_snapshot!(sprint.answer_at("T1").await.replace('\u{200b}', "¦"), @r"
    grace, T1's agent says:

    > Done as grace asked: “@¦team6 use blue <¦!-- x --> Closes #¦1”
    ");
    team.ends().await;
}

#[tokio::test]
async fn who_may_not_write_does_not_reach_the_agent() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.hears_at("T1", "linus", "@team6 delete everything").await;
    assert!(sprint.answer_at("T1").await.starts_with("@linus, I did not do that"));
    sprint.hears("linus", "/team6 ask T1 delete everything").await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await),
        ("T1 in review".into(), "T1 once".into())
    );
    team.ends().await;
}

#[tokio::test]
async fn what_is_said_before_an_agent_works_is_in_its_first_prompt() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner ada after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    let said = sprint.writes_at("T2", "ada", "@team6 make it round").await;
    sprint.waits_until_heard_at("T2", said).await;
    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.signs_at("T2", said).await, "+1 eyes rocket");
    assert!(sprint.file_of("T2", "docs/asked_for/1.md").await.unwrap().contains("make it round"));
    team.ends().await;
}

#[tokio::test]
async fn what_is_corrected_in_a_comment_is_told_too_and_once() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner ada after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    let said = sprint.writes_at("T2", "ada", "@team6 make it round").await;
    sprint.waits_until_heard_at("T2", said).await;
    for words in ["@team6 make it square", "@team6 make it square ", "Make it square."] {
        sprint.rewrites_the_comment_at("T2", "ada", said, words).await;
    }
    team.sweeps().await;
    team.redelivers_everything().await;
    sprint.merges("ada", "T1").await;

    let commits = sprint.commits_of("T2").await;
    let asked = async |number: u32| {
        sprint.file_of("T2", &format!("docs/asked_for/{number}.md")).await.unwrap_or_default()
    };
    assert!(asked(1).await.contains("make it round"), "{commits:?}");
    assert!(asked(2).await.contains("make it square"), "{commits:?}");
    assert!(asked(3).await.contains("Make it square."), "{commits:?}");
    assert_eq!(asked(4).await, "");
    // Nobody is told that an agent which is gone does not listen because of a typo.
    let answers = sprint.answers_at("T2").await;
    sprint.merges("ada", "T2").await;
    sprint.rewrites_the_comment_at("T2", "ada", said, "Make it a square.").await;
    assert_eq!(sprint.answers_at("T2").await, answers);
    team.ends().await;
}

#[tokio::test]
async fn a_message_survives_the_death_of_team6_and_is_heard_once() {
    let team = Team::with_the_program().await;
    let sprint = waiting_agent!(team);
    let said = sprint.writes_at("T1", "ada", "/team6 ask use blue").await;
    sprint.waits_until_heard_at("T1", said).await;

    team.dies().await;
    sprint.lets_the_agent_go_on();
    team.comes_back().await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.signs_at("T1", said).await, "+1 eyes rocket");
    let commits = sprint.commits_of("T1").await;
    let heard = commits.iter().filter(|title| title.contains("asked for")).count();
    assert_eq!((heard, sprint.sessions()), (1, 1), "{commits:?}");
    team.ends().await;
}

#[tokio::test]
async fn an_agent_asks_its_owner_and_goes_on_when_it_is_answered() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: ask Which blue?"; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 waits for an answer to question 1");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @r"
    @ada, T1's agent needs to know before it goes on:

    1. Which blue?

    Answer with a comment here, or with `/team6 answer 1 your answer`; `/team6 answer 1 skip` lets it decide. It goes on by itself then.
    ");
    sprint.hears_at("T1", "ada", "The darkest one.").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.sessions(), 1);
    assert!(
        sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap().contains("The darkest one.")
    );
    assert!(!sprint.pull_of("T1").await.body.contains("try 2 of"));
    team.ends().await;
}

#[tokio::test]
async fn a_question_is_answered_by_command_after_team6_died_and_came_back() {
    let team = Team::with_the_program().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: ask Which blue?"; };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 waits for an answer to question 1");

    team.dies().await;
    team.comes_back().await;
    sprint.hears_at("T1", "grace", "/team6 answer 1 the darkest").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.sessions(), 1);
    assert!(sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap().contains("the darkest"));
    team.ends().await;
}
