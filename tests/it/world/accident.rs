//! What goes wrong between Team6 and GitHub, on purpose.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Notify;

/// Something Team6 does to GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Posts a comment.
    Comments,
    /// Brings a comment of its own up to date.
    RewritesItsComment,
    /// Shows 👀.
    Reacts,
    /// Pushes a branch.
    Pushes,
    /// Fetches or pushes, which is another door than GitHub's API.
    SpeaksGit,
    /// Opens a pull request.
    OpensThePull,
    /// Says what the review agent found.
    Reviews,
    /// Asks for a review.
    AsksForReview,
    /// Any of these.
    Writes,
}

impl Act {
    fn is(self, method: &str, path: &str) -> bool {
        match self {
            Self::Comments => method == "POST" && path.ends_with("/comments"),
            Self::RewritesItsComment => method == "PATCH" && path.contains("/issues/comments/"),
            Self::Reacts => method == "POST" && path.ends_with("/reactions"),
            Self::Pushes => method == "POST" && path.ends_with("/git-receive-pack"),
            Self::SpeaksGit => path.contains(".git/"),
            Self::OpensThePull => method == "POST" && path.ends_with("/pulls"),
            Self::Reviews => method == "POST" && path.ends_with("/reviews"),
            Self::AsksForReview => method == "POST" && path.ends_with("/requested_reviewers"),
            Self::Writes => {
                let reads = ["/git-upload-pack", "/access_tokens", "/graphql", "/attempts"];
                method != "GET" && !reads.iter().any(|end| path.ends_with(end))
            }
        }
    }
}

/// Whether it goes wrong before or after it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(super) enum Mishap {
    /// GitHub answers with an error.
    Error,
    /// GitHub will not do it, now or ever.
    Refusal,
    /// Team6 dies.
    Death,
    /// It takes until somebody lets it go on.
    Wait { reached: Arc<Notify>, go_on: Arc<Notify> },
}

/// Something that will go wrong.
#[derive(Clone, Debug)]
pub(super) struct Accident {
    pub(super) act: Act,
    pub(super) when: When,
    pub(super) mishap: Mishap,
    pub(super) left: usize,
    /// Where it happens once for every different request: those it has happened to.
    pub(super) each: Option<BTreeSet<String>>,
}

impl Accident {
    /// Whether it happens to this request; if so, it is used up by one.
    pub(super) fn meets(&mut self, method: &str, path: &str, body: &[u8]) -> bool {
        if self.left == 0 || !self.act.is(method, path) {
            return false;
        }
        if let Some(seen) = &mut self.each {
            // The end of a summary tells the time, and a pack may be packed in another way.
            let begin = &body[..body.len().min(150)];
            let what = if method == "PATCH" { body } else { begin };
            let what = format!("{method} {path} {}", String::from_utf8_lossy(what));
            if !seen.insert(what) {
                return false;
            }
        }
        self.left -= 1;
        true
    }
}
