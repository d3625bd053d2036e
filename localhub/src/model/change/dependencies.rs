//! Which issue waits for which.

use super::{Change, Outcome};
use crate::model::{Id, Issue, Need, Refusal, Subject};

impl Change {
    /// Says that `blocked` waits for `blocking`.
    /// <https://docs.github.com/en/rest/issues/issue-dependencies>
    pub(crate) fn add_blocker(&mut self, blocked: Id<Issue>, blocking: Id<Issue>) -> Outcome<()> {
        let issue = self.issue(blocked);
        self.require_on(&issue, Need::TRIAGE)?;
        let other = self.world.issues.find(blocking).cloned();
        let seen = other.filter(|other| {
            self.actor.sees(&self.world, self.world.repos.at(other.repo)) && other.pull.is_none()
        });
        if seen.is_none() {
            return Err(Refusal::NotFound);
        }
        if blocked == blocking || self.waits_for(blocking, blocked) {
            let message = "an issue cannot wait for itself, directly or through others";
            return Err(Refusal::custom("IssueDependency", "issue_id", message));
        }
        if issue.blocked_by.contains(&blocking) {
            return Err(Refusal::custom("IssueDependency", "issue_id", "already blocked by it"));
        }
        self.world.issues.edit(blocked).blocked_by.insert(blocking);
        self.emit_dependency("blocked_by_added", "blocking_added", blocked, blocking)
    }

    /// Takes that back.
    pub(crate) fn remove_blocker(
        &mut self,
        blocked: Id<Issue>,
        blocking: Id<Issue>,
    ) -> Outcome<()> {
        let issue = self.issue(blocked);
        self.require_on(&issue, Need::TRIAGE)?;
        if !issue.blocked_by.contains(&blocking) {
            return Err(Refusal::NotFound);
        }
        self.world.issues.edit(blocked).blocked_by.remove(&blocking);
        self.emit_dependency("blocked_by_removed", "blocking_removed", blocked, blocking)
    }

    /// Both issues tell: one that it waits, the other that it is waited for.
    fn emit_dependency(
        &mut self,
        waits: &'static str,
        holds: &'static str,
        blocked: Id<Issue>,
        blocking: Id<Issue>,
    ) -> Outcome<()> {
        let homes = (self.issue(blocked).repo, self.issue(blocking).repo);
        let subject = Subject::Dependency { blocked, blocking };
        self.emit("issue_dependencies", waits, homes.0, subject.clone())?;
        self.emit("issue_dependencies", holds, homes.1, subject)
    }

    fn waits_for(&self, issue: Id<Issue>, other: Id<Issue>) -> bool {
        let mut open = vec![issue];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(next) = open.pop() {
            if next == other {
                return true;
            }
            if seen.insert(next) {
                open.extend(self.world.issues.at(next).blocked_by.iter().copied());
            }
        }
        false
    }
}
