//! "What GitHub refuses for good is told, once, and done when somebody asks for it."

use crate::world::{Act, Team};

#[tokio::test]
async fn an_answer_that_github_does_not_take_is_said_on_the_sprint_issue() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    team.will_be_refused(Act::Comments);

    sprint.hears_at("T1", "grace", "/team6 retry").await;

    let said = sprint.answer().await;
    let issue = sprint.issue_of("T1");
    let why = "GitHub refused (410): Gone fishing";
    assert!(
        said.starts_with(&format!(
            "This belongs on acme/web#{issue}, where I may not comment ({why}):"
        )),
        "{said}"
    );
    assert!(said.contains("T1 is ada's"), "{said}");
    assert_eq!(team.health().await["effects"]["given_up"], 1);

    team.has_what_was_given_up_tried_again().await;

    assert!(sprint.answer_at("T1").await.contains("T1 is ada's"));
    team.ends().await;
}

#[tokio::test]
async fn what_cannot_be_said_on_the_sprint_issue_is_kept_for_the_operator() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    team.will_be_refused(Act::Comments);

    sprint.hears("ada", "/team6 start").await;

    assert_eq!(sprint.answers().await.len(), 1, "the greeting");
    assert_eq!(team.health().await["effects"]["given_up"], 1);

    team.has_what_was_given_up_tried_again().await;

    assert!(sprint.answer().await.contains("/team6 plan"));
    assert_eq!(team.health().await["effects"]["given_up"], 0);
    team.ends().await;
}

#[tokio::test]
async fn what_is_refused_again_is_told_once() {
    let team = Team::new().await;
    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    team.will_be_refused(Act::Comments);
    sprint.hears_at("T1", "grace", "/team6 retry").await;
    let told = sprint.answers().await.len();
    team.will_be_refused(Act::Comments);

    team.has_what_was_given_up_tried_again().await;

    assert_eq!(sprint.answers().await.len(), told);
    team.has_what_was_given_up_tried_again().await;
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_is_in_review_even_if_nobody_may_be_asked_for_one() {
    let team = Team::new().await;
    team.will_be_refused(Act::AsksForReview);

    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 in review", 1));
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_that_github_refuses_is_its_owners_to_decide_about() {
    let team = Team::new().await;
    team.will_be_refused(Act::OpensThePull);

    let sprint = team.running("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    assert_eq!(sprint.stands().await, "T1 failed");
    let said = sprint.answer().await + &sprint.answer_at("T1").await;
    assert!(said.contains("@ada") && said.contains("Gone fishing"), "{said}");
    sprint.hears("ada", "/team6 retry T1").await;
    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}
