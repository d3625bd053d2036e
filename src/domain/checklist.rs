//! The plan comment as people edit it: boxes that mean something, in words that are not theirs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::TaskNumber;
use super::plan::TextHash;

/// What a box stands for. It is written behind each box as a hidden marker, so that the words can
/// change without the meaning getting lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Approve this task, in exactly this text.
    Task(TaskNumber, TextHash),
    /// Approve everything this person may approve.
    Everything,
}

/// What an edit of the plan comment changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Boxes that were empty and are ticked.
    pub ticked: Vec<Mark>,
    /// Boxes that were ticked and are empty.
    pub unticked: Vec<Mark>,
    /// Whether anything but boxes is different.
    pub rewritten: bool,
}

impl Mark {
    /// The hidden marker that stands behind a box.
    pub fn marker(&self) -> String {
        match self {
            Self::Task(number, hash) => format!("<!-- team6:approve T{number} {hash} -->"),
            Self::Everything => "<!-- team6:approve all -->".to_owned(),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let (_, rest) = line.rsplit_once("<!-- team6:approve ")?;
        let mut words = rest.trim_end().strip_suffix("-->")?.split_whitespace();
        match (words.next()?, words.next()) {
            ("all", None) => Some(Self::Everything),
            (task, Some(hash)) => {
                let number = task.strip_prefix('T')?.parse().ok()?;
                Some(Self::Task(TaskNumber(number), TextHash(hash.to_owned())))
            }
            (_, None) => None,
        }
    }
}

impl Edit {
    /// What changed between two texts of the same comment.
    pub fn between(from: &str, to: &str) -> Self {
        let (before, after) = (boxes(from), boxes(to));
        let changed = |want: bool| {
            after
                .iter()
                .filter(|(mark, ticked)| **ticked == want && before.get(*mark) == Some(&!want))
                .map(|(mark, _)| mark.clone())
                .collect()
        };
        Self {
            ticked: changed(true),
            unticked: changed(false),
            rewritten: words(from) != words(to),
        }
    }

    /// What changed, if the person's page may have been older than `from`. Our other words on
    /// such a page are no rewriting: they are what we wrote in one of the `earlier` texts, newest
    /// last, and the person changed that one.
    pub fn on_a_page<'a>(
        from: &str,
        to: &str,
        earlier: impl DoubleEndedIterator<Item = &'a str>,
    ) -> Self {
        let edit = Self::between(from, to);
        if !edit.rewritten {
            return edit;
        }
        let meant =
            earlier.rev().map(|text| Self::between(text, to)).find(|meant| !meant.rewritten);
        meant.unwrap_or(edit)
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.ticked.is_empty() && self.unticked.is_empty() && !self.rewritten
    }

    /// The boxes a person meant to empty. A click changes one box; an edit that fills one box and
    /// empties others comes from a page that had not seen those ticks yet, and means only its own.
    pub fn withdrawn(&self) -> &[Mark] {
        if self.ticked.is_empty() { &self.unticked } else { &[] }
    }
}

/// Every box with a meaning, and whether it is ticked.
fn boxes(text: &str) -> BTreeMap<Mark, bool> {
    text.lines().filter_map(|line| Some((Mark::read(line)?, state(line)?.0))).collect()
}

/// The text without its boxes, as GitHub may send it: with other line ends and trailing space.
fn words(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> =
        text.lines().map(|line| state(line).map_or(line, |(_, rest)| rest).trim_end()).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// Whether a line's box is ticked, and the line behind the box.
fn state(line: &str) -> Option<(bool, &str)> {
    let item = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
    if let Some(rest) = item.strip_prefix("[ ]") {
        return Some((false, rest));
    }
    let rest = item.strip_prefix("[x]").or_else(|| item.strip_prefix("[X]"))?;
    Some((true, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "### Plan\n- [ ] **T1** Tokens <!-- team6:approve T1 aa -->\n\
        - [ ] **T2** Toggle <!-- team6:approve T2 bb -->\n- [ ] All <!-- team6:approve all -->\n";

    fn mark(number: i64, hash: &str) -> Mark {
        Mark::Task(TaskNumber(number), TextHash(hash.into()))
    }

    #[test]
    fn a_tick_is_read_by_its_marker() {
        let ticked = EMPTY.replace("- [ ] **T2**", "- [X] **T2**").replace('\n', "\r\n");
        let edit = Edit::between(EMPTY, &ticked);
        assert_eq!(edit, Edit { ticked: vec![mark(2, "bb")], ..Edit::default() });
        let back = Edit::between(&ticked, EMPTY);
        assert_eq!(back.withdrawn(), [mark(2, "bb")]);
    }

    #[test]
    fn other_words_are_a_rewrite() {
        let edit = Edit::between(EMPTY, &EMPTY.replace("Toggle", "Delete everything"));
        assert!(edit.rewritten && edit.ticked.is_empty());
        assert!(Edit::between(EMPTY, "").rewritten);
    }

    #[test]
    fn a_stale_page_withdraws_nothing() {
        let one = EMPTY.replace("- [ ] **T1**", "- [x] **T1**");
        let other = EMPTY.replace("- [ ] **T2**", "- [x] **T2**");
        let edit = Edit::between(&one, &other);
        assert_eq!(edit.ticked, [mark(2, "bb")]);
        assert!(edit.withdrawn().is_empty());
    }

    #[test]
    fn a_tick_on_an_older_page_is_a_tick() {
        let now =
            EMPTY.replace("Tokens", "Tokens · approved by ada").replace("- [ ] **T1", "- [x] **T1");
        let late = EMPTY.replace("- [ ] **T2**", "- [x] **T2**");
        assert!(Edit::between(&now, &late).rewritten);
        let edit = Edit::on_a_page(&now, &late, [EMPTY, &now].into_iter());
        assert_eq!(edit, Edit { ticked: vec![mark(2, "bb")], ..Edit::default() });
        let words = late.replace("Toggle", "Delete everything");
        assert!(Edit::on_a_page(&now, &words, [EMPTY, &now].into_iter()).rewritten);
    }

    #[test]
    fn the_whole_plan_has_a_box() {
        let edit = Edit::between(EMPTY, &EMPTY.replace("- [ ] All", "- [x] All"));
        assert_eq!(edit.ticked, [Mark::Everything]);
    }
}
