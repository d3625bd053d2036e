//! The plan: what the team approves by ticking, in as many comments as it takes.

mod entry;
mod graph;
mod head;

use askama::Template;

use self::entry::Entry;
use super::{LONGEST, filters, marker, render};
use crate::domain::lint::Surroundings;
use crate::domain::plan::Plan;
use crate::domain::sprint::Sprint;

/// What a plan is shown with.
pub struct View<'a> {
    /// The sprint whose plan it is.
    pub sprint: &'a Sprint,
    /// What the plan is judged by besides itself.
    pub around: &'a Surroundings,
    /// How many agents may work at once.
    pub agents: usize,
    /// Where each part is that was posted already, the first first.
    pub links: &'a [String],
}

/// A wave, or what of it stands in one part.
struct Wave<'a> {
    title: String,
    /// Whether it began in an earlier part.
    continued: bool,
    approved: usize,
    /// Whether one sees its tasks only after a click.
    folded: bool,
    entries: &'a [Entry],
}

#[derive(Template)]
#[template(path = "comment/plan_part.md")]
struct Part<'a> {
    marker: String,
    milestone: &'a str,
    number: usize,
    parts: usize,
    first: String,
    before: Option<String>,
    next: Option<String>,
    waves: Vec<Wave<'a>>,
}

#[derive(Template)]
#[template(path = "comment/plan_empty.md")]
struct Empty<'a> {
    marker: String,
    first: &'a str,
}

/// From how many tasks on a wave is folded.
const MANY: usize = 30;

/// What is kept free in every part for what depends on how many parts there are.
const MARGIN: usize = 3_000;

/// What a wave takes besides its tasks.
const FRAME: usize = 250;

/// The marker of one part of a sprint's plan, from 1.
pub fn part_marker(part: usize) -> String {
    if part == 1 { marker("plan") } else { marker(&format!("plan/{part}")) }
}

/// The plan in parts, each as long as a comment may be; nothing if there is no plan yet. Every task
/// has its box in one of them.
pub fn parts(view: &View<'_>) -> Vec<String> {
    let Some(plan) = &view.sprint.plan else { return Vec::new() };
    let entries = Entry::all(plan, view.sprint);
    let head = head::Head::of(plan, view, &entries);
    let alone = head.written(1, Vec::new()).chars().count();
    let first = LONGEST.saturating_sub(alone + MARGIN);
    let shares = shares(&entries, first, LONGEST - MARGIN);
    let folded = MANY < plan.tasks.len();
    (1..)
        .zip(&shares)
        .map(|(number, share)| {
            let waves = waves(&entries, share.clone(), plan, folded);
            if number == 1 {
                head.written(shares.len(), waves)
            } else {
                render(&Part {
                    marker: part_marker(number),
                    milestone: &view.sprint.goal.milestone,
                    number,
                    parts: shares.len(),
                    first: link(view.links, 1),
                    before: (2 < number).then(|| link(view.links, number - 1)),
                    next: (number < shares.len()).then(|| link(view.links, number + 1)),
                    waves,
                })
            }
        })
        .collect()
}

/// A part by its name, and where it is as soon as that is known.
fn link(links: &[String], part: usize) -> String {
    match links.get(part - 1) {
        Some(address) => format!("[part {part}]({address})"),
        None => format!("part {part}"),
    }
}

/// What a part says that is not needed any more. It is not deleted: somebody may be reading it, or
/// have a box of it under the finger.
pub fn empty_part(part: usize, first: &str) -> String {
    render(&Empty { marker: part_marker(part), first })
}

/// Which entries stand in which part.
fn shares(entries: &[Entry], first: usize, others: usize) -> Vec<std::ops::Range<usize>> {
    let mut shares = Vec::new();
    let (mut begin, mut room) = (0, first);
    let mut wave = None;
    for (at, entry) in entries.iter().enumerate() {
        let frame = if wave == Some(entry.wave) { 0 } else { FRAME };
        let needed = entry.text.chars().count() + 1 + frame;
        // The first part may be full before it holds a task; any other one holds at least one.
        if room < needed && (begin < at || shares.is_empty()) {
            shares.push(begin..at);
            (begin, room) = (at, others);
        }
        wave = Some(entry.wave);
        room = room.saturating_sub(needed);
    }
    shares.push(begin..entries.len());
    shares
}

fn waves<'a>(
    entries: &'a [Entry],
    share: std::ops::Range<usize>,
    plan: &Plan,
    folded: bool,
) -> Vec<Wave<'a>> {
    let before = share.start.checked_sub(1).map(|at| entries[at].wave);
    let deep = plan.waves().len();
    entries[share]
        .chunk_by(|one, next| one.wave == next.wave)
        .map(|entries| {
            let wave = entries[0].wave;
            let title = if wave <= deep {
                format!("Wave {wave}")
            } else {
                "In a circle, or behind one".to_owned()
            };
            let approved = entries.iter().filter(|entry| entry.ticked).count();
            Wave { title, continued: before == Some(wave), approved, folded, entries }
        })
        .collect()
}
