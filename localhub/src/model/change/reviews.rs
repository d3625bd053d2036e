//! Reviewing pull requests.

use serde::Deserialize;

use super::{Change, Outcome, check_text};
use crate::model::{
    Id, Need, Pull, Refusal, Review, Subject,
    review::{Spot, Verdict},
};

/// What `POST /pulls/{number}/reviews` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewReview {
    pub(crate) body: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) commit_id: Option<String>,
    #[serde(default)]
    pub(crate) comments: Vec<NewSpot>,
}

/// A comment that comes with a review.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewSpot {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) body: String,
    pub(crate) line: Option<u64>,
    pub(crate) position: Option<u64>,
    pub(crate) side: Option<String>,
}

impl Change {
    /// Reviews; without an event the review stays pending until it is submitted.
    /// <https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request>
    pub(crate) fn review(
        &mut self,
        id: Id<Pull>,
        new: &NewReview,
        spots: Vec<Spot>,
    ) -> Outcome<Id<Review>> {
        let pull = self.world.pulls.at(id).clone();
        self.require(pull.repo, Need::PROPOSE)?;
        let verdict = match new.event.as_deref() {
            None => Verdict::Pending,
            Some(event) => Self::verdict(event)?,
        };
        self.check_verdict(&pull, verdict, new.body.as_deref(), new.comments.is_empty())?;
        let body = new.body.clone().unwrap_or_default();
        let commit = new.commit_id.clone().unwrap_or_else(|| pull.head.sha.clone());
        let review = self.add_review(&pull, body, verdict, commit)?;
        for (spot, text) in spots.into_iter().zip(&new.comments) {
            self.add_review_comment(review, spot, &text.body, None)?;
        }
        if verdict != Verdict::Pending {
            self.announce_review(review)?;
        }
        Ok(review)
    }

    pub(crate) fn add_review(
        &mut self,
        pull: &Pull,
        body: String,
        verdict: Verdict,
        commit: String,
    ) -> Outcome<Id<Review>> {
        let (id, author) = (Id::new(self.next_id()), self.who()?);
        let submitted_at = (verdict != Verdict::Pending).then_some(self.now);
        let pull = pull.id;
        let review = Review { id, pull, author, body, verdict, commit, submitted_at };
        Ok(self.world.reviews.insert(review))
    }

    /// Submits a pending review.
    pub(crate) fn submit_review(
        &mut self,
        id: Id<Review>,
        event: &str,
        body: Option<&str>,
    ) -> Outcome<()> {
        let review = self.world.reviews.at(id).clone();
        let pull = self.world.pulls.at(review.pull).clone();
        self.require(pull.repo, Need::PROPOSE)?;
        if review.author != self.who()? {
            return Err(Refusal::NotFound);
        }
        if review.verdict != Verdict::Pending {
            let message = "Can not submit a review that is not pending";
            return Err(Refusal::Unprocessable(message.to_owned()));
        }
        let verdict = Self::verdict(event)?;
        let body = body.unwrap_or(&review.body);
        self.check_verdict(&pull, verdict, Some(body), false)?;
        let edited = self.world.reviews.edit(id);
        body.clone_into(&mut edited.body);
        edited.verdict = verdict;
        edited.submitted_at = Some(self.now);
        self.announce_review(id)
    }

    /// Takes a submitted review out of account.
    pub(crate) fn dismiss_review(&mut self, id: Id<Review>) -> Outcome<()> {
        let review = self.world.reviews.at(id).clone();
        let repo = self.world.pulls.at(review.pull).repo;
        self.require(repo, Need::EDIT_PULLS)?;
        let judged = matches!(review.verdict, Verdict::Approved | Verdict::ChangesRequested);
        if !judged {
            let message = "Can not dismiss a commented pull request review";
            return Err(Refusal::Unprocessable(message.to_owned()));
        }
        self.world.reviews.edit(id).verdict = Verdict::Dismissed;
        self.emit("pull_request_review", "dismissed", repo, Subject::Review(id))
    }

    /// Tells of a review; who has answered is no longer asked.
    pub(crate) fn announce_review(&mut self, id: Id<Review>) -> Outcome<()> {
        let review = self.world.reviews.at(id).clone();
        let pull = self.world.pulls.edit(review.pull);
        pull.reviewers.retain(|asked| *asked != review.author);
        let (repo, issue) = (pull.repo, pull.issue);
        self.world.issues.edit(issue).updated_at = self.now;
        self.emit("pull_request_review", "submitted", repo, Subject::Review(id))?;
        let comments: Vec<_> =
            self.world.review_comments.iter().filter(|one| one.review == id).cloned().collect();
        for comment in comments {
            let subject = Subject::ReviewComment(comment);
            self.emit("pull_request_review_comment", "created", repo, subject)?;
        }
        Ok(())
    }

    fn verdict(event: &str) -> Outcome<Verdict> {
        Verdict::asked(event).ok_or_else(|| Refusal::flaw("PullRequestReview", "event", "invalid"))
    }

    fn check_verdict(
        &self,
        pull: &Pull,
        verdict: Verdict,
        body: Option<&str>,
        bare: bool,
    ) -> Outcome<()> {
        let own = self.world.issues.at(pull.issue).author == self.who()?;
        let judges = match verdict {
            Verdict::Approved => Some("Can not approve your own pull request"),
            Verdict::ChangesRequested => Some("Can not request changes on your own pull request"),
            Verdict::Pending | Verdict::Commented | Verdict::Dismissed => None,
        };
        if let Some(message) = judges.filter(|_| own) {
            return Err(Refusal::Unprocessable(message.to_owned()));
        }
        let body = body.unwrap_or_default();
        let needs_words = matches!(verdict, Verdict::Commented | Verdict::ChangesRequested);
        if needs_words && bare && body.trim().is_empty() {
            return Err(Refusal::flaw("PullRequestReview", "body", "missing_field"));
        }
        check_text("PullRequestReview", "body", body)
    }
}
