//! Emoji on issues and comments.

use super::{Change, Outcome};
use crate::model::{
    Comment, Id, Issue, Need, Reaction, Refusal, ReviewComment, comment::REACTIONS,
};

/// What a reaction is to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Issue(Id<Issue>),
    Comment(Id<Comment>),
    ReviewComment(Id<ReviewComment>),
}

impl Change {
    /// Adds a reaction, and says whether it is a new one: each account has each emoji once.
    pub(crate) fn react(&mut self, to: Target, content: &str) -> Outcome<(Reaction, bool)> {
        self.require_on(&self.issue_of(to), Need::DISCUSS_EITHER)?;
        if !REACTIONS.contains(&content) {
            return Err(Refusal::flaw("Reaction", "content", "invalid"));
        }
        let by = self.who()?;
        let have = self.reactions(to).iter().find(|one| one.by == by && one.content == content);
        if let Some(have) = have {
            return Ok((have.clone(), false));
        }
        let content = content.to_owned();
        let reaction = Reaction { id: self.next_id(), by, content, at: self.now };
        self.edit_reactions(to).push(reaction.clone());
        Ok((reaction, true))
    }

    /// Takes a reaction back; only the one who gave it can.
    pub(crate) fn unreact(&mut self, to: Target, reaction: u64) -> Outcome<()> {
        self.require_on(&self.issue_of(to), Need::DISCUSS_EITHER)?;
        let by = self.who()?;
        if !self.reactions(to).iter().any(|one| one.id == reaction && one.by == by) {
            return Err(Refusal::NotFound);
        }
        self.edit_reactions(to).retain(|one| one.id != reaction);
        Ok(())
    }

    fn issue_of(&self, to: Target) -> std::sync::Arc<Issue> {
        self.issue(match to {
            Target::Issue(id) => id,
            Target::Comment(id) => self.world.comments.at(id).issue,
            Target::ReviewComment(id) => {
                self.world.pulls.at(self.world.review_comments.at(id).pull).issue
            }
        })
    }

    fn reactions(&self, to: Target) -> &[Reaction] {
        match to {
            Target::Issue(id) => &self.world.issues.at(id).reactions,
            Target::Comment(id) => &self.world.comments.at(id).reactions,
            Target::ReviewComment(id) => &self.world.review_comments.at(id).reactions,
        }
    }

    fn edit_reactions(&mut self, to: Target) -> &mut Vec<Reaction> {
        match to {
            Target::Issue(id) => &mut self.world.issues.edit(id).reactions,
            Target::Comment(id) => &mut self.world.comments.edit(id).reactions,
            Target::ReviewComment(id) => &mut self.world.review_comments.edit(id).reactions,
        }
    }
}
