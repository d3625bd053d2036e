//! The words of a command, where quotation marks hold several together.

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What it says, without its quotation marks.
    pub(super) text: String,
    /// Whether it stood in quotation marks.
    pub(super) quoted: bool,
}

/// A quotation mark that nothing closes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed;

/// What closes a quotation that begins like this. Phones turn `"` into `“` and `”`.
fn closed_by(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '“' | '”' => Some(&['”']),
        '„' => Some(&['“', '”']),
        '«' => Some(&['»']),
        _ => None,
    }
}

/// A line's words. Inside quotation marks a backslash keeps the mark, or the backslash, behind it.
pub(super) fn words(line: &str) -> Result<Vec<Word>, Unclosed> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        rest = if let Some(ends) = closed_by(first) {
            let (text, behind) = quotation(&rest[first.len_utf8()..], ends)?;
            words.push(Word { text, quoted: true });
            behind
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            words.push(Word { text: rest[..end].to_owned(), quoted: false });
            &rest[end..]
        };
        rest = rest.trim_start();
    }
    Ok(words)
}

/// What is quoted, and what stands behind the quotation.
fn quotation<'a>(quoted: &'a str, ends: &[char]) -> Result<(String, &'a str), Unclosed> {
    let mut text = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if ends.contains(&c) {
            return Ok((text, &quoted[at + c.len_utf8()..]));
        }
        let is_kept = |next: char| next == '\\' || "\"“”„«»".contains(next);
        match chars.peek() {
            Some((_, next)) if c == '\\' && is_kept(*next) => {
                text.push(*next);
                chars.next();
            }
            Some(_) | None => text.push(c),
        }
    }
    Err(Unclosed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<String> {
        words(line).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotation_marks_of_every_kind_hold_words_together() {
        for line in [r#"add "a b" c"#, "add “a b” c", "add „a b“ c", "add «a b» c", "add ”a b” c"]
        {
            assert_eq!(read(line), ["add", "a b", "c"], "{line}");
        }
        assert_eq!(read("\"say “hi” twice\""), ["say “hi” twice"]);
        assert_eq!(read("“say \"hi\" twice”"), ["say \"hi\" twice"]);
    }

    #[test]
    fn a_backslash_keeps_a_quotation_mark() {
        assert_eq!(read(r#""a \"b\" \\ \n""#), [r#"a "b" \ \n"#]);
    }

    #[test]
    fn what_is_not_closed_is_told() {
        for line in ["add \"a", "add “a\"", r#"add "a\""#, "\""] {
            assert_eq!(words(line), Err(Unclosed), "{line}");
        }
        assert_eq!(read("a 5\" pipe"), ["a", "5\"", "pipe"]);
    }
}
