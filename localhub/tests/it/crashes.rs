use std::process::Stdio;

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::world::{Client, World};

#[tokio::test]
async fn a_restart_keeps_everything_and_moves_addresses() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "Fixes #1").await;
    let comments = "/repos/acme/shop/issues/1/comments";
    world.person("rita").post(comments, json!({ "body": "Hi" })).await.expect(201);
    world.person("ada").merge(number, json!({})).await.expect(200);
    let keys = world.hub.app("robot");
    let world = world.restarted().await;
    assert_eq!(world.hub.app("robot"), keys);
    let issue = world.person("rita").get("/repos/acme/shop/issues/1").await.expect(200);
    assert_eq!((&issue["state"], &issue["comments"]), (&json!("closed"), &json!(1)));
    assert!(issue["html_url"].as_str().unwrap().starts_with(&world.origin));
    let new = json!({ "title": "Next" });
    let next = world.person("ada").post("/repos/acme/shop/issues", new).await.expect(201);
    assert_eq!(next["number"], number + 1);
}

#[tokio::test]
async fn seeding_again_changes_nothing() {
    let seed: localhub::Seed = toml::from_str(SEED).unwrap();
    let world = World::with(|usual| *usual = seed.clone()).await;
    let ada = world.person("ada");
    ada.patch("/repos/ada/demo/issues/1", json!({ "title": "Renamed" })).await.expect(200);
    world.hub.seed(&seed).await.unwrap();
    let issues = ada.get("/repos/ada/demo/issues").await.expect(200);
    assert_eq!(issues.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_merge_that_was_cut_off_is_finished() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "Fixes #1").await;
    // The same as a crash after git has moved the branch: the database hears of it at the start.
    let repository = world.dir().join("repos/acme/shop.git");
    let update = ["update-ref", "refs/heads/main", "refs/heads/oil"];
    let moved = Command::new("git").arg("--git-dir").arg(&repository).args(update).status().await;
    assert!(moved.unwrap().success());
    let world = world.restarted().await;
    let path = format!("/repos/acme/shop/pulls/{number}");
    assert_eq!(world.person("ada").get(&path).await.expect(200)["merged"], true);
    assert_eq!(world.heard("push", "").await.last().unwrap().body["ref"], "refs/heads/main");
}

#[tokio::test]
async fn a_webhook_that_was_never_sent_is_sent_after_a_restart() {
    let world = World::cut_off_before_telling().await;
    assert_eq!(world.heard("installation", "created").await.len(), 1);
}

#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("world.toml"), SEED).unwrap();
    let (mut hub, ada) = start(dir.path()).await;
    for number in 2..6 {
        let new = json!({ "title": format!("Issue {number}") });
        ada.post("/repos/ada/demo/issues", new).await.expect(201);
    }
    hub.kill().await.unwrap();
    let (mut hub, ada) = start(dir.path()).await;
    let issues = ada.get("/repos/ada/demo/issues").await.expect(200);
    assert_eq!(issues.as_array().unwrap().len(), 5);
    hub.kill().await.unwrap();
}

/// Runs the program itself, as a person would, and waits until it says where it is.
async fn start(dir: &std::path::Path) -> (Child, Client) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_localhub"))
        .arg("--data")
        .arg(dir.join("data"))
        .arg("--seed")
        .arg(dir.join("world.toml"))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let pages = lines.next_line().await.unwrap().unwrap();
    let origin = pages.split_whitespace().last().unwrap().trim_end_matches('/').to_owned();
    (child, Client::new(&origin, Some("token-ada".to_owned())))
}

const SEED: &str = r##"
[[users]]
login = "ada"
token = "token-ada"

[[repositories]]
owner = "ada"
name = "demo"
files = { "README.md" = "# Demo\n" }
labels = [{ name = "bug", color = "d73a4a" }]
issues = [{ title = "First", labels = ["bug"] }]
"##;
