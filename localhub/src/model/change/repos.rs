//! Repositories and installations.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Change, Outcome};
use crate::model::{Event, Id, Installation, Need, Refusal, Repo, Subject};

/// What `PATCH /repos/{owner}/{repo}` takes; renaming is not one of it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct RepoPatch {
    pub(crate) description: Option<String>,
    pub(crate) default_branch: Option<String>,
    pub(crate) private: Option<bool>,
}

impl Change {
    /// Changes a repository's settings.
    pub(crate) fn edit_repo(&mut self, id: Id<Repo>, patch: &RepoPatch) -> Outcome<()> {
        self.require(id, Need::ADMINISTER)?;
        let old = self.world.repos.at(id).clone();
        let mut changes = BTreeMap::new();
        if let Some(branch) =
            patch.default_branch.as_ref().filter(|new| **new != old.default_branch)
        {
            if old.branch(branch).is_none() {
                return Err(Refusal::flaw("Repository", "default_branch", "invalid"));
            }
            changes.insert("default_branch", old.default_branch.clone());
            self.world.repos.edit(id).default_branch.clone_from(branch);
        }
        if patch.description.is_some() && patch.description != old.description {
            changes.insert("description", old.description.clone().unwrap_or_default());
            self.world.repos.edit(id).description.clone_from(&patch.description);
        }
        self.world.repos.edit(id).updated_at = self.now;
        if !changes.is_empty() {
            self.emit_changed("repository", "edited", id, Subject::Repository, changes)?;
        }
        if let Some(private) = patch.private.filter(|private| *private != old.private) {
            self.world.repos.edit(id).private = private;
            let action = if private { "privatized" } else { "publicized" };
            self.emit("repository", action, id, Subject::Repository)?;
        }
        Ok(())
    }

    /// Tells an App about an installation of itself; these events need no subscription.
    pub(crate) fn announce_installation(
        &mut self,
        id: Id<Installation>,
        name: &'static str,
        action: Option<&'static str>,
    ) -> Outcome<()> {
        let sender = self.who()?;
        let subject = if name == "ping" { Subject::Ping } else { Subject::Installation(id) };
        let changes = BTreeMap::new();
        self.events.push(Event { name, action, sender, repo: None, subject, changes });
        Ok(())
    }
}
