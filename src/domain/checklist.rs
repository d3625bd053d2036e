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
    /// Approve everything this person may approve, in exactly these texts.
    Everything(TextHash),
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

/// Begins the hidden line that tells one writing of the comment from another.
const WRITING: &str = "<!-- team6:writing ";

/// A comment's text with a hidden number that no earlier writing of it had. What somebody saves
/// then tells which writing it was made of, also if others wrote meanwhile.
pub fn written_after(text: &str, before: &str) -> String {
    let number = before.lines().rev().find_map(|line| {
        line.strip_prefix(WRITING)?.trim_end().strip_suffix(" -->")?.parse::<u64>().ok()
    });
    format!("{text}\n{WRITING}{} -->", number.map_or(1, |number| number.saturating_add(1)))
}

/// A comment's text without that number.
pub fn without_writing(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with(WRITING)).collect();
    lines.join("\n")
}

/// What the comment said once.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What it said.
    pub text: &'a str,
    /// Whether we had written it so.
    pub is_ours: bool,
}

/// How many pages back somebody may be.
const MOST_PAGES: usize = 60;

impl Mark {
    /// The hidden marker that stands behind a box.
    pub fn marker(&self) -> String {
        match self {
            Self::Task(number, hash) => format!("<!-- team6:approve T{number} {hash} -->"),
            Self::Everything(hash) => format!("<!-- team6:approve all {hash} -->"),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let (_, rest) = line.rsplit_once("<!-- team6:approve ")?;
        let mut words = rest.trim_end().strip_suffix("-->")?.split_whitespace();
        match (words.next()?, words.next()) {
            ("all", Some(hash)) => Some(Self::Everything(TextHash(hash.to_owned()))),
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

    /// What a person clicked who made `to` of a page of theirs. A click changes one box, and the
    /// page it was made on may be older than `from`, what the comment said last: of the `pages`
    /// there were, oldest first, it is the one that leaves the least to have been clicked; and if that
    /// may have been the box for everything or that of one task, it was the task's. Boxes on a page
    /// whose words are not `ours` mean nothing: whoever ticked them read something else.
    pub fn clicked(from: &str, to: &str, pages: &[Page<'_>]) -> Self {
        let direct = Self::between(from, to);
        let written = words(to);
        if !pages.iter().any(|page| page.is_ours && words(page.text) == written) {
            return Self { rewritten: true, ..direct };
        }
        if direct.is_one_click() && !direct.approves_everything() {
            return direct;
        }
        let near = pages.iter().rev().take(MOST_PAGES).map(|page| Self::between(page.text, to));
        let near = near.filter(|edit| !edit.rewritten && !edit.is_empty());
        // Of equals the newest, which comes first.
        let least = |edit: &Self| (edit.clicks(), edit.approves_everything());
        near.min_by_key(least).unwrap_or_default()
    }

    fn clicks(&self) -> usize {
        self.ticked.len() + self.unticked.len()
    }

    fn approves_everything(&self) -> bool {
        self.ticked.iter().any(|mark| matches!(mark, Mark::Everything(_)))
    }

    fn is_one_click(&self) -> bool {
        !self.rewritten && self.clicks() == 1
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
        - [ ] **T2** Toggle <!-- team6:approve T2 bb -->\n- [ ] All <!-- team6:approve all cc -->\n";

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
    fn of_two_clicks_it_may_have_been_the_smaller_one_counts() {
        let page = |one: char, other: char, all: char| {
            let boxes = [("T1 aa", one), ("T2 bb", other), ("all cc", all)];
            boxes.map(|(what, tick)| format!("- [{tick}] <!-- team6:approve {what} -->")).join("\n")
        };
        let texts = [page('x', ' ', 'x'), page('x', 'x', 'x'), page('x', 'x', ' ')];
        let pages = texts.each_ref().map(|text| Page { text, is_ours: true });
        // T2 on the first of them, or everything on the last.
        let edit = Edit::clicked(&texts[2], &texts[1], &pages);
        assert_eq!(edit.ticked, [mark(2, "bb")]);
        // There it can only be everything.
        let edit = Edit::clicked(&texts[2], &texts[1], &pages[2..]);
        assert_eq!(edit.ticked, [Mark::Everything(TextHash("cc".to_owned()))]);
    }

    #[test]
    fn a_tick_on_an_older_page_is_a_tick() {
        let now =
            EMPTY.replace("Tokens", "Tokens · approved by ada").replace("- [ ] **T1", "- [x] **T1");
        let late = EMPTY.replace("- [ ] **T2**", "- [x] **T2**");
        let ours = |text| Page { text, is_ours: true };
        assert!(Edit::between(&now, &late).rewritten);
        let edit = Edit::clicked(&now, &late, &[ours(EMPTY), ours(&now)]);
        assert_eq!(edit, Edit { ticked: vec![mark(2, "bb")], ..Edit::default() });
        let words = late.replace("Toggle", "Delete everything");
        assert!(Edit::clicked(&now, &words, &[ours(EMPTY), ours(&now)]).rewritten);
    }

    #[test]
    fn a_tick_that_was_undone_is_not_given_again_by_whoever_still_sees_it() {
        let ticked = EMPTY.replace("- [ ] **T1", "- [x] **T1");
        let both = ticked.replace("- [ ] **T2", "- [x] **T2");
        let pages = [
            Page { text: EMPTY, is_ours: true },
            Page { text: &ticked, is_ours: false },
            Page { text: EMPTY, is_ours: true },
        ];
        let edit = Edit::clicked(EMPTY, &both, &pages);
        assert_eq!(edit, Edit { ticked: vec![mark(2, "bb")], ..Edit::default() });
        assert!(Edit::clicked(EMPTY, &ticked, &pages[..1]).ticked == [mark(1, "aa")]);
    }

    #[test]
    fn a_tick_below_words_of_somebody_elses_counts_for_nothing() {
        let forged = EMPTY.replace("Toggle", "Nothing much");
        let ticked = forged.replace("- [ ] **T2", "- [x] **T2");
        let pages = [Page { text: EMPTY, is_ours: true }, Page { text: &forged, is_ours: false }];
        assert!(Edit::clicked(&forged, &ticked, &pages).rewritten);
        assert!(!Edit::clicked(&forged, EMPTY, &pages).rewritten, "they put it back");
    }

    #[test]
    fn each_writing_is_told_from_the_others_and_says_the_same() {
        let first = written_after(EMPTY, "");
        let second = written_after(EMPTY, &first);
        assert!(Edit::between(&first, &second).rewritten);
        assert!(Edit::between(&without_writing(&first), &without_writing(&second)).is_empty());
    }

    #[test]
    fn the_whole_plan_has_a_box() {
        let edit = Edit::between(EMPTY, &EMPTY.replace("- [ ] All", "- [x] All"));
        assert_eq!(edit.ticked, [Mark::Everything(TextHash("cc".into()))]);
    }
}
