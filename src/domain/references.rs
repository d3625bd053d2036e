//! What an issue's text says it depends on.

use super::command::prose;
use super::ids::{IssueNumber, IssueRef, RepoName};

/// The issues named in lines like `Depends on #12` or `Blocked by: acme/api#3, api#4`, or in a list
/// under `Depends on:`, outside quotes and code, in the order they are named. `home` is the
/// repository a bare `#12` means.
pub fn dependencies(text: &str, home: &RepoName) -> Vec<IssueRef> {
    let mut found = Vec::new();
    for issue in said(text, home).into_iter().flat_map(|said| said.issues) {
        if !found.contains(&issue) {
            found.push(issue);
        }
    }
    found
}

/// The lines that begin like a dependency and name no issue that can be waited for.
pub fn unread(text: &str, home: &RepoName) -> Vec<String> {
    let unread = said(text, home).into_iter().filter(|said| said.issues.is_empty());
    unread.filter(|said| !said.is_nothing()).map(|said| said.line).collect()
}

/// One place in a text that says what must be done before.
struct Said {
    line: String,
    issues: Vec<IssueRef>,
}

impl Said {
    /// Whether it says that there is nothing to wait for.
    fn is_nothing(&self) -> bool {
        let named = after_keyword(&self.line).unwrap_or_default();
        let named = named.trim_matches(|c: char| !c.is_alphanumeric());
        ["", "none", "nothing", "no one", "n/a"].contains(&named.to_ascii_lowercase().as_str())
    }
}

fn said(text: &str, home: &RepoName) -> Vec<Said> {
    let issues = |named: &str| words(named).filter_map(|word| reference(word, home)).collect();
    let mut all: Vec<Said> = Vec::new();
    // Whether a list would belong to the last place.
    let mut listing = false;
    for line in prose(text) {
        if let Some(named) = after_keyword(line) {
            listing = !named.contains(char::is_alphanumeric);
            all.push(Said { line: line.trim().to_owned(), issues: issues(named) });
        } else if listing && let Some(item) = list_item(line) {
            let item: Vec<IssueRef> = issues(item);
            if let Some(last) = all.last_mut() {
                if item.is_empty() {
                    last.line = format!("{} {}", last.line, line.trim());
                }
                last.issues.extend(item);
            }
        } else {
            listing &= line.trim().is_empty();
        }
    }
    all
}

/// What stands behind the bullet or number of a list's item.
fn list_item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = (number.len() < line.len()).then_some(number);
    let behind = |line: &'_ str, marks: &[char]| line.starts_with(marks).then_some(1);
    match numbered {
        Some(rest) => behind(rest, &['.', ')']).map(|at| &rest[at..]),
        None => behind(line, &['-', '*', '+']).map(|at| &line[at..]),
    }
}

/// What may be a reference each; the words of a link stay with its address.
fn words(named: &str) -> impl Iterator<Item = &str> {
    let mut shown = false;
    named.split(move |c: char| {
        shown = c == '[' || (shown && c != ']');
        !shown && (c.is_whitespace() || c == ',' || c == ';')
    })
}

/// What stands behind `Depends on` or `Blocked by`, at the start of a line or of a list item.
fn after_keyword(line: &str) -> Option<&str> {
    let bullet = |c: char| c.is_whitespace() || "-*+_>".contains(c);
    let line = line.trim_start_matches(bullet);
    let boxed = ["[ ]", "[x]", "[X]"].into_iter().find_map(|empty| line.strip_prefix(empty));
    let line = boxed.unwrap_or(line).trim_start_matches(bullet);
    ["depends on", "blocked by"].into_iter().find_map(|keyword| {
        let head = line.get(..keyword.len())?;
        let rest = &line[keyword.len()..];
        let is_whole = !rest.starts_with(char::is_alphanumeric);
        (is_whole && head.eq_ignore_ascii_case(keyword)).then_some(rest)
    })
}

/// `#12`, `GH-12`, `acme/api#12`, `api#12` of the same account, an issue's address, or one of these
/// as a Markdown link.
fn reference(word: &str, home: &RepoName) -> Option<IssueRef> {
    if let Some((shown, address)) = word.split_once("](") {
        return reference(shown, home).or_else(|| reference(address, home));
    }
    let word = word.trim_matches(|c: char| "()[]<>.:*_`".contains(c));
    if let Some((before, number)) = word.split_once("/issues/") {
        let mut parts = before.rsplit('/');
        let (name, owner) = (parts.next()?, parts.next()?);
        // What follows says where on the page.
        let number = number.split(['#', '?', '/']).next()?;
        return Some(IssueRef {
            repo: format!("{owner}/{name}").parse().ok()?,
            number: IssueNumber(number.parse().ok()?),
        });
    }
    let (repo, number) = word.split_once('#').or_else(|| Some(("", word.strip_prefix("GH-")?)))?;
    let repo = match repo {
        "" => home.clone(),
        full if full.contains('/') => full.parse().ok()?,
        name => format!("{}/{name}", home.owner()).parse().ok()?,
    };
    Some(IssueRef { repo, number: IssueNumber(number.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let home = "acme/web".parse().unwrap();
        dependencies(text, &home).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn dependencies_are_read_from_lines_that_say_so() {
        assert_eq!(named("Depends on #12"), ["acme/web#12"]);
        assert_eq!(
            named("- blocked by: acme/api#3, #4 and #5."),
            ["acme/api#3", "acme/web#4", "acme/web#5"]
        );
        assert_eq!(named("**Depends on** https://github.com/acme/api/issues/7"), ["acme/api#7"]);
        assert_eq!(named("Depends on #1\nDepends on #1, #2\r\n"), ["acme/web#1", "acme/web#2"]);
    }

    #[test]
    fn links_and_boxes_are_dependencies_too() {
        assert_eq!(named("Depends on [#3](https://github.com/acme/web/issues/3)"), ["acme/web#3"]);
        assert_eq!(
            named(
                "Depends on [the API](https://github.com/acme/api/issues/7#issuecomment-1), [#4](u)"
            ),
            ["acme/api#7", "acme/web#4"]
        );
        assert_eq!(
            named("- [ ] depends on #5\n* [x] **Blocked by** #6"),
            ["acme/web#5", "acme/web#6"]
        );
    }

    #[test]
    fn other_mentions_are_not_dependencies() {
        assert!(named("see #12, it depends on #13").is_empty());
        assert!(named("```\nDepends on #12\n```\n> Depends on #13").is_empty());
        assert!(named("Depends on the weather (#x, a/b/c#1)").is_empty());
    }

    #[test]
    fn a_list_under_the_words_and_short_names_are_understood() {
        assert_eq!(
            named("Depends on:\n\n- #12\n- api#3\n  1. GH-4\n\n- [ ] #5\n\nSee also\n- #6"),
            ["acme/web#12", "acme/api#3", "acme/web#4", "acme/web#5"]
        );
        assert_eq!(named("**Blocked by**:\n* acme/api#7, and\n* the weather"), ["acme/api#7"]);
        assert!(named("Depends on #1 a lot:\n- #2").ends_with(&["acme/web#1".to_owned()]));
    }

    #[test]
    fn what_looks_like_a_dependency_and_was_not_understood_is_told() {
        let home = "acme/web".parse().unwrap();
        assert_eq!(unread("Depends on T2\nDepends on #1", &home), ["Depends on T2"]);
        assert_eq!(unread("Blocked by:\n- the API\n\nBye", &home), ["Blocked by: - the API"]);
        for fine in ["Depends on: none", "Blocked by\n", "It depends on luck", "Depends only on us"]
        {
            assert_eq!(unread(fine, &home), [""; 0], "{fine}");
        }
    }
}
