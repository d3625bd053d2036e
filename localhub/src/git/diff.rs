//! What changed between two commits.

use std::collections::HashMap;

use super::{Error, Git};
use crate::model::pull::Size;

/// One changed file.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) sha: String,
    pub(crate) path: String,
    pub(crate) previous: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    /// Absent for binary files.
    pub(crate) patch: Option<String>,
}

/// The tree of a repository without files.
pub(crate) const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

impl Git {
    /// The files that differ between two trees.
    pub(crate) async fn changes(&self, from: &str, to: &str) -> Result<Vec<Change>, Error> {
        let diff = async |how: &[&str]| {
            self.run(&[&["diff-tree", "-r", "-M"], how, &[from, to]].concat()).await
        };
        let raw = diff(&["--raw", "--no-abbrev", "-z"]).await?;
        let counts = diff(&["--numstat", "-z"]).await?;
        let patch = diff(&["-p", "--no-color"]).await?;
        let counts = parse_counts(&counts);
        let patches = split_patch(&patch);
        let mut changes = parse_raw(&raw);
        for (change, patch) in changes.iter_mut().zip(patches) {
            change.patch = patch;
            (change.additions, change.deletions) =
                counts.get(&change.path).copied().unwrap_or_default();
        }
        Ok(changes)
    }

    /// What a pull request counts, from where the branches parted.
    pub(crate) async fn size(&self, base: &str, head: &str) -> Result<Size, Error> {
        let range = format!("{base}..{head}");
        let commits = self.run(&["rev-list", "--count", &range]).await?;
        let from = self.merge_base(base, head).await?.unwrap_or_else(|| EMPTY_TREE.to_owned());
        let counts = self.run(&["diff-tree", "-r", "-M", "--numstat", "-z", &from, head]).await?;
        let counts = parse_counts(&counts);
        Ok(Size {
            commits: commits.parse().map_err(|_| Error::Strange("rev-list"))?,
            additions: counts.values().map(|count| count.0).sum(),
            deletions: counts.values().map(|count| count.1).sum(),
            changed_files: counts.len() as u64,
        })
    }
}

/// `:mode mode sha sha status NUL path NUL [path NUL]`
fn parse_raw(text: &str) -> Vec<Change> {
    let mut fields = text.split('\0');
    let mut changes = Vec::new();
    while let Some(meta) = fields.next().filter(|meta| meta.starts_with(':')) {
        let words: Vec<&str> = meta.split(' ').collect();
        let [_, _, before, after, letter] = words.as_slice() else { break };
        let Some(first) = fields.next() else { break };
        let moved = letter.starts_with(['R', 'C']);
        let second = if moved { fields.next() } else { None };
        let (status, sha) = match letter.chars().next() {
            Some('A') => ("added", after),
            Some('D') => ("removed", before),
            Some('R') => ("renamed", after),
            Some('C') => ("copied", after),
            _ => ("modified", after),
        };
        changes.push(Change {
            sha: (*sha).to_owned(),
            path: second.unwrap_or(first).to_owned(),
            previous: second.map(|_| first.to_owned()),
            status,
            additions: 0,
            deletions: 0,
            patch: None,
        });
    }
    changes
}

/// `added TAB deleted TAB path NUL`, or with an empty path followed by both names of a rename.
fn parse_counts(text: &str) -> HashMap<String, (u64, u64)> {
    let mut fields = text.split('\0');
    let mut counts = HashMap::new();
    while let Some(line) = fields.next() {
        let mut words = line.splitn(3, '\t');
        let (Some(added), Some(deleted), Some(path)) = (words.next(), words.next(), words.next())
        else {
            break;
        };
        let path = if path.is_empty() {
            fields.next();
            fields.next().unwrap_or_default()
        } else {
            path
        };
        // Binary files count as `-`.
        let count = (added.parse().unwrap_or(0), deleted.parse().unwrap_or(0));
        counts.insert(path.to_owned(), count);
    }
    counts
}

/// The hunks of each file of a patch; GitHub leaves the headers out.
fn split_patch(patch: &str) -> Vec<Option<String>> {
    let text = format!("\n{patch}");
    text.split("\ndiff --git ")
        .skip(1)
        .map(|file| file.find("\n@@ ").map(|start| file[start + 1..].to_owned()))
        .collect()
}

impl Change {
    /// The hunk that shows a line of the new file, or of the old one, up to that line.
    pub(crate) fn hunk_around(&self, line: u64, old: bool) -> Option<String> {
        let patch = format!("\n{}", self.patch.as_ref()?);
        patch.split("\n@@ ").skip(1).find_map(|hunk| upto(hunk, line, old))
    }
}

/// `-1,3 +1,4 @@ …`, then the lines.
fn upto(hunk: &str, line: u64, old: bool) -> Option<String> {
    let range = hunk.split(' ').nth(usize::from(!old))?;
    let mut at: u64 = range.get(1..)?.split(',').next()?.parse().ok()?;
    let mut shown = String::from("@@ ");
    for (number, text) in hunk.lines().enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        shown.push_str(text);
        let counts = match text.chars().next() {
            Some('-') => old,
            Some('+') => !old,
            Some('\\') => false,
            _ => true,
        };
        if number == 0 || !counts {
            continue;
        }
        if at == line {
            return Some(shown);
        }
        at += 1;
    }
    None
}
