//! The commands: each checks who asks, changes documents and says what happened.

pub(crate) mod assigning;
pub(crate) mod checks;
pub(crate) mod comments;
pub(crate) mod dependencies;
pub(crate) mod housekeeping;
pub(crate) mod issues;
pub(crate) mod labeling;
pub(crate) mod labels;
pub(crate) mod merges;
pub(crate) mod milestones;
pub(crate) mod pulls;
pub(crate) mod reactions;
pub(crate) mod refs;
pub(crate) mod repos;
pub(crate) mod review_comments;
pub(crate) mod reviews;
pub(crate) mod state;
pub(crate) mod tokens;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::{
    Account, Actor, App, Event, Id, Issue, Need, Refusal, Repo, Subject, World, issue::Happening,
    issue::What,
};

/// A copy of the world that one actor changes at one moment.
pub(crate) struct Change {
    pub(crate) world: World,
    pub(crate) now: DateTime<Utc>,
    pub(crate) actor: Actor,
    pub(crate) events: Vec<Event>,
}

/// What a command answers.
pub(crate) type Outcome<T> = Result<T, Refusal>;

/// GitHub's limit for the text of issues, pull requests and comments.
const LONGEST_TEXT: usize = 65_536;

impl Change {
    pub(crate) fn new(world: World, actor: Actor, now: DateTime<Utc>) -> Self {
        Self { world, now, actor, events: Vec::new() }
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.world.last_id += 1;
        self.world.last_id
    }

    pub(crate) fn who(&self) -> Outcome<Id<Account>> {
        self.actor.account(&self.world)
    }

    pub(crate) fn via_app(&self) -> Option<Id<App>> {
        self.actor.installation_app(&self.world).map(|app| app.id)
    }

    pub(crate) fn require(&self, repo: Id<Repo>, need: Need) -> Outcome<()> {
        self.actor.require(&self.world, self.world.repos.at(repo), need)
    }

    pub(crate) fn require_on(&self, issue: &Issue, need: Need) -> Outcome<()> {
        self.require(issue.repo, need.on(issue))
    }

    pub(crate) fn issue(&self, id: Id<Issue>) -> Arc<Issue> {
        Arc::clone(self.world.issues.at(id))
    }

    fn emit(
        &mut self,
        name: &'static str,
        action: &'static str,
        repo: Id<Repo>,
        subject: Subject,
    ) -> Outcome<()> {
        self.emit_changed(name, action, repo, subject, BTreeMap::new())
    }

    fn emit_changed(
        &mut self,
        name: &'static str,
        action: &'static str,
        repo: Id<Repo>,
        subject: Subject,
        changes: BTreeMap<&'static str, String>,
    ) -> Outcome<()> {
        let sender = self.who()?;
        let action = Some(action);
        self.events.push(Event { name, action, sender, repo: Some(repo), subject, changes });
        Ok(())
    }

    /// Tells about an issue, or about a pull request where the issue is one.
    fn emit_issue(
        &mut self,
        action: &'static str,
        issue: Id<Issue>,
        subject: Subject,
    ) -> Outcome<()> {
        let issue = self.issue(issue);
        let name = if issue.pull.is_some() { "pull_request" } else { "issues" };
        self.emit(name, action, issue.repo, subject)
    }

    /// Adds a line to an issue's timeline.
    fn note(&mut self, issue: Id<Issue>, what: What) -> Outcome<()> {
        let (id, by, at) = (self.next_id(), self.who()?, self.now);
        let issue = self.world.issues.edit(issue);
        issue.updated_at = at;
        issue.happenings.push(Happening { id, by, at, what });
        Ok(())
    }
}

/// Refuses a text GitHub would not store.
fn check_text(resource: &'static str, field: &'static str, text: &str) -> Outcome<()> {
    if text.chars().count() > LONGEST_TEXT {
        let message = format!("{field} is too long (maximum is {LONGEST_TEXT} characters)");
        return Err(Refusal::custom(resource, field, message));
    }
    Ok(())
}

/// Refuses a text that says nothing.
fn check_present(resource: &'static str, field: &'static str, text: &str) -> Outcome<()> {
    if text.trim().is_empty() {
        return Err(Refusal::flaw(resource, field, "missing_field"));
    }
    check_text(resource, field, text)
}

/// A field of a patch: absent (leave it), `null` (clear it) or a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<T> Given<T> {
    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}
