//! Who an issue is assigned to.

use super::{Change, Outcome};
use crate::model::{
    Account, AccountKind, Id, Issue, Need, Refusal, Repo, Role, Subject, World, issue::What,
};

impl World {
    /// Whether issues can be assigned to this account: it must belong to the repository.
    pub(crate) fn is_assignable(&self, repo: &Repo, account: &Account) -> bool {
        account.kind == AccountKind::Person
            && (self.association(repo, account.id) != "NONE")
            && self.role(repo, account.id) >= Role::Read
    }
}

impl Change {
    /// Refuses people an issue cannot be assigned to.
    pub(crate) fn check_assignable(&self, id: Id<Issue>, logins: &[String]) -> Outcome<()> {
        if self.assignable(id, logins).len() == logins.len() {
            return Ok(());
        }
        Err(Refusal::flaw("Issue", "assignees", "invalid"))
    }

    fn assignable(&self, id: Id<Issue>, logins: &[String]) -> Vec<Id<Account>> {
        let repo = self.world.repos.at(self.world.issues.at(id).repo);
        logins
            .iter()
            .filter_map(|login| self.world.account(login))
            .filter(|account| self.world.is_assignable(repo, account))
            .map(|account| account.id)
            .collect()
    }

    /// Assigns people; those who cannot be assigned are passed over, as GitHub does.
    /// <https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue>
    pub(crate) fn add_assignees(&mut self, id: Id<Issue>, logins: &[String]) -> Outcome<()> {
        self.require_on(&self.issue(id), Need::TRIAGE)?;
        for account in self.assignable(id, logins) {
            if self.issue(id).assignees.contains(&account) {
                continue;
            }
            self.world.issues.edit(id).assignees.push(account);
            self.note(id, What::Assigned { who: account })?;
            self.emit_issue("assigned", id, Subject::IssueAssignee(id, account))?;
        }
        Ok(())
    }

    /// Takes people off an issue.
    pub(crate) fn remove_assignees(&mut self, id: Id<Issue>, logins: &[String]) -> Outcome<()> {
        self.require_on(&self.issue(id), Need::TRIAGE)?;
        let gone: Vec<_> =
            logins.iter().filter_map(|login| self.world.account(login)).map(|a| a.id).collect();
        for account in gone {
            if !self.issue(id).assignees.contains(&account) {
                continue;
            }
            self.world.issues.edit(id).assignees.retain(|other| *other != account);
            self.note(id, What::Unassigned { who: account })?;
            self.emit_issue("unassigned", id, Subject::IssueAssignee(id, account))?;
        }
        Ok(())
    }

    /// Leaves the issue with exactly these people.
    pub(crate) fn set_assignees(&mut self, id: Id<Issue>, logins: &[String]) -> Outcome<()> {
        let wanted = self.assignable(id, logins);
        let gone: Vec<String> = self
            .issue(id)
            .assignees
            .iter()
            .filter(|account| !wanted.contains(account))
            .map(|account| self.world.accounts.at(*account).login.clone())
            .collect();
        self.remove_assignees(id, &gone)?;
        self.add_assignees(id, logins)
    }
}
