//! What agents and people noted about a project.

use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::Moment;
use super::{Frame, filters, page};

/// The notes of a project, as a person sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Memory)]
pub struct View {
    /// The project.
    pub project: String,
    /// What was looked for.
    pub about: String,
    /// How many notes there are in all.
    pub total: usize,
    /// Those that were found: the best first, or else the latest.
    pub notes: Vec<Note>,
    /// The agents one can note something for.
    pub roster: Vec<String>,
}

/// A note.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Note {
    /// Its number: 3 is what people write as `M3`.
    pub number: i64,
    /// What it says.
    pub text: String,
    /// The only agent it is for; none, where it is for all.
    pub agent: Option<String>,
    /// Who made it.
    pub by: String,
    /// Where they were.
    pub repo: String,
    /// At which task, if an agent made it.
    pub task: Option<i64>,
    /// That task's page.
    pub href: Option<String>,
    /// Whether it counts only once its pull request is merged.
    pub is_tentative: bool,
    /// When it was made.
    pub made: Moment,
    /// The person who changed it last.
    pub changed_by: Option<String>,
}

#[derive(Template)]
#[template(path = "page/notes.html")]
struct Page<'a> {
    frame: &'a Frame,
    view: &'a View,
    shown: &'a [Note],
}

/// How many notes a page shows; the others are found by looking for them.
const MOST: usize = 60;

/// The page of a project's notes.
pub fn show(frame: &Frame, view: &View) -> String {
    page(&Page { frame, view, shown: &view.notes[..view.notes.len().min(MOST)] })
}
