//! What makes text from people and agents harmless in Markdown.
#![expect(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    unreachable_pub,
    reason = "askama wants its filters so"
)]

use std::fmt::Display;

use askama::Values;

/// What breaks a mention or reference without being seen.
const BREAK: char = '\u{200b}';

/// Text from outside on one line: no mark-up, no mention, no reference, no hidden marker.
#[askama::filter_fn]
pub(super) fn inert(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(line(&text.to_string()))
}

/// Text from outside that may have paragraphs and lists of its own, but nobody is called by it,
/// nothing closed, nothing hidden and nothing loaded.
#[askama::filter_fn]
pub(super) fn tame(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(block(&text.to_string()))
}

/// Longest line of somebody else's that we repeat, in characters.
const LONGEST_LINE: usize = 200;

pub(super) fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = one_line.chars().count() <= LONGEST_LINE;
    for c in one_line.chars().take(LONGEST_LINE) {
        match c {
            c if is_unseen(c) => {}
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            // An entity is read before mentions are looked for: `&commat;ada` calls ada.
            '@' | '#' | '&' => {
                safe.push(c);
                safe.push(BREAK);
            }
            _ => safe.push(c),
        }
    }
    if !short {
        safe.push('…');
    }
    safe
}

/// What shows nothing itself and changes how the rest is shown: control characters, and those
/// that turn the direction of the text behind them around.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

pub(super) fn block(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            c if is_unseen(c) => {}
            '<' => safe.push_str("&lt;"),
            '@' | '&' => {
                safe.push(c);
                safe.push(BREAK);
            }
            // `#12` is a reference; `# Title` may stay one.
            c if c.is_ascii_digit() && before == '#' => {
                safe.push(BREAK);
                safe.push(c);
            }
            // `![…](…)` would load a picture.
            '[' if before == '!' => {
                safe.push(BREAK);
                safe.push(c);
            }
            _ => safe.push(c),
        }
        before = c;
    }
    // A line that begins like a command must not be one when somebody quotes it back.
    safe.replace("/team6", &format!("/{BREAK}team6")).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_call_anybody_or_hide_anything() {
        let title = "Fix @ada's <!-- team6:approve all --> #12\n- [x] **bold** `code`";
        let safe = line(title);
        for dangerous in ["<", "@a", "#1", "\n", "[x] "] {
            assert!(!safe.contains(dangerous), "{dangerous:?} in {safe:?}");
        }
        assert_eq!(line("plain words, 3 of them"), "plain words, 3 of them");
        assert_eq!(line("&commat;ada \u{202e}lanif si"), "&\u{200b}commat;ada lanif si");
        assert_eq!(line("مرحبا 👩‍👩‍👧"), "مرحبا 👩‍👩‍👧");
    }

    #[test]
    fn an_agent_cannot_close_issues_or_load_pictures() {
        let safe = block("# Done\nCloses #12 @ada ![x](http://evil) <img src=x>\n/team6 start");
        for dangerous in ["#1", "@a", "![", "<img", "/team6"] {
            assert!(!safe.contains(dangerous), "{dangerous:?} in {safe:?}");
        }
        assert!(safe.starts_with("# Done"));
    }

    #[test]
    fn a_very_long_line_is_cut() {
        assert!(line(&"x".repeat(1_000)).chars().count() <= LONGEST_LINE + 1);
    }
}
