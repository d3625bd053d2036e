//! The small things that many pages show.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::run;
use crate::domain::task;

/// How something stands: a color, an icon and a word, so that none of them is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Badge {
    /// The name of color and icon.
    pub kind: &'static str,
    /// The word.
    pub word: String,
}

impl Badge {
    /// How something stands.
    pub fn new(kind: &'static str, word: impl Into<String>) -> Self {
        Self { kind, word: word.into() }
    }

    /// How a run stands.
    pub fn of_run(state: run::State) -> Self {
        match state {
            run::State::Pending => Self::new("queued", "pending"),
            run::State::Running => Self::new("working", "running"),
            run::State::Paused => Self::new("paused", "paused"),
            run::State::Completed => Self::new("done", "completed"),
            run::State::Failed => Self::new("failed", "failed"),
            run::State::Cancelled => Self::new("cancelled", "cancelled"),
        }
    }

    /// How a task stands.
    pub fn of_task(task: &task::Task) -> Self {
        if task.is_held() && task.state.may_still_start() {
            let word = if task.held_by.is_some() { "paused" } else { "held back" };
            return Self::new("paused", word);
        }
        Self::new(kind_of(&task.state), task.state.word())
    }

    /// How tasks stand by the word that operators query by.
    pub fn of_status(status: &str) -> Self {
        let (kind, word) = match status {
            "waiting" => ("waiting", "waiting"),
            "assigned" => ("queued", "in the queue"),
            "in_progress" => ("working", "at work"),
            "asking" => ("review", "has questions"),
            "delegating" => ("waiting", "waiting on subtasks"),
            "rework" => ("working", "at work again"),
            "delivered" => ("delivered", "delivered"),
            "review" => ("review", "in review"),
            "closed" => ("closed", "closed unmerged"),
            "done" => ("done", "merged"),
            "failed" => ("failed", "failed"),
            "stopping" => ("cancelled", "being stopped"),
            "skipped" => ("skipped", "skipped"),
            _ => ("cancelled", "cancelled"),
        };
        Self::new(kind, word)
    }
}

fn kind_of(state: &task::State) -> &'static str {
    match state {
        task::State::Waiting | task::State::Delegating { .. } => "waiting",
        task::State::Assigned { .. } => "queued",
        task::State::InProgress { .. } | task::State::Rework { .. } => "working",
        task::State::Delivered { .. } | task::State::AgentReview { .. } => "delivered",
        // A person must act.
        task::State::Review { .. } | task::State::Asking { .. } | task::State::Spent { .. } => {
            "review"
        }
        task::State::Closed { .. } => "closed",
        task::State::Done { .. } => "done",
        task::State::Failed { .. } => "failed",
        task::State::Stopping { .. } | task::State::Cancelled { .. } => "cancelled",
        task::State::Skipped { .. } => "skipped",
    }
}

/// A moment, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// Exactly.
    pub at: String,
    /// As one says it.
    #[serde(skip)]
    pub ago: String,
}

impl Moment {
    /// A moment, as one says it now.
    pub fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let seconds = (now - at).num_seconds();
        let ago = match seconds {
            ..10 => "just now".to_owned(),
            _ => format!("{} ago", span(seconds)),
        };
        Self { at: at.to_rfc3339_opts(SecondsFormat::Secs, true), ago }
    }
}

/// How long something took, or takes until now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Elapsed {
    /// In seconds.
    pub seconds: i64,
    /// Since when, while it is not over.
    pub since: Option<String>,
    /// As one says it.
    #[serde(skip)]
    pub words: String,
}

impl Elapsed {
    /// From one moment to another, or to now.
    pub fn new(from: DateTime<Utc>, to: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let seconds = (to.unwrap_or(now) - from).num_seconds().max(0);
        let since = to.is_none().then(|| from.to_rfc3339_opts(SecondsFormat::Secs, true));
        Self { seconds, since, words: span(seconds) }
    }
}

/// So many seconds, in at most two units.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// The part of a long list that a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The first one that is shown, from 1.
    pub from: usize,
    /// How many there are.
    total: usize,
}

/// How many of a long list a page shows; a page has less than 100 KB.
const MOST: usize = 75;

impl Part {
    /// The part that holds the `from`th of so many.
    pub fn new(from: Option<usize>, total: usize) -> Self {
        let from = from.unwrap_or(1).clamp(1, total.max(1));
        Self { from: (from - 1) / MOST * MOST + 1, total }
    }

    /// What of a list is in it.
    pub fn of<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let begin = (self.from - 1).min(all.len());
        &all[begin..(begin + MOST).min(all.len())]
    }

    /// Whether there is more than one.
    pub fn is_needed(&self) -> bool {
        MOST < self.total
    }

    /// All parts: the first and the last of each.
    pub fn parts(&self) -> Vec<(usize, usize)> {
        let begins = (1..=self.total).step_by(MOST);
        begins.map(|from| (from, (from + MOST - 1).min(self.total))).collect()
    }
}

/// Something a page leads to on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Its name.
    pub text: String,
    /// Where it is.
    pub href: String,
}

/// A line of the activity feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// Because of whom.
    pub by: String,
    /// About which task, if about one.
    pub task: Option<i64>,
    /// What.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_shown_in_parts() {
        let all: Vec<usize> = (1..=160).collect();
        let part = Part::new(Some(80), all.len());
        assert_eq!(part.of(&all), &all[75..150]);
        assert_eq!(part.parts(), [(1, 75), (76, 150), (151, 160)]);
        assert_eq!(Part::new(Some(999), 160).of(&all), &all[150..]);
        assert!(!Part::new(None, 75).is_needed());
        assert!(Part::new(Some(7), 0).of::<usize>(&[]).is_empty());
    }

    #[test]
    fn a_span_has_two_units_at_most() {
        let words: Vec<_> = [-5, 7, 125, 4_000, 200_000].map(span).into_iter().collect();
        assert_eq!(words, ["0 s", "7 s", "2 min 5 s", "1 h 6 min", "2 d 7 h"]);
    }
}
