//! A bare copy of each repository, holding what its origin holds and nothing else.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Error;
use super::command::{Access, Git};
use crate::causes::whole;
use crate::domain::ids::{CommitSha, RepoName};

const FETCH: Duration = Duration::from_mins(30);

/// The mirrors under one folder.
#[derive(Clone, Debug)]
pub struct Mirrors {
    root: PathBuf,
}

/// One repository's mirror; never garbage-collected, because workspaces borrow its objects.
#[derive(Clone, Debug)]
pub struct Mirror {
    dir: PathBuf,
}

impl Mirrors {
    /// The mirrors under `root`, which is made when first needed.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The mirror of `repo`, holding `wanted`: made, mended or fetched only if it does not hold them yet.
    pub async fn holding(
        &self,
        repo: &RepoName,
        access: Access<'_>,
        wanted: &[&CommitSha],
    ) -> Result<Mirror, Error> {
        let owner = self.root.join(repo.owner());
        std::fs::create_dir_all(&owner).map_err(Error::io(&owner))?;
        let mirror = Mirror { dir: owner.join(format!("{}.git", repo.name())) };
        let _lock = lock(owner.join(format!("{}.lock", repo.name()))).await?;
        if mirror.holds_all(wanted).await? {
            return Ok(mirror);
        }
        if !mirror.dir.exists() {
            mirror.make(access).await?;
        } else if let Err(error) = mirror.fetch(access).await {
            if mirror.is_sound().await? {
                return Err(error);
            }
            tracing::warn!(repo = %repo, error = %whole(&error), "the mirror is broken; making it again");
            mirror.make(access).await?;
        }
        for sha in wanted {
            if !mirror.holds(sha).await? {
                mirror.fetch_commit(access, sha).await?;
            }
        }
        Ok(mirror)
    }
}

impl Mirror {
    /// The mirror's bare repository.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether a commit is there.
    pub async fn holds(&self, sha: &CommitSha) -> Result<bool, Error> {
        Git::at(&self.dir).args(["cat-file", "-e", &format!("{sha}^{{commit}}")]).succeeds().await
    }

    /// Whether `ancestor` is `sha` or came before it.
    pub async fn is_ancestor(&self, ancestor: &CommitSha, sha: &CommitSha) -> Result<bool, Error> {
        Git::at(&self.dir)
            .args(["merge-base", "--is-ancestor", &ancestor.0, &sha.0])
            .succeeds()
            .await
    }

    async fn holds_all(&self, wanted: &[&CommitSha]) -> Result<bool, Error> {
        if !self.dir.exists() || wanted.is_empty() {
            return Ok(false);
        }
        for sha in wanted {
            if !self.holds(sha).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the mirror under another name and renames it when it is complete.
    async fn make(&self, access: Access<'_>) -> Result<(), Error> {
        let fresh = Self { dir: self.dir.with_extension("new") };
        let made = async {
            // Left by a worker that was killed; we hold the lock, so nobody is making it.
            let _ = std::fs::remove_dir_all(&fresh.dir);
            std::fs::create_dir(&fresh.dir).map_err(Error::io(&fresh.dir))?;
            Git::at(&fresh.dir).args(["init", "--bare", "--quiet", "--template="]).run().await?;
            fresh.fetch(access).await
        };
        let made = match made.await {
            Ok(()) => self.take_the_place(&fresh.dir),
            Err(error) => Err(error),
        };
        if made.is_err() {
            let _ = std::fs::remove_dir_all(&fresh.dir);
        }
        made
    }

    fn take_the_place(&self, fresh: &Path) -> Result<(), Error> {
        let aside = self.dir.with_extension("broken");
        if self.dir.exists() {
            let _ = std::fs::remove_dir_all(&aside);
            std::fs::rename(&self.dir, &aside).map_err(Error::io(&self.dir))?;
        }
        std::fs::rename(fresh, &self.dir).map_err(Error::io(&self.dir))?;
        let _ = std::fs::remove_dir_all(&aside);
        Ok(())
    }

    async fn fetch(&self, access: Access<'_>) -> Result<(), Error> {
        remove_stale_locks(&self.dir);
        Git::at(&self.dir)
            .with(access)
            .limit(FETCH)
            .args(["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--"])
            .args([access.url, "+refs/heads/*:refs/heads/*"])
            .run()
            .await
            .map(drop)
    }

    /// Asks for one commit by name: a branch may have moved on from it.
    async fn fetch_commit(&self, access: Access<'_>, sha: &CommitSha) -> Result<(), Error> {
        let asked = Git::at(&self.dir)
            .with(access)
            .limit(FETCH)
            .args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--"])
            .args([access.url, &sha.0])
            .succeeds()
            .await?;
        if asked && self.holds(sha).await? { Ok(()) } else { Err(Error::Missing(sha.clone())) }
    }

    /// Whether this is a repository whose branches are all there.
    async fn is_sound(&self) -> Result<bool, Error> {
        let branches = Git::at(&self.dir).args(["for-each-ref", "--format=%(objectname)"]);
        let Ok(branches) = branches.run().await else { return Ok(false) };
        let there = Git::at(&self.dir).args(["cat-file", "--batch-check"]).stdin(branches);
        let Ok(there) = there.text().await else { return Ok(false) };
        Ok(there.lines().all(|line| line.contains(" commit ")))
    }
}

/// Waits until nobody else, in this process or another, works on the same mirror.
async fn lock(path: PathBuf) -> Result<File, Error> {
    let waiting = path.clone();
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(&waiting)?;
        file.lock()?;
        Ok(file)
    });
    let joined = locked.await.map_err(std::io::Error::other).and_then(|done| done);
    joined.map_err(Error::io(&path))
}

/// Removes what a killed fetch left; we hold the mirror's own lock, so nobody is using them.
fn remove_stale_locks(dir: &Path) {
    for name in ["packed-refs.lock", "HEAD.lock", "config.lock", "shallow.lock"] {
        let _ = std::fs::remove_file(dir.join(name));
    }
    let mut folders = vec![dir.join("refs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lock") {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
