//! A repository no agent ever touched, into which results are taken before anybody looks at them.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::command::{Access, Git};
use super::inspect::{self, Limits};
use super::mirror::Mirror;
use super::{Error, workspace};
use crate::domain::ids::{BranchName, CommitSha};
use crate::domain::work::Size;

const PUSH: Duration = Duration::from_mins(10);

/// What a bundle is said to hold.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its one branch.
    pub branch: BranchName,
    /// Where the work began.
    pub base_sha: CommitSha,
    /// The branch's last commit, if it is known.
    pub head: Option<CommitSha>,
}

/// A fresh repository that shares a mirror's objects and is gone when dropped.
pub struct Clean {
    dir: TempDir,
}

/// A bundle's content, checked and ready to be pushed.
pub struct Delivered {
    clean: Clean,
    branch: BranchName,
    /// The last commit.
    pub head: CommitSha,
    /// The titles of the commits, oldest first.
    pub commits: Vec<String>,
    /// The files changed, from the repository's root.
    pub paths: Vec<String>,
    /// How much changed.
    pub size: Size,
}

impl Clean {
    /// A fresh repository in `scratch`, with the mirror's objects.
    pub async fn new(scratch: &Path, mirror: &Mirror) -> Result<Self, Error> {
        std::fs::create_dir_all(scratch).map_err(Error::io(scratch))?;
        let dir = tempfile::Builder::new()
            .prefix("clean-")
            .tempdir_in(scratch)
            .map_err(Error::io(scratch))?;
        Git::at(dir.path()).args(["init", "--bare", "--quiet", "--template="]).run().await?;
        workspace::furnish(dir.path(), mirror).map_err(Error::io(dir.path()))?;
        Ok(Self { dir })
    }

    /// The paths at which `tree` is not what `commit` says it is, new files included.
    ///
    /// The tree's own repository is not asked: its configuration is the agent's.
    pub async fn differences(&self, tree: &Path, commit: &CommitSha) -> Result<Vec<String>, Error> {
        let index = self.dir.path().join("index");
        let git = || {
            Git::at(self.dir.path())
                .config("core.bare", "false")
                .env("GIT_INDEX_FILE", index.clone())
                .env("GIT_WORK_TREE", tree)
        };
        git().args(["read-tree", &commit.0]).run().await?;
        let status = git()
            .limit(Duration::from_mins(5))
            .in_folder(tree)
            .args(["status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=all"])
            .run()
            .await?;
        // The second letter tells the tree from the index; the first would tell the index from a branch.
        let entries = status.split(|byte| *byte == 0).filter(|e| e.len() > 3 && e[1] != b' ');
        Ok(entries.map(|entry| String::from_utf8_lossy(&entry[3..]).into_owned()).collect())
    }

    /// Takes a bundle in, if it keeps its promise and holds nothing Team6 does not push.
    pub async fn take(
        self,
        bundle: &[u8],
        promise: &Promise,
        limits: Limits,
    ) -> Result<Delivered, Error> {
        if bundle.len() > limits.bundle {
            let words = format!("the result is {} MB big", bundle.len() / 1_000_000);
            return Err(Error::Unacceptable(words));
        }
        let file = self.dir.path().join("result.bundle");
        std::fs::write(&file, bundle).map_err(Error::io(&file))?;
        let head = self.only_head(&file, promise).await.map_err(broken)?;
        self.fetch(&file, promise, &head).await.map_err(broken)?;
        let found = inspect::changes(self.dir.path(), &promise.base_sha, &head, limits).await?;
        Ok(Delivered {
            branch: promise.branch.clone(),
            head,
            commits: found.commits,
            paths: found.paths,
            size: found.size,
            clean: self,
        })
    }

    async fn only_head(&self, file: &Path, promise: &Promise) -> Result<CommitSha, Error> {
        let heads = self.git().args(["bundle", "list-heads"]).arg_path(file).text().await?;
        let expected = format!("refs/heads/{}", promise.branch);
        let mut words = heads.split_whitespace();
        match (words.next(), words.next(), words.next(), &promise.head) {
            (Some(sha), Some(name), None, head)
                if name == expected && head.as_ref().is_none_or(|head| head.0 == sha) =>
            {
                Ok(CommitSha(sha.to_owned()))
            }
            _ => Err(Error::Unacceptable("the bundle does not hold what was promised".into())),
        }
    }

    async fn fetch(&self, file: &Path, promise: &Promise, head: &CommitSha) -> Result<(), Error> {
        let name = format!("refs/heads/{}", promise.branch);
        self.git()
            .config("fetch.fsckObjects", "true")
            .config("transfer.unpackLimit", "1")
            .limit(Duration::from_mins(5))
            .args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--"])
            .arg_path(file)
            .args([format!("{name}:{name}")])
            .run()
            .await?;
        let at = self.git().args(["rev-parse", "--verify", &name]).text().await?;
        let base = self
            .git()
            .args(["merge-base", "--is-ancestor", &promise.base_sha.0, &head.0])
            .succeeds()
            .await?;
        if at != head.0 || !base {
            let words = "the commits do not follow the commit the work began from";
            return Err(Error::Unacceptable(words.into()));
        }
        if *head == promise.base_sha { Err(Error::Nothing) } else { Ok(()) }
    }

    fn git(&self) -> Git {
        Git::at(self.dir.path())
    }
}

impl Delivered {
    /// Pushes the branch without force; pushing what is there already changes nothing.
    pub async fn push(&self, access: Access<'_>) -> Result<(), Error> {
        self.push_with(access, None).await
    }

    /// Pushes the branch over one that stands at `head`, and over no other: what somebody pushed
    /// meanwhile stays.
    pub async fn push_over(&self, access: Access<'_>, head: &CommitSha) -> Result<(), Error> {
        self.push_with(access, Some(head)).await
    }

    async fn push_with(&self, access: Access<'_>, over: Option<&CommitSha>) -> Result<(), Error> {
        let name = format!("refs/heads/{}", self.branch);
        let lease = over.map(|head| format!("--force-with-lease={name}:{head}"));
        self.clean
            .git()
            .with(access)
            .limit(PUSH)
            .args(["push", "--quiet", "--no-verify"])
            .args(lease)
            .args(["--", access.url])
            .args([format!("{}:{name}", self.head)])
            .run()
            .await
            .map(drop)
    }

    /// The paths at which `tree` is not what was delivered.
    pub async fn differences(&self, tree: &Path) -> Result<Vec<String>, Error> {
        self.clean.differences(tree, &self.head).await
    }
}

/// What git says of a bundle that cannot be read: asking again would not mend it. A machine that
/// cannot write is another matter.
fn broken(error: Error) -> Error {
    if let Error::Failed { stderr, .. } = &error
        && !is_the_machines_fault(stderr)
    {
        return Error::Unacceptable(format!("the result arrived broken: {stderr}"));
    }
    error
}

fn is_the_machines_fault(stderr: &str) -> bool {
    ["No space left", "unable to write", "Out of memory", "Cannot allocate", "Permission denied"]
        .iter()
        .any(|words| stderr.contains(words))
}
