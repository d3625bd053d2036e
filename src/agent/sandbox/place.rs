//! Where a program runs.

use std::path::{Path, PathBuf};

use super::super::Error;
use super::Door;
use crate::domain::work::Identity;

/// What a private repository's agent must not have replaced, and whether it is a folder.
const PINNED: &[(&str, bool)] =
    &[("config", false), ("hooks", true), ("objects", true), ("objects/info", true)];

/// Where a program runs, what it finds there, and as whom it commits.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workspace's folder, which marks its processes; programs see nothing of it but what follows.
    pub dir: PathBuf,
    /// The folder it starts in.
    pub tree: PathBuf,
    /// Its home.
    pub home: PathBuf,
    /// The repository the tree belongs to.
    pub repo: Option<PathBuf>,
    /// Folders of objects which that repository borrows.
    pub borrowed: Vec<PathBuf>,
    /// Whether tree and repository are only to be read, as by a planner.
    pub is_read_only: bool,
    /// Who its commits are by.
    pub author: Identity,
    pub(super) doors: Vec<(Door, u16)>,
}

impl Place {
    /// The folders `tree` and `home` in `dir`, without a repository.
    pub fn new(dir: PathBuf, author: Identity) -> Self {
        Self {
            tree: dir.join("tree"),
            home: dir.join("home"),
            dir,
            repo: None,
            borrowed: Vec::new(),
            is_read_only: false,
            author,
            doors: Vec::new(),
        }
    }

    /// The tree belongs to this repository, which borrows these folders of objects.
    #[must_use]
    pub fn with_repo(self, repo: PathBuf, borrowed: Vec<PathBuf>) -> Self {
        Self { repo: Some(repo), borrowed, ..self }
    }

    /// Tree and repository are only to be read, as by a planner.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Where the process of this workspace is written down.
    pub(in super::super) fn pid_file(&self) -> PathBuf {
        self.dir.join("pid")
    }

    /// What we keep for the sandbox, which the agent cannot write.
    pub(super) fn kept(&self) -> PathBuf {
        self.dir.join("sandbox")
    }

    /// Where temporary files go if there is no `/tmp` for the workspace alone.
    pub(super) fn tmp(&self) -> PathBuf {
        self.dir.join("tmp")
    }

    /// Where the sockets of doors are.
    pub(super) fn sockets(&self) -> PathBuf {
        self.kept().join("doors")
    }

    /// The ports behind which something listens for the agent.
    pub(super) fn ports(&self) -> Vec<u16> {
        self.doors.iter().map(|(_, port)| *port).collect()
    }

    /// What of the checkout may be written.
    pub(super) fn writable(&self) -> impl Iterator<Item = PathBuf> {
        let all = std::iter::once(self.tree.clone()).chain(self.repo.clone());
        all.filter(|_| !self.is_read_only)
    }

    /// What of the repository stays as it is, whatever the agent may write around it.
    pub(super) fn pinned(&self) -> Vec<PathBuf> {
        let all = self.repo.iter().flat_map(|repo| PINNED.iter().map(|(name, _)| repo.join(name)));
        all.collect()
    }

    /// Refuses a place in which an agent has put a link where we are about to open something to the next program.
    pub(super) fn must_be_untouched(&self) -> Result<(), Error> {
        let mut expected = vec![(self.tree.clone(), true), (self.home.clone(), true)];
        if let Some(repo) = &self.repo {
            expected.push((repo.clone(), true));
            expected.extend(PINNED.iter().map(|(name, is_dir)| (repo.join(name), *is_dir)));
        }
        match expected.into_iter().find(|(path, is_dir)| !is(path, *is_dir)) {
            Some((path, _)) => Err(Error::Tampered(path)),
            None => Ok(()),
        }
    }
}

/// Whether there is a folder, or a plain file, and no link to one.
fn is(path: &Path, a_folder: bool) -> bool {
    path.symlink_metadata()
        .is_ok_and(|found| if a_folder { found.is_dir() } else { found.is_file() })
}
