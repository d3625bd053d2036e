//! The programs the scripted agent runs, in the tree it works in.

use std::path::Path;
use std::process::Stdio;

const SHOWN: usize = 4_000;

/// What a program said.
pub(super) struct Said {
    pub(super) succeeded: bool,
    pub(super) text: String,
}

/// Runs a program and answers what it said, or why it could not be run.
pub(super) async fn run(tree: &Path, program: &str, args: &[&str]) -> Said {
    let output = tokio::process::Command::new(program)
        .args(args)
        .current_dir(tree)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    match output {
        Ok(output) => {
            let all = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&all[all.len().saturating_sub(SHOWN)..]);
            Said { succeeded: output.status.success(), text: text.trim().to_owned() }
        }
        Err(error) => Said { succeeded: false, text: format!("{program}: {error}") },
    }
}

/// Runs a program that must succeed.
pub(super) async fn must(tree: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let said = run(tree, program, args).await;
    if said.succeeded { Ok(said.text) } else { Err(format!("{program}: {}", said.text)) }
}

/// How the tests of what is in `tree` are run, if this machine can.
pub(super) async fn test_command(tree: &Path) -> Option<(&'static str, Vec<String>)> {
    if tree.join("Cargo.toml").is_file() {
        let is_there = run(tree, "cargo", &["--version"]).await.succeeded;
        // Without a lock file cargo would write one, and the agent was not asked for that.
        let locked = tree.join("Cargo.lock").is_file();
        let args = ["test", "--quiet", "--offline", "--locked"].map(str::to_owned).to_vec();
        return (is_there && locked).then_some(("cargo", args));
    }
    let entries = std::fs::read_dir(tree.join("tests")).ok()?.flatten();
    let mut scripts: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "sh"))
        .map(|name| format!("sh tests/{name}"))
        .collect();
    scripts.sort();
    let all = scripts.join(" && ");
    (!all.is_empty()).then(|| ("sh", vec!["-ec".to_owned(), all]))
}
