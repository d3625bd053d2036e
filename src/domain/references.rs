//! What an issue's text says it depends on.

use super::command::prose;
use super::ids::{IssueNumber, IssueRef, RepoName};

/// The issues named in lines like `Depends on #12` or `Blocked by: acme/api#3, #4`, outside quotes
/// and code, in the order they are named. `home` is the repository a bare `#12` means.
pub fn dependencies(text: &str, home: &RepoName) -> Vec<IssueRef> {
    let mut found = Vec::new();
    for line in prose(text) {
        let Some(named) = after_keyword(line) else { continue };
        for word in words(named) {
            if let Some(issue) = reference(word, home)
                && !found.contains(&issue)
            {
                found.push(issue);
            }
        }
    }
    found
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
        head.eq_ignore_ascii_case(keyword).then(|| &line[keyword.len()..])
    })
}

/// `#12`, `acme/api#12`, an issue's address, or one of these as a Markdown link.
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
    let (repo, number) = word.split_once('#')?;
    let repo = if repo.is_empty() { home.clone() } else { repo.parse().ok()? };
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
}
