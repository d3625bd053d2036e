//! "Any agent that speaks the protocol can plan, and do a task." Real ones, as their presets start them, before a model
//! that follows a script.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use crate::aloud;
use crate::model::{KEY, Model};
use crate::world::{Team, Wish};

/// A real agent: its preset, its program, its model's provider, the end of that's address, and the model's name.
type Real = (&'static str, &'static str, &'static str, &'static str, &'static str);

const OPENCODE: Real = ("opencode", "opencode", "openai", "/v1", "scripted");
const GEMINI_CLI: Real = ("gemini-cli", "gemini", "gemini", "", "gemini-2.5-pro");

/// Agents that `just agents` does not install: each is driven where `TEAM6_TEST_AGENTS` has it.
const CLAUDE_CODE: Real = ("claude-code", "claude-agent-acp", "anthropic", "", "claude-sonnet-4-5");
const CODEX: Real = ("codex", "codex-acp", "openai", "/v1", "scripted");
const COPILOT: Real = ("copilot-cli", "copilot", "openai", "/v1", "scripted");
const MISTRAL_VIBE: Real = ("mistral-vibe", "vibe-acp", "openai", "/v1", "scripted");
const QWEN_CODE: Real = ("qwen-code", "qwen", "openai", "/v1", "scripted");

const EDITS: &str = "mkdir -p docs && echo navy > docs/blue.md && grep -q navy docs/blue.md";
const COMMITS: &str = "git add -A && git commit -q -m 'Choose navy'";

/// Where it is installed, and a model for it.
struct Stand {
    dir: TempDir,
    model: Model,
    program: PathBuf,
}

impl Stand {
    fn of((preset, program, ..): Real) -> Option<Self> {
        let Some(folder) = std::env::var_os("TEAM6_TEST_AGENTS") else {
            aloud(&format!("{preset}: skipped, TEAM6_TEST_AGENTS does not say where it is"));
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let model = Model::start(&dir.path().join("model.log"));
        std::fs::write(dir.path().join("key"), KEY).unwrap();
        // Whoever runs Team6 reads it, who may be somebody else.
        std::fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        let program = Path::new(&folder).join("node_modules/.bin").join(program);
        Some(Self { dir, model, program })
    }

    /// The settings of the agent under this name, with more.
    fn settings(&self, (preset, _, provider, base, model): Real, name: &str, more: &str) -> String {
        let known = team6::config::PRESETS.iter().find(|(known, _)| *known == preset).unwrap();
        format!(
            "[models.scripted]\nprovider = \"{provider}\"\nmodel = \"{model}\"\n\
             base_url = \"{}{base}\"\nkey_file = \"{}\"\n\
             [agents.{name}]\ndescription = \"does it\"\npreset = \"{preset}\"\nmodel = \"scripted\"\n\
             command = {}\n{more}",
            self.model.url,
            self.dir.path().join("key").display(),
            command(known.1, &self.program, model),
        )
    }
}

/// The agent submits a plan for a repository nobody has, is told so, and then submits a good one.
async fn submits_a_plan(real: Real) {
    let Some(stand) = Stand::of(real) else { return };
    let planner = stand.settings(real, "planner", "");
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

/// Whether an agent is installed that `just agents` does not install; says so if not.
fn is_there(real: Real) -> bool {
    let folder = std::env::var_os("TEAM6_TEST_AGENTS").map(PathBuf::from);
    let program = folder.map(|folder| folder.join("node_modules/.bin").join(real.1));
    let is_there = program.is_some_and(|program| program.exists());
    if !is_there {
        aloud(&format!("{}: skipped, it is not where TEAM6_TEST_AGENTS says", real.0));
    }
    is_there
}

/// Sealed in, the agent changes a file, tests it and commits; the pull request is merged. What it is told is enough.
async fn does_a_task_without_asking(real: Real) {
    let Some(stand) = Stand::of(real) else { return };
    let team = Team::sealed_in(&stand.settings(real, "real", "")).await;
    let works = json!([{ "shell": EDITS }, { "shell": COMMITS }, { "text": "Navy it is." }]);
    let wish = Wish::new("T1", "Choose the blue").that("owner", "ada").that("agent", "real");
    let wish = wish.that("saying", &format!("<script>{works}</script>"));
    let sprint = team.running("Dark mode", [wish]).await;

    assert!(sprint.stands().await.starts_with("T1 in review"), "{}", sprint.stands().await);
    assert_eq!(sprint.commits_of("T1").await, ["Choose navy"]);
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

/// Sealed in, the agent spends its budget and is held; it goes on when its owner allows more, asks, is answered,
/// changes a file, tests it and commits; the pull request is merged.
async fn does_a_whole_task(real: Real) {
    let Some(stand) = Stand::of(real) else { return };
    // A call is a thousand tokens and fifty.
    let settings = stand.settings(real, "real", "task_budget = { tokens = 2000 }\n");
    let team = Team::sealed_in(&settings).await;
    let asks = json!([
        { "shell": "ls" }, { "shell": "git log -1" }, { "shell": "ls" }, { "shell": "ls" },
        { "tool": "ask_question", "args": { "question": "Which blue?" } },
        { "text": "I asked." },
    ]);
    let wish = Wish::new("T1", "Choose the blue").that("owner", "ada").that("agent", "real");
    let wish = wish.that("saying", &format!("<script>{asks}</script>"));
    let sprint = team.running("Dark mode", [wish]).await;
    let stands = sprint.stands().await;
    assert!(stands.starts_with("T1 held, because its budget is spent"), "{stands}");

    sprint.hears_at("T1", "ada", "/team6 budget +10000000 tokens").await;
    assert!(sprint.stands().await.starts_with("T1 waits for an answer to question 1"));
    let works = json!([{ "shell": EDITS }, { "shell": COMMITS }, { "text": "Navy it is." }]);
    sprint.hears_at("T1", "ada", &format!("Navy. <script>{works}</script>")).await;

    assert!(sprint.stands().await.starts_with("T1 in review"), "{}", sprint.stands().await);
    assert_eq!(sprint.file_of("T1", "docs/blue.md").await.as_deref(), Some("navy\n"));
    assert_eq!(sprint.commits_of("T1").await, ["Choose navy"]);
    sprint.merges("ada", "T1").await;
    assert_eq!(sprint.stands().await, "T1 merged");
    team.ends().await;
}

#[tokio::test]
async fn opencode_submits_a_plan() {
    submits_a_plan(OPENCODE).await;
}

#[tokio::test]
async fn gemini_cli_submits_a_plan() {
    submits_a_plan(GEMINI_CLI).await;
}

#[tokio::test]
async fn opencode_does_a_whole_task() {
    does_a_whole_task(OPENCODE).await;
}

#[tokio::test]
async fn gemini_cli_does_a_whole_task() {
    does_a_whole_task(GEMINI_CLI).await;
}

#[tokio::test]
async fn claude_code_does_a_whole_task() {
    if is_there(CLAUDE_CODE) {
        does_a_whole_task(CLAUDE_CODE).await;
    }
}

#[tokio::test]
async fn codex_does_a_whole_task() {
    if is_there(CODEX) {
        does_a_whole_task(CODEX).await;
    }
}

#[tokio::test]
async fn copilot_does_a_whole_task() {
    if is_there(COPILOT) {
        does_a_whole_task(COPILOT).await;
    }
}

// It offers our tools to its model through a language of its own, which the script does not speak.
#[tokio::test]
async fn mistral_vibe_does_a_task() {
    if is_there(MISTRAL_VIBE) {
        does_a_task_without_asking(MISTRAL_VIBE).await;
    }
}

#[tokio::test]
async fn qwen_code_does_a_whole_task() {
    if is_there(QWEN_CODE) {
        does_a_whole_task(QWEN_CODE).await;
    }
}
