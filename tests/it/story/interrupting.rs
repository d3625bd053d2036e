//! "A sprint survives what the world does to its issues: it holds, says so, and goes on by itself."

use crate::world::{Sprint, Team};

/// The same story twice: with the webhooks, and with the sweep alone.
macro_rules! heard_and_swept {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn heard() {
                super::$name(false).await;
            }
            #[tokio::test]
            async fn swept() {
                super::$name(true).await;
            }
        }
    )*};
}

heard_and_swept!(
    without_its_label,
    with_its_milestone_closed,
    with_its_milestone_deleted,
    with_its_issue_closed,
    with_its_issue_deleted,
    with_its_issue_moved_away,
    a_waiting_task_is_closed,
    a_task_in_review_is_closed,
    a_task_is_taken_out_of_the_milestone,
    a_task_is_deleted,
    a_task_is_moved_away,
);

async fn two_tasks(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
    };
    team.running("Dark mode", wishes).await
}

/// Held, it starts nothing; with the reason gone it goes on.
async fn holds_and_goes_on(
    lost: bool,
    breaks: impl AsyncFn(&Sprint<'_>),
    says: &str,
    mends: impl AsyncFn(&Sprint<'_>),
) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || breaks(&sprint).await).await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");
    let status = sprint.status().await;
    assert!(status.contains(says), "{status}");

    team.meets(lost, async || mends(&sprint).await).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

async fn without_its_label(lost: bool) {
    let breaks = async |sprint: &Sprint<'_>| sprint.loses_its_label().await;
    let mends = async |sprint: &Sprint<'_>| sprint.is_labelled(true).await;
    holds_and_goes_on(lost, breaks, "no sprint issue any more: its label was taken off", mends)
        .await;
}

async fn with_its_milestone_closed(lost: bool) {
    let breaks = async |sprint: &Sprint<'_>| sprint.has_an_open_milestone(false).await;
    let mends = async |sprint: &Sprint<'_>| sprint.has_an_open_milestone(true).await;
    holds_and_goes_on(lost, breaks, "its milestone was closed", mends).await;
}

async fn with_its_issue_closed(lost: bool) {
    let breaks = async |sprint: &Sprint<'_>| sprint.is_open(false).await;
    let mends = async |sprint: &Sprint<'_>| sprint.is_open(true).await;
    holds_and_goes_on(lost, breaks, "no sprint issue any more: it was closed", mends).await;
}

async fn with_its_milestone_deleted(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.loses_its_milestone().await).await;

    let status = sprint.status().await;
    assert!(status.contains("it is in no milestone any more"), "{status}");
    // Nothing is said of every single task, which lost it too.
    assert_eq!(sprint.answers_at("T2").await, 0);
    team.ends().await;
}

async fn with_its_issue_deleted(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.is_deleted().await).await;

    let said = sprint.answer_at("T2").await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"
    The sprint issue acme/web#1 was deleted or moved to another repository, so nothing new is started in its sprint. Agents at work still finish, and pull requests stay as they are.

    T2 can still be cancelled, skipped or retried from here. Whoever runs Team6 can end the whole run with `team6 cancel`.
    ");
    }
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.remembers().await, "T1 done, T2 assigned");
    let (worked, said) = sprint.is_ordered("cancel", None);
    assert!(worked, "{said}");
    team.settles().await;
    assert_eq!(sprint.remembers().await, "T1 done, T2 cancelled");
    team.ends_out_of_reach().await;
}

async fn with_its_issue_moved_away(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.is_moved_away().await).await;

    assert!(sprint.answer_at("T2").await.contains("was deleted or moved to another repository"));
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.remembers().await, "T1 done, T2 assigned");
    team.ends_out_of_reach().await;
}

async fn a_waiting_task_is_closed(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.closes("T2", "not_planned").await).await;
    let said = sprint.answer_at("T2").await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"
    @grace, T2 is not started: its issue was closed as not planned by ada.

    Reopen it to go on, or say `/team6 skip T2` if it is done, or `/team6 cancel T2` if nobody wants it.
    ");
    }
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue, held");
    sprint.hears("grace", "/team6 resume T2").await;
    let said = sprint.answer().await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"@grace, I did not do that: T2 is not paused: its issue was closed as not planned by ada. Reopen it, and it goes on by itself.");
    }

    team.meets(lost, async || sprint.task_is_reopened("T2").await).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert_eq!(sprint.answers_at("T2").await, 1);
    team.ends().await;
}

async fn a_task_in_review_is_closed(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.closes("T1", "completed").await).await;

    // Its pull request decides, not its issue.
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    assert_eq!(sprint.answers_at("T1").await, 0);
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

async fn a_task_is_taken_out_of_the_milestone(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.task_is_in_milestone("T2", None).await).await;
    assert!(
        sprint
            .answer_at("T2")
            .await
            .contains("its issue is not in the sprint's milestone any more")
    );
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue, held");

    team.meets(lost, async || sprint.task_is_in_milestone("T2", Some(1)).await).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

async fn a_task_is_deleted(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.task_is_deleted("T2").await).await;
    let said = sprint.answer().await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"
    @grace, T2 is not started: its issue was deleted or moved to another repository.

    Say `/team6 skip T2` if the others shall not wait for it, or `/team6 cancel T2`.
    ");
    }

    sprint.hears("grace", "/team6 skip T2").await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 skipped by grace");
    team.ends_out_of_reach().await;
}

async fn a_task_is_moved_away(lost: bool) {
    let team = Team::new().await;
    let sprint = two_tasks(&team).await;

    team.meets(lost, async || sprint.task_is_moved_away("T2").await).await;

    assert!(sprint.answer().await.contains("its issue was deleted or moved"));
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1, held");
    team.ends_out_of_reach().await;
}

#[tokio::test]
async fn a_task_closed_while_its_agent_works_is_finished_and_reviewed() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner grace saying "scripted: hang once";
        T2 "Add a toggle" owner ada after T1;
    };
    let sprint = team.approved("Dark mode", wishes).await;
    sprint.hears_without_waiting("ada", "/team6 start").await;
    team.waits_for_the_agent_to_hang().await;

    sprint.closes("T1", "completed").await;
    sprint.comes_to("T1 in progress, held, T2 waits for T1").await;
    // Whoever closed it as done may say so.
    sprint.hears("grace", "/team6 skip T1").await;
    assert_eq!(sprint.stands().await, "T1 skipped by grace, T2 in review");
    team.ends().await;
}
