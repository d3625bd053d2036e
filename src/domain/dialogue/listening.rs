//! What a comment at a task means to its agent.

use super::{Delivery, Dialogue, Message, Source, Thread};
use crate::domain::answers::{self, Given};
use crate::domain::ids::{CommentId, Login};
use crate::domain::task::{State, Task};

/// A comment without commands, at a task.
#[derive(Clone, Copy, Debug)]
pub struct Remark<'a> {
    /// Which comment.
    pub comment: CommentId,
    /// Who wrote it, or edited it.
    pub by: &'a Login,
    /// What it says.
    pub text: &'a str,
    /// What it said before it was edited; empty for a new one.
    pub before: &'a str,
    /// Whether it mentions the App.
    pub is_addressed: bool,
}

/// What a comment means to an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// It says something.
    Message,
    /// It answers what the agent asked.
    Answers(Vec<Given>),
}

impl Task {
    /// What a comment at this task means to its agent. It answers below a quoted question, or with a
    /// number while a question is open, or all of it if the owner says it to the only open one. Else
    /// it is a message if it mentions the App, or corrects what the agent was told. Nothing, if it is
    /// meant for somebody else, or says nothing new to somebody who listens.
    pub fn meaning(&self, remark: Remark<'_>) -> Option<Meaning> {
        let corrects = self.dialogue.heard_in(remark.comment);
        let is_late = corrects && (remark.before.is_empty() || !self.state.may_be_guided());
        if is_late || remark.text.trim() == remark.before.trim() {
            return None;
        }
        let answers = self.answers_in(remark);
        if answers.is_empty() {
            return (corrects || remark.is_addressed).then_some(Meaning::Message);
        }
        Some(Meaning::Answers(answers))
    }

    fn answers_in(&self, remark: Remark<'_>) -> Vec<Given> {
        let works = matches!(
            self.state,
            State::Asking { .. }
                | State::Delegating { .. }
                | State::InProgress { .. }
                | State::Rework { .. }
        );
        if !works || !self.dialogue.asks() {
            return Vec::new();
        }
        let is_open = |one: &Given| self.dialogue.open().any(|question| question.is_meant(&one.to));
        let given = answers::in_edit(remark.before, remark.text);
        let given: Vec<_> = given.into_iter().filter(is_open).collect();
        let is_owner = self.planned.owner.as_ref() == Some(remark.by);
        let only = self.dialogue.open().count() == 1;
        let speaks_to_a_person = remark.text.trim_start().starts_with('@');
        let is_for_it = remark.is_addressed || (is_owner && only && !speaks_to_a_person);
        if given.is_empty() && is_for_it {
            return vec![Given::of_all(Some(remark.text.to_owned()))];
        }
        given
    }
}

impl Dialogue {
    /// Whether a comment was heard, in whatever words.
    fn heard_in(&self, comment: CommentId) -> bool {
        let is_it = |message: &Message| matches!(message.from, Source::Comment { comment: known, .. } if known == comment);
        self.messages.iter().any(is_it)
    }

    /// Every thread of a review that the agent was or will be told of.
    pub fn threads(&self) -> impl Iterator<Item = &Thread> {
        self.messages.iter().flat_map(|message| &message.threads)
    }

    /// What the agent was told and has dealt with, oldest first.
    pub fn settled(&self) -> impl Iterator<Item = &Message> {
        let is_settled =
            |message: &&Message| matches!(message.state, Delivery::Acknowledged { .. });
        self.messages.iter().filter(is_settled)
    }

    /// Who wanted changes in what the agent worked on last: they are asked for another review.
    pub fn reviewers(&self) -> Vec<Login> {
        let mut reviewers = Vec::new();
        for message in self.messages.iter().filter(|message| self.is_of_last_round(message)) {
            let is_review = matches!(message.from, Source::Review { .. });
            if is_review && !reviewers.contains(&message.by) {
                reviewers.push(message.by.clone());
            }
        }
        reviewers
    }

    /// Who wanted changes that were not in what people were last asked to review.
    pub(in crate::domain) fn unasked(&mut self) -> Vec<Login> {
        let told = self.told();
        let since = std::mem::replace(&mut self.asked, told);
        let is_new = |message: &&Message| {
            since < message.number
                && matches!(message.from, Source::Review { .. })
                && matches!(message.state, Delivery::Acknowledged { .. })
        };
        self.messages.iter().filter(is_new).map(|message| message.by.clone()).collect()
    }

    fn is_of_last_round(&self, message: &Message) -> bool {
        match message.state {
            Delivery::Acknowledged { attempt } => self.uncounted < attempt.0,
            Delivery::Queued | Delivery::Delivered { .. } => false,
        }
    }
}
