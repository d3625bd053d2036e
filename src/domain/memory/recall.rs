//! Which notes matter for a piece of work.

use std::collections::{BTreeMap, BTreeSet};

use super::Note;

/// How fast another occurrence of a word in a note counts less, and how much a note's length does:
/// the usual values of BM25, <https://nlp.stanford.edu/IR-book/html/htmledition/okapi-bm25-a-non-binary-model-1.html>.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Words this short say little; `ci` and `ui` do.
const SHORTEST: usize = 2;

/// The notes that have to do with what is asked, those with the most first, as long as their words
/// fit into `budget` characters. A project has too few notes to keep an index of them.
pub fn recall<'a>(notes: &[&'a Note], asked: &str, budget: usize) -> Vec<&'a Note> {
    let asked: BTreeSet<String> = words(asked).into_iter().collect();
    let read: Vec<(&Note, Vec<String>)> =
        notes.iter().map(|note| (*note, words(&note.text))).collect();
    let mut found: Vec<(f64, &Note)> = read
        .iter()
        .map(|(note, words)| (score(words, &asked, &read), *note))
        .filter(|(score, _)| 0.0 < *score)
        .collect();
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(other.number.cmp(&one.number)));
    let mut left = budget;
    let fits = |note: &&Note| {
        let length = note.text.chars().count();
        let fits = length <= left;
        left -= if fits { length } else { 0 };
        fits
    };
    found.into_iter().map(|(_, note)| note).filter(fits).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred notes of a few words")]
fn score(words: &[String], asked: &BTreeSet<String>, all: &[(&Note, Vec<String>)]) -> f64 {
    let count = all.len() as f64;
    let average = all.iter().map(|(_, words)| words.len()).sum::<usize>() as f64 / count;
    let mut times: BTreeMap<&String, f64> = BTreeMap::new();
    for word in words.iter().filter(|word| asked.contains(*word)) {
        *times.entry(word).or_default() += 1.0;
    }
    let length = words.len() as f64 / average;
    let of_word = |(word, times): (&String, f64)| {
        let with = all.iter().filter(|(_, words)| words.contains(word)).count() as f64;
        let rarity = (1.0 + (count - with + 0.5) / (with + 0.5)).ln();
        rarity * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length))
    };
    times.into_iter().map(of_word).sum()
}

/// The words of a text; `renderTheme`, `render_theme` and `render-theme` are two each.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (was_small && c.is_uppercase()) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    words.push(word);
    words.retain(|word| SHORTEST <= word.chars().count() && !SMALL.contains(&word.as_str()));
    words.into_iter().map(|word| stem(&word)).collect()
}

/// English words that every text has.
const SMALL: &[&str] = &[
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "do", "does",
    "for", "from", "has", "have", "if", "in", "into", "is", "it", "its", "must", "no", "not", "of",
    "on", "only", "or", "should", "so", "than", "that", "the", "their", "them", "then", "there",
    "this", "to", "use", "was", "we", "when", "which", "will", "with", "you",
];

/// A word without the endings that make `test`, `tests` and `tested` different ones.
fn stem(word: &str) -> String {
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending)
            && 3 <= stem.chars().count()
        {
            return stem.to_owned();
        }
    }
    word.to_owned()
}
