//! When a pull request may be merged, and what being merged does.

use super::{Change, Outcome};
use crate::model::{
    Id, Issue, Need, Pull, Refusal, Repo, State,
    issue::{Reason, What},
    keywords::{self, Reference},
    pull::Merged,
};

impl Change {
    /// Refuses what cannot be merged whatever git says.
    /// <https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request>
    pub(crate) fn check_merge(&self, id: Id<Pull>, expected: Option<&str>) -> Outcome<()> {
        let pull = self.world.pulls.at(id);
        self.require(pull.repo, Need::PUSH)?;
        let closed = self.world.issues.at(pull.issue).state == State::Closed;
        if closed || pull.merged.is_some() {
            return Err(Refusal::NotMergeable("Pull Request is not mergeable".to_owned()));
        }
        if pull.draft {
            let message = "Pull Request is still a draft";
            return Err(Refusal::NotMergeable(message.to_owned()));
        }
        if expected.is_some_and(|sha| sha != pull.head.sha) {
            let message = "Head branch was modified. Review and try the merge again.";
            return Err(Refusal::Conflict(message.to_owned()));
        }
        Ok(())
    }

    /// Records that a pull request is merged, and closes what its texts say it closes.
    pub(crate) fn record_merge(
        &mut self,
        id: Id<Pull>,
        sha: &str,
        messages: &[String],
    ) -> Outcome<()> {
        let pull = self.world.pulls.at(id).clone();
        if pull.merged.is_some() {
            return Ok(());
        }
        let merged = Merged { sha: sha.to_owned(), by: self.who()?, at: self.now };
        self.world.pulls.edit(id).merged = Some(merged);
        self.note(pull.issue, What::Merged { commit: sha.to_owned() })?;
        self.close_issue(pull.issue, None, None)?;
        let repo = self.world.repos.at(pull.repo).clone();
        if pull.base.branch != repo.default_branch {
            return Ok(());
        }
        let body = self.issue(pull.issue).body.clone().unwrap_or_default();
        for text in std::iter::once(&body).chain(messages) {
            self.close_by_keywords(&repo, text, sha)?;
        }
        Ok(())
    }

    /// Closes the open issues that a text on the default branch says it closes.
    pub(crate) fn close_by_keywords(&mut self, repo: &Repo, text: &str, sha: &str) -> Outcome<()> {
        for reference in keywords::closing(text) {
            if let Some(issue) = self.referenced(repo, &reference) {
                self.close_issue(issue, Some(Reason::Completed), Some(sha.to_owned()))?;
            }
        }
        Ok(())
    }

    fn referenced(&self, here: &Repo, reference: &Reference) -> Option<Id<Issue>> {
        let repo = match &reference.repo {
            None => self.world.repos.at(here.id),
            // Elsewhere keywords count only for those who may push there.
            Some((owner, name)) => self.world.repo(owner, name).filter(|there| {
                there.id == here.id || self.actor.may(&self.world, there, Need::PUSH)
            })?,
        };
        let issue = self.world.issue(repo, reference.number)?;
        (issue.state == State::Open && issue.pull.is_none()).then_some(issue.id)
    }
}
