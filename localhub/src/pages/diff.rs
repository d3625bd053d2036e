//! Diffs, line by line.

use axum::{http::header, response::IntoResponse};

use super::trouble::Answer;
use crate::git::{Git, diff::Change};

/// More lines than this are not shown; nobody would read them here.
const MOST: usize = 3000;

/// A changed file.
pub(super) struct FileDiff {
    pub(super) path: String,
    pub(super) previous: Option<String>,
    pub(super) status: &'static str,
    pub(super) additions: u64,
    pub(super) deletions: u64,
    /// Absent for files that are not text.
    pub(super) lines: Option<Vec<DiffLine>>,
    /// How many lines are not shown.
    pub(super) hidden: usize,
}

/// A line of a diff.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DiffLine {
    /// `add`, `del`, `same` or `hunk`.
    pub(super) class: &'static str,
    pub(super) old: Option<u64>,
    pub(super) new: Option<u64>,
    /// Colors are not for everybody, so the sign is always there.
    pub(super) sign: &'static str,
    pub(super) text: String,
}

impl FileDiff {
    pub(super) fn of(change: &Change) -> Self {
        let mut lines = change.patch.as_deref().map(lines_of);
        let count = lines.as_ref().map_or(0, Vec::len);
        if let Some(lines) = &mut lines {
            lines.truncate(MOST);
        }
        Self {
            path: change.path.clone(),
            previous: change.previous.clone(),
            status: change.status,
            additions: change.additions,
            deletions: change.deletions,
            lines,
            hidden: count.saturating_sub(MOST),
        }
    }
}

/// The difference of two commits as git writes it.
pub(super) async fn plain(git: &Git, from: &str, to: &str) -> Answer {
    let patch = git.run(&["diff-tree", "-r", "-M", "-p", "--no-color", from, to]).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, format!("{patch}\n")).into_response())
}

/// The lines of hunks, with their numbers in both files.
pub(super) fn lines_of(patch: &str) -> Vec<DiffLine> {
    let (mut old, mut new) = (0, 0);
    let mut lines = Vec::new();
    for line in patch.lines() {
        if line.starts_with("@@ ") {
            (old, new) = starts(line).unwrap_or_default();
            let text = line.to_owned();
            lines.push(DiffLine { class: "hunk", old: None, new: None, sign: "", text });
            continue;
        }
        let rest = || line.chars().skip(1).collect();
        lines.push(match line.chars().next() {
            Some('+') => {
                new += 1;
                DiffLine { class: "add", old: None, new: Some(new - 1), sign: "+", text: rest() }
            }
            Some('-') => {
                old += 1;
                DiffLine { class: "del", old: Some(old - 1), new: None, sign: "−", text: rest() }
            }
            // "No newline at end of file"
            Some('\\') => DiffLine { class: "hunk", old: None, new: None, sign: "", text: rest() },
            _ => {
                (old, new) = (old + 1, new + 1);
                let (old, new) = (Some(old - 1), Some(new - 1));
                DiffLine { class: "same", old, new, sign: " ", text: rest() }
            }
        });
    }
    lines
}

/// `@@ -12,3 +14,5 @@` begins at 12 and 14.
fn starts(line: &str) -> Option<(u64, u64)> {
    let mut ranges = line.split(' ').skip(1);
    let mut start = || ranges.next()?.get(1..)?.split(',').next()?.parse().ok();
    Some((start()?, start()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_numbers_and_signs() {
        let lines =
            lines_of("@@ -3,2 +3,2 @@ fn a\n same\n-old\n+new\n\\ No newline at end of file");
        let seen: Vec<_> =
            lines.iter().map(|one| (one.sign, one.old, one.new, one.text.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("", None, None, "@@ -3,2 +3,2 @@ fn a"),
                (" ", Some(3), Some(3), "same"),
                ("−", Some(4), None, "old"),
                ("+", None, Some(4), "new"),
                ("", None, None, " No newline at end of file"),
            ]
        );
    }
}
