//! "The sprint is recognized from label and milestone in either order, and un-recognized when
//! either goes."

use crate::world::Team;

#[tokio::test]
async fn a_new_sprint_issue_is_greeted() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    insta::assert_snapshot!(sprint.answer().await, @"
    I take this issue for the sprint **Dark mode**: its text is the goal, and the other issues of the milestone are the tasks.

    Next, somebody with write access types `/team6 plan`. I then post the plan for the team to approve; nothing starts before that. `/team6 help` lists what else I understand.
    ");
    assert_eq!(sprint.answers().await.len(), 1);
    team.ends().await;
}

#[tokio::test]
async fn label_and_milestone_may_come_in_either_order() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    sprint.is_labelled(false).await;
    sprint.is_in_milestone(None).await;

    sprint.is_labelled(true).await;
    sprint.hears("ada", "/team6 plan").await;
    assert!(sprint.answer().await.contains("this issue is not a sprint"));
    sprint.is_in_milestone(Some(1)).await;
    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn without_its_label_an_issue_is_no_sprint_and_with_it_one_again() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.is_labelled(false).await;
    sprint.hears("ada", "/team6 plan").await;
    insta::assert_snapshot!(sprint.answer().await, @"@ada, I did not do that: this issue is not a sprint. It needs an open milestone and the label `team6:sprint`.");
    assert!(!sprint.has_a_plan().await);

    sprint.is_labelled(true).await;
    sprint.hears("ada", "/team6 plan").await;
    assert!(sprint.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn without_its_milestone_an_issue_is_no_sprint_and_with_it_one_again() {
    let team = Team::new().await;
    let sprint = team.approved("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    sprint.is_in_milestone(None).await;
    sprint.hears("ada", "/team6 start").await;
    assert!(sprint.answer().await.contains("this issue is not a sprint"));

    sprint.is_in_milestone(Some(1)).await;
    sprint.hears("ada", "/team6 start").await;
    assert_eq!(sprint.stands().await, "T1 in review");
    team.ends().await;
}

#[tokio::test]
async fn nothing_new_starts_while_the_label_is_gone() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;

    sprint.is_labelled(false).await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");

    sprint.is_labelled(true).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

#[tokio::test]
async fn a_second_sprint_issue_in_a_milestone_is_refused_with_words() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;

    let second = sprint.another_sprint_issue().await;

    insta::assert_snapshot!(second.answer().await, @"I do not take this issue for a sprint: the milestone already has a sprint issue, #1, and a milestone is one sprint. Take the label or the milestone off one of the two issues.");
    second.hears("ada", "/team6 plan").await;
    assert!(!second.has_a_plan().await);
    team.ends().await;
}

#[tokio::test]
async fn the_second_sprint_issue_takes_over_when_the_first_lets_go() {
    let team = Team::new().await;
    let sprint = team.sprint("Dark mode", plan! { T1 "Name the colors" owner ada; }).await;
    let second = sprint.another_sprint_issue().await;

    sprint.is_labelled(false).await;
    second.hears("ada", "/team6 plan").await;

    assert!(second.has_a_plan().await);
    team.ends().await;
}
