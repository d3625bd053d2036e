//! What follows when branches and tags move.

use std::collections::BTreeMap;

use super::{Change, Outcome};
use crate::model::{
    Event, Id, Intent, Pull, Repo, State, Subject,
    event::Push,
    intent::Merging,
    pull::{Size, Tip},
};

/// What git says has moved in a repository since we last looked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Movement {
    /// All branches and tags as they are now.
    pub(crate) refs: BTreeMap<String, String>,
    pub(crate) pushes: Vec<Push>,
    /// The open pull requests whose head or base moved.
    pub(crate) pulls: Vec<Moved>,
}

/// An open pull request after its branches moved.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) pull: Id<Pull>,
    /// `None` when the branch is gone.
    pub(crate) head: Option<String>,
    pub(crate) base: Option<String>,
    pub(crate) size: Size,
    /// Whether the base now contains the head.
    pub(crate) contained: bool,
    /// The messages of the commits that were merged, for closing keywords.
    pub(crate) messages: Vec<String>,
}

impl Change {
    /// Writes down that references of a repository are about to move.
    pub(crate) fn intend(&mut self, repo: Id<Repo>, merge: Option<Merging>) -> Outcome<Id<Intent>> {
        let (id, by) = (Id::new(self.next_id()), self.who()?);
        Ok(self.world.intents.insert(Intent { id, repo, by, merge }))
    }

    /// Records what moved and tells about it.
    ///
    /// Everything is derived from git and from the references we last knew, so recording the
    /// same movement again finds nothing new to tell.
    pub(crate) fn record_movement(
        &mut self,
        repo: Id<Repo>,
        movement: Movement,
        intent: Option<Id<Intent>>,
    ) -> Outcome<()> {
        let merge = intent
            .and_then(|intent| self.world.intents.remove(intent))
            .and_then(|intent| intent.merge.clone());
        if !movement.pushes.is_empty() {
            let home = self.world.repos.edit(repo);
            home.refs = movement.refs;
            home.pushed_at = self.now;
            home.updated_at = self.now;
        }
        for moved in &movement.pulls {
            self.record_moved(moved, merge.as_ref(), &movement.pushes)?;
        }
        let home = self.world.repos.at(repo).clone();
        let default = format!("refs/heads/{}", home.default_branch);
        for push in movement.pushes {
            if push.reference == default {
                for commit in &push.commits {
                    self.close_by_keywords(&home, &commit.message, &commit.sha)?;
                }
            }
            let subject = Subject::Push(Box::new(push));
            let (sender, changes) = (self.who()?, BTreeMap::new());
            let repo = Some(repo);
            let (name, action) = ("push", None);
            self.events.push(Event { name, action, sender, repo, subject, changes });
        }
        Ok(())
    }

    fn record_moved(
        &mut self,
        moved: &Moved,
        merge: Option<&Merging>,
        pushes: &[Push],
    ) -> Outcome<()> {
        let pull = self.world.pulls.at(moved.pull).clone();
        if self.world.issues.at(pull.issue).state == State::Closed {
            return Ok(());
        }
        let Some(head) = moved.head.clone() else {
            // GitHub closes a pull request whose head branch is deleted.
            return self.close_issue(pull.issue, None, None);
        };
        let before = pull.head.sha.clone();
        if head != before {
            let edited = self.world.pulls.edit(moved.pull);
            edited.head = Tip { sha: head.clone(), ..pull.head.clone() };
            edited.size = moved.size;
        }
        if moved.contained {
            return self.record_contained(moved, merge, pushes);
        }
        let edited = self.world.pulls.edit(moved.pull);
        edited.size = moved.size;
        if let Some(base) = &moved.base {
            edited.base.sha.clone_from(base);
        }
        if head != before {
            self.world.issues.edit(pull.issue).updated_at = self.now;
            let subject = Subject::Synchronized { pull: moved.pull, before, after: head };
            self.emit("pull_request", "synchronize", pull.repo, subject)?;
        }
        Ok(())
    }

    /// The base has the head's commits: by our merge, or because somebody pushed them there.
    /// <https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges>
    fn record_contained(
        &mut self,
        moved: &Moved,
        merge: Option<&Merging>,
        pushes: &[Push],
    ) -> Outcome<()> {
        let mut messages = moved.messages.clone();
        if let Some(merge) = merge.filter(|merge| merge.pull == moved.pull) {
            messages.push(merge.message.clone());
            return self.record_merge(moved.pull, &merge.sha, &messages);
        }
        let pull = self.world.pulls.at(moved.pull);
        let base = format!("refs/heads/{}", pull.base.branch);
        let onto_base = pushes.iter().find(|push| push.reference == base);
        let sha = onto_base.and_then(|push| push.after.clone());
        let sha = sha.unwrap_or_else(|| pull.head.sha.clone());
        self.record_merge(moved.pull, &sha, &messages)
    }
}
