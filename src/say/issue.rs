//! The issue of a task that people or a planner added.

use super::{LONGEST, harmless};
use crate::domain::plan::PlannedTask;
use crate::domain::planner::ACCEPTANCE;

/// An issue's text: what is to be done, and how one sees that it is done.
pub fn body(task: &PlannedTask) -> String {
    let mut body = harmless::block(&task.text, LONGEST);
    if !task.acceptance.is_empty() {
        let lines = task.acceptance.iter().map(|one| format!("\n- {}", harmless::sentence(one)));
        body.extend(["\n\n", ACCEPTANCE, "\n"].map(str::to_owned));
        body.extend(lines);
    }
    body.trim().to_owned()
}
