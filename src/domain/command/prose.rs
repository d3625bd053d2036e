//! Which lines of a comment are its author's own words.

/// The lines that are neither quoted, nor code, nor hidden, nor an older e-mail below the answer.
pub fn prose(text: &str) -> impl Iterator<Item = &str> {
    numbered(text).map(|(_, line)| line)
}

/// The same, each with its number in the text, from 1.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut reader = Reader { fence: None, hidden_until: None };
    (1..)
        .zip(text.lines())
        .take_while(|(_, line)| !begins_an_older_mail(line))
        .filter(move |(_, line)| reader.is_prose(line))
}

struct Reader<'a> {
    /// What the open code block began with.
    fence: Option<&'a str>,
    /// What ends the part that nobody sees, or that is shown as code.
    hidden_until: Option<&'static str>,
}

impl<'a> Reader<'a> {
    fn is_prose(&mut self, line: &'a str) -> bool {
        let trimmed = line.trim_start();
        if let Some(end) = self.hidden_until {
            self.hidden_until = (!line.to_ascii_lowercase().contains(end)).then_some(end);
            return false;
        }
        match (self.fence, fence_of(without_bullets(trimmed))) {
            (None, Some(mark)) => {
                self.fence = Some(mark);
                false
            }
            // Only its own kind closes a fence, as long or longer, with nothing behind it.
            (Some(open), Some(mark)) if mark.starts_with(open) && trimmed.trim_end() == mark => {
                self.fence = None;
                false
            }
            (Some(_), _) => false,
            (None, None) => {
                self.hidden_until = opened(line, "<!--", "-->").or(opened(line, "<pre", "</pre>"));
                self.hidden_until.is_none()
                    && !trimmed.starts_with('>')
                    && !line.starts_with("    ")
                    && !line.starts_with('\t')
            }
        }
    }
}

/// `end`, if a line opens something that it does not close.
fn opened(line: &str, begin: &str, end: &'static str) -> Option<&'static str> {
    let line = line.to_ascii_lowercase();
    let (_, rest) = line.rsplit_once(begin)?;
    (!rest.contains(end)).then_some(end)
}

/// The three or more ticks or tildes a line begins with.
fn fence_of(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let fence = &line[..line.len() - line.trim_start_matches(mark).len()];
    (3 <= fence.len()).then_some(fence)
}

/// A line of a list without its bullets or numbers: code may begin in a list.
fn without_bullets(line: &str) -> &str {
    let mut line = line;
    loop {
        let item = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = match item.strip_prefix(['.', ')']).filter(|_| item.len() < line.len()) {
            Some(rest) => rest,
            None => line.strip_prefix(['-', '*', '+']).unwrap_or(line),
        };
        if rest.len() == line.len() || !rest.starts_with([' ', '\t']) {
            return line;
        }
        line = rest.trim_start();
    }
}

/// What mail programs put between an answer and the mail it answers.
fn begins_an_older_mail(line: &str) -> bool {
    let words = line.trim().trim_matches('-').trim();
    line.trim().starts_with("--") && words.eq_ignore_ascii_case("original message")
}
