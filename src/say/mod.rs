//! What Team6 says: comments, pull requests, prompts. Nothing else formats text for people.

pub mod budget;
pub mod comments;
pub mod dialogue;
pub mod ending;
mod everywhere;
mod filters;
mod harmless;
mod hostile;
pub mod issue;
pub mod memory;
pub mod own_prompt;
pub mod page;
pub mod parts;
pub mod plan;
pub mod planning;
pub mod prompt;
pub mod pull;
mod reasons;
pub mod review;
pub mod status;
pub mod why;

use askama::Template;

use crate::domain::ids::RepoName;

/// The longest text GitHub takes, with some room: 65,536 characters.
pub const LONGEST: usize = 65_000;

/// What a template makes of what we know. Templates only put text together, so that they cannot
/// fail; a test renders each.
fn render(template: &impl Template) -> String {
    let mut text = template.render().expect("putting text together cannot fail");
    text.truncate(text.trim_end().len());
    text
}

/// What `written` makes of as many of `most` things as one comment can hold.
fn as_many_as_fit(most: usize, written: impl Fn(usize) -> String) -> String {
    let whole = written(most);
    if whole.chars().count() <= LONGEST {
        return whole;
    }
    let (mut fits, mut too_many) = (0, most);
    while fits + 1 < too_many {
        let middle = usize::midpoint(fits, too_many);
        if written(middle).chars().count() <= LONGEST {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    written(fits)
}

/// An issue or pull request as one refers to it from `home`.
pub fn reference(home: &RepoName, repo: &RepoName, number: i64) -> String {
    if home == repo { format!("#{number}") } else { format!("{repo}#{number}") }
}

/// The hidden marker by which a comment is found again.
pub fn marker(key: &str) -> String {
    let key: String = key
        .chars()
        .map(|c| if c.is_alphanumeric() || "_/#-".contains(c) { c } else { '.' })
        .collect();
    format!("<!-- team6:{key} -->")
}

/// The marker of a sprint's status comment.
pub fn status_marker() -> String {
    marker("status")
}
