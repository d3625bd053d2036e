//! Comments on issues and pull requests.

use std::collections::BTreeMap;

use super::{Change, Outcome, check_text};
use crate::model::{Comment, Id, Issue, Need, Refusal, Subject, comment::Edit};

impl Change {
    /// Comments on an issue or a pull request.
    pub(crate) fn comment(&mut self, issue: Id<Issue>, body: &str) -> Outcome<Id<Comment>> {
        let on = self.issue(issue);
        self.require_on(&on, Need::DISCUSS_EITHER)?;
        check_comment(body)?;
        let (id, author, via_app) = (Id::new(self.next_id()), self.who()?, self.via_app());
        self.world.comments.insert(Comment {
            id,
            issue,
            author,
            via_app,
            body: body.to_owned(),
            edits: Vec::new(),
            reactions: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
        });
        self.world.issues.edit(issue).updated_at = self.now;
        let comment = self.world.comments.at(id).clone();
        self.emit("issue_comment", "created", on.repo, Subject::Comment(comment))?;
        Ok(id)
    }

    /// Rewrites a comment; its author may, and whoever may write.
    pub(crate) fn edit_comment(&mut self, id: Id<Comment>, body: &str) -> Outcome<()> {
        let old = self.world.comments.at(id).clone();
        let on = self.issue(old.issue);
        self.require_own(&on, old.author)?;
        check_comment(body)?;
        let edit = Edit { by: self.who()?, at: self.now, before: old.body.clone() };
        let comment = self.world.comments.edit(id);
        body.clone_into(&mut comment.body);
        comment.updated_at = self.now;
        comment.edits.push(edit);
        let changes = BTreeMap::from([("body", old.body.clone())]);
        let subject = Subject::Comment(self.world.comments.at(id).clone());
        self.emit_changed("issue_comment", "edited", on.repo, subject, changes)
    }

    /// Deletes a comment; its author may, and whoever may write.
    pub(crate) fn delete_comment(&mut self, id: Id<Comment>) -> Outcome<()> {
        let old = self.world.comments.at(id).clone();
        let on = self.issue(old.issue);
        self.require_own(&on, old.author)?;
        self.world.comments.remove(id);
        self.emit("issue_comment", "deleted", on.repo, Subject::Comment(old))
    }

    fn require_own(&self, on: &Issue, author: Id<crate::model::Account>) -> Outcome<()> {
        if self.who()? == author {
            return self.require_on(on, Need::DISCUSS_EITHER);
        }
        self.require_on(on, Need::MODERATE)
    }
}

fn check_comment(body: &str) -> Outcome<()> {
    if body.trim().is_empty() {
        return Err(Refusal::custom("IssueComment", "body", "body cannot be blank"));
    }
    check_text("IssueComment", "body", body)
}
