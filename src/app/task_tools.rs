//! What an agent asks for while it works on a task.

use serde_json::Value;

use super::executing::task_of;
use super::tools::{draft, refused};
use super::{App, Result};
use crate::db::executions::Execution;
use crate::domain::delegation::tools::DELEGATE;
use crate::domain::dialogue::tools::{ANSWER, LONGEST_PROGRESS, PROGRESS};
use crate::domain::dialogue::{Event, MOST_QUESTIONS};
use crate::domain::ids::TaskNumber;
use crate::domain::memory::tools::{RECALL, REMEMBER};
use crate::domain::proposal::ASK;
use crate::domain::work::{Lease, NextTurn, ToolAnswer, TurnEnded};
use crate::say;

impl App {
    /// Does what a task's agent asks for by a tool, and answers in words.
    pub(super) async fn call_task_tool(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        name: &str,
        arguments: &Value,
    ) -> Result<ToolAnswer> {
        match name {
            ASK => self.wonder_about_task(execution, lease, task, arguments).await,
            PROGRESS => self.progress(execution, lease, task, arguments).await,
            ANSWER => self.answer_thread(execution, lease, task, arguments).await,
            DELEGATE => self.delegate(execution, lease, task, arguments).await,
            REMEMBER => self.remember(execution, lease, task, arguments).await,
            RECALL => self.recall(execution, arguments).await,
            _ => Ok(refused("there is no such tool")),
        }
    }

    async fn wonder_about_task(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        asked: &Value,
    ) -> Result<ToolAnswer> {
        let draft = match draft(asked) {
            Ok(draft) => draft,
            Err(why) => return Ok(refused(&why)),
        };
        let event = Event::Wondered(execution.attempt, draft.clone());
        let sprint = self.agent_does(execution, lease, task, event).await?;
        let found = task_of(&sprint, execution);
        let question = found.and_then(|task| {
            task.dialogue.open().find(|question| question.text == draft.text).cloned()
        });
        Ok(match question {
            Some(question) => said(format!(
                "Asked, as question {}. Commit what is worth keeping and end your turn now: the \
                 answer comes with your next prompt.",
                question.number
            )),
            None => refused(&format!(
                "Not asked: {MOST_QUESTIONS} questions are open already, or your work is over. End \
                 your turn now."
            )),
        })
    }

    async fn progress(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        passed: &Value,
    ) -> Result<ToolAnswer> {
        let Some(text) = text(passed, "text") else {
            return Ok(refused("Not noted: it needs a sentence in `text`."));
        };
        let text = text.chars().take(LONGEST_PROGRESS).collect();
        let event = Event::Progressed(execution.attempt, text);
        self.agent_does(execution, lease, task, event).await?;
        Ok(said("Noted. Go on.".to_owned()))
    }

    async fn answer_thread(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        passed: &Value,
    ) -> Result<ToolAnswer> {
        let number = passed.get("thread").and_then(Value::as_i64);
        let (Some(number), Some(text)) = (number, text(passed, "text")) else {
            return Ok(refused("Not noted: it needs a number in `thread` and words in `text`."));
        };
        let event = Event::ThreadAnswered(execution.attempt, number, text.to_owned());
        let sprint = self.agent_does(execution, lease, task, event).await?;
        let mut threads = task_of(&sprint, execution)
            .into_iter()
            .flat_map(|task| task.dialogue.messages.iter().flat_map(|message| &message.threads));
        Ok(if threads.any(|thread| thread.id == number || thread.comment == number) {
            said("Noted. It is posted when your work is pushed.".to_owned())
        } else {
            refused("Not noted: there is no such thread.")
        })
    }

    /// What a task's agent does after a turn: what people said meanwhile, if they did.
    pub(super) async fn after_task_turn(
        &self,
        execution: &Execution,
        lease: &Lease,
        number: TaskNumber,
        ended: &TurnEnded,
    ) -> Result<NextTurn> {
        let (attempt, next) = (execution.attempt, ended.turn + 1);
        let event = Event::TurnEnded(attempt, ended.turn, ended.said.clone());
        let sprint = self.agent_does(execution, lease, number, event).await?;
        let Some(task) = task_of(&sprint, execution) else {
            return Ok(NextTurn::default());
        };
        let has_more = task.dialogue.of_turn(attempt, next).next().is_some();
        // Who was interrupted for something it knows already is not done.
        let prompt =
            (has_more || ended.interrupted).then(|| say::prompt::another_turn(task, attempt, next));
        let is_over = prompt.is_none();
        Ok(NextTurn {
            prompt,
            told: task.dialogue.told().into(),
            asks: is_over && task.dialogue.asks(),
            delegates: is_over && task.delegation.waits(),
        })
    }
}

pub(super) fn said(text: String) -> ToolAnswer {
    ToolAnswer { text, is_error: false }
}

pub(super) fn text<'a>(passed: &'a Value, name: &str) -> Option<&'a str> {
    let text = passed.get(name).and_then(Value::as_str).map(str::trim);
    text.filter(|text| !text.is_empty())
}
