//! The milestones of a repository.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Change, Given, Outcome, check_present};
use crate::model::{Id, Issue, Milestone, Need, Refusal, Repo, State, Subject};

/// What `POST` and `PATCH /milestones` take.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct MilestoneInput {
    pub(crate) title: Option<String>,
    pub(crate) state: Option<State>,
    #[serde(default)]
    pub(crate) description: Given<String>,
    #[serde(default)]
    pub(crate) due_on: Given<DateTime<Utc>>,
}

impl Change {
    /// Makes a milestone; the title must be new.
    pub(crate) fn create_milestone(
        &mut self,
        repo: Id<Repo>,
        input: &MilestoneInput,
    ) -> Outcome<Id<Milestone>> {
        self.require(repo, Need::MODERATE)?;
        let title = input.title.clone().unwrap_or_default();
        check_present("Milestone", "title", &title)?;
        self.check_new_title(repo, &title)?;
        let (id, creator) = (Id::new(self.next_id()), self.who()?);
        let home = self.world.repos.edit(repo);
        let number = home.next_milestone;
        home.next_milestone += 1;
        let state = input.state.unwrap_or_default();
        self.world.milestones.insert(Milestone {
            id,
            repo,
            number,
            title,
            description: input.description.clone().value(),
            state,
            creator,
            due_on: input.due_on.clone().value(),
            created_at: self.now,
            updated_at: self.now,
            closed_at: (state == State::Closed).then_some(self.now),
        });
        self.emit_milestone("created", id)?;
        Ok(id)
    }

    /// Changes a milestone, closes or reopens it.
    pub(crate) fn edit_milestone(
        &mut self,
        id: Id<Milestone>,
        input: &MilestoneInput,
    ) -> Outcome<()> {
        let old = self.world.milestones.at(id).clone();
        self.require(old.repo, Need::MODERATE)?;
        let mut changes = BTreeMap::new();
        if let Some(title) = input.title.as_ref().filter(|title| **title != old.title) {
            check_present("Milestone", "title", title)?;
            self.check_new_title(old.repo, title)?;
            changes.insert("title", old.title.clone());
            self.world.milestones.edit(id).title.clone_from(title);
        }
        let text = input.description.clone();
        if text.is_given() && text.clone().value() != old.description {
            changes.insert("description", old.description.clone().unwrap_or_default());
            self.world.milestones.edit(id).description = text.value();
        }
        let due = input.due_on.clone();
        if due.is_given() && due.clone().value() != old.due_on {
            let before = old.due_on.map(|due| due.to_rfc3339()).unwrap_or_default();
            changes.insert("due_on", before);
            self.world.milestones.edit(id).due_on = due.value();
        }
        self.world.milestones.edit(id).updated_at = self.now;
        if !changes.is_empty() {
            let subject = Subject::Milestone(self.world.milestones.at(id).clone());
            self.emit_changed("milestone", "edited", old.repo, subject, changes)?;
        }
        if let Some(state) = input.state.filter(|state| *state != old.state) {
            let closed = (state == State::Closed).then_some(self.now);
            let milestone = self.world.milestones.edit(id);
            milestone.state = state;
            milestone.closed_at = closed;
            self.emit_milestone(if closed.is_some() { "closed" } else { "opened" }, id)?;
        }
        Ok(())
    }

    /// Deletes a milestone; its issues are in none then.
    pub(crate) fn delete_milestone(&mut self, id: Id<Milestone>) -> Outcome<()> {
        let old = self.world.milestones.at(id).clone();
        self.require(old.repo, Need::MODERATE)?;
        let inside: Vec<Id<Issue>> = self
            .world
            .issues
            .iter()
            .filter(|issue| issue.milestone == Some(id))
            .map(|issue| issue.id)
            .collect();
        for issue in inside {
            self.set_milestone(issue, None)?;
        }
        self.world.milestones.remove(id);
        self.emit("milestone", "deleted", old.repo, Subject::Milestone(old))
    }

    fn emit_milestone(&mut self, action: &'static str, id: Id<Milestone>) -> Outcome<()> {
        let milestone = self.world.milestones.at(id).clone();
        self.emit("milestone", action, milestone.repo, Subject::Milestone(milestone))
    }

    fn check_new_title(&self, repo: Id<Repo>, title: &str) -> Outcome<()> {
        if self.world.milestones.iter().any(|one| one.repo == repo && one.title == title) {
            return Err(Refusal::flaw("Milestone", "title", "already_exists"));
        }
        Ok(())
    }
}
