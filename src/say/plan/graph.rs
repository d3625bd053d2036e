//! The plan as a mermaid graph.

use crate::domain::plan::Plan;

/// More than this and GitHub's renderer, or the reader, gives up.
const MOST_TASKS: usize = 60;
const MOST_EDGES: usize = 100;

/// What there is to draw.
pub(super) enum Graph {
    /// Nothing that the list does not say as well.
    Needless,
    /// More than one can read.
    TooBig {
        /// So many boxes.
        tasks: usize,
        /// So many arrows.
        edges: usize,
    },
    /// This.
    Drawn(String),
}

impl Graph {
    pub(super) fn of(plan: &Plan) -> Self {
        let edges: Vec<_> = plan
            .tasks
            .iter()
            .flat_map(|task| task.waits_for().map(|before| (before, task.number)))
            .collect();
        if plan.tasks.len() < 2 || edges.is_empty() {
            return Self::Needless;
        }
        if MOST_TASKS < plan.tasks.len() || MOST_EDGES < edges.len() {
            return Self::TooBig { tasks: plan.tasks.len(), edges: edges.len() };
        }
        let mut lines = vec!["graph LR".to_owned()];
        for task in &plan.tasks {
            lines.push(format!("  T{n}[\"T{n} · {}\"]", label(&task.title), n = task.number));
        }
        lines.extend(edges.iter().map(|(before, after)| format!("  T{before} --> T{after}")));
        Self::Drawn(lines.join("\n"))
    }
}

/// A title as mermaid takes it between quotes: letters, digits and plain punctuation.
fn label(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() || " ,.:-+'()/".contains(c) { c } else { ' ' })
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 40 {
        words
    } else {
        words.chars().take(39).chain(['…']).collect()
    }
}
