//! "What may be spent is a limit: at the limit the agent holds, and somebody is asked."

use crate::world::{Provider, Team};

#[tokio::test]
async fn a_task_whose_budget_is_spent_is_held_until_its_owner_allows_more() {
    let provider = Provider::open().await;
    let team = Team::with_settings(&provider.settings("task_budget = { cost = \"2\" }")).await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: spend 4"; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 held, because its budget is spent, $2.00 of $2.00 spent");
    assert_eq!(provider.calls(), 2);
    insta::assert_snapshot!(sprint.answer_at("T1").await);
    sprint.hears("linus", "/team6 why T1").await;
    insta::assert_snapshot!(without_times(&sprint.answer().await));

    sprint.hears("mary", "/team6 budget T1 +5").await;
    assert!(sprint.answer().await.contains("T1 is grace's"), "{}", sprint.answer().await);
    sprint.hears_at("T1", "grace", "/team6 budget +5").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!((provider.calls(), sprint.sessions()), (4, 1));
    assert!(!sprint.pull_of("T1").await.body.contains("try 2 of"));
    team.ends().await;
}

#[tokio::test]
async fn an_agent_that_spent_everything_and_listens_to_nobody_is_killed() {
    let provider = Provider::open().await;
    let team = Team::with_settings(&provider.settings("task_budget = { cost = \"2\" }")).await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: spend 4 stubbornly"; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 held, because its budget is spent, $2.00 of $2.00 spent");
    sprint.hears_at("T1", "grace", "/team6 budget +5").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!((provider.calls(), sprint.sessions()), (4, 1));
    team.ends().await;
}

#[tokio::test]
async fn most_of_a_budget_is_told_once_and_the_work_goes_on() {
    let provider = Provider::open().await;
    let team = Team::with_settings(&provider.settings("task_budget = { cost = \"5\" }")).await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: spend 4"; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert!(sprint.status().await.contains("$4.00 of $5.00 spent"));
    insta::assert_snapshot!(sprint.answer_at("T1").await);
    sprint.hears_at_the_pull_of("T1", "grace", "@team6 use blue").await;
    let told = sprint.answers_at("T1").await + sprint.answers_at_the_pull_of("T1").await.len();
    assert_eq!(told, 2, "the note, and what the agent says");
    team.ends().await;
}

#[tokio::test]
async fn what_one_execution_may_spend_holds_the_task_too() {
    let provider = Provider::open().await;
    let team = Team::with_settings(&provider.settings("budget = { tokens = 1000000 }")).await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: spend 4"; };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 held, because its budget is spent");
    assert!(sprint.answer_at("T1").await.contains("spent what one try may spend"));

    sprint.hears("ada", "/team6 budget T1 +3000000 tokens").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!((provider.calls(), sprint.sessions()), (4, 1));
    team.ends().await;
}

#[tokio::test]
async fn a_runs_budget_bounds_all_its_tasks_together() {
    let provider = Provider::open().await;
    let settings = provider.settings("[budgets]\nrun = { cost = \"3\" }");
    let team = Team::with_settings(&settings).await;
    let wishes = plan! {
        T1 "Name the colors" owner grace saying "scripted: spend 2";
        T2 "Choose a theme" owner grace agent frontend saying "scripted: spend 2" after T1;
        T3 "Write pages" owner ada after T2;
    };
    let sprint = team.running("Dark mode", wishes).await;
    sprint.merges("ada", "T1").await;

    assert_eq!(provider.calls(), 3);
    assert!(sprint.status().await.contains("because the budget is spent: $3.00 of $3.00"));
    assert!(sprint.stands().await.contains("T2 held, because its budget is spent"));
    insta::assert_snapshot!(
        sprint.answers().await.into_iter().find(|one| one.contains("budget")).unwrap()
    );
    sprint.hears("mary", "/team6 budget +20").await;
    assert!(sprint.answer().await.contains("only ada, who started this sprint"));
    sprint.hears("ada", "/team6 resume").await;
    assert!(sprint.answer().await.contains("its budget is spent"));

    sprint.hears("ada", "/team6 budget +20").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review, T3 waits for T2");
    assert_eq!((provider.calls(), sprint.tries().await.as_str()), (4, "T1 once, T2 twice"));
    team.ends().await;
}

#[tokio::test]
async fn an_amount_nobody_understands_is_refused_in_words_and_what_has_no_limit_needs_none() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    for (said, words) in [
        ("/team6 budget T1 +lots", "`+lots` is no amount, like `+5` dollars"),
        ("/team6 budget T1", "how much more is missing"),
        ("/team6 budget T1 5", "write `+5`: it is how much more may be spent"),
        ("/team6 budget T1 -5", "write `+5`"),
        ("/team6 budget +5 euros", "`+5 euros` is no amount"),
        ("/team6 budget T1 +5", "nothing limits what T1 may spend in dollars"),
        ("/team6 budget +5", "nothing limits what this run may spend in dollars"),
    ] {
        sprint.hears("ada", said).await;
        let answer = sprint.answer().await;
        assert!(answer.contains(words), "{said}: {answer}");
    }
    team.ends().await;
}

/// A moment is another one each time.
pub(super) fn without_times(text: &str) -> String {
    let (before, rest) = text.split_once(", since ").unwrap();
    format!("{before}, since …{}", rest.split_once(')').unwrap().1)
}
