//! What a result changes, and whether Team6 will push that.

use std::path::{Component, Path};
use std::time::Duration;

use super::Error;
use super::command::Git;
use crate::domain::ids::CommitSha;
use crate::domain::work::Size;

/// How much one task may deliver.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the bundle.
    pub bundle: usize,
    /// Commits.
    pub commits: usize,
    /// Files touched, in all commits together.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bundle: 64 << 20, commits: 200, files: 2_000 }
    }
}

/// What was found between base and head.
pub(super) struct Found {
    pub(super) commits: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) size: Size,
}

/// One path one commit changes.
struct Change {
    mode: String,
    object: String,
    path: String,
}

/// Looks at every commit after `base` up to `head`, and at what they change together.
pub(super) async fn changes(
    repo: &Path,
    base: &CommitSha,
    head: &CommitSha,
    limits: Limits,
) -> Result<Found, Error> {
    let range = format!("{base}..{head}");
    let log = Git::at(repo).args(["log", "--reverse", "--format=%H %s", &range]).text().await?;
    let (shas, commits): (Vec<&str>, Vec<String>) = log
        .lines()
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .map(|(sha, title)| (sha, title.to_owned()))
        .unzip();
    if commits.len() > limits.commits {
        return Err(Error::Unacceptable(format!("the result has {} commits", commits.len())));
    }
    let whole = raw(
        repo,
        &["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", &base.0, &head.0],
    )
    .await?;
    let each = raw_of_each(repo, &shas).await?;
    for change in whole.iter().chain(&each) {
        acceptable(repo, change).await?;
    }
    let mut touched: Vec<&str> = whole.iter().chain(&each).map(|c| c.path.as_str()).collect();
    touched.sort_unstable();
    touched.dedup();
    if touched.len() > limits.files {
        return Err(Error::Unacceptable(format!("the result touches {} files", touched.len())));
    }
    let size = size(repo, base, head).await?;
    Ok(Found { commits, paths: whole.into_iter().map(|change| change.path).collect(), size })
}

/// Refuses a change that reaches outside the tree or into what runs with more rights than the agent has.
async fn acceptable(repo: &Path, change: &Change) -> Result<(), Error> {
    let path = &change.path;
    let lower = path.to_lowercase();
    let unacceptable = |words: String| Err(Error::Unacceptable(words));
    let is_odd = |part: &str| matches!(part, ".git" | ".." | "." | "") || part.contains('\\');
    if lower.split('/').any(is_odd) {
        return unacceptable(format!("`{path}` is not a path inside the tree"));
    }
    if lower == ".github/workflows" || lower.starts_with(".github/workflows/") {
        let words = format!("`{path}` is a workflow, which only people may change");
        return unacceptable(words);
    }
    match change.mode.as_str() {
        "160000" => unacceptable(format!("`{path}` is a repository inside the repository")),
        "120000" => {
            let target = Git::at(repo).args(["cat-file", "blob", &change.object]).text().await?;
            if leaves_the_tree(path, &target) {
                return unacceptable(format!("`{path}` points outside the tree, to `{target}`"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether a symbolic link at `path` to `target` points outside the tree.
fn leaves_the_tree(path: &str, target: &str) -> bool {
    let mut depth = path.matches('/').count();
    for part in Path::new(target).components() {
        match part {
            Component::Prefix(_) | Component::RootDir => return true,
            Component::CurDir => {}
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
        }
    }
    false
}

async fn raw(repo: &Path, args: &[&str]) -> Result<Vec<Change>, Error> {
    Ok(parsed(&Git::at(repo).limit(Duration::from_mins(5)).args(args).run().await?))
}

async fn raw_of_each(repo: &Path, shas: &[&str]) -> Result<Vec<Change>, Error> {
    let each = Git::at(repo)
        .limit(Duration::from_mins(5))
        .args(["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"])
        .args(["--no-commit-id", "--root"])
        .stdin(shas.join("\n") + "\n")
        .run()
        .await?;
    Ok(parsed(&each))
}

/// Reads `:oldmode newmode old new status NUL path NUL`, over and over.
fn parsed(raw: &[u8]) -> Vec<Change> {
    let mut fields = raw.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let mut changes = Vec::new();
    while let Some(head) = fields.next() {
        let words: Vec<&str> = head.split(' ').collect();
        let ([_, mode, _, object, _], Some(path)) = (words[..].as_ref(), fields.next()) else {
            continue;
        };
        changes.push(Change {
            mode: (*mode).to_owned(),
            object: (*object).to_owned(),
            path: path.into_owned(),
        });
    }
    changes
}

async fn size(repo: &Path, base: &CommitSha, head: &CommitSha) -> Result<Size, Error> {
    let args = ["diff-tree", "-r", "--numstat", "--no-renames", &base.0, &head.0];
    let numbers = Git::at(repo).limit(Duration::from_mins(5)).args(args).text().await?;
    Ok(numbers.lines().fold(Size::default(), |sum, line| {
        let mut columns = line.split('\t').map(|column| column.parse().unwrap_or(0));
        Size {
            files: sum.files + 1,
            added: sum.added + columns.next().unwrap_or(0),
            removed: sum.removed + columns.next().unwrap_or(0),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_point_anywhere_inside_the_tree() {
        for (path, target) in [("a", "b"), ("docs/a", "../README.md"), ("a/b/c", "../../d/./e")] {
            assert!(!leaves_the_tree(path, target), "{path} → {target}");
        }
        for (path, target) in [("a", "/etc/passwd"), ("a", "../b"), ("docs/a", "b/../../../c")] {
            assert!(leaves_the_tree(path, target), "{path} → {target}");
        }
    }

    #[test]
    fn raw_differences_are_read_whatever_a_file_is_called() {
        let raw = b":000000 100644 0000 1234 A\0a b\nc\0:100644 120000 12 34 T\0d\0";
        let read: Vec<_> = parsed(raw).into_iter().map(|c| (c.mode, c.object, c.path)).collect();
        let expected = [("100644", "1234", "a b\nc"), ("120000", "34", "d")];
        assert_eq!(read, expected.map(|(a, b, c)| (a.into(), b.into(), c.into())));
    }
}
