//! "What happens to the App, to repositories, people and pull requests is noticed and told, and
//! nothing is lost by it."

use localhub::Role;

use crate::world::{Sprint, Team};

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
    suspended_it_starts_nothing_and_goes_on_when_it_is_back,
    taken_from_a_repository_and_given_it_back,
    a_repository_is_renamed,
    a_repository_is_archived_and_not,
    a_repository_is_deleted,
    the_default_branch_is_renamed,
    the_branch_of_a_pull_request_is_deleted,
);

async fn in_two_repositories(team: &Team) -> Sprint<'_> {
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Store the theme" in api owner ada after T1;
    };
    team.running("Dark mode", wishes).await
}

async fn suspended_it_starts_nothing_and_goes_on_when_it_is_back(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || team.is_suspended(true).await).await;
    sprint.merges("ada", "T1").await;
    assert!(sprint.is_explained(None).contains("the App is suspended there"));
    assert_eq!(sprint.remembers().await, "T1 review, T2 waiting");

    team.meets(lost, async || team.is_suspended(false).await).await;
    team.sweeps().await;
    team.catches_up().await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert!(sprint.answers().await.iter().any(|said| said.contains("can be worked in again")));
    team.ends().await;
}

#[tokio::test]
async fn uninstalled_it_holds_everything_and_forgets_nothing() {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(false, async || team.is_uninstalled().await).await;

    assert!(sprint.is_explained(None).contains("the App is not installed there any more"));
    assert_eq!(sprint.remembers().await, "T1 review, T2 waiting");
    team.ends_out_of_reach().await;
}

async fn taken_from_a_repository_and_given_it_back(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || team.may_only_see(&["acme/web", "acme/docs"]).await).await;
    let said = sprint.answer().await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"
    Nothing new is started, because acme/api cannot be worked in: it was deleted, moved away, or taken from the App. What agents deliver meanwhile is kept, and published when that is over.

    Give the App access to it again, and it goes on by itself; or cancel the sprint.
    ");
    }
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");

    team.meets(lost, async || team.may_see_everything().await).await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    let said = sprint.answer().await;
    insta::allow_duplicates! {
    insta::assert_snapshot!(said, @"acme/api can be worked in again, so the sprint goes on.");
    }
    team.ends().await;
}

async fn a_repository_is_renamed(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || team.repository_moves("acme/api", "acme/core").await).await;
    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert!(sprint.status().await.contains("acme/core#"), "{}", sprint.status().await);
    assert_eq!(sprint.approvals().await, "T1 by ada, T2 by ada");
    team.ends_out_of_reach().await;
}

async fn a_repository_is_archived_and_not(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || team.repository_is_archived("acme/api", true).await).await;
    assert!(sprint.answer().await.contains("acme/api cannot be worked in: it is archived"));
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue");

    team.meets(lost, async || team.repository_is_archived("acme/api", false).await).await;
    team.catches_up().await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

async fn a_repository_is_deleted(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || team.repository_is_deleted("acme/api").await).await;
    assert!(sprint.answer().await.contains("acme/api cannot be worked in: it was deleted"));

    sprint.hears("ada", "/team6 skip T2").await;
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 skipped by ada");
    team.ends_out_of_reach().await;
}

#[tokio::test]
async fn a_repository_moves_where_the_app_is_not() {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    // Of a repository that is somebody else's by now GitHub tells nothing.
    team.meets(true, async || team.repository_moves("acme/api", "mary/api").await).await;

    let said = sprint.answer().await;
    assert!(said.contains("acme/api cannot be worked in: it was deleted, moved away"), "{said}");
    team.ends_out_of_reach().await;
}

async fn the_default_branch_is_renamed(lost: bool) {
    let team = Team::new().await;
    let wishes = plan! { T1 "Name the colors" owner ada; T2 "Add a toggle" owner ada after T1; };
    let sprint = team.running("Dark mode", wishes).await;

    team.meets(lost, async || team.default_branch_is_called("acme/web", "trunk").await).await;
    sprint.merges("ada", "T1").await;

    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    assert!(sprint.builds_on("T2", "T1").await);
    team.ends().await;
}

async fn the_branch_of_a_pull_request_is_deleted(lost: bool) {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    team.meets(lost, async || sprint.loses_the_branch_of("T1").await).await;
    assert_eq!(sprint.stands().await, "T1 closed unmerged, T2 waits for T1");

    sprint.hears("ada", "/team6 retry T1").await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    team.ends().await;
}

#[tokio::test]
async fn an_owner_who_lost_access_keeps_the_task_from_starting() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    team.makes("grace", Role::Read).await;
    sprint.merges("ada", "T1").await;

    // Nobody told Team6: it reads what she may at the moment of the act.
    assert_eq!(sprint.stands().await, "T1 merged, T2 in the queue, held");
    insta::assert_snapshot!(sprint.answer_at("T2").await, @"
    @ada, grace owns T2 and cannot write to acme/web any more, so nobody is accountable for it who could merge it. It is not started until that is mended.

    Give grace write access again, or say `/team6 skip T2` or `/team6 cancel T2`.
    ");

    team.makes("grace", Role::Write).await;
    team.sweeps().await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 in review");
    team.ends().await;
}

#[tokio::test]
async fn an_owner_under_another_name_is_an_owner_without_access() {
    let team = Team::new().await;
    let wishes = plan! {
        T1 "Name the colors" owner ada;
        T2 "Add a toggle" owner grace after T1;
    };
    let sprint = team.running("Dark mode", wishes).await;

    team.person_is_called("grace", "hopper").await;
    team.sweeps().await;

    assert!(sprint.answer_at("T2").await.contains("grace owns T2 and cannot write"));
    team.ends().await;
}

#[tokio::test]
async fn a_pull_request_closed_and_reopened_goes_on_where_it_was() {
    let team = Team::new().await;
    let sprint = in_two_repositories(&team).await;

    sprint.closes_the_pull_of("T1", "ada").await;
    assert_eq!(sprint.stands().await, "T1 closed unmerged, T2 waits for T1");
    sprint.reopens_the_pull_of("T1", "ada").await;
    assert_eq!(sprint.stands().await, "T1 in review, T2 waits for T1");
    sprint.merges_everything("ada").await;
    assert_eq!(sprint.stands().await, "T1 merged, T2 merged");
    team.ends().await;
}
