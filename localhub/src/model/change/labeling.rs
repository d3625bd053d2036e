//! Putting labels on issues and taking them off.

use super::{Change, Outcome};
use crate::model::{Id, Issue, Label, Need, Refusal, Subject, issue::What};

impl Change {
    /// Adds labels by name; a name that is new to the repository makes a label there.
    pub(crate) fn add_labels(&mut self, id: Id<Issue>, names: &[String]) -> Outcome<()> {
        let issue = self.issue(id);
        self.require_on(&issue, Need::TRIAGE)?;
        for name in names {
            let label = self.label_named(&issue, name)?;
            self.put_label(id, label)?;
        }
        Ok(())
    }

    /// Leaves the issue with exactly these labels.
    pub(crate) fn set_labels(&mut self, id: Id<Issue>, names: &[String]) -> Outcome<()> {
        let issue = self.issue(id);
        self.require_on(&issue, Need::TRIAGE)?;
        let mut wanted = Vec::new();
        for name in names {
            wanted.push(self.label_named(&issue, name)?);
        }
        for label in &issue.labels {
            if !wanted.contains(label) {
                self.take_label(id, *label)?;
            }
        }
        for label in wanted {
            self.put_label(id, label)?;
        }
        Ok(())
    }

    /// Takes one label off; it must be on.
    pub(crate) fn remove_label(&mut self, id: Id<Issue>, name: &str) -> Outcome<()> {
        let issue = self.issue(id);
        self.require_on(&issue, Need::TRIAGE)?;
        let repo = self.world.repos.at(issue.repo);
        let label = self.world.label(repo, name).map(|label| label.id);
        let label = label.filter(|label| issue.labels.contains(label)).ok_or(Refusal::NotFound)?;
        self.take_label(id, label)
    }

    fn label_named(&mut self, issue: &Issue, name: &str) -> Outcome<Id<Label>> {
        let repo = self.world.repos.at(issue.repo);
        if let Some(label) = self.world.label(repo, name) {
            return Ok(label.id);
        }
        self.add_label(issue.repo, name, "ededed", None)
    }

    fn put_label(&mut self, id: Id<Issue>, label: Id<Label>) -> Outcome<()> {
        if self.issue(id).labels.contains(&label) {
            return Ok(());
        }
        self.world.issues.edit(id).labels.push(label);
        let label = self.world.labels.at(label).clone();
        self.note(id, What::Labeled { name: label.name.clone(), color: label.color.clone() })?;
        self.emit_issue("labeled", id, Subject::IssueLabel(id, label))
    }

    pub(crate) fn take_label(&mut self, id: Id<Issue>, label: Id<Label>) -> Outcome<()> {
        self.world.issues.edit(id).labels.retain(|other| *other != label);
        let label = self.world.labels.at(label).clone();
        self.note(id, What::Unlabeled { name: label.name.clone(), color: label.color.clone() })?;
        self.emit_issue("unlabeled", id, Subject::IssueLabel(id, label))
    }
}
