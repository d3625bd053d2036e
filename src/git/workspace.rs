//! Where one task is worked on: a private repository that borrows the mirror's objects, and a tree.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::command::Git;
use super::mirror::Mirror;
use super::{Error, remove};
use crate::domain::ids::{BranchName, CommitSha, ExecutionId};
use crate::domain::work::Checkout;

const MARKER: &str = "workspace.json";
pub(super) const BUILDING: &str = "building";
const CHECKOUT: Duration = Duration::from_mins(10);

/// Names the workspace of a task in a run; every try at the task continues in the same one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// The workspaces under one folder.
#[derive(Clone, Debug)]
pub struct Workspaces {
    root: PathBuf,
}

/// A complete workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    dir: PathBuf,
    marker: Marker,
}

/// What a workspace was made from, written when it was complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Marker {
    branch: BranchName,
    base_sha: CommitSha,
}

impl Key {
    /// The workspace of an execution: its id without the kind and without the attempt.
    pub fn of(execution: &ExecutionId) -> Option<Self> {
        let (_, id) = execution.0.split_once('_')?;
        let (key, _attempt) = id.rsplit_once('_')?;
        Self::try_from(key.to_owned()).ok()
    }

    /// Whether it is where a planner or a reviewer reads: its last word is `plan7` or `review7`.
    pub fn is_for_reading(&self) -> bool {
        let last = self.0.rsplit('_').next().unwrap_or_default();
        let number = last.strip_prefix("plan").or_else(|| last.strip_prefix("review"));
        number.is_some_and(|number| number.parse::<i64>().is_ok())
    }

    /// As it is written in paths and said to the server.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() || text.len() > 200 || !text.chars().all(plain) {
            return Err(format!("`{text}` names no workspace"));
        }
        Ok(Self(text))
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl Workspaces {
    /// The workspaces under `root`, which is made when first needed.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where the workspace of `key` is or will be.
    pub fn dir(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// The workspace of `key`: as an earlier try left it, or made anew from the mirror.
    pub async fn prepare(
        &self,
        key: &Key,
        mirror: &Mirror,
        checkout: &Checkout,
    ) -> Result<Workspace, Error> {
        must_contain(mirror, &checkout.base_sha, checkout).await?;
        let dir = self.dir(key);
        if let Some(marker) = Marker::read(&dir) {
            let usable = marker.branch == checkout.branch
                && mirror.holds(&marker.base_sha).await?
                && must_contain(mirror, &marker.base_sha, checkout).await.is_ok();
            if usable {
                return Ok(Workspace { dir, marker });
            }
            self.set_aside(key)?;
        } else {
            self.remove(key)?;
        }
        build(&dir, mirror, checkout).await
    }

    /// Every workspace there is, complete or not.
    pub fn all(&self) -> Vec<Key> {
        let entries = std::fs::read_dir(&self.root).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| Key::try_from(entry.file_name().into_string().ok()?).ok())
            .collect()
    }

    /// Removes a workspace and what was set aside of it; one that is not there is removed already.
    pub fn remove(&self, key: &Key) -> Result<(), Error> {
        remove::workspace(&self.root, &self.dir(key), |dir| Marker::read(dir).is_some())?;
        for old in remove::set_aside(&self.root, key.as_str()) {
            remove::workspace(&self.root, &old, |dir| Marker::read(dir).is_some())?;
        }
        Ok(())
    }

    /// Deletes what removed workspaces left behind; slow for big trees, so call it in the background.
    pub fn empty_trash(&self) {
        remove::empty_trash(&self.root);
    }

    /// Keeps a workspace that no longer fits its task, out of the way: work is never thrown away.
    pub fn set_aside(&self, key: &Key) -> Result<(), Error> {
        let dir = self.dir(key);
        let aside = format!("{}.{}", key.as_str(), uuid::Uuid::new_v4().simple());
        std::fs::rename(&dir, self.root.join(aside)).map_err(Error::io(&dir))
    }
}

impl Workspace {
    /// The folder that holds everything of the workspace.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The agent's own repository; nobody but the agent may run git in it.
    pub fn repo(&self) -> PathBuf {
        self.dir.join("repo.git")
    }

    /// The files the agent works on.
    pub fn tree(&self) -> PathBuf {
        self.dir.join("tree")
    }

    /// The agent's home, kept from try to try.
    pub fn home(&self) -> PathBuf {
        self.dir.join("home")
    }

    /// The branch the agent works on.
    pub fn branch(&self) -> &BranchName {
        &self.marker.branch
    }

    /// Where the work began; a retry keeps where the first try began.
    pub fn base_sha(&self) -> &CommitSha {
        &self.marker.base_sha
    }

    /// Where the name of the agent's session is kept, out of its reach.
    pub fn session_file(&self) -> PathBuf {
        self.dir.join("session")
    }

    /// The arguments of the `git` that bundles what is on the branch since `began`; it reads what the agent wrote, so it runs confined.
    pub fn bundling(&self, began: &CommitSha) -> Vec<String> {
        let repo = self.repo().to_string_lossy().into_owned();
        let branch = format!("refs/heads/{}", self.branch());
        let base = format!("^{began}");
        let words = ["--git-dir", &repo, "bundle", "create", "--quiet", "-", &branch, &base];
        words.into_iter().map(str::to_owned).collect()
    }
}

impl Marker {
    fn read(dir: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(dir.join(MARKER)).ok()?).ok()
    }

    /// Writes the marker so that it is either there and whole or not there.
    fn write(&self, dir: &Path) -> Result<(), Error> {
        let (path, fresh) = (dir.join(MARKER), dir.join("workspace.json.new"));
        let written = || {
            let mut file = std::fs::File::create(&fresh)?;
            file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&fresh, &path)
        };
        written().map_err(Error::io(&path))
    }
}

async fn must_contain(mirror: &Mirror, base: &CommitSha, checkout: &Checkout) -> Result<(), Error> {
    for sha in &checkout.contains {
        if !mirror.is_ancestor(sha, base).await? {
            return Err(Error::Behind { base: base.clone(), missing: sha.clone() });
        }
    }
    Ok(())
}

async fn build(dir: &Path, mirror: &Mirror, checkout: &Checkout) -> Result<Workspace, Error> {
    // What was pushed already is where the work goes on.
    let start = checkout.head.as_ref().unwrap_or(&checkout.base_sha);
    let marker = Marker { branch: checkout.branch.clone(), base_sha: start.clone() };
    let workspace = Workspace { dir: dir.to_owned(), marker };
    let (repo, tree) = (workspace.repo(), workspace.tree());
    for folder in [dir.to_owned(), repo.clone(), workspace.home()] {
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    }
    let building = dir.join(BUILDING);
    std::fs::write(&building, "").map_err(Error::io(&building))?;
    Git::at(&repo).args(["init", "--bare", "--quiet", "--template="]).run().await?;
    furnish(&repo, mirror).map_err(Error::io(&repo))?;
    Git::at(&repo)
        .config("checkout.workers", "0")
        .limit(CHECKOUT)
        .args(["worktree", "add", "--quiet", "-b", &checkout.branch.0])
        .arg_path(&tree)
        .args([&start.0])
        .run()
        .await?;
    // A branch named `feature` would be in the way of `feature/task-3`; agents can do without it.
    if !checkout.branch.0.starts_with(&format!("{}/", checkout.base)) {
        let base = format!("refs/heads/{}", checkout.base);
        Git::at(&repo).args(["update-ref", &base, &checkout.base_sha.0]).run().await?;
    }
    workspace.marker.write(dir)?;
    let _ = std::fs::remove_file(&building);
    Ok(workspace)
}

/// Lends the mirror's objects to a new repository, and switches off what runs by itself.
pub(super) fn furnish(repo: &Path, mirror: &Mirror) -> std::io::Result<()> {
    for folder in ["hooks", "objects/info", "logs/refs/heads"] {
        std::fs::create_dir_all(repo.join(folder))?;
    }
    let objects = std::path::absolute(mirror.dir().join("objects"))?;
    std::fs::write(repo.join("objects/info/alternates"), format!("{}\n", objects.display()))?;
    let mut config = std::fs::read_to_string(repo.join("config"))?;
    config.push_str(
        "[core]\n\thooksPath = /dev/null\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
    );
    std::fs::write(repo.join("config"), config)
}
