//! Why something does not move, on a page.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::Moment;
use crate::domain::why::Why;

/// Why a sprint or one of its tasks does not move, and why each of its tasks does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Why)]
pub struct View {
    /// The one reason.
    pub why: Because,
    /// The reason of each open task, where the whole sprint was asked about.
    pub each: Vec<Because>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Because {
    /// Which task; none for the sprint as a whole.
    pub task: Option<i64>,
    /// The reason.
    pub what: String,
    /// What happens next.
    pub next: String,
    /// The people of whom one must act; nobody, if it goes on by itself.
    pub people: Vec<String>,
    /// Since when it has been so.
    pub since: Option<Moment>,
}

impl Because {
    /// A reason, in words.
    pub fn new(why: &Why, now: DateTime<Utc>) -> Self {
        Self {
            task: why.task.map(|task| task.0),
            what: why.text(),
            next: why.next(),
            people: why.people.iter().map(|person| person.0.clone()).collect(),
            since: why.since.map(|since| Moment::new(since, now)),
        }
    }
}
