//! The labels of a repository.

use serde::Deserialize;

use super::{Change, Outcome, check_present};
use crate::model::{Id, Issue, Label, Need, Refusal, Repo, Subject};

/// What `POST` and `PATCH /labels` take.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct LabelInput {
    pub(crate) name: Option<String>,
    pub(crate) new_name: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) description: Option<String>,
}

impl Change {
    /// Makes a label; the name must be new.
    pub(crate) fn create_label(
        &mut self,
        repo: Id<Repo>,
        input: &LabelInput,
    ) -> Outcome<Id<Label>> {
        self.require(repo, Need::MODERATE)?;
        let name = input.name.as_deref().unwrap_or_default();
        check_present("Label", "name", name)?;
        self.check_new_name(repo, name)?;
        let color = input.color.as_deref().unwrap_or("ededed");
        self.add_label(repo, name, color, input.description.clone())
    }

    pub(crate) fn add_label(
        &mut self,
        repo: Id<Repo>,
        name: &str,
        color: &str,
        description: Option<String>,
    ) -> Outcome<Id<Label>> {
        check_color(color)?;
        let id = Id::new(self.next_id());
        let (name, color) = (name.to_owned(), color.to_lowercase());
        self.world.labels.insert(Label { id, repo, name, color, description });
        let label = self.world.labels.at(id).clone();
        self.emit("label", "created", repo, Subject::Label(label))?;
        Ok(id)
    }

    /// Renames, recolors or describes a label.
    pub(crate) fn edit_label(&mut self, id: Id<Label>, input: &LabelInput) -> Outcome<()> {
        let old = self.world.labels.at(id).clone();
        self.require(old.repo, Need::MODERATE)?;
        let mut changes = std::collections::BTreeMap::new();
        if let Some(name) = input.new_name.as_ref().filter(|name| **name != old.name) {
            check_present("Label", "name", name)?;
            if name.to_lowercase() != old.name.to_lowercase() {
                self.check_new_name(old.repo, name)?;
            }
            changes.insert("name", old.name.clone());
            self.world.labels.edit(id).name.clone_from(name);
        }
        if let Some(color) = input.color.as_ref().filter(|color| **color != old.color) {
            check_color(color)?;
            changes.insert("color", old.color.clone());
            self.world.labels.edit(id).color = color.to_lowercase();
        }
        if input.description.is_some() && input.description != old.description {
            changes.insert("description", old.description.clone().unwrap_or_default());
            self.world.labels.edit(id).description.clone_from(&input.description);
        }
        let label = self.world.labels.at(id).clone();
        self.emit_changed("label", "edited", old.repo, Subject::Label(label), changes)
    }

    /// Deletes a label; it comes off every issue.
    pub(crate) fn delete_label(&mut self, id: Id<Label>) -> Outcome<()> {
        let label = self.world.labels.at(id).clone();
        self.require(label.repo, Need::MODERATE)?;
        let wearing: Vec<Id<Issue>> = self
            .world
            .issues
            .iter()
            .filter(|issue| issue.labels.contains(&id))
            .map(|issue| issue.id)
            .collect();
        for issue in wearing {
            self.take_label(issue, id)?;
        }
        self.world.labels.remove(id);
        self.emit("label", "deleted", label.repo, Subject::Label(label))
    }

    fn check_new_name(&self, repo: Id<Repo>, name: &str) -> Outcome<()> {
        match self.world.label(self.world.repos.at(repo), name) {
            Some(_) => Err(Refusal::flaw("Label", "name", "already_exists")),
            None => Ok(()),
        }
    }
}

fn check_color(color: &str) -> Outcome<()> {
    if color.len() == 6 && color.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Refusal::flaw("Label", "color", "invalid"))
}
