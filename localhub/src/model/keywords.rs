//! "Fixes #7": the words that close issues when a pull request is merged.

/// An issue named after a closing keyword; without a repository, one of the same repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) repo: Option<(String, String)>,
    pub(crate) number: u64,
}

/// <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue>
const KEYWORDS: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// Every issue that a text says it closes.
pub(crate) fn closing(text: &str) -> Vec<Reference> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for pair in words.windows(2) {
        // The colon may stand after the keyword: `Closes: #10`.
        let keyword = pair[0].trim_start_matches(['(', '*', '_', '-']).trim_end_matches(':');
        if !KEYWORDS.contains(&keyword.to_ascii_lowercase().as_str()) {
            continue;
        }
        if let Some(reference) = reference(pair[1])
            && !found.contains(&reference)
        {
            found.push(reference);
        }
    }
    found
}

fn reference(word: &str) -> Option<Reference> {
    let (repo, rest) = word.split_once('#')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest[digits.len()..].chars().next();
    if after.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let number = digits.parse().ok()?;
    if repo.is_empty() {
        return Some(Reference { repo: None, number });
    }
    let (owner, name) = repo.split_once('/')?;
    Some(Reference { repo: Some((owner.to_owned(), name.to_owned())), number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u64> {
        closing(text).into_iter().map(|reference| reference.number).collect()
    }

    #[test]
    fn keywords_close_in_any_case_and_with_a_colon() {
        assert_eq!(numbers("Fixes #1, closes: #2 and RESOLVED #3."), [1, 2, 3]);
    }

    #[test]
    fn a_number_alone_or_a_longer_word_closes_nothing() {
        assert!(numbers("See #1. prefix #2 fix#3 fixes #4th fixing #5").is_empty());
    }

    #[test]
    fn another_repository_can_be_named() {
        let repo = Some(("acme".to_owned(), "shop".to_owned()));
        assert_eq!(closing("closes acme/shop#9"), [Reference { repo, number: 9 }]);
    }
}
