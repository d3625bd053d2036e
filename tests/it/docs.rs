//! What the documents say is true.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use team6::domain::command::HELP;
use team6::domain::team_file;

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0.trim()
}

#[test]
fn the_readme_lists_every_command() {
    let mut table = "| command | what it does | who may |\n| --- | --- | --- |".to_owned();
    for entry in HELP {
        write!(table, "\n| `{}` | {} | {} |", entry.usage, entry.does, entry.who).unwrap();
    }
    let readme = text("README.md");
    assert_eq!(between(&readme, "<!-- commands -->", "<!-- end of commands -->"), table);
}

#[test]
fn ci_runs_the_readmes_test_command() {
    let readme = text("README.md");
    let command = between(between(&readme, "## Test it", "##"), "```sh", "```");
    assert!(text(".ci/run").lines().any(|line| line.contains(command)), "{command}");
}

#[test]
fn the_demo_asks_for_what_the_manifest_lists() {
    let manifest = text("app-manifest.yml");
    let listed = |from: &str| -> Vec<String> {
        let block = manifest.split_once(from).unwrap().1;
        let lines = block.lines().skip(1).take_while(|line| line.starts_with("  "));
        lines.map(|line| line.split('#').next().unwrap().trim().to_owned()).collect()
    };
    let world: toml::Table = text("demo/world.toml").parse().unwrap();
    let app = &world["apps"].as_array().unwrap()[0];
    let mut events: Vec<_> = app["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("- {}", e.as_str().unwrap()))
        .collect();
    let mut listed_events = listed("default_events:");
    events.sort();
    listed_events.sort();
    assert_eq!(events, listed_events);

    let permissions: BTreeMap<_, _> = app["permissions"].as_table().unwrap().iter().collect();
    let asked: Vec<_> = permissions
        .iter()
        .map(|(name, level)| format!("{name}: {}", level.as_str().unwrap()))
        .collect();
    let mut listed_permissions = listed("default_permissions:");
    listed_permissions.sort();
    assert_eq!(asked, listed_permissions);
}

#[test]
fn every_file_the_documents_link_to_is_there() {
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/ARCHITECTURE.md",
        "docs/agents.md",
        "localhub/README.md",
    ] {
        let folder = Path::new(document).parent().unwrap();
        for link in text(document).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
                assert!(path.exists(), "{document} links to {target}");
            }
        }
    }
}

#[test]
fn the_documents_examples_of_a_repositorys_file_are_right() {
    for document in ["README.md", "docs/agents.md"] {
        let example = text(document);
        let file = team_file::read(between(&example, "```yaml", "```"));
        assert_eq!(file.flaws, [], "{document}");
        assert!(!file.hooks.is_empty() && file.agents.is_some(), "{document}");
    }
}
