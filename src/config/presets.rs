//! What is known about coding agents: how each is started, so that an operator need not find out.

use toml::{Table, Value};

use super::layers::lay_over;

/// Every preset's name and text.
pub const PRESETS: &[(&str, &str)] = &[
    ("claude-code", include_str!("../../config/agents/claude-code.toml")),
    ("codex", include_str!("../../config/agents/codex.toml")),
    ("copilot-cli", include_str!("../../config/agents/copilot-cli.toml")),
    ("gemini-cli", include_str!("../../config/agents/gemini-cli.toml")),
    ("mistral-vibe", include_str!("../../config/agents/mistral-vibe.toml")),
    ("opencode", include_str!("../../config/agents/opencode.toml")),
    ("qwen-code", include_str!("../../config/agents/qwen-code.toml")),
];

/// Lays what the operator says about each agent over its preset, key by key.
pub(super) fn fill_in(settings: &mut Table) -> Result<(), String> {
    let Some(Value::Table(agents)) = settings.get_mut("agents") else { return Ok(()) };
    let mut wrong = Vec::new();
    for (name, agent) in agents.iter_mut() {
        let Value::Table(said) = agent else { continue };
        let Some(Value::String(preset)) = said.get("preset") else { continue };
        match PRESETS.iter().find(|(known, _)| known == preset) {
            Some((_, text)) => {
                let mut whole: Table = text.parse().expect("a preset is valid: a test reads them");
                lay_over(&mut whole, std::mem::take(said));
                *said = whole;
            }
            None => {
                let known: Vec<_> = PRESETS.iter().map(|(name, _)| format!("`{name}`")).collect();
                wrong.push(format!(
                    "agent `{name}` names the preset `{preset}`, which does not exist; there are {}",
                    known.join(", ")
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
