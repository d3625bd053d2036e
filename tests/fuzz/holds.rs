//! What holds of everything that outsiders write, whoever makes it up: `cargo test` with spoiled
//! examples, or libFuzzer (`fuzz/`).

use team6::config::Settings;
use team6::domain::checklist::{Edit, Page};
use team6::domain::command::{parse, prose};
use team6::github::delivery::facts;

/// A webhook is understood or not, and always in the same way.
pub(crate) fn webhook(event: &str, body: &[u8]) {
    let understood = || facts(event, body).map_err(|reason| reason.to_string());
    assert_eq!(format!("{:?}", understood()), format!("{:?}", understood()));
}

/// A comment is obeyed or not, and what is only quoted never is.
pub(crate) fn comment(text: &str) {
    let commands = parse(text);
    assert!(commands.len() <= text.lines().count());
    assert!(commands.len() <= prose(text).count());
    assert_eq!(commands, parse(text));
    let quoted = text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    let is_one_line = !text.contains(['\r', '\u{2028}', '\u{b}', '\u{c}']);
    assert!(!is_one_line || parse(&quoted).is_empty(), "{quoted}");
}

/// A plan that somebody saved is an edit of the one before, and nobody withdraws more than there is.
pub(crate) fn plan(from: &str, to: &str, page: &str) {
    assert!(Edit::between(from, from).is_empty());
    assert_eq!(Edit::between(from, to), Edit::between(from, to));
    let pages = [Page { text: page, is_ours: true }];
    assert!(Edit::clicked(from, to, &pages).withdrawn().len() <= to.lines().count());
}

/// Settings in a file are read, or refused in words.
pub(crate) fn settings(text: &str) {
    let file = tempfile::NamedTempFile::new().expect("there is room for a file");
    std::fs::write(file.path(), text).expect("there is room for a file");
    if let Err(error) = Settings::read(Some(file.path()), std::iter::empty()) {
        assert!(!error.to_string().is_empty());
    }
}

/// A variable of the environment is read, or refused in words.
pub(crate) fn variable(name: &str, value: &str) {
    let pair = (name.to_owned(), value.to_owned());
    if let Err(error) = Settings::read(None, std::iter::once(pair)) {
        assert!(!error.to_string().is_empty());
    }
}
