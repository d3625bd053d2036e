//! Real coding agents, before a model that follows a script: they change a file and commit it, through our proxy.
//!
//! `just agents` installs them; `TEAM6_TEST_AGENTS` says where. They run as a user without rights, if we are root.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop, and may use the world as it is"
)]

mod desk;
mod model;

use std::io::Write as _;
use std::path::PathBuf;

use desk::Desk;
use team6::agent::ledger::{News, Spent};

/// The script of a whole task.
const TASK: &str = r#"<script>[
    {"write": {"path": "TREE/hello.txt", "content": "hello\n"}},
    {"shell": "cd TREE && git add -A && git commit -q -m 'Say hello' && git status --short"},
    {"text": "I said hello."}
]</script>"#;

/// Where the agents are installed; says so if they are not.
fn installed(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TEAM6_TEST_AGENTS").map(PathBuf::from);
    if folder.is_none() {
        let line = format!(
            "agents: {name} is skipped; `just agents` installs it and sets TEAM6_TEST_AGENTS\n"
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    folder.map(|folder| folder.join("node_modules"))
}

async fn works(preset: &str) {
    let Some(modules) = installed(preset) else { return };
    let desk = Desk::new(preset, &modules, None).await;
    let ended = desk.does(TASK).await;
    let told = desk.told();
    assert_eq!(ended.unwrap().reason, "end_turn", "{told}");
    assert_eq!(desk.committed(), ("Say hello".to_owned(), "hello\n".to_owned()), "{told}");
    let keys = desk.leaks();
    let statement = desk.closes().await;
    assert!(statement.calls >= 3, "{statement:?}");
    assert_eq!(statement.estimated, 0);
    // The model says the same of every call.
    assert_eq!(statement.tokens.output, statement.calls * 50);
    assert_eq!(statement.tokens.cache_read, statement.calls * 400);
    assert_eq!(statement.tokens.input, statement.calls * 600);
    assert!(keys.is_empty(), "{keys:?} has the real key");
}

async fn is_stopped(preset: &str) {
    let Some(modules) = installed(preset) else { return };
    let desk = Desk::new(preset, &modules, Some(0)).await;
    // Some say that they failed, some just end their turn; none goes on.
    let ended = desk.does(TASK).await;
    assert!(desk.news().contains(&News::Budget(Spent::Exhausted)), "{ended:?} {}", desk.told());
    assert_eq!(desk.commits(), 1);
    assert_eq!(desk.closes().await.calls, 0);
}

#[tokio::test]
async fn gemini_cli_changes_a_file_and_commits_it() {
    works("gemini-cli").await;
}

#[tokio::test]
async fn opencode_changes_a_file_and_commits_it() {
    works("opencode").await;
}

#[tokio::test]
async fn gemini_cli_stops_when_nothing_may_be_spent() {
    is_stopped("gemini-cli").await;
}

#[tokio::test]
async fn opencode_stops_when_nothing_may_be_spent() {
    is_stopped("opencode").await;
}

/// Others that somebody has installed there too.
#[tokio::test]
async fn whatever_else_is_installed_works_too() {
    let Some(modules) = installed("everything else") else { return };
    for (preset, program) in [
        ("claude-code", "claude-agent-acp"),
        ("codex", "codex-acp"),
        ("copilot-cli", "copilot"),
        ("qwen-code", "qwen"),
    ] {
        if modules.join(".bin").join(program).exists() {
            works(preset).await;
            is_stopped(preset).await;
        }
    }
}
