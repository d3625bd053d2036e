//! What administrators do to repositories, issues and installations.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Outcome};
use crate::model::{Account, App, Event, Id, Installation, Issue, Refusal, Repo, Subject};

impl Change {
    /// Finds `owner/name`.
    pub(crate) fn named(&self, full_name: &str) -> Outcome<Id<Repo>> {
        let (owner, name) = full_name.split_once('/').ok_or(Refusal::NotFound)?;
        Ok(self.world.repo(owner, name).ok_or(Refusal::NotFound)?.id)
    }

    /// Gives a repository another name or another owner; who asks by the old name is sent on.
    pub(crate) fn move_repo(
        &mut self,
        id: Id<Repo>,
        owner: Id<Account>,
        name: &str,
    ) -> Outcome<()> {
        let old = self.world.repos.at(id).clone();
        let former = self.world.full_name(&old);
        let repo = self.world.repos.edit(id);
        repo.former.push(former.to_lowercase());
        repo.owner = owner;
        name.clone_into(&mut repo.name);
        repo.updated_at = self.now;
        let changes = BTreeMap::from([("name", old.name.clone())]);
        if old.owner == owner {
            self.emit_changed("repository", "renamed", id, Subject::Repository, changes)
        } else {
            self.emit("repository", "transferred", id, Subject::Repository)
        }
    }

    /// Makes a repository read-only, or writable again.
    pub(crate) fn archive_repo(&mut self, id: Id<Repo>, archived: bool) -> Outcome<()> {
        self.world.repos.edit(id).archived = archived;
        let action = if archived { "archived" } else { "unarchived" };
        self.emit("repository", action, id, Subject::Repository)
    }

    /// Deletes a repository; its webhooks tell it before it is gone.
    pub(crate) fn delete_repo(&mut self, id: Id<Repo>) -> Outcome<()> {
        self.world.repos.edit(id).deleted = true;
        self.emit("repository", "deleted", id, Subject::Repository)
    }

    /// Calls the default branch otherwise; open pull requests go to it by its new name.
    /// <https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch>
    pub(crate) fn rename_default_branch(&mut self, id: Id<Repo>, name: &str) -> Outcome<()> {
        let old = self.world.repos.at(id).default_branch.clone();
        name.clone_into(&mut self.world.repos.edit(id).default_branch);
        let based: Vec<_> = self
            .world
            .pulls
            .iter()
            .filter(|pull| pull.repo == id && pull.base.branch == old)
            .map(|pull| pull.id)
            .collect();
        for pull in based {
            name.clone_into(&mut self.world.pulls.edit(pull).base.branch);
        }
        let changes = BTreeMap::from([("default_branch", old)]);
        self.emit_changed("repository", "edited", id, Subject::Repository, changes)
    }

    /// Moves an issue to another repository, where it has a new number. Labels and milestone stay
    /// behind.
    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository>
    pub(crate) fn transfer_issue(&mut self, id: Id<Issue>, to: Id<Repo>) -> Outcome<()> {
        let old = self.issue(id);
        self.emit("issues", "transferred", old.repo, Subject::IssueWas(old.clone()))?;
        self.world.repos.edit(old.repo).moved.insert(old.number, id);
        let home = self.world.repos.edit(to);
        let number = home.next_number;
        home.next_number += 1;
        let issue = self.world.issues.edit(id);
        issue.repo = to;
        issue.number = number;
        issue.labels.clear();
        issue.milestone = None;
        issue.updated_at = self.now;
        self.emit("issues", "opened", to, Subject::Issue(id))
    }

    /// Deletes an issue for good.
    pub(crate) fn delete_issue(&mut self, id: Id<Issue>) -> Outcome<()> {
        let old = self.issue(id);
        self.emit("issues", "deleted", old.repo, Subject::IssueWas(old.clone()))?;
        self.world.repos.edit(old.repo).gone.insert(old.number);
        // Nobody finds it any more; what was said about it may still be rendered.
        self.world.issues.edit(id).number = 0;
        Ok(())
    }

    /// The installation of an App on an account.
    pub(crate) fn installed(&self, app: &str, on: &str) -> Outcome<Id<Installation>> {
        let app: Id<App> = self.world.app(app).ok_or(Refusal::NotFound)?.id;
        let account = self.world.account(on).ok_or(Refusal::NotFound)?.id;
        let all = &self.world.installations;
        let found = all.iter().find(|one| one.app == app && one.account == account);
        Ok(found.ok_or(Refusal::NotFound)?.id)
    }

    /// Suspends an installation, or ends that.
    pub(crate) fn suspend(&mut self, id: Id<Installation>, suspended: bool) -> Outcome<()> {
        self.world.installations.edit(id).suspended_at = suspended.then_some(self.now);
        let action = if suspended { "suspend" } else { "unsuspend" };
        self.announce_installation(id, "installation", Some(action))
    }

    /// Takes an App off an account.
    pub(crate) fn uninstall(&mut self, id: Id<Installation>) -> Outcome<()> {
        self.world.installations.edit(id).deleted = true;
        self.announce_installation(id, "installation", Some("deleted"))
    }

    /// Lets an installation see exactly these repositories.
    pub(crate) fn select(
        &mut self,
        id: Id<Installation>,
        selected: BTreeSet<Id<Repo>>,
    ) -> Outcome<()> {
        let before: BTreeSet<_> = {
            let installation = self.world.installations.at(id);
            let covered = self.world.repos.iter().filter(|repo| installation.covers(repo));
            covered.map(|repo| repo.id).collect()
        };
        let added: Vec<_> = selected.difference(&before).copied().collect();
        let removed: Vec<_> = before.difference(&selected).copied().collect();
        self.world.installations.edit(id).selected = Some(selected);
        let action = if removed.is_empty() { "added" } else { "removed" };
        let sender = self.who()?;
        self.events.push(Event {
            name: "installation_repositories",
            action: Some(action),
            sender,
            repo: None,
            subject: Subject::Selected { installation: id, added, removed },
            changes: BTreeMap::new(),
        });
        Ok(())
    }
}
