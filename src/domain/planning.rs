//! The planner agent's work on a plan, and what it asks the team meanwhile.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::effect::Asked;
use super::ids::{Attempt, Login};

/// What a planner agent does for a sprint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planning {
    /// Its latest work, if a planner agent was ever asked.
    pub session: Option<Session>,
    /// Everything it ever asked, by number.
    pub questions: Vec<Question>,
}

/// One time the team asked for a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its place among the sprint's, from 1.
    pub number: i64,
    /// Who asked for it, where.
    pub asked: Asked,
    /// Whether what people decided about the plan before is to be forgotten.
    pub fresh: bool,
    /// When it was asked for.
    pub since: DateTime<Utc>,
    /// Where it is.
    pub state: State,
}

/// Where a planning session is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// It waits for a worker.
    Queued {
        /// Which try.
        attempt: Attempt,
    },
    /// The agent reads and thinks.
    Working {
        /// Which try.
        attempt: Attempt,
    },
    /// Its questions are with the team.
    Asking,
    /// It submitted a plan.
    Planned,
    /// There is no plan, for a reason the team was told.
    Failed {
        /// The reason, in words.
        why: String,
    },
}

/// Something the planner agent wants to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its number among the sprint's questions, from 1.
    pub number: u32,
    /// The question.
    pub text: String,
    /// Answers one may choose from, if the agent offers any.
    pub options: Vec<String>,
    /// Who should answer.
    pub to: Login,
    /// What came of it; `None` while it is open.
    pub answer: Option<Answer>,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Who said so.
    pub by: Login,
    /// What; `None` where the question was skipped.
    pub text: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Planning {
    /// The questions nobody has answered or skipped.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|question| question.answer.is_none())
    }
}
