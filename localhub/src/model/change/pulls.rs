//! Opening pull requests, editing them, asking for reviews.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Change, Outcome, check_present, check_text};
use crate::model::{
    Account, AccountKind, Id, Need, Pull, Refusal, Repo, Role, State, Subject,
    issue::What,
    pull::{Size, Tip},
};

/// What `POST /pulls` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewPull {
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) head: String,
    #[serde(default)]
    pub(crate) base: String,
    #[serde(default)]
    pub(crate) draft: bool,
}

/// What `PATCH /pulls/{number}` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct PullPatch {
    pub(crate) title: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) state: Option<State>,
    pub(crate) base: Option<String>,
}

/// What git says about the two branches of a pull request.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) head: Tip,
    pub(crate) base: Tip,
    pub(crate) size: Size,
}

impl Change {
    /// Opens a pull request between two branches of a repository.
    pub(crate) fn open_pull(
        &mut self,
        repo: Id<Repo>,
        new: &NewPull,
        span: Span,
    ) -> Outcome<Id<Pull>> {
        self.require(repo, Need::PROPOSE)?;
        check_present("PullRequest", "title", &new.title)?;
        check_text("PullRequest", "body", new.body.as_deref().unwrap_or_default())?;
        self.check_span(repo, &span)?;
        let issue = self.add_issue(repo, &new.title, new.body.clone())?;
        let id = Id::new(self.next_id());
        self.world.issues.edit(issue).pull = Some(id);
        self.world.pulls.insert(Pull {
            id,
            issue,
            repo,
            head: span.head,
            base: span.base,
            draft: new.draft,
            merged: None,
            reviewers: Vec::new(),
            size: span.size,
        });
        self.emit("pull_request", "opened", repo, Subject::Issue(issue))?;
        Ok(id)
    }

    fn check_span(&self, repo: Id<Repo>, span: &Span) -> Outcome<()> {
        let twin = self.world.pulls.iter().find(|pull| {
            pull.repo == repo
                && pull.head.branch == span.head.branch
                && pull.base.branch == span.base.branch
                && self.world.issues.at(pull.issue).state == State::Open
        });
        if twin.is_some() {
            let owner = &self.world.accounts.at(self.world.repos.at(repo).owner).login;
            let message =
                format!("A pull request already exists for {owner}:{}.", span.head.branch);
            return Err(Refusal::custom("PullRequest", "head", message));
        }
        if span.size.commits == 0 {
            let message =
                format!("No commits between {} and {}", span.base.branch, span.head.branch);
            return Err(Refusal::custom("PullRequest", "base", message));
        }
        Ok(())
    }

    /// Changes title, body, state or base; `span` is needed for another base.
    pub(crate) fn edit_pull(
        &mut self,
        id: Id<Pull>,
        patch: &PullPatch,
        span: Option<Span>,
    ) -> Outcome<()> {
        let pull = self.world.pulls.at(id).clone();
        if self.who()? != self.issue(pull.issue).author {
            self.require(pull.repo, Need::EDIT_PULLS)?;
        }
        self.require(pull.repo, Need::PROPOSE)?;
        self.rewrite_issue(pull.issue, patch.title.as_deref(), patch.body.as_deref())?;
        if let Some(span) = span {
            let changes = BTreeMap::from([("base", pull.base.branch.clone())]);
            let edited = self.world.pulls.edit(id);
            edited.base = span.base;
            edited.size = span.size;
            let subject = Subject::Issue(pull.issue);
            self.emit_changed("pull_request", "edited", pull.repo, subject, changes)?;
        }
        if let Some(state) = patch.state {
            self.set_state(pull.issue, state, None)?;
        }
        Ok(())
    }

    /// Makes a draft ready, or a ready one a draft.
    pub(crate) fn set_draft(&mut self, id: Id<Pull>, draft: bool) -> Outcome<()> {
        let pull = self.world.pulls.at(id).clone();
        if self.who()? != self.issue(pull.issue).author {
            self.require(pull.repo, Need::EDIT_PULLS)?;
        }
        self.require(pull.repo, Need::PROPOSE)?;
        if pull.draft == draft {
            return Ok(());
        }
        self.world.pulls.edit(id).draft = draft;
        self.world.issues.edit(pull.issue).updated_at = self.now;
        let action = if draft { "converted_to_draft" } else { "ready_for_review" };
        self.emit("pull_request", action, pull.repo, Subject::Issue(pull.issue))
    }

    /// Asks people for a review.
    pub(crate) fn request_reviews(&mut self, id: Id<Pull>, logins: &[String]) -> Outcome<()> {
        let pull = self.world.pulls.at(id).clone();
        self.require(pull.repo, Need::REQUEST_REVIEW)?;
        let author = self.issue(pull.issue).author;
        for who in self.reviewers_named(&pull, logins)? {
            if who == author {
                let message = "Review cannot be requested from pull request author.";
                return Err(Refusal::Unprocessable(message.to_owned()));
            }
            if self.world.pulls.at(id).reviewers.contains(&who) {
                continue;
            }
            self.world.pulls.edit(id).reviewers.push(who);
            self.note(pull.issue, What::ReviewRequested { who })?;
            let subject = Subject::ReviewRequest(pull.issue, who);
            self.emit("pull_request", "review_requested", pull.repo, subject)?;
        }
        Ok(())
    }

    /// Takes the question back.
    pub(crate) fn unrequest_reviews(&mut self, id: Id<Pull>, logins: &[String]) -> Outcome<()> {
        let pull = self.world.pulls.at(id).clone();
        self.require(pull.repo, Need::REQUEST_REVIEW)?;
        for who in self.reviewers_named(&pull, logins)? {
            if !self.world.pulls.at(id).reviewers.contains(&who) {
                continue;
            }
            self.world.pulls.edit(id).reviewers.retain(|other| *other != who);
            self.note(pull.issue, What::ReviewRequestRemoved { who })?;
            let subject = Subject::ReviewRequest(pull.issue, who);
            self.emit("pull_request", "review_request_removed", pull.repo, subject)?;
        }
        Ok(())
    }

    fn reviewers_named(&self, pull: &Pull, logins: &[String]) -> Outcome<Vec<Id<Account>>> {
        let repo = self.world.repos.at(pull.repo);
        let collaborator = |login: &String| {
            self.world
                .account(login)
                .filter(|account| account.kind == AccountKind::Person)
                .filter(|account| self.world.association(repo, account.id) != "NONE")
                .filter(|account| self.world.role(repo, account.id) >= Role::Read)
                .map(|account| account.id)
        };
        let message = "Reviews may only be requested from collaborators. One or more of the users \
                       or teams you specified is not a collaborator of the repository.";
        logins
            .iter()
            .map(|login| {
                collaborator(login).ok_or_else(|| Refusal::Unprocessable(message.to_owned()))
            })
            .collect()
    }
}
