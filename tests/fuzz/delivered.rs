//! A repository's mirror, and what an agent's worker hands over to go into it.

use std::path::Path;
use std::process::Command;

use team6::domain::ids::{BranchName, CommitSha};
use team6::git::{Access, Clean, Limits, Mirror, Mirrors, Promise};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A mirror, a bundle made on top of it, and what the bundle promises.
pub(crate) struct Delivered {
    runtime: Runtime,
    dir: TempDir,
    mirror: Mirror,
    promise: Promise,
    /// The bundle as it should be.
    pub(crate) bundle: Vec<u8>,
}

impl Delivered {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("there is room for a runtime");
        let dir = TempDir::new().expect("there is room for a folder");
        let work = dir.path().join("work");
        std::fs::create_dir(&work).expect("there is room for a folder");
        git(&work, &["init", "-q", "-b", "main"]);
        git(&work, &["commit", "-q", "--allow-empty", "-m", "Begin"]);
        let base_sha = sha(&work);
        let url = work.display().to_string();
        let mirrors = Mirrors::new(dir.path().join("mirrors"));
        let access = Access { url: &url, token: "" };
        let name = "acme/web".parse().expect("it is a name");
        let mirror = runtime.block_on(mirrors.holding(&name, access, &[&base_sha]));
        let mirror = mirror.expect("it can be mirrored");
        git(&work, &["switch", "-q", "-c", "feature/task-1-x"]);
        std::fs::write(work.join("new.txt"), "one\ntwo\n").expect("there is room for a file");
        git(&work, &["add", "-A"]);
        git(&work, &["commit", "-q", "-m", "Write"]);
        let bundle = git(&work, &["bundle", "create", "-", "main..feature/task-1-x"]);
        let branch = BranchName("feature/task-1-x".into());
        let promise = Promise { branch, base_sha, head: Some(sha(&work)) };
        Self { runtime, dir, mirror, promise, bundle }
    }

    /// A bundle is taken as promised, or refused.
    pub(crate) fn holds(&self, bundle: &[u8]) {
        let taken = self.runtime.block_on(async {
            let scratch = self.dir.path().join("scratch");
            let clean = Clean::new(&scratch, &self.mirror).await.expect("there is room for it");
            clean.take(bundle, &self.promise, Limits::default()).await
        });
        if let Ok(taken) = taken {
            assert_eq!(Some(&taken.head), self.promise.head.as_ref());
            assert_eq!(taken.paths, ["new.txt"]);
        }
    }
}

fn git(dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(dir)
        .args(args)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn sha(dir: &Path) -> CommitSha {
    let head = git(dir, &["rev-parse", "HEAD"]);
    CommitSha(String::from_utf8_lossy(&head).trim().to_owned())
}
