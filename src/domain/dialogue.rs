//! What people and a task's agent say to each other while the task is under way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use decide::{Event, Given, Spoken};
pub use listening::{Meaning, Remark};

mod decide;
mod idling;
mod listening;
pub mod tools;

use super::answers::{self, Which};
use super::ids::{Attempt, CommentId, CommitSha, IssueRef, Login, PullNumber};
use super::review::Opinion;

/// The longest text of a person that is passed on, in characters.
pub const LONGEST_MESSAGE: usize = 8_000;

/// How many questions an agent may have open at once.
pub const MOST_QUESTIONS: usize = 3;

/// How many messages may wait for one agent; whoever writes more is told so.
pub const MOST_WAITING: usize = 50;

/// Everything that was said about a task, in both directions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialogue {
    /// What people said to the agent, oldest first.
    pub messages: Vec<Message>,
    /// What the agent wanted to know, oldest first.
    pub questions: Vec<Question>,
    /// What the agent last said it is doing.
    pub progress: Option<String>,
    /// What the review agent said last.
    pub opinion: Option<Opinion>,
    /// The last message at the time when people were last asked for a review.
    pub asked: u32,
    /// The try that people are still to be asked to review, once the review agent has seen it.
    #[serde(default)]
    pub unreviewed: Option<Attempt>,
    /// How many turns in a row ended with neither a commit, nor a change, nor a question.
    pub idle: u32,
    /// How many of the task's tries do not count as tries, because nothing had failed before them.
    pub uncounted: i64,
}

/// Something a person said to a task's agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its place among the task's messages, from 1.
    pub number: u32,
    /// Where it was said.
    pub from: Source,
    /// Who said it.
    pub by: Login,
    /// When it was heard.
    pub at: DateTime<Utc>,
    /// What was said.
    pub text: String,
    /// Whether it interrupts the agent's turn.
    #[serde(default)]
    pub now: bool,
    /// The questions it answers.
    #[serde(default)]
    pub answers: Vec<u32>,
    /// What was said about single lines.
    #[serde(default)]
    pub threads: Vec<Thread>,
    /// Where it is.
    pub state: Delivery,
    /// What the agent said at the end of the turn in which it was told.
    #[serde(default)]
    pub reply: Option<String>,
}

/// Where a message is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Delivery {
    /// It waits for the agent's next turn.
    Queued,
    /// The agent was told, at the beginning of this turn.
    Delivered {
        /// In which try.
        attempt: Attempt,
        /// In which of its turns, from 1.
        turn: u32,
    },
    /// The agent ended the turn in which it was told.
    Acknowledged {
        /// In which try.
        attempt: Attempt,
    },
}

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum Source {
    /// In a comment on an issue or pull request.
    Comment {
        /// Where.
        on: IssueRef,
        /// Which comment.
        comment: CommentId,
    },
    /// On the dashboard.
    Page,
    /// In a review.
    Review {
        /// Of which pull request.
        pull: PullNumber,
        /// GitHub's id of the review.
        review: i64,
    },
    /// In a comment on a line.
    Line {
        /// Of which pull request.
        pull: PullNumber,
        /// GitHub's id of the comment.
        comment: i64,
    },
    /// The review agent said it.
    Reviewer {
        /// Of which try.
        attempt: Attempt,
    },
    /// Nobody said it: a check of this commit failed.
    Check {
        /// Of which commit.
        sha: CommitSha,
    },
    /// Nobody said it: the pull request conflicts with its base.
    Conflict {
        /// Where the base stands.
        base: CommitSha,
    },
}

/// A thread of a review: what was said about one place of the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// GitHub's id of the thread's first comment.
    pub id: i64,
    /// GitHub's id of the comment itself.
    pub comment: i64,
    /// In which file.
    pub path: String,
    /// At which line, if it is still there.
    pub line: Option<i64>,
    /// The lines around it.
    pub hunk: String,
    /// Who wrote it.
    pub by: Login,
    /// What was said.
    pub text: String,
    /// What the agent answers.
    #[serde(default)]
    pub answer: Option<String>,
}

/// Something a task's agent wants to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its place among the task's questions, from 1.
    pub number: u32,
    /// The try in which it was asked.
    pub attempt: Attempt,
    /// The question.
    pub text: String,
    /// Answers one may choose from.
    #[serde(default)]
    pub options: Vec<String>,
    /// What came of it; `None` while it is open.
    #[serde(default)]
    pub answer: Option<super::planning::Answer>,
}

impl Question {
    /// Whether somebody means this one.
    pub fn is_meant(&self, which: &Which) -> bool {
        match which {
            Which::Number(number) => self.number == *number,
            Which::Quoted(words) => {
                self.answer.is_none() && answers::is_quoted_from(&self.text, words)
            }
            Which::Open => self.answer.is_none(),
        }
    }
}

/// How often a task's agent is sent back by checks and conflicts before its owner is asked.
pub const MOST_ROUNDS: usize = 3;

impl Source {
    /// Whether a person said it.
    pub fn is_a_person(&self) -> bool {
        match self {
            Self::Comment { .. } | Self::Page | Self::Review { .. } | Self::Line { .. } => true,
            Self::Reviewer { .. } | Self::Check { .. } | Self::Conflict { .. } => false,
        }
    }
}

impl Source {
    fn is_the_reviewer(&self) -> bool {
        matches!(self, Self::Reviewer { .. })
    }
}

impl Dialogue {
    /// How often checks and conflicts sent the agent back since a person said something.
    pub fn rounds(&self) -> usize {
        self.since_a_person().filter(|message| !message.from.is_the_reviewer()).count()
    }

    /// How often the review agent sent the agent back since a person said something.
    pub fn returns(&self) -> usize {
        self.since_a_person().filter(|message| message.from.is_the_reviewer()).count()
    }

    /// What the agent answered when the review agent sent this try back.
    pub fn answer_to_review(&self, of: Attempt) -> Option<&str> {
        let sent_back = Source::Reviewer { attempt: of };
        self.messages.iter().find(|message| message.from == sent_back)?.reply.as_deref()
    }

    fn since_a_person(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().rev().take_while(|message| !message.from.is_a_person())
    }

    /// Whether the agent may rewrite what is on its branch, because that conflicts with the base.
    pub fn may_rebase(&self) -> bool {
        let is_present = |message: &&Message| match message.state {
            Delivery::Queued | Delivery::Delivered { .. } => true,
            Delivery::Acknowledged { attempt } => self.uncounted < attempt.0,
        };
        let is_conflict = |message: &Message| matches!(message.from, Source::Conflict { .. });
        self.messages.iter().filter(is_present).any(is_conflict)
    }

    /// The messages the agent has not been told yet.
    pub fn queued(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.state == Delivery::Queued)
    }

    /// Whether a message waits for the agent.
    pub fn has_queued(&self) -> bool {
        self.queued().next().is_some()
    }

    /// The latest message that is to interrupt the agent; 0 if there is none.
    pub fn urgent(&self) -> u32 {
        self.queued().filter(|message| message.now).map(|one| one.number).max().unwrap_or(0)
    }

    /// The latest message the agent was told; 0 if there is none.
    pub fn told(&self) -> u32 {
        let told = self.messages.iter().filter(|message| message.state != Delivery::Queued);
        told.map(|message| message.number).max().unwrap_or(0)
    }

    /// The messages the agent was told at the beginning of a turn.
    pub fn of_turn(&self, attempt: Attempt, turn: u32) -> impl Iterator<Item = &Message> {
        let then = Delivery::Delivered { attempt, turn };
        self.messages.iter().filter(move |message| message.state == then)
    }

    /// The questions nobody has answered.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|question| question.answer.is_none())
    }

    /// Whether the agent waits for an answer.
    pub fn asks(&self) -> bool {
        self.open().next().is_some()
    }

    /// The question of that number.
    pub fn question(&self, number: u32) -> Option<&Question> {
        self.questions.iter().find(|question| question.number == number)
    }

    /// The message of that number.
    pub fn message(&self, number: u32) -> Option<&Message> {
        self.messages.iter().find(|message| message.number == number)
    }

    /// Which try this is among those that count.
    pub fn counted(&self, attempt: Attempt) -> i64 {
        attempt.0 - self.uncounted
    }
}
