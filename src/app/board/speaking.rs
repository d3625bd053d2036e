//! What people say to the planner and to agents from the dashboard: in as many lines as they like.

use super::super::apply::Applied;
use super::super::{App, Result};
use crate::domain::answers::{Given, Which};
use crate::domain::command::{Ask, Command, Line};
use crate::domain::effect::Said;
use crate::domain::ids::{CommentId, Login, TaskNumber};
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

    /// Passes on what somebody says to an agent. An owner guides their agent also where they cannot write; the domain
    /// knows.
    pub(super) async fn say_from_page(
        &self,
        person: &Login,
        sprint: &Sprint,
        ask: &Ask,
        key: &str,
    ) -> Result<Applied> {
        let said = self.said_on_page(person, sprint, Vec::new());
        self.ask_agent(&sprint.id, None, ask, &said, key, None).await
    }

    /// Passes on what somebody answers.
    pub(super) async fn answer_from_page(
        &self,
        person: &Login,
        (sprint, permission): (&Sprint, Permission),
        answer: &Answer,
        key: &str,
    ) -> Result<Applied> {
        let said = self.said_on_page(person, sprint, Vec::new());
        let given = vec![given(answer.question, answer.text.as_ref())];
        if let Some(task) = answer.task {
            let words = answer.text.as_deref().unwrap_or("skip");
            return self.answer_agent(&sprint.id, task, (given, words), &said, key, None).await;
        }
        let command = Command::Answer { given: given.clone(), words: String::new() };
        if let Err(refusal) = may_ask(&command, Asker::Person(permission)) {
            return Ok(Applied::Refused(vec![refusal]));
        }
        self.take_answers(&sprint.id, given, &said, key, None).await
    }
}

fn given(question: u32, text: Option<&String>) -> Given {
    Given { to: Which::Number(question), text: text.cloned(), certain: true, instead_of: None }
}
