//! The boxes of task lists: showing them, and ticking one in the text it stands in.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};
use serde::{Deserialize, Serialize};

use super::{escape::escape, options};

/// One box in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::pages) struct Tick(
    /// What stands behind it on its line.
    pub(in crate::pages) String,
    /// Whether it is ticked.
    pub(in crate::pages) bool,
);

/// The boxes of a text, and the form they belong to when they may be ticked.
#[derive(Clone, Debug, Default)]
pub(in crate::pages) struct Boxes {
    form: Option<String>,
    ticks: Vec<Tick>,
}

impl Boxes {
    /// Boxes to look at.
    pub(in crate::pages) fn shown(text: &str) -> Self {
        Self { form: None, ticks: ticks(text) }
    }

    /// Boxes to tick, by the form with this id.
    pub(in crate::pages) fn tickable(text: &str, form: &str) -> Self {
        Self { form: Some(form.to_owned()), ticks: ticks(text) }
    }

    /// What the form says a person saw, when there is something to tick.
    pub(in crate::pages) fn seen(&self) -> Option<String> {
        self.form.as_ref().filter(|_| !self.ticks.is_empty())?;
        serde_json::to_string(&self.ticks).ok()
    }

    /// The box in HTML.
    pub(super) fn input(&self, number: usize) -> String {
        let Some(Tick(text, on)) = self.ticks.get(number) else { return String::new() };
        let checked = if *on { " checked" } else { "" };
        let name = escape(&spoken(text));
        match &self.form {
            None => {
                format!("<input type=\"checkbox\" disabled{checked} aria-label=\"{name}\"> ")
            }
            Some(form) => format!(
                "<input type=\"checkbox\" name=\"box\" value=\"{number}\" form=\"{}\"{checked} \
                 aria-label=\"{name}\" data-tick> ",
                escape(form)
            ),
        }
    }
}

/// The words behind a box without marks and hidden comments.
fn spoken(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        words.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    words.replace(['*', '`', '_'], "").trim().to_owned()
}

/// The boxes of a text, in order.
fn ticks(text: &str) -> Vec<Tick> {
    find(text).into_iter().map(|(_, tick)| tick).collect()
}

fn find(text: &str) -> Vec<(Range<usize>, Tick)> {
    let events = Parser::new_ext(text, options()).into_offset_iter();
    let markers = events.filter_map(|(event, range)| {
        let Event::TaskListMarker(on) = event else { return None };
        Some((on, range))
    });
    let boxes = markers.filter_map(|(on, range)| {
        let start = range.start + text.get(range.clone())?.find('[')?;
        let rest = text.get(start + 3..)?;
        let line = rest.lines().next().unwrap_or_default();
        Some((start..start + 3, Tick(line.trim().to_owned(), on)))
    });
    boxes.collect()
}

/// The text with one box as wanted, or `None` when that box is not there any more.
///
/// `number` and `behind` say which box was meant. Where the text was changed meanwhile, the box
/// with the same words is taken, if there is just one.
fn tick(text: &str, number: usize, behind: &str, on: bool) -> Option<String> {
    let boxes = find(text);
    let same = |(_, tick): &&(Range<usize>, Tick)| tick.0 == behind;
    let there = boxes.get(number).filter(same).or_else(|| {
        let mut twins = boxes.iter().filter(same);
        twins.next().filter(|_| twins.next().is_none())
    })?;
    let mut changed = text.to_owned();
    changed.replace_range(there.0.clone(), if on { "[x]" } else { "[ ]" });
    // What was right already stays letter for letter, `[X]` too.
    Some(if there.1.1 == on { text.to_owned() } else { changed })
}

/// The current text with every box changed that the person changed; `None` when one is gone.
///
/// `seen` are the boxes as the person saw them, `checked` the numbers of those that are ticked
/// now. Boxes the person left alone stay as they are in the current text.
pub(in crate::pages) fn apply(text: &str, seen: &[Tick], checked: &[usize]) -> Option<String> {
    let mut text = text.to_owned();
    for (number, Tick(behind, was)) in seen.iter().enumerate() {
        let on = checked.contains(&number);
        if on != *was {
            text = tick(&text, number, behind, on)?;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Plan\n\n- [ ] **one** <!-- id:1 -->\n- [x] two\n  * [ ] three\n\n```\n- [ ] not a box\n```\n1. [X] four\n";

    #[test]
    fn boxes_are_what_the_renderer_shows() {
        let words: Vec<_> = ticks(TEXT).into_iter().map(|tick| (tick.0, tick.1)).collect();
        let expected =
            [("**one** <!-- id:1 -->", false), ("two", true), ("three", false), ("four", true)];
        assert_eq!(words, expected.map(|(text, on)| (text.to_owned(), on)));
        assert_eq!(spoken(&words[0].0), "one");
    }

    #[test]
    fn only_the_box_that_was_changed_changes() {
        let seen = ticks(TEXT);
        let ticked = apply(TEXT, &seen, &[0, 1, 3]).unwrap();
        assert_eq!(ticked, TEXT.replace("[ ] **one**", "[x] **one**"));
    }

    #[test]
    fn a_box_that_moved_meanwhile_is_found_by_its_words() {
        let seen = ticks(TEXT);
        let now = TEXT
            .replace("- [ ] **one**", "- [ ] zero\n- [ ] **one**")
            .replace("[x] two", "[ ] two");
        let ticked = apply(&now, &seen, &[0, 1, 3]).unwrap();
        assert_eq!(ticked, now.replace("[ ] **one**", "[x] **one**"));
    }

    #[test]
    fn a_box_that_is_gone_or_has_twins_elsewhere_is_not_guessed() {
        let seen = ticks("- [ ] a\n- [ ] b\n");
        assert_eq!(apply("- [ ] b\n", &seen, &[0]), None);
        assert_eq!(apply("- [ ] x\n- [ ] a\n- [ ] a\n", &seen, &[0]), None);
    }
}
