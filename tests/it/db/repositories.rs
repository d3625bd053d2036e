//! Where the App is installed.

use team6::db::repositories::{self, Repository};
use team6::domain::found::Trouble;
use team6::domain::ids::{BranchName, InstallationId, RepoId};

use super::repo;
use crate::engines::{at, in_one_transaction};

fn repository(id: i64, name: &str) -> Repository {
    Repository {
        id: RepoId(id),
        name: repo(name),
        installation: InstallationId(1),
        default_branch: BranchName("main".into()),
        trouble: None,
    }
}

#[tokio::test]
async fn a_repository_is_remembered_as_it_is_now() {
    in_one_transaction(async |tx| {
        repositories::remember(tx, &repository(1, "acme/web"), at(0)).await.unwrap();
        let now = Repository {
            installation: InstallationId(2),
            default_branch: BranchName("trunk".into()),
            ..repository(1, "acme/web")
        };
        repositories::remember(tx, &now, at(1)).await.unwrap();
        assert_eq!(repositories::find(tx, &now.name).await.unwrap(), Some(now.clone()));
        assert_eq!(repositories::all(tx).await.unwrap(), [now]);
    })
    .await;
}

#[tokio::test]
async fn a_repository_that_was_renamed_is_found_under_its_new_name_only() {
    in_one_transaction(async |tx| {
        repositories::remember(tx, &repository(1, "acme/web"), at(0)).await.unwrap();
        let renamed = repository(1, "acme/shop");
        repositories::remember(tx, &renamed, at(1)).await.unwrap();
        assert_eq!(repositories::find(tx, &repo("acme/web")).await.unwrap(), None);
        assert_eq!(repositories::find(tx, &repo("acme/shop")).await.unwrap(), Some(renamed));
    })
    .await;
}

#[tokio::test]
async fn a_name_may_pass_to_another_repository() {
    in_one_transaction(async |tx| {
        repositories::remember(tx, &repository(1, "acme/web"), at(0)).await.unwrap();
        repositories::remember(tx, &repository(2, "acme/api"), at(0)).await.unwrap();
        // 1 was renamed to acme/old, then 2 to acme/web, and we hear of it in the wrong order.
        let second = repository(2, "acme/web");
        repositories::remember(tx, &second, at(1)).await.unwrap();
        let first = repository(1, "acme/old");
        repositories::remember(tx, &first, at(2)).await.unwrap();
        assert_eq!(repositories::all(tx).await.unwrap(), [first, second]);
    })
    .await;
}

#[tokio::test]
async fn it_is_remembered_up_to_when_issues_and_comments_were_looked_through() {
    in_one_transaction(async |tx| {
        assert_eq!(repositories::touched_until(tx, RepoId(1)).await.unwrap(), None);
        repositories::remember(tx, &repository(1, "acme/web"), at(5)).await.unwrap();
        repositories::set_touched_until(tx, RepoId(1), at(7)).await.unwrap();
        repositories::remember(tx, &repository(1, "acme/web"), at(9)).await.unwrap();
        assert_eq!(repositories::touched_until(tx, RepoId(1)).await.unwrap(), Some(at(7)));
        assert_eq!(repositories::heard_until(tx, RepoId(1)).await.unwrap(), Some(at(5)));
    })
    .await;
}

#[tokio::test]
async fn why_a_repository_cannot_be_worked_in_is_known_until_it_can_be() {
    in_one_transaction(async |tx| {
        let one = repository(1, "acme/web");
        repositories::remember(tx, &one, at(0)).await.unwrap();
        repositories::set_trouble(tx, RepoId(1), Trouble::Suspended, at(5)).await.unwrap();
        let found = repositories::by_id(tx, RepoId(1)).await.unwrap().unwrap();
        assert_eq!((found.trouble, found.can_be_seen()), (Some(Trouble::Suspended), false));
        repositories::remember(tx, &one, at(7)).await.unwrap();
        assert_eq!(repositories::by_id(tx, RepoId(1)).await.unwrap(), Some(one));
        assert_eq!(repositories::by_id(tx, RepoId(2)).await.unwrap(), None);
    })
    .await;
}
