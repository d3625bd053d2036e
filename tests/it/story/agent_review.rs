//! "A review agent, where configured, reviews before the owner is asked."

use crate::world::{Act, Team, When};

#[tokio::test]
async fn what_the_review_agent_wants_is_done_before_the_owner_is_asked() {
    let team = Team::with_a_reviewer("strict").await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await, sprint.agent_reviews().await),
        ("T1 in review".into(), "T1 twice".into(), "T1 twice".into())
    );
    let text = sprint.file_of("T1", "docs/asked_for/1.md").await.unwrap();
    assert!(text.contains("Say what this is for."), "{text}");
    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["ada"]);
    insta::assert_snapshot!(sprint.reviews_of("T1").await.join("\n\n"));
    assert_eq!(sprint.sessions(), 1);

    let visitor = team.visitor("ada").await;
    let ada = visitor.script().await;
    let run = ada.asks("/runs").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    let task = format!("/runs/{run}/tasks/1");
    let shown = visitor.sees(&format!("{task}?review=1")).await.1;
    assert!(
        shown.contains("Review of try 1</a>") && shown.contains("git diff --name-only"),
        "{shown}"
    );
    let (_, steps) = ada.asks(&format!("{task}/tries/1/review/trace")).await;
    assert!(steps.to_string().contains("submit_review"), "{steps}");
    assert_eq!(ada.asks(&format!("{task}/tries/3/review/trace")).await.0, 404);

    sprint.reviews("T1", "grace", "REQUEST_CHANGES", "Nearly there", &[]).await;
    assert_eq!(
        (sprint.tries().await, sprint.agent_reviews().await),
        ("T1 4 times".into(), "T1 4 times".into()),
    );
    let pull = sprint.pull_of("T1").await;
    let mut asked = pull.reviewers();
    asked.sort_unstable();
    assert_eq!(asked, ["ada", "grace"]);
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn a_review_agent_that_is_never_content_is_overruled_after_two_rounds() {
    let team = Team::with_a_reviewer("stubborn").await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await, sprint.agent_reviews().await),
        ("T1 in review".into(), "T1 3 times".into(), "T1 3 times".into())
    );
    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["ada"]);
    insta::assert_snapshot!(sprint.reviews_of("T1").await.join("\n\n"));
    team.ends().await;
}

#[tokio::test]
async fn who_answers_the_review_agent_without_a_change_leaves_it_to_the_owner() {
    let team = Team::with_a_reviewer("curious").await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await, sprint.agent_reviews().await),
        ("T1 in review".into(), "T1 twice".into(), "T1 once".into())
    );
    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["ada"]);
    insta::assert_snapshot!(sprint.reviews_of("T1").await.join("\n\n"));
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn a_review_agent_that_says_nothing_or_dies_keeps_nobody_waiting() {
    for script in ["silent", "die"] {
        let team = Team::with_a_reviewer(script).await;
        let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

        assert_eq!(
            (sprint.stands().await, sprint.tries().await, sprint.agent_reviews().await),
            ("T1 in review".into(), "T1 once".into(), "T1 once".into())
        );
        assert_eq!(sprint.pull_of("T1").await.reviewers(), ["ada"]);
        insta::assert_snapshot!(script, sprint.reviews_of("T1").await.join("\n\n"));
        sprint.merges("ada", "T1").await;
        assert_eq!(sprint.stands().await, "T1 merged");
        team.ends().await;
    }
}

#[tokio::test]
async fn killed_at_its_review_it_says_everything_once() {
    let team = Team::with_a_reviewer("strict").await;
    team.will_die(Act::Reviews, When::After);
    let wishes = plan! { T1 "Name the colors" owner ada in docs; };
    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(
        (sprint.stands().await, sprint.tries().await, sprint.agent_reviews().await),
        ("T1 in review".into(), "T1 twice".into(), "T1 twice".into())
    );
    assert_eq!(sprint.reviews_of("T1").await.len(), 1);
    assert_eq!(sprint.pull_of("T1").await.reviewers(), ["ada"]);
    team.ends().await;
}

#[tokio::test]
async fn a_paused_task_is_not_looked_at_before_it_goes_on() {
    let team = Team::with_a_reviewer("strict").await;
    let wishes = plan! { T1 "Name the colors" owner ada in docs saying "scripted: wait"; };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    sprint.waits_until_the_agent_waits().await;
    sprint.hears_without_waiting("ada", "/team6 pause T1").await;
    sprint.lets_the_agent_go_on();
    team.settles().await;
    assert_eq!(sprint.stands().await, "T1 looked at by the review agent");
    assert_eq!(sprint.reviews_of("T1").await.len(), 0);

    sprint.hears("ada", "/team6 resume T1").await;
    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.agent_reviews().await, "T1 twice");
    team.ends().await;
}

#[tokio::test]
async fn nobody_must_wait_for_a_review_agent_that_hangs() {
    let team = Team::with_a_reviewer("hang").await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.says("ada", "/team6 start").await;
    sprint.comes_to("T1 looked at by the review agent").await;
    team.dies().await;
    team.starts_again().await;
    sprint.comes_to("T1 looked at by the review agent").await;

    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.stands().await, "T1 merged");
    assert_eq!(sprint.agent_reviews().await, "T1 once");
    assert_eq!(sprint.reviews_of("T1").await.len(), 0);
    team.ends().await;
}
