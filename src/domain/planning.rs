//! The planner agent's work on a plan, and what it asks the team meanwhile.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use decide::{Event, Proposed};

mod answering;
mod decide;

use super::answers::{Given, Which, is_quoted_from};
use super::effect::Asked;
use super::ids::{Attempt, Login};
use super::work::Class;

/// How often a submission may be sent back before we give up.
pub const MOST_ROUNDS: u32 = 3;

/// How many questions may be asked in one round.
pub const MOST_QUESTIONS: usize = 5;

/// The longest question, and the longest option, in characters.
pub const LONGEST_QUESTION: usize = 500;

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
    /// How many turns of the present try ended.
    pub turns: u32,
    /// How often the present try was sent back, or ended a turn with nothing.
    pub rejections: u32,
    /// Whether something was sent back since the present turn began.
    pub judged: bool,
    /// What was wrong with the latest submission.
    pub flaws: Vec<String>,
}

/// One try at one planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try {
    /// Which planning, among the sprint's.
    pub number: i64,
    /// Which try.
    pub attempt: Attempt,
}

/// Why a planning ended without a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Unplanned {
    /// Everything it submitted had flaws; these are the last.
    Flawed {
        /// What was wrong.
        flaws: Vec<String>,
    },
    /// It ended its turns without submitting or asking anything.
    Silent,
    /// The execution failed, every time it was tried.
    Broken {
        /// The kind of failure.
        class: Class,
        /// What happened the last time.
        message: String,
        /// How many tries there were.
        attempts: i64,
    },
}

/// A question as the agent puts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The question.
    pub text: String,
    /// Answers one may choose from.
    pub options: Vec<String>,
    /// Who should answer, if not whoever asked for the plan.
    pub to: Option<Login>,
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
    /// The planning in which it was asked.
    pub round: i64,
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
    /// The questions the team can see and nobody has answered or skipped.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.posted().filter(|question| question.answer.is_none())
    }

    /// The questions the team can see.
    pub fn posted(&self) -> impl Iterator<Item = &Question> {
        let hidden = self.session.as_ref().filter(|session| session.is_live());
        let hidden = hidden.map(|session| session.number);
        self.questions.iter().filter(move |question| Some(question.round) != hidden)
    }

    /// The questions of one round.
    pub fn of_round(&self, round: i64) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(move |question| question.round == round)
    }

    /// The planning at work, if this try is it.
    pub fn at_work(&self, of: Try) -> Option<&Session> {
        self.session.as_ref().filter(|session| session.is_at(of))
    }

    /// Whether a planning waits for a worker or is at work.
    pub fn is_live(&self) -> bool {
        self.session.as_ref().is_some_and(Session::is_live)
    }

    /// The answers that were meant, by the number of the question. What is not a question the team
    /// can see is left out, and so are lines that only begin with a number by chance.
    pub fn meant<'a>(&self, given: &'a [Given]) -> Vec<(u32, &'a Given)> {
        let mut meant = Vec::new();
        for one in given {
            meant.extend(self.of_which(one).into_iter().map(|number| (number, one)));
        }
        meant
    }

    fn of_which(&self, given: &Given) -> Vec<u32> {
        let is_meant = |question: &&Question| match &given.to {
            Which::Number(number) => {
                question.number == *number && (given.certain || question.may_be_answered_by(given))
            }
            Which::Quoted(words) => is_quoted_from(&question.text, words),
            Which::Open => question.answer.is_none(),
        };
        self.posted().filter(is_meant).map(|question| question.number).collect()
    }
}

impl Question {
    /// Whether nobody answered it, or only the words that this takes the place of.
    fn may_be_answered_by(&self, given: &Given) -> bool {
        let Some(answer) = &self.answer else { return true };
        answer.text.is_some() && answer.text == given.instead_of
    }
}

impl Session {
    /// Whether it waits for a worker or is at work.
    pub fn is_live(&self) -> bool {
        match self.state {
            State::Queued { .. } | State::Working { .. } => true,
            State::Asking | State::Planned | State::Failed { .. } => false,
        }
    }

    /// Whether it is this try that is awaited or at work.
    pub fn is_at(&self, of: Try) -> bool {
        let attempt = match self.state {
            State::Queued { attempt } | State::Working { attempt } => attempt,
            State::Asking | State::Planned | State::Failed { .. } => return false,
        };
        self.number == of.number && attempt == of.attempt
    }
}
