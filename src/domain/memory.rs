//! What one piece of work taught, kept for the next: short notes of a project's agents and people.

mod recall;
mod secrets;
pub mod tools;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use recall::recall;
pub use secrets::looks_secret;

use super::ids::{AgentName, Login, ProjectName, RepoName, RunId, TaskNumber};
use super::task::State;

/// The longest note, in characters.
pub const LONGEST: usize = 500;

/// How many notes a task's agent may make.
pub const MOST_OF_TASK: usize = 10;

/// How many notes a project keeps.
pub const MOST_OF_PROJECT: usize = 500;

/// How much of a prompt may be notes, in characters.
pub const BUDGET: usize = 4_000;

/// How many notes are answered when an agent asks for some.
pub const MOST_ANSWERED: usize = 10;

/// Something worth knowing in later work on a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Whose it is; nobody else's agents ever see it.
    pub project: ProjectName,
    /// Its place among the project's notes, from 1.
    pub number: NoteNumber,
    /// The one agent it is for; `None` for all of the project's.
    pub agent: Option<AgentName>,
    /// What it says.
    pub text: String,
    /// Where it comes from.
    pub source: Source,
    /// Whether it counts.
    pub standing: Standing,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The person who changed it last.
    pub changed_by: Option<Login>,
}

/// Where a note comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Who made it: an agent or a person.
    pub by: String,
    /// Where they were.
    pub repo: RepoName,
    /// At which task of which run, if an agent made it.
    pub task: Option<(RunId, TaskNumber)>,
}

/// Whether a note counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Standing {
    /// Only for the task it comes from, until that is merged.
    Tentative,
    /// For whoever works on the project.
    Kept,
    /// For nobody, because the pull request it comes from was thrown away.
    Dropped,
    /// For nobody, because a person said so; its words are gone.
    Forgotten,
}

/// Something that is to be a note.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// For which agent; `None` for all of the project's.
    pub agent: Option<AgentName>,
    /// What it says.
    pub text: String,
    /// Where it comes from.
    pub source: Source,
}

/// Why something is no note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// It says nothing.
    #[error("a note needs words")]
    Empty,
    /// It is a document.
    #[error("a note has at most {LONGEST} characters, and this one has {0}")]
    TooLong(usize),
    /// It holds what nobody should read.
    #[error("it looks as if there were a password, key or token in it; notes are read by many")]
    Secret,
    /// There are enough of this task.
    #[error("this task has {MOST_OF_TASK} notes already")]
    EnoughOfTask,
    /// There are enough of the project.
    #[error("the project has {MOST_OF_PROJECT} notes, which is as many as it keeps")]
    Full,
    /// Somebody noted that before.
    #[error("that is {0} already")]
    Known(NoteNumber),
}

/// What a person wants of the notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// See them.
    List,
    /// Make one.
    Add {
        /// What it says.
        text: String,
        /// For which agent; `None` for all.
        agent: Option<AgentName>,
    },
    /// Have one say something else.
    Edit {
        /// Which.
        note: NoteNumber,
        /// What.
        text: String,
    },
    /// Have nobody recall one any more.
    Forget {
        /// Which.
        note: NoteNumber,
    },
}

/// What a person did to a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Made it.
    Added(NoteNumber),
    /// Had it say something else.
    Edited(NoteNumber),
    /// Had it forgotten.
    Forgotten(NoteNumber),
}

impl Standing {
    /// What becomes of a task's notes when its state changes: those of the first kind are of the second
    /// then. What was merged is true of the code; what was thrown away may not be, until somebody opens
    /// it again.
    pub fn change(before: &State, after: &State) -> Option<(Self, Self)> {
        let was_closed = matches!(before, State::Closed { .. });
        match after {
            State::Done { .. } if was_closed => Some((Self::Dropped, Self::Kept)),
            State::Done { .. } => Some((Self::Tentative, Self::Kept)),
            State::Review { .. } if was_closed => Some((Self::Dropped, Self::Tentative)),
            State::Closed { .. } | State::Cancelled { .. } | State::Skipped { .. } => {
                Some((Self::Tentative, Self::Dropped))
            }
            State::Waiting
            | State::Assigned { .. }
            | State::InProgress { .. }
            | State::Asking { .. }
            | State::Delegating { .. }
            | State::Spent { .. }
            | State::Stopping { .. }
            | State::Delivered { .. }
            | State::AgentReview { .. }
            | State::Review { .. }
            | State::Rework { .. }
            | State::Failed { .. } => None,
        }
    }

    /// Whether anybody recalls such a note.
    pub fn counts(self) -> bool {
        match self {
            Self::Tentative | Self::Kept => true,
            Self::Dropped | Self::Forgotten => false,
        }
    }
}

impl Note {
    /// Whether an agent at a task, or at a plan, may know it.
    pub fn is_for(&self, agent: &AgentName, task: Option<&(RunId, TaskNumber)>) -> bool {
        let counts = match self.standing {
            Standing::Kept => true,
            Standing::Tentative => task.is_some() && self.source.task.as_ref() == task,
            Standing::Dropped | Standing::Forgotten => false,
        };
        counts && self.agent.as_ref().is_none_or(|one| one == agent)
    }
}

/// What a note is to say, if it can be one.
pub fn words(text: &str) -> Result<String, Unfit> {
    // Neither a database nor a page can hold what is not a character.
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Unfit::Empty);
    }
    if LONGEST < length {
        return Err(Unfit::TooLong(length));
    }
    if looks_secret(text) {
        return Err(Unfit::Secret);
    }
    Ok(text.to_owned())
}

/// The note that `draft` becomes among all notes its project ever had.
pub fn remember(
    all: &[Note],
    project: &ProjectName,
    draft: Draft,
    now: DateTime<Utc>,
) -> Result<Note, Unfit> {
    let text = words(&draft.text)?;
    let living = || all.iter().filter(|note| note.standing.counts());
    let same = |note: &&Note| note.text == text && note.agent == draft.agent;
    if let Some(known) = living().find(same) {
        return Err(Unfit::Known(known.number));
    }
    if MOST_OF_PROJECT <= living().count() {
        return Err(Unfit::Full);
    }
    let of_task = living().filter(|note| note.source.task == draft.source.task).count();
    if draft.source.task.is_some() && MOST_OF_TASK <= of_task {
        return Err(Unfit::EnoughOfTask);
    }
    let last = all.iter().map(|note| note.number.0).max().unwrap_or(0);
    // What a person says counts at once.
    let standing = if draft.source.task.is_some() { Standing::Tentative } else { Standing::Kept };
    Ok(Note {
        project: project.clone(),
        number: NoteNumber(last + 1),
        agent: draft.agent,
        text,
        source: draft.source,
        standing,
        made_at: now,
        changed_by: None,
    })
}

/// A note's place among those of its project, as people write it: `M3`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct NoteNumber(pub i64);

impl fmt::Display for NoteNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "M{}", self.0)
    }
}

/// A word that is not a note, like `M3`.
#[derive(Debug, PartialEq)]
pub struct NotANote;

impl FromStr for NoteNumber {
    type Err = NotANote;

    /// `M3`, `m3` or `3`.
    fn from_str(word: &str) -> Result<Self, NotANote> {
        let digits = word.strip_prefix(['m', 'M']).unwrap_or(word);
        let number = digits.parse().ok().filter(|number| (1..=1_000_000).contains(number));
        number
            .filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()))
            .map(Self)
            .ok_or(NotANote)
    }
}

#[cfg(test)]
mod tests;
