//! The issue of a task that people or a planner added.

use super::{LONGEST, harmless};
use crate::domain::ids::Login;
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

/// A sprint issue's text, for somebody who opened it from the dashboard: their own words, and who
/// it was, because GitHub shows that it was us.
pub fn goal(text: &str, by: &Login) -> String {
    let words = harmless::block(text, LONGEST);
    let who = format!("*Opened by {} from the dashboard.*", harmless::sentence(&by.0));
    if words.is_empty() { who } else { format!("{words}\n\n{who}") }
}
