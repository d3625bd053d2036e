//! What the scripted agent does with a project's notes.

use serde_json::json;

use super::tools::Tools;
use super::{Turn, line};

impl Turn {
    /// Notes or looks for what a line `scripted: remember …` or `scripted: recall …` says; answers
    /// which of the notes it was told it kept to.
    pub(super) async fn keeps_notes(&self, first: &str) -> Result<String, String> {
        let asked = line(first, "scripted:").and_then(|words| words.split_once(' '));
        let mut found = String::new();
        if let Some((name @ ("remember" | "recall"), words)) = asked {
            let Some(server) = &self.stage.tools else {
                return Err("there is no memory".to_owned());
            };
            let (mut tools, _) = Tools::connect(server).await?;
            let field = if name == "remember" { "text" } else { "about" };
            let call = self.stage.runs(name);
            let (done, answer) = tools.call(name, json!({ field: words })).await?;
            self.stage.ran(call, done, &answer);
            found = answer;
        }
        let told: Vec<&str> = noted(first).chain(noted(&found)).collect();
        Ok(if told.is_empty() {
            String::new()
        } else {
            format!("\n\nKept to what is noted: {}", told.join("; "))
        })
    }
}

/// The notes in a text.
fn noted(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.split("----- notes -----").nth(1).unwrap_or_default();
    let notes = behind.split("----- end of notes -----").next().unwrap_or_default();
    notes.lines().filter_map(|line| line.strip_prefix("- "))
}
