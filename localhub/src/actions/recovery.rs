//! Making whole what a crash cut in two.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    hub::Hub,
    model::{Actor, Id, Intent, Repo},
};

impl Hub {
    /// Brings what the database knows in line with what git has.
    ///
    /// Every change of references starts with an intent on disk, so an intent that is still there
    /// tells which repository to look at, who did it, and which merge it was. Looking is safe
    /// however far the change had come: what moved is recorded, what did not is not.
    pub(crate) async fn recover(&self) -> Result<(), Error> {
        let intents: Vec<_> = self.world().intents.iter().cloned().collect();
        for intent in intents {
            tracing::warn!(intent = intent.id.0, "finishing what a crash cut off");
            self.notice(Actor::Person(intent.by), intent.repo, Some(intent.id)).await?;
        }
        let repos: Vec<Id<Repo>> = self.world().repos.iter().map(|repo| repo.id).collect();
        for repo in repos {
            // Somebody may have changed the folder by hand; then its owner did.
            let owner = Actor::Person(self.world().repos.at(repo).owner);
            self.notice(owner, repo, None::<Id<Intent>>).await?;
            self.restore_pull_refs(repo).await?;
        }
        Ok(())
    }

    async fn restore_pull_refs(&self, repo: Id<Repo>) -> Result<(), Error> {
        let git = self.git(repo);
        let there: BTreeSet<_> = git.refs_below(&["refs/pull"]).await?.into_iter().collect();
        for pull in self.world().pulls.iter().filter(|pull| pull.repo == repo) {
            let (name, sha) = (self.pull_ref(pull.id), pull.head.sha.clone());
            if !there.contains(&(name.clone(), sha.clone())) {
                git.set_ref(&name, &sha).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        model::{Pull, World, change::pulls::NewPull, intent::Merging},
        seed::{Repository, Seed, User},
    };

    fn seed() -> Seed {
        let text = |path: &str| BTreeMap::from([(path.to_owned(), "text\n".to_owned())]);
        Seed {
            users: vec![User { login: "ada".to_owned(), ..User::default() }],
            repositories: vec![Repository {
                owner: "ada".to_owned(),
                name: "shop".to_owned(),
                files: text("README.md"),
                ..Repository::default()
            }],
            ..Seed::default()
        }
    }

    /// A pull request, and the squashed commit that merging it would put on `main`.
    async fn about_to_merge(hub: &Hub) -> (Id<Repo>, Id<Pull>, String) {
        hub.seed(&seed()).await.unwrap();
        let world = hub.world();
        let (ada, repo) = (world.account("ada").unwrap().id, world.repo("ada", "shop").unwrap());
        let (actor, git) = (Actor::Person(ada), hub.git(repo.id));
        let main = repo.branch("main").unwrap();
        let file = crate::git::content::FileEdit {
            path: "till.txt".to_owned(),
            content: Some(b"oil\n".to_vec()),
        };
        let who = hub.signature(ada);
        let head = git.commit_files(Some(main), &[file], "Oil", &who).await.unwrap();
        hub.create_ref(actor, repo.id, "refs/heads/oil", &head).await.unwrap();
        let (title, head) = ("Oil".to_owned(), "oil".to_owned());
        let base = "main".to_owned();
        let new = NewPull { title, head, base, ..NewPull::default() };
        let pull = hub.open_pull(actor, repo.id, new).await.unwrap();
        let tip = hub.world().pulls.at(pull).head.sha.clone();
        let tree = git.merged_tree(main, &tip).await.unwrap().unwrap();
        let sha = git.commit_tree(&tree, &[main], "Oil (#1)", &who, &who).await.unwrap();
        let merging = Some(Merging { pull, sha: sha.clone(), message: String::new() });
        hub.change(actor, |change| change.intend(repo.id, merging)).await.unwrap();
        (repo.id, pull, sha)
    }

    async fn reopened(dir: &tempfile::TempDir) -> std::sync::Arc<World> {
        Hub::open(dir.path()).await.unwrap().world()
    }

    #[tokio::test]
    async fn a_squash_cut_off_after_git_moved_is_recorded() {
        let dir = tempfile::tempdir().unwrap();
        let hub = Hub::open(dir.path()).await.unwrap();
        let (repo, pull, sha) = about_to_merge(&hub).await;
        hub.git(repo).set_ref("refs/heads/main", &sha).await.unwrap();
        drop(hub);
        let world = reopened(&dir).await;
        assert_eq!(world.pulls.at(pull).merged.as_ref().unwrap().sha, sha);
        assert_eq!(world.intents.iter().count(), 0);
    }

    #[tokio::test]
    async fn a_merge_cut_off_before_git_moved_has_not_happened() {
        let dir = tempfile::tempdir().unwrap();
        let hub = Hub::open(dir.path()).await.unwrap();
        let (_, pull, _) = about_to_merge(&hub).await;
        drop(hub);
        let world = reopened(&dir).await;
        assert!(world.pulls.at(pull).merged.is_none());
        assert_eq!(world.intents.iter().count(), 0);
    }
}
