//! What agents and people noted, as others read it.

use askama::Template;

use super::{as_many_as_fit, filters, render};
use crate::domain::ids::{Login, ProjectName};
use crate::domain::memory::{Change, Note, Standing};

#[derive(Template)]
#[template(path = "prompt/notes.md")]
struct Recalled {
    notes: Vec<String>,
}

/// Notes as an agent reads them: data between two lines that say so, a line each, so that none can
/// write the line that ends them.
pub fn recalled(notes: &[Note]) -> String {
    let line = |note: &Note| {
        let words = note.text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}, {}: {words}", note.number, note.source.repo)
    };
    render(&Recalled { notes: notes.iter().map(line).collect() })
}

#[derive(Template)]
#[template(path = "comment/notes.md")]
struct List<'a> {
    project: &'a ProjectName,
    lines: &'a [Line<'a>],
    more: usize,
}

struct Line<'a> {
    note: &'a Note,
    source: String,
    is_tentative: bool,
}

/// The notes of a project that count, the latest first.
pub fn list(project: &ProjectName, notes: &[Note]) -> String {
    let counting = notes.iter().rev().filter(|note| note.standing.counts());
    let lines: Vec<_> = counting.map(line).collect();
    as_many_as_fit(lines.len(), |most| {
        render(&List { project, lines: &lines[..most], more: lines.len() - most })
    })
}

#[derive(Template)]
#[template(path = "export/notes.md")]
struct Exported<'a> {
    project: &'a ProjectName,
    lines: Vec<Line<'a>>,
}

/// These notes of a project as a file, the first one first.
pub fn exported(project: &ProjectName, notes: &[Note]) -> String {
    let mut text = render(&Exported { project, lines: notes.iter().map(line).collect() });
    text.push('\n');
    text
}

fn line(note: &Note) -> Line<'_> {
    let source = match &note.source.task {
        Some((_, task)) => format!("{} at T{task}", note.source.by),
        None => note.source.by.clone(),
    };
    Line { note, source, is_tentative: note.standing == Standing::Tentative }
}

#[derive(Template)]
#[template(path = "comment/note_changed.md")]
struct Changed<'a> {
    to: &'a Login,
    note: String,
    change: &'static str,
}

/// That a note was made, changed or forgotten.
pub fn changed(to: &Login, change: Change) -> String {
    let (note, change) = match change {
        Change::Added(note) => (note, "is noted: agents of this project are told when it matters"),
        Change::Edited(note) => (note, "says that now"),
        Change::Forgotten(note) => (note, "is forgotten: no agent is told any more"),
    };
    render(&Changed { to, note: note.to_string(), change })
}
