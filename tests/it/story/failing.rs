//! "What an agent did is verified; when it did not work, the owner hears it in plain words."

use crate::world::Team;

#[tokio::test]
async fn an_agent_that_dies_once_is_tried_again() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: die once"; };

    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.tries().await, "T1 twice");
    assert!(sprint.pull_of("T1").await.body.contains("agent frontend · try 2"));
    team.ends().await;
}

#[tokio::test]
async fn an_agent_that_makes_no_progress_is_stopped_in_words_after_three_turns() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner grace saying "scripted: nothing";
        T2 "Add a toggle" owner ada after T1;
    };

    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.stands().await, "T1 failed, T2 waits for T1");
    assert_eq!(sprint.tries().await, "T1 3 times");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @"
    @grace, T1 did not work out after 3 tries, so it is yours to decide. The last one ended like this:

    > no progress: nothing was done 3 turns in a row; there is no commit after the base; the agent said: I looked at everything and see nothing to do.

    To try again, say `/team6 retry T1`. To help the agent, make the issue's text clearer first.
    ");
    team.ends().await;
}

#[tokio::test]
async fn work_that_was_not_committed_is_not_taken() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: dirty"; };

    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!((sprint.stands().await.as_str(), sprint.pulls().await), ("T1 failed", 0));
    insta::assert_snapshot!(sprint.answer_at("T1").await, @r"
    @ada, T1 did not work out after 5 tries, so it is yours to decide. The last one ended like this:

    > the agent left changes it did not commit: \`notes.txt\`

    To try again, say `/team6 retry T1`. To help the agent, make the issue's text clearer first.
    ");
    team.ends().await;
}

#[tokio::test]
async fn a_change_of_a_workflow_is_refused_at_once() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada saying "scripted: workflow"; };

    let sprint = team.running("Dark mode", wishes).await;

    assert_eq!(sprint.tries().await, "T1 once");
    insta::assert_snapshot!(sprint.answer_at("T1").await, @r"
    @ada, T1 did not work out after 1 try, so it is yours to decide. The last one ended like this:

    > \`.github/workflows/ci.yml\` is a workflow, which only people may change

    To try again, say `/team6 retry T1`. To help the agent, make the issue's text clearer first.
    ");
    team.ends().await;
}

#[tokio::test]
async fn a_retry_after_the_issue_was_made_clearer_works() {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner grace saying "scripted: workflow"; };
    let sprint = team.running("Dark mode", wishes).await;
    assert_eq!(sprint.stands().await, "T1 failed");

    sprint.rewrites("T1", "Please name the colors and touch nothing else.").await;
    assert_eq!(sprint.stands().await, "T1 failed");
    sprint.hears_at("T1", "grace", "/team6 retry").await;

    assert_eq!(sprint.stands().await, "T1 in review");
    assert_eq!(sprint.tries().await, "T1 twice");
    assert_eq!(sprint.approvals().await, "T1 by grace");
    team.ends().await;
}
