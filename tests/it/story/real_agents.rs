//! "Any agent that speaks the protocol can be the planner." Real ones, as their presets start them, before a model that
//! follows a script.

use std::path::Path;

use serde_json::json;

use crate::aloud;
use crate::model::{KEY, Model};
use crate::world::Team;

/// The agent submits a plan for a repository nobody has, is told so, and then submits a good one.
async fn submits_a_plan(preset: &str, program: &str, provider: &str, base: &str, name: &str) {
    let Some(folder) = std::env::var_os("TEAM6_TEST_AGENTS") else {
        aloud(&format!("{preset} as planner: skipped, TEAM6_TEST_AGENTS does not say where it is"));
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (model, key) = (Model::start(&dir.path().join("model.log")), dir.path().join("key"));
    std::fs::write(&key, KEY).unwrap();
    let program = Path::new(&folder).join("node_modules/.bin").join(program);
    let preset_says = team6::config::PRESETS.iter().find(|(known, _)| *known == preset).unwrap().1;
    let planner = format!(
        "[models.scripted]\nprovider = \"{provider}\"\nmodel = \"{name}\"\n\
         base_url = \"{}{base}\"\nkey_file = \"{}\"\n\
         [agents.planner]\ndescription = \"plans\"\npreset = \"{preset}\"\nmodel = \"scripted\"\n\
         command = {}\n",
        model.url,
        key.display(),
        command(preset_says, &program, name),
    );
    let team = Team::with_the_planner(&planner).await;
    let submit = |repo: &str| {
        json!({ "tool": "submit_plan", "args": {
            "problem": "It is too bright.", "goals": ["dark"], "acceptance": ["it is dark"],
            "tasks": [{
                "key": "manual", "title": "Write the manual", "description": "Write it down.",
                "repository": repo, "agent": "frontend", "owner": "ada",
            }],
        } })
    };
    let script = json!([submit("acme/shop"), submit("acme/web"), { "text": "done" }]);
    let goal = format!("Make it dark.\n\n<script>{script}</script>");
    let sprint = team.sprint_about("Dark mode", &goal, plan! {}).await;

    sprint.hears("ada", "/team6 plan").await;

    assert!(sprint.plan().await.contains("**T1** Write the manual (new) · @ada"));
    let said = sprint.trace_of_planning(1).await;
    assert!(said.contains("acme/shop"), "the first submission was not seen: {said}");
    assert_eq!(sprint.plannings().await, "1 once");
    team.ends().await;
}

/// The command of the preset, with the program where it is installed.
fn command(preset: &str, program: &Path, model: &str) -> String {
    let said: toml::Table = toml::from_str(preset).unwrap();
    let mut words = said["command"].as_array().unwrap().clone();
    words[0] = program.display().to_string().into();
    toml::Value::Array(words).to_string().replace("{model}", model)
}

#[tokio::test]
async fn opencode_submits_a_plan() {
    submits_a_plan("opencode", "opencode", "openai", "/v1", "scripted").await;
}

#[tokio::test]
async fn gemini_cli_submits_a_plan() {
    submits_a_plan("gemini-cli", "gemini", "gemini", "", "gemini-2.5-pro").await;
}
