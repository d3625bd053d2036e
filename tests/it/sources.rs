//! Rust sources, read just well enough to hold them to the law: without comments, the insides of
//! strings, and tests.

use std::fs;
use std::path::{Path, PathBuf};

/// A file and its code.
pub(crate) struct Source {
    /// Its path below the workspace.
    pub(crate) path: String,
    /// Its code, line for line where it was.
    pub(crate) code: String,
    /// What stands in its strings, tests included.
    pub(crate) strings: Vec<String>,
}

impl Source {
    /// What a test of the law feeds it.
    pub(crate) fn of(path: &str, text: &str) -> Self {
        let (code, strings) = apart(text);
        Self { path: path.to_owned(), code: without_tests(&code), strings }
    }
}

/// Every Rust file below a folder of the workspace, in order; none if there is no such folder.
pub(crate) fn below(folder: &str) -> Vec<Source> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&workspace.join(folder), &mut files);
    files.sort();
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(workspace).unwrap().to_str().unwrap();
            Source::of(path, &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The text with comments blank and with quotes in place of what stands in strings, and that.
fn apart(text: &str) -> (String, Vec<String>) {
    let mut code = String::new();
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word_before = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let (length, fill) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), ' ')
        } else if rest.starts_with("/*") {
            (block_comment(rest), ' ')
        } else if let Some(length) = raw_string(rest).filter(|_| !word_before) {
            (length, '"')
        } else if c == '"' {
            (quoted(rest, '"'), '"')
        } else if let Some(length) = character(rest) {
            (length, '"')
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if fill == '"' {
            strings.push(rest[..length].to_owned());
        }
        code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { fill }));
        rest = &rest[length..];
    }
    (code, strings)
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` and so on, if the text begins with one.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('b').or_else(|| text.strip_prefix('c')).unwrap_or(text);
    let after = after.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(text.len() - inside.len() + length)
}

/// The length of a character literal, if the text begins with one and not with a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let closed = inside[first.len_utf8()..].starts_with('\'');
    (first == '\\' || closed).then(|| quoted(text, '\''))
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

/// The code with every item under `#[cfg(test)]` blank.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        let end = at + item(&rest[at..]);
        kept.extend(rest[at..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    kept + rest
}

/// How far the item reaches that the code begins with: to its `;` or through its braces.
pub(crate) fn item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn comments_strings_and_tests_are_not_code() {
    let text = r##"use a::b; // crate::x
/* { /* nested */ */ fn f<'a>(c: char) -> &'a str { if c == '{' || c == '\'' { "}\"}" } else { r#"""{"# } }
#[cfg(test)]
mod tests { fn g() { h(); } }
fn last() {}
"##;
    let code = Source::of("src/a.rs", text).code;
    assert_eq!(code.lines().count(), text.lines().count());
    for gone in ["crate", "nested", "tests", "h()", "'{'"] {
        assert!(!code.contains(gone), "{gone} is still in {code}");
    }
    for kept in ["use a::b;", "fn f<'a>(c: char) -> &'a str {", "fn last() {}"] {
        assert!(code.contains(kept), "{kept} is not in {code}");
    }
    assert_eq!(code.matches('{').count(), code.matches('}').count());
}
