//! Closing and reopening issues and pull requests.

use super::{Change, Outcome};
use crate::model::{
    Id, Issue, Need, Refusal, State, Subject,
    issue::{Reason, What},
};

impl Change {
    /// Closes or reopens; the author may, and whoever may triage.
    pub(crate) fn set_state(
        &mut self,
        id: Id<Issue>,
        state: State,
        reason: Option<Reason>,
    ) -> Outcome<()> {
        let issue = self.issue(id);
        if self.who()? != issue.author {
            self.require_on(&issue, Need::TRIAGE)?;
        }
        self.require_on(&issue, Need::DISCUSS_EITHER)?;
        match (issue.state, state) {
            (State::Open, State::Closed) => self.close_issue(id, reason, None),
            (State::Closed, State::Open) => self.reopen_issue(id),
            (State::Closed, State::Closed) if reason.is_some() && issue.pull.is_none() => {
                self.world.issues.edit(id).state_reason = reason;
                Ok(())
            }
            (State::Open, State::Open) | (State::Closed, State::Closed) => Ok(()),
        }
    }

    /// Closes without asking who may; `commit` is what closed it by a keyword.
    pub(crate) fn close_issue(
        &mut self,
        id: Id<Issue>,
        reason: Option<Reason>,
        commit: Option<String>,
    ) -> Outcome<()> {
        let (by, now) = (self.who()?, self.now);
        let issue = self.world.issues.edit(id);
        issue.state = State::Closed;
        issue.closed_by = Some(by);
        issue.closed_at = Some(now);
        if issue.pull.is_none() {
            issue.state_reason = Some(reason.unwrap_or(Reason::Completed));
        }
        self.note(id, What::Closed { commit })?;
        self.emit_issue("closed", id, Subject::Issue(id))
    }

    fn reopen_issue(&mut self, id: Id<Issue>) -> Outcome<()> {
        let issue = self.issue(id);
        if let Some(pull) = issue.pull {
            self.check_reopenable(pull)?;
        }
        let edited = self.world.issues.edit(id);
        edited.state = State::Open;
        edited.closed_by = None;
        edited.closed_at = None;
        if edited.pull.is_none() {
            edited.state_reason = Some(Reason::Reopened);
        }
        self.note(id, What::Reopened)?;
        self.emit_issue("reopened", id, Subject::Issue(id))
    }

    fn check_reopenable(&mut self, id: Id<crate::model::Pull>) -> Outcome<()> {
        let pull = self.world.pulls.at(id);
        let repo = self.world.repos.at(pull.repo);
        if pull.merged.is_some() {
            return Err(Refusal::custom(
                "PullRequest",
                "state",
                "state cannot be changed. The pull request was merged.",
            ));
        }
        let Some(head) = repo.branch(&pull.head.branch).cloned() else {
            let message =
                format!("state cannot be changed. The {} branch was deleted.", pull.head.branch);
            return Err(Refusal::custom("PullRequest", "state", message));
        };
        self.world.pulls.edit(id).head.sha = head;
        Ok(())
    }
}
