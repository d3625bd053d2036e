//! Comments on lines of a diff.

use super::{Change, Outcome, check_present};
use crate::model::{
    Id, Need, Pull, Refusal, Review, ReviewComment, Subject,
    review::{Spot, Verdict},
};

impl Change {
    /// Comments on a line; GitHub wraps a lone comment into a review of its own.
    pub(crate) fn comment_line(
        &mut self,
        id: Id<Pull>,
        spot: Spot,
        body: &str,
    ) -> Outcome<Id<ReviewComment>> {
        let pull = self.world.pulls.at(id).clone();
        self.require(pull.repo, Need::PROPOSE)?;
        check_present("PullRequestReviewComment", "body", body)?;
        let commit = spot.commit.clone();
        let review = self.add_review(&pull, String::new(), Verdict::Commented, commit)?;
        let comment = self.add_review_comment(review, spot, body, None)?;
        self.announce_review(review)?;
        Ok(comment)
    }

    /// Answers a comment on a line; answers to answers join the same thread.
    pub(crate) fn reply_to_line(
        &mut self,
        to: Id<ReviewComment>,
        body: &str,
    ) -> Outcome<Id<ReviewComment>> {
        let first = self.world.review_comments.find(to).cloned().ok_or(Refusal::NotFound)?;
        let pull = self.world.pulls.at(first.pull).clone();
        self.require(pull.repo, Need::PROPOSE)?;
        check_present("PullRequestReviewComment", "body", body)?;
        let commit = first.spot.commit.clone();
        let review = self.add_review(&pull, String::new(), Verdict::Commented, commit)?;
        let thread = first.reply_to.unwrap_or(to);
        let comment = self.add_review_comment(review, first.spot.clone(), body, Some(thread))?;
        self.announce_review(review)?;
        Ok(comment)
    }

    pub(crate) fn add_review_comment(
        &mut self,
        review: Id<Review>,
        spot: Spot,
        body: &str,
        reply_to: Option<Id<ReviewComment>>,
    ) -> Outcome<Id<ReviewComment>> {
        let (id, author) = (Id::new(self.next_id()), self.who()?);
        let pull = self.world.reviews.at(review).pull;
        Ok(self.world.review_comments.insert(ReviewComment {
            id,
            pull,
            review,
            author,
            body: body.to_owned(),
            spot,
            reply_to,
            reactions: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
        }))
    }

    /// Rewrites a comment on a line.
    pub(crate) fn edit_line_comment(&mut self, id: Id<ReviewComment>, body: &str) -> Outcome<()> {
        let old = self.world.review_comments.at(id).clone();
        let repo = self.require_line(&old)?;
        check_present("PullRequestReviewComment", "body", body)?;
        let now = self.now;
        let comment = self.world.review_comments.edit(id);
        body.clone_into(&mut comment.body);
        comment.updated_at = now;
        let subject = Subject::ReviewComment(self.world.review_comments.at(id).clone());
        let changes = std::collections::BTreeMap::from([("body", old.body.clone())]);
        self.emit_changed("pull_request_review_comment", "edited", repo, subject, changes)
    }

    /// Deletes a comment on a line.
    pub(crate) fn delete_line_comment(&mut self, id: Id<ReviewComment>) -> Outcome<()> {
        let old = self.world.review_comments.at(id).clone();
        let repo = self.require_line(&old)?;
        self.world.review_comments.remove(id);
        let subject = Subject::ReviewComment(old);
        self.emit("pull_request_review_comment", "deleted", repo, subject)
    }

    fn require_line(&self, comment: &ReviewComment) -> Outcome<Id<crate::model::Repo>> {
        let repo = self.world.pulls.at(comment.pull).repo;
        let own = self.who()? == comment.author;
        self.require(repo, if own { Need::PROPOSE } else { Need::EDIT_PULLS })?;
        Ok(repo)
    }
}
