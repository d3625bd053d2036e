//! Making the git repositories of a seed.

use std::collections::BTreeMap;

use crate::{
    error::Error,
    git::{Git, Signature, content::FileEdit},
    hub::Hub,
    seed::{Repository, Seed, SeedCommit},
};

impl Hub {
    /// Makes the git repositories that the world does not know yet, and answers their references.
    ///
    /// A folder that is there already without the world knowing it was left behind by a crash,
    /// so it is thrown away and made anew.
    pub(super) async fn plant(
        &self,
        seed: &Seed,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let mut planted = BTreeMap::new();
        for repository in &seed.repositories {
            if self.world().repo(&repository.owner, &repository.name).is_some() {
                continue;
            }
            let git = self.git_at(&repository.owner, &repository.name);
            if tokio::fs::try_exists(git.dir()).await? {
                tokio::fs::remove_dir_all(git.dir()).await?;
            }
            tokio::fs::create_dir_all(git.dir()).await?;
            let branch = repository.default_branch();
            git.init(branch).await?;
            self.plant_commits(&git, seed, repository, branch).await?;
            planted.insert(repository.full_name(), git.refs().await?);
        }
        Ok(planted)
    }

    async fn plant_commits(
        &self,
        git: &Git,
        seed: &Seed,
        repository: &Repository,
        branch: &str,
    ) -> Result<(), Error> {
        let mut commits = repository.commits.clone();
        if !repository.files.is_empty() {
            let files = repository.files.clone();
            commits.insert(0, SeedCommit { message: "Initial commit".into(), author: None, files });
        }
        let mut tip: Option<String> = None;
        for commit in commits {
            let author = commit.author.as_ref().unwrap_or(&repository.owner);
            let user = seed.users.iter().find(|user| user.login == *author);
            let name = user.and_then(|user| user.name.as_deref()).unwrap_or(author);
            let email = user.and_then(|user| user.email.clone());
            let email = email.unwrap_or_else(|| format!("{author}@users.noreply.localhub"));
            let who = Signature::new(name, &email, self.clock().now());
            let edits: Vec<FileEdit> = commit
                .files
                .into_iter()
                .map(|(path, text)| FileEdit { path, content: Some(text.into_bytes()) })
                .collect();
            let sha = git.commit_files(tip.as_deref(), &edits, &commit.message, &who).await?;
            tip = Some(sha);
        }
        if let Some(tip) = tip {
            git.set_ref(&format!("refs/heads/{branch}"), &tip).await?;
        }
        Ok(())
    }
}

impl Repository {
    pub(super) fn default_branch(&self) -> &str {
        self.default_branch.as_deref().unwrap_or("main")
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}
