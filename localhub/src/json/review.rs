//! Reviews and their comments.

use serde_json::{Value, json};

use super::{View, comment::rollup, maybe_time, node_id, time};
use crate::model::{Review, ReviewComment};

impl View {
    /// `pull-request-review`.
    pub(crate) fn review(&self, review: &Review) -> Value {
        let pull = self.world.pulls.at(review.pull);
        let issue = self.world.issues.at(pull.issue);
        let repo = self.world.repos.at(pull.repo);
        let full = self.world.full_name(repo);
        let page = format!("{}#pullrequestreview-{}", self.issue_page(issue), review.id.0);
        let pull_url = self.origin.api(&format!("repos/{full}/pulls/{}", issue.number));
        let mut body = json!({
            "id": review.id.0,
            "node_id": node_id("PRR", review.id.0),
            "user": self.user(review.author),
            "body": review.body,
            "state": review.verdict.name(),
            "html_url": page,
            "pull_request_url": pull_url,
            "_links": { "html": { "href": page }, "pull_request": { "href": pull_url } },
            "commit_id": review.commit,
            "author_association": self.world.association(repo, review.author),
        });
        if review.submitted_at.is_some() {
            body["submitted_at"] = maybe_time(review.submitted_at);
        }
        body
    }

    /// `pull-request-review-comment`.
    pub(crate) fn review_comment(&self, comment: &ReviewComment) -> Value {
        let pull = self.world.pulls.at(comment.pull);
        let issue = self.world.issues.at(pull.issue);
        let repo = self.world.repos.at(pull.repo);
        let full = self.world.full_name(repo);
        let url = self.origin.api(&format!("repos/{full}/pulls/comments/{}", comment.id.0));
        let page = format!("{}#discussion_r{}", self.issue_page(issue), comment.id.0);
        let pull_url = self.origin.api(&format!("repos/{full}/pulls/{}", issue.number));
        let spot = &comment.spot;
        // The numbers are left out, not null, where a whole file is meant.
        let mut body = json!({
            "id": comment.id.0,
            "node_id": node_id("PRRC", comment.id.0),
            "pull_request_review_id": comment.review.0,
            "diff_hunk": spot.hunk,
            "path": spot.path,
            "commit_id": pull.head.sha,
            "original_commit_id": spot.commit,
            "user": self.user(comment.author),
            "body": comment.body,
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "author_association": self.world.association(repo, comment.author),
            "subject_type": if spot.line.is_some() { "line" } else { "file" },
            "side": spot.side,
            "start_line": null,
            "original_start_line": null,
            "start_side": null,
            "position": 1,
            "original_position": 1,
            "reactions": rollup(&url, &comment.reactions),
            "_links": {
                "self": { "href": url },
                "html": { "href": page },
                "pull_request": { "href": pull_url },
            },
            "url": url,
            "html_url": page,
            "pull_request_url": pull_url,
        });
        if let Some(line) = spot.line {
            body["line"] = line.into();
            body["original_line"] = line.into();
        }
        if let Some(to) = comment.reply_to {
            body["in_reply_to_id"] = to.0.into();
        }
        body
    }
}
