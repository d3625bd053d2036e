//! What people and a task's agent say to each other, on the task's page.

use serde::Serialize;
use utoipa::ToSchema;

use super::parts::Moment;
use super::sprint::Question;

/// What was said about a task.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Talk {
    /// What was said to the agent, oldest first.
    pub messages: Vec<Message>,
    /// What the agent asked.
    pub questions: Vec<Question>,
    /// The places of the code that a review spoke of.
    pub threads: Vec<Thread>,
    /// What the agent last said it is doing.
    pub progress: Option<String>,
}

/// Something that was said to the agent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Message {
    /// Its place among the task's messages, from 1.
    pub number: u32,
    /// Who said it; none where a check or a conflict did.
    pub by: Option<String>,
    /// Where, in words.
    pub place: &'static str,
    /// When.
    pub at: Moment,
    /// What.
    pub text: String,
    /// Whether it interrupts the agent's turn.
    pub now: bool,
    /// `queued`, `delivered` or `acknowledged`.
    pub state: &'static str,
    /// What the agent said at the end of its turn.
    pub reply: Option<String>,
}

/// A place of the code that a review spoke of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Thread {
    /// In which file.
    pub path: String,
    /// At which line, if it is still there.
    pub line: Option<i64>,
    /// Who.
    pub by: String,
    /// What.
    pub text: String,
    /// What the agent answered.
    pub answer: Option<String>,
}

impl Talk {
    /// How many threads the agent has not answered.
    pub fn open_threads(&self) -> usize {
        self.threads.iter().filter(|thread| thread.answer.is_none()).count()
    }
}
