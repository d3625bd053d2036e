//! "Whatever does not move can say why: what it waits for, since when, and who must act."

use crate::world::{Sprint, Team, timeless};

async fn tasks(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner grace;
        T2 "Add a toggle" owner ada after T1;
    };
    team.sprint("Dark mode", wishes).await
}

#[tokio::test]
async fn from_the_first_word_to_the_last_merge_there_is_one_reason() {
    let team = Team::new().await;
    let sprint = tasks(&team).await;
    let mut page = Vec::new();
    let mut note = |what: &str, why: String| page.push(format!("## {what}\n{why}"));

    note("new", sprint.why("").await);
    sprint.hears("ada", "/team6 plan").await;
    note("planned", sprint.why("").await);
    sprint.ticks("grace", "T1").await;
    note("half approved", sprint.why("").await);
    note("half approved, T1", sprint.why("T1").await);
    sprint.ticks("ada", "T2").await;
    note("approved", sprint.why("").await);
    sprint.hears("ada", "/team6 start").await;
    note("started", sprint.why("").await);
    note("started, T2", sprint.why("T2").await);
    sprint.closes_the_pull_of("T1", "grace").await;
    note("closed, T2", sprint.why("T2").await);
    sprint.reopens_the_pull_of("T1", "grace").await;
    sprint.hears("grace", "/team6 pause").await;
    sprint.merges("grace", "T1").await;
    note("paused", sprint.why("").await);
    note("paused, T2", sprint.why("T2").await);
    sprint.hears("ada", "/team6 resume").await;
    sprint.merges("ada", "T2").await;
    note("done", sprint.why("").await);
    note("no such task", sprint.why("T9").await);

    insta::assert_snapshot!(page.join("\n\n"));
    team.ends().await;
}

#[tokio::test]
async fn without_a_number_it_is_about_the_task_where_it_is_asked() {
    let team = Team::new().await;
    let sprint = tasks(&team).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start").await;

    sprint.hears_at("T2", "linus", "/team6 why").await;
    insta::assert_snapshot!(timeless(&sprint.answer_at("T2").await), @"
    **T2 waits for T1, and T1 is in review: acme/web#4 is not merged**.

    Its owner reviews and merges it. It waits for grace.
    ");
    team.ends().await;
}

#[tokio::test]
async fn the_command_line_explains_with_what_was_decided_by_whom() {
    let team = Team::new().await;
    let sprint = tasks(&team).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start").await;

    let said = sprint.is_explained(Some("T1"));
    assert!(said.contains("T1 is in review: acme/web#4 is not merged"), "{said}");
    let (worked, said) = sprint.is_ordered("explain", Some("T2"));
    assert!(worked, "{said}");
    let line = said.lines().find(|line| line.contains("ada started the sprint")).unwrap();
    assert!(line.contains("(ada, delivery "), "{line}");
    let (_, said) = sprint.is_ordered("status", None);
    assert!(said.contains("0 of 2 tasks merged"), "{said}");
    let (worked, said) = sprint.is_ordered("plan", None);
    assert!(worked && said.contains("- [x] **T1") && said.contains("Add a toggle"), "{said}");
    team.ends().await;
}

#[tokio::test]
async fn an_operator_pauses_and_resumes_from_the_command_line() {
    let team = Team::new().await;
    let sprint = tasks(&team).await;
    sprint.hears("ada", "/team6 plan").await;
    sprint.ticks_everything("ada").await;
    sprint.hears("ada", "/team6 start").await;

    let (worked, said) = sprint.is_ordered("pause", None);
    assert!(worked, "{said}");
    sprint.merges("grace", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");
    assert!(sprint.is_explained(Some("T2")).contains("operator paused the sprint"));
    let (worked, said) = sprint.is_ordered("retry", Some("T1"));
    assert!(!worked && said.contains("T1 is done, so there is nothing to retry"), "{said}");
    assert!(sprint.is_ordered("resume", None).0);
    sprint.comes_to("T1 merged, T2 in review").await;
    team.ends().await;
}
