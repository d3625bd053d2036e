//! What an agent's worker hands over: a bundle of commits.

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use team6::domain::ids::{BranchName, CommitSha};
use team6::git::{Access, Clean, Limits, Mirror, Mirrors, Promise};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::spoil::spoiling;
use crate::{CASES, tries};

fn git(dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(dir)
        .args(args)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn sha(dir: &Path) -> CommitSha {
    CommitSha(String::from_utf8(git(dir, &["rev-parse", "HEAD"])).unwrap().trim().to_owned())
}

/// A repository's mirror, a bundle made on top of it, and what the bundle promises.
fn delivered(runtime: &Runtime, dir: &Path) -> (Mirror, Vec<u8>, Promise) {
    let work = dir.join("work");
    std::fs::create_dir(&work).unwrap();
    git(&work, &["init", "-q", "-b", "main"]);
    git(&work, &["commit", "-q", "--allow-empty", "-m", "Begin"]);
    let base_sha = sha(&work);
    let url = work.display().to_string();
    let mirrors = Mirrors::new(dir.join("mirrors"));
    let access = Access { url: &url, token: "" };
    let name = "acme/web".parse().unwrap();
    let mirror = runtime.block_on(mirrors.holding(&name, access, &[&base_sha])).unwrap();
    git(&work, &["switch", "-q", "-c", "feature/task-1-x"]);
    std::fs::write(work.join("new.txt"), "one\ntwo\n").unwrap();
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-q", "-m", "Write"]);
    let bundle = git(&work, &["bundle", "create", "-", "main..feature/task-1-x"]);
    let promise =
        Promise { branch: BranchName("feature/task-1-x".into()), base_sha, head: Some(sha(&work)) };
    (mirror, bundle, promise)
}

#[test]
fn a_spoiled_bundle_is_taken_as_promised_or_refused() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let dir = TempDir::new().unwrap();
    let (mirror, bundle, promise) = delivered(&runtime, dir.path());
    tries(CASES / 40, spoiling(vec![bundle], 3), |bundle| {
        let taken = runtime.block_on(async {
            let clean = Clean::new(&dir.path().join("scratch"), &mirror).await.unwrap();
            clean.take(&bundle, &promise, Limits::default()).await
        });
        if let Ok(taken) = taken {
            prop_assert_eq!(Some(taken.head), promise.head.clone());
            prop_assert_eq!(taken.paths, ["new.txt"]);
        }
        Ok(())
    });
}
