//! A repository as a team would have it, and the folder of one test.

use std::path::{Path, PathBuf};
use std::process::Command;

use team6::domain::ids::{BranchName, CommitSha};
use team6::domain::work::{Checkout, Identity};
use tempfile::TempDir;

/// A folder with an origin in it; gone at the end of the test.
pub(crate) struct Origin {
    pub(crate) dir: TempDir,
}

impl Origin {
    /// A repository `acme/web` with these files on `main`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let origin = Self { dir: TempDir::new().unwrap() };
        let work = origin.path("work");
        for (path, text) in files {
            let path = work.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        git(origin.dir.path(), &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        git(&work, &["init", "-q", "-b", "main"]);
        git(&work, &["add", "-A"]);
        git(&work, &["commit", "-q", "-m", "Begin"]);
        git(&work, &["push", "-q", "../origin.git", "main"]);
        origin
    }

    /// A repository of three small files.
    pub(crate) fn small() -> Self {
        Self::with(&[("README.md", "# web\n"), ("a/b.txt", "b\n"), (".gitignore", "/target\n")])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        self.path("origin.git").to_str().unwrap().to_owned()
    }

    pub(crate) fn head(&self) -> CommitSha {
        self.at("main")
    }

    pub(crate) fn at(&self, branch: &str) -> CommitSha {
        CommitSha(git(&self.path("origin.git"), &["rev-parse", branch]))
    }

    /// Somebody commits a file on `main`.
    pub(crate) fn moves_on(&self, path: &str, text: &str) -> CommitSha {
        let work = self.path("work");
        std::fs::write(work.join(path), text).unwrap();
        git(&work, &["add", "-A"]);
        git(&work, &["commit", "-q", "-m", "Move on"]);
        git(&work, &["push", "-q", "-f", "../origin.git", "HEAD:main"]);
        self.head()
    }

    /// What a task that begins at `main` is told.
    pub(crate) fn checkout(&self) -> Checkout {
        Checkout {
            repo: "acme/web".parse().unwrap(),
            url: self.url(),
            base: BranchName("main".into()),
            base_sha: self.head(),
            contains: vec![],
            branch: BranchName("feature/task-1-x".into()),
            head: None,
            also: Vec::new(),
            is_shared: false,
            may_rebase: false,
        }
    }
}

pub(crate) fn somebody() -> Identity {
    Identity { name: "Team6".into(), email: "team6@example.com".into() }
}

/// Git as a developer would run it; answers what it printed.
pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
