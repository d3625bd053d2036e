//! The demo's tasks fit together in whatever order they are merged.

use std::path::Path;
use std::process::Command;

use team6::agent::scripted;
use team6::demo::files;

use crate::origin::{Origin, git};

/// A task of the demo, and the tasks of the same repository it waits for.
struct Task {
    branch: &'static str,
    title: &'static str,
    after: &'static [&'static str],
}

const WEB: [Task; 4] = [
    Task { branch: "colors", title: "Name the colors of the stylesheet", after: &[] },
    Task { branch: "dark", title: "Add a dark palette", after: &["colors"] },
    Task { branch: "switch", title: "Add a theme switch to the header", after: &["colors"] },
    Task {
        branch: "pages",
        title: "Show every page in the chosen theme",
        after: &["dark", "switch"],
    },
];

const API: [Task; 2] = [
    Task { branch: "store", title: "Store a theme preference for each person", after: &[] },
    Task { branch: "serve", title: "Serve the theme with the profile", after: &["store"] },
];

/// Works on each task as soon as what it waits for is merged, beside a task nobody knows, and merges in this order.
async fn sprint(files: &[(&str, &str)], tasks: &[&Task]) {
    let origin = Origin::with(files);
    let tree = origin.path("work");
    let mut begun: Vec<&str> = Vec::new();
    let mut merged: Vec<&str> = Vec::new();
    for task in tasks {
        for ready in tasks.iter().filter(|task| task.after.iter().all(|a| merged.contains(a))) {
            if !begun.contains(&ready.branch) {
                git(&tree, &["checkout", "-q", "-b", ready.branch, "main"]);
                scripted::work(&tree, ready.title).await.unwrap();
                tests_pass(&tree, origin.dir.path());
                begun.push(ready.branch);
            }
        }
        git(&tree, &["checkout", "-q", "main"]);
        git(&tree, &["merge", "-q", "--no-ff", "-m", task.title, task.branch]);
        tests_pass(&tree, origin.dir.path());
        merged.push(task.branch);
    }
    for title in ["Greet people by name", "Greet people by time of day"] {
        git(&tree, &["checkout", "-q", "-b", &title.replace(' ', "-"), "main"]);
        scripted::work(&tree, title).await.unwrap();
    }
    git(&tree, &["merge", "-q", "--no-ff", "-m", "Both", "Greet-people-by-name"]);
    tests_pass(&tree, origin.dir.path());
}

/// Warnings count as failures: nobody wants to merge those.
fn tests_pass(tree: &Path, scratch: &Path) {
    let tested = Command::new("cargo")
        .args(["test", "--quiet", "--offline", "--locked"])
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    let said = [tested.stdout, tested.stderr].concat();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&said));
    assert_eq!(git(tree, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn the_site_can_be_merged_dark_first() {
    let [colors, dark, switch, pages] = &WEB;
    sprint(&files::web(), &[colors, dark, switch, pages]).await;
}

#[tokio::test]
async fn the_site_can_be_merged_switch_first() {
    let [colors, dark, switch, pages] = &WEB;
    sprint(&files::web(), &[colors, switch, dark, pages]).await;
}

#[tokio::test]
async fn the_service_can_be_merged() {
    let [store, serve] = &API;
    sprint(&files::api(), &[store, serve]).await;
}

#[tokio::test]
async fn a_repository_in_no_known_language_gets_a_page_and_a_check() {
    let origin = Origin::small();
    let tree = origin.path("work");
    scripted::work(&tree, "Explain the weather").await.unwrap();
    assert!(tree.join("docs/explain_the_weather.md").exists());
    let check = Command::new("sh").arg(tree.join("tests/explain_the_weather.sh")).status().unwrap();
    assert!(check.success());
}

#[test]
fn the_demo_forgets_no_file() {
    for (repo, listed) in [("web", files::web()), ("api", files::api())] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let all = git(
            root,
            &["ls-files", "--cached", "--others", "--exclude-standard", &format!("demo/{repo}")],
        );
        let mut all: Vec<&str> =
            all.lines().map(|path| path.strip_prefix(&format!("demo/{repo}/")).unwrap()).collect();
        let mut listed: Vec<&str> = listed.into_iter().map(|(path, _)| path).collect();
        all.sort_unstable();
        listed.sort_unstable();
        assert_eq!(all, listed);
    }
}
