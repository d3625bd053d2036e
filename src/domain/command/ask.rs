//! `/team6 ask T3 "…"`

use super::{Ask, task_number};

/// How it is typed.
pub(super) const USAGE: &str = "/team6 ask T3 \"your message\"";

/// A message is free text: quotation marks around the whole of it may be left out, and an
/// apostrophe in it is none of ours.
pub(super) fn parse(behind: &str) -> Option<Ask> {
    let mut rest = behind.trim();
    let mut ask = Ask { task: None, text: String::new(), now: false };
    loop {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, behind) = (&rest[..end], rest[end..].trim_start());
        if !ask.now && (word.eq_ignore_ascii_case("now") || is_option(word)) {
            ask.now = true;
        } else if ask.task.is_none() && is_task(word) {
            ask.task = task_number(word);
        } else {
            break;
        }
        rest = behind;
    }
    let text = rest.strip_suffix("--now").map_or(rest, |before| {
        ask.now = true;
        before.trim_end()
    });
    unquoted(text).trim().clone_into(&mut ask.text);
    (!ask.text.is_empty()).then_some(ask)
}

/// Whether a comment calls the App by its name, in words of its own.
pub fn mentions(comment: &str, slug: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    super::prose(comment).any(|line| {
        let line = line.to_ascii_lowercase();
        let called = format!("@{}", slug.to_ascii_lowercase());
        line.match_indices(&called).any(|(at, name)| {
            let (before, behind) = (&line[..at], &line[at + name.len()..]);
            !before.ends_with(|c| is_name(c) || c == '`' || c == '/')
                && !behind.starts_with(is_name)
        })
    })
}

/// `--now`; phones make one long dash of two.
fn is_option(word: &str) -> bool {
    let bare = word.trim_start_matches(['-', '–', '—']);
    bare.len() < word.len() && bare.eq_ignore_ascii_case("now")
}

/// `T3`: a bare number may be the first word of a message.
fn is_task(word: &str) -> bool {
    word.starts_with(['t', 'T']) && task_number(word).is_some()
}

fn unquoted(text: &str) -> &str {
    let pairs = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('\'', '\'')];
    let inside = |(open, close): &(char, char)| {
        let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    };
    pairs.iter().find_map(inside).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TaskNumber;

    fn said(words: &str) -> Option<(Option<i64>, String, bool)> {
        parse(words).map(|ask| (ask.task.map(|TaskNumber(n)| n), ask.text, ask.now))
    }

    #[test]
    fn the_app_is_called_by_its_name() {
        for called in ["@team6 why?", "Why, @Team6?", "(@team6[bot])", "a\n@team6"] {
            assert!(mentions(called, "team6"), "{called}");
        }
        for not in ["team6", "@team6s", "a@team6", "`@team6`", "> @team6", "```\n@team6\n```"] {
            assert!(!mentions(not, "team6"), "{not}");
        }
    }

    #[test]
    fn a_message_is_free_text() {
        let told = |task, text: &str, now| Some((task, text.to_owned(), now));
        assert_eq!(said(" T3 \"use blue\""), told(Some(3), "use blue", false));
        assert_eq!(said(" T3 don't use red"), told(Some(3), "don't use red", false));
        assert_eq!(said(" use \"blue\" or \"red\""), told(None, "use \"blue\" or \"red\"", false));
        assert_eq!(said(" \"blue\" or \"red\""), told(None, "\"blue\" or \"red\"", false));
        assert_eq!(said(" now T3 “stop”"), told(Some(3), "stop", true));
        assert_eq!(said(" T3 now stop"), told(Some(3), "stop", true));
        assert_eq!(said(" --now stop"), told(None, "stop", true));
        assert_eq!(said(" stop it —now"), told(None, "stop it —now", false));
        assert_eq!(said(" stop it --now"), told(None, "stop it", true));
        assert_eq!(said(" 3 colors"), told(None, "3 colors", false));
        for nothing in ["", " T3", " now", " \"\"", " T3 now \" \""] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
    }
}
