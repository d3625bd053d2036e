//! Opening and editing issues.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Change, Given, Outcome, check_present, check_text};
use crate::model::{
    Id, Issue, Need, Refusal, Repo, State, Subject,
    issue::{Reason, What},
};

/// What `POST /issues` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewIssue {
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) labels: Vec<Named>,
    #[serde(default)]
    pub(crate) assignees: Vec<String>,
    pub(crate) milestone: Option<u64>,
}

/// A label by name, bare or in an object; GitHub takes both.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Named {
    Bare(String),
    Object { name: String },
}

impl Named {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Bare(name) | Self::Object { name } => name,
        }
    }
}

/// What `PATCH /issues/{number}` takes; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct IssuePatch {
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) body: Given<String>,
    pub(crate) state: Option<State>,
    #[serde(default)]
    pub(crate) state_reason: Given<Reason>,
    #[serde(default)]
    pub(crate) milestone: Given<u64>,
    pub(crate) labels: Option<Vec<Named>>,
    pub(crate) assignees: Option<Vec<String>>,
}

impl Change {
    /// Opens an issue.
    pub(crate) fn open_issue(&mut self, repo: Id<Repo>, new: &NewIssue) -> Outcome<Id<Issue>> {
        self.require(repo, Need::DISCUSS)?;
        check_present("Issue", "title", &new.title)?;
        check_text("Issue", "body", new.body.as_deref().unwrap_or_default())?;
        let id = self.add_issue(repo, &new.title, new.body.clone())?;
        self.emit_issue("opened", id, Subject::Issue(id))?;
        self.dress(id, &new.labels, &new.assignees, new.milestone)?;
        Ok(id)
    }

    /// Adds the document; the next number of the repository is taken.
    pub(crate) fn add_issue(
        &mut self,
        repo: Id<Repo>,
        title: &str,
        body: Option<String>,
    ) -> Outcome<Id<Issue>> {
        let (id, author, via_app) = (Id::new(self.next_id()), self.who()?, self.via_app());
        let home = self.world.repos.edit(repo);
        let number = home.next_number;
        home.next_number += 1;
        Ok(self.world.issues.insert(Issue {
            id,
            repo,
            number,
            title: title.to_owned(),
            body,
            author,
            via_app,
            state: State::Open,
            state_reason: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            milestone: None,
            blocked_by: BTreeSet::new(),
            reactions: Vec::new(),
            pull: None,
            happenings: Vec::new(),
            closed_by: None,
            created_at: self.now,
            updated_at: self.now,
            closed_at: None,
        }))
    }

    /// Gives a new issue what only people with triage rights may give.
    ///
    /// For everybody else GitHub drops these without a word:
    /// <https://docs.github.com/en/rest/issues/issues#create-an-issue>
    fn dress(
        &mut self,
        id: Id<Issue>,
        labels: &[Named],
        assignees: &[String],
        milestone: Option<u64>,
    ) -> Outcome<()> {
        if self.require_on(&self.issue(id), Need::TRIAGE).is_err() {
            return Ok(());
        }
        let names: Vec<_> = labels.iter().map(|label| label.name().to_owned()).collect();
        self.add_labels(id, &names)?;
        self.check_assignable(id, assignees)?;
        self.add_assignees(id, assignees)?;
        if milestone.is_some() {
            self.set_milestone(id, milestone)?;
        }
        Ok(())
    }

    /// Changes an issue or the issue half of a pull request.
    pub(crate) fn edit_issue(&mut self, id: Id<Issue>, patch: &IssuePatch) -> Outcome<()> {
        let issue = self.issue(id);
        let writes = self.require_on(&issue, Need::MODERATE);
        if self.who()? != issue.author {
            // Those who may only triage can still close, label and assign.
            let rewrites = patch.title.is_some() || patch.body.is_given();
            if rewrites { writes } else { self.require_on(&issue, Need::TRIAGE) }?;
        }
        self.require_on(&issue, Need::DISCUSS_EITHER)?;
        let body = patch.body.is_given().then(|| patch.body.clone().value().unwrap_or_default());
        self.rewrite_issue(id, patch.title.as_deref(), body.as_deref())?;
        let labels: Option<Vec<String>> =
            patch.labels.as_ref().map(|all| all.iter().map(|one| one.name().to_owned()).collect());
        if self.require_on(&issue, Need::TRIAGE).is_ok() {
            if let Some(names) = labels {
                self.set_labels(id, &names)?;
            }
            if let Some(logins) = &patch.assignees {
                self.check_assignable(id, logins)?;
                self.set_assignees(id, logins)?;
            }
            if patch.milestone.is_given() {
                self.set_milestone(id, patch.milestone.clone().value())?;
            }
        }
        if let Some(state) = patch.state {
            self.set_state(id, state, patch.state_reason.clone().value())?;
        }
        Ok(())
    }

    /// Gives an issue another title or body, and tells what they were.
    pub(crate) fn rewrite_issue(
        &mut self,
        id: Id<Issue>,
        title: Option<&str>,
        body: Option<&str>,
    ) -> Outcome<()> {
        let issue = self.issue(id);
        let mut changes = BTreeMap::new();
        if let Some(title) = title.filter(|title| *title != issue.title) {
            check_present("Issue", "title", title)?;
            changes.insert("title", issue.title.clone());
            title.clone_into(&mut self.world.issues.edit(id).title);
            let (from, to) = (issue.title.clone(), title.to_owned());
            self.note(id, What::Renamed { from, to })?;
        }
        if let Some(body) = body.filter(|body| *body != issue.body.as_deref().unwrap_or_default()) {
            check_text("Issue", "body", body)?;
            changes.insert("body", issue.body.clone().unwrap_or_default());
            self.world.issues.edit(id).body = Some(body.to_owned());
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.world.issues.edit(id).updated_at = self.now;
        let name = if issue.pull.is_some() { "pull_request" } else { "issues" };
        self.emit_changed(name, "edited", issue.repo, Subject::Issue(id), changes)
    }

    /// Puts an issue into the milestone with this number, or into none.
    pub(crate) fn set_milestone(&mut self, id: Id<Issue>, number: Option<u64>) -> Outcome<()> {
        let issue = self.issue(id);
        self.require_on(&issue, Need::TRIAGE)?;
        let milestone = match number {
            None => None,
            Some(number) => Some(
                self.world
                    .milestone(self.world.repos.at(issue.repo), number)
                    .cloned()
                    .ok_or_else(|| Refusal::flaw("Issue", "milestone", "invalid"))?,
            ),
        };
        if milestone.as_ref().map(|one| one.id) == issue.milestone {
            return Ok(());
        }
        if let Some(old) = issue.milestone {
            let old = self.world.milestones.at(old).clone();
            self.world.issues.edit(id).milestone = None;
            self.note(id, What::Demilestoned { title: old.title.clone() })?;
            self.emit_issue("demilestoned", id, Subject::IssueMilestone(id, old))?;
        }
        if let Some(new) = milestone {
            self.world.issues.edit(id).milestone = Some(new.id);
            self.note(id, What::Milestoned { title: new.title.clone() })?;
            self.emit_issue("milestoned", id, Subject::IssueMilestone(id, new))?;
        }
        Ok(())
    }
}
