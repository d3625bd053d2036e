use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_head_follows_its_branch() {
    let world = World::new().await;
    let clone = world.clone("ada").await;
    clone.branch("oil").await;
    let first = clone.commit("till.txt", "oil\n", "Oil").await;
    clone.push("oil").await.unwrap();
    let ada = world.person("ada");
    let new = json!({ "title": "Oil", "head": "oil", "base": "main" });
    let pull = ada.post("/repos/acme/shop/pulls", new.clone()).await.expect(201);
    assert_eq!(pull["number"], 3);
    assert_eq!(ada.post("/repos/acme/shop/pulls", new).await.status, 422);
    let second = clone.commit("till.txt", "more oil\n", "More").await;
    clone.push("oil").await.unwrap();
    let moved = world.heard("pull_request", "synchronize").await.remove(0).body;
    assert_eq!((&moved["before"], &moved["after"]), (&json!(first), &json!(second)));
    let pull = ada.get("/repos/acme/shop/pulls/3").await.expect(200);
    assert_eq!((&pull["commits"], &pull["mergeable"]), (&json!(2), &json!(true)));
    let kept = ada.get("/repos/acme/shop/git/ref/pull/3/head").await.expect(200);
    assert_eq!(kept["object"]["sha"], second);
}

#[tokio::test]
async fn deleting_the_branch_closes_the_pull_request() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let ada = world.person("ada");
    ada.delete("/repos/acme/shop/git/refs/heads/oil").await.expect(204);
    let pull = ada.get(&format!("/repos/acme/shop/pulls/{number}")).await.expect(200);
    assert_eq!((&pull["state"], &pull["merged"]), (&json!("closed"), &json!(false)));
    let reopen = json!({ "state": "open" });
    ada.patch(&format!("/repos/acme/shop/pulls/{number}"), reopen).await.expect(422);
}

#[tokio::test]
async fn a_pull_request_needs_commits_and_branches() {
    let world = World::new().await;
    let ada = world.person("ada");
    let same = json!({ "title": "Nothing", "head": "main", "base": "main" });
    let refused = ada.post("/repos/acme/shop/pulls", same).await.expect(422);
    assert_eq!(refused["errors"][0]["message"], "No commits between main and main");
    let lost = json!({ "title": "Lost", "head": "nowhere", "base": "main" });
    let refused = ada.post("/repos/acme/shop/pulls", lost).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "head");
}

#[tokio::test]
async fn files_and_commits_of_a_pull_request_can_be_listed() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let rita = world.person("rita");
    let files = rita.get(&format!("/repos/acme/shop/pulls/{number}/files")).await.expect(200);
    assert_eq!((&files[0]["filename"], &files[0]["status"]), (&json!("till.txt"), &json!("added")));
    let commits = rita.get(&format!("/repos/acme/shop/pulls/{number}/commits")).await.expect(200);
    assert_eq!(commits[0]["commit"]["message"], "Write till.txt");
    let issue = rita.get(&format!("/repos/acme/shop/issues/{number}")).await.expect(200);
    assert!(issue["pull_request"].is_object());
}
