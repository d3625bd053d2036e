//! Spoiling what was right.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One thing done to a text.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Put(Index, Vec<u8>),
    Cut(Index, usize),
    Swap(Index, u8),
    Repeat(Index, usize),
    End(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = select(vec![
        "\0",
        "\r",
        "\n",
        "\u{202e}",
        "\u{feff}",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        "<!--",
        "-->",
        "- [x] ",
        "- [ ] ",
        "```",
        "> ",
        "/team6 ",
        "T99999999999999999999",
        "-1",
        "1e999",
        "null",
        "true",
        "@",
        "#",
        "…",
        "\\ud800",
        "<!-- team6:approve T1 -->",
    ]);
    let place = any::<Index>;
    prop_oneof![
        (place(), odd).prop_map(|(at, odd)| Change::Put(at, odd.as_bytes().to_vec())),
        (place(), vec(any::<u8>(), 1..5)).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        (place(), 1_usize..40).prop_map(|(at, length)| Change::Cut(at, length)),
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Swap(at, byte)),
        (place(), 1_usize..200).prop_map(|(at, length)| Change::Repeat(at, length)),
        place().prop_map(Change::End),
    ]
}

fn spoiled(mut text: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        let at = |index: Index| index.index(text.len() + 1);
        match change {
            Change::Put(index, bytes) => {
                let at = at(index);
                text.splice(at..at, bytes);
            }
            Change::Cut(index, length) => {
                let at = at(index);
                text.drain(at..(at + length).min(text.len()));
            }
            Change::Swap(index, byte) => {
                let at = at(index);
                if let Some(there) = text.get_mut(at) {
                    *there = byte;
                }
            }
            Change::Repeat(index, length) => {
                let at = at(index);
                let part = text[at..(at + length).min(text.len())].to_vec();
                text.splice(at..at, part);
            }
            Change::End(index) => {
                let at = at(index);
                text.truncate(at);
            }
        }
    }
    text
}

/// One of `good`, with up to so many things done to it.
pub(crate) fn spoiling(good: Vec<Vec<u8>>, most: usize) -> impl Strategy<Value = Vec<u8>> {
    (select(good), vec(change(), 0..=most)).prop_map(|(text, changes)| spoiled(text, changes))
}

/// The same as text.
pub(crate) fn spoiling_text(good: &[&str], most: usize) -> impl Strategy<Value = String> {
    let good = good.iter().map(|text| text.as_bytes().to_vec()).collect();
    spoiling(good, most).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
