//! What people say to the planner and to agents from the dashboard: in as many lines as they like.

use super::super::apply::Applied;
use super::super::{App, Result};
use super::act::Act;
use crate::domain::answers::{Given, Which};
use crate::domain::command::{Command, Line};
use crate::domain::effect::Said;
use crate::domain::ids::{CommentId, Login, SprintId, TaskNumber};
use crate::domain::permission::{Asker, Permission, may_ask};
use crate::domain::sprint::Sprint;

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The task whose agent asked; none for the planner.
    pub task: Option<TaskNumber>,
    /// Which question.
    pub question: u32,
    /// What; nothing, where the question is skipped.
    pub text: Option<String>,
}

impl App {
    /// What is said on a page, as if it were said on the sprint issue: there people are told what
    /// came of it.
    pub(super) fn said_on_page(&self, by: &Login, sprint: &Sprint, lines: Vec<Line>) -> Said {
        // No comment has such a number, and no two acts have the same.
        let comment = CommentId(-self.clock().now().timestamp_micros());
        Said { on: sprint.issue_ref(), comment, by: by.clone(), lines }
    }

    /// Passes on what somebody says, or answers.
    pub(super) async fn speak_from_page(
        &self,
        person: &Login,
        sprint: &Sprint,
        permission: Permission,
        act: &Act,
        key: &str,
    ) -> Result<Applied> {
        let said = self.said_on_page(person, sprint, Vec::new());
        let id: &SprintId = &sprint.id;
        match act {
            // An owner guides their agent also where they cannot write; the domain knows.
            Act::Ask(ask) => self.ask_agent(id, None, ask, &said, key, None).await,
            Act::Answer(Answer { task: Some(task), question, text }) => {
                let words = text.clone().unwrap_or_else(|| "skip".to_owned());
                let given = given(*question, text.as_ref());
                self.answer_agent(id, *task, (vec![given], &words), &said, key, None).await
            }
            Act::Answer(Answer { task: None, question, text }) => {
                let given = vec![given(*question, text.as_ref())];
                let command = Command::Answer { given: given.clone(), words: String::new() };
                if let Err(refusal) = may_ask(&command, Asker::Person(permission)) {
                    return Ok(Applied::Refused(vec![refusal]));
                }
                self.take_answers(id, given, &said, key, None).await
            }
            Act::Line(_) | Act::Approve { .. } => Ok(Applied::Ignored),
        }
    }
}

fn given(question: u32, text: Option<&String>) -> Given {
    Given { to: Which::Number(question), text: text.cloned(), certain: true, instead_of: None }
}
