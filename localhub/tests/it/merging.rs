use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn merging_keeps_both_histories() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "Fixes #1, closes #2").await;
    let ada = world.person("ada");
    let merged = ada.merge(number, json!({})).await.expect(200);
    let commit = ada.get("/repos/acme/shop/commits/main").await.expect(200);
    assert_eq!(commit["sha"], merged["sha"]);
    assert_eq!(commit["parents"].as_array().unwrap().len(), 2);
    let message = commit["commit"]["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("Merge pull request #{number} from acme/oil")));
    let closed = world.heard("pull_request", "closed").await.remove(0).body;
    assert_eq!(closed["pull_request"]["merged"], true);
    assert_eq!(world.heard("issues", "closed").await.len(), 2);
    ada.get(&format!("/repos/acme/shop/pulls/{number}/merge")).await.expect(204);
    ada.merge(number, json!({})).await.expect(405);
}

#[tokio::test]
async fn squashing_makes_one_commit_of_all() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let ada = world.person("ada");
    ada.merge(number, json!({ "merge_method": "squash" })).await.expect(200);
    let commit = ada.get("/repos/acme/shop/commits/main").await.expect(200);
    assert_eq!(commit["parents"].as_array().unwrap().len(), 1);
    assert_eq!(commit["commit"]["message"], format!("Write till.txt (#{number})"));
    let pull = ada.get(&format!("/repos/acme/shop/pulls/{number}")).await.expect(200);
    assert_eq!((&pull["merged"], &pull["merged_by"]["login"]), (&json!(true), &json!("ada")));
}

#[tokio::test]
async fn rebasing_puts_each_commit_on_top() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let clone = world.clone("ada").await;
    let base = clone.commit("other.txt", "1\n", "Meanwhile").await;
    clone.push("main").await.unwrap();
    let ada = world.person("ada");
    ada.merge(number, json!({ "merge_method": "rebase" })).await.expect(200);
    let commits = ada.get("/repos/acme/shop/commits").await.expect(200);
    assert_eq!(commits[0]["commit"]["message"], "Write till.txt");
    assert_eq!(commits[0]["parents"][0]["sha"], base);
}

#[tokio::test]
async fn a_moved_head_or_a_conflict_or_a_draft_stops_a_merge() {
    let world = World::new().await;
    let number = world.pull("oil", "README.md", "").await;
    let ada = world.person("ada");
    let stale = json!({ "sha": "0123456789012345678901234567890123456789" });
    ada.merge(number, stale).await.expect(409);
    world.person("tia").merge(number, json!({})).await.expect(403);
    let clone = world.clone("ada").await;
    clone.commit("README.md", "# Other\n", "Meanwhile").await;
    clone.push("main").await.unwrap();
    let pull = ada.get(&format!("/repos/acme/shop/pulls/{number}")).await.expect(200);
    assert_eq!((&pull["mergeable"], &pull["mergeable_state"]), (&json!(false), &json!("dirty")));
    ada.merge(number, json!({})).await.expect(405);
    ada.patch(&format!("/repos/acme/shop/pulls/{number}"), json!({ "state": "closed" }))
        .await
        .expect(200);
    ada.merge(number, json!({})).await.expect(405);
}

#[tokio::test]
async fn a_draft_is_merged_only_once_it_is_ready() {
    let world = World::new().await;
    let clone = world.clone("ada").await;
    clone.branch("oil").await;
    clone.commit("till.txt", "oil\n", "Oil").await;
    clone.push("oil").await.unwrap();
    let ada = world.person("ada");
    let new = json!({ "title": "Oil", "head": "oil", "base": "main", "draft": true });
    let pull = ada.post("/repos/acme/shop/pulls", new).await.expect(201);
    ada.merge(3, json!({})).await.expect(405);
    let ready = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) \
                 { pullRequest { isDraft } } }";
    let asked = json!({ "query": ready, "variables": { "id": pull["node_id"] } });
    let answer = ada.post("/api/graphql", asked).await.expect(200);
    let is_draft = &answer["data"]["markPullRequestReadyForReview"]["pullRequest"]["isDraft"];
    assert_eq!(is_draft, false);
    assert_eq!(world.heard("pull_request", "ready_for_review").await.len(), 1);
    ada.merge(3, json!({})).await.expect(200);
}

#[tokio::test]
async fn keywords_close_nothing_outside_the_default_branch() {
    let world = World::new().await;
    let clone = world.clone("ada").await;
    clone.git(&["push", "--quiet", "origin", "main:next"]).await.unwrap();
    clone.branch("oil").await;
    clone.commit("till.txt", "oil\n", "Oil").await;
    clone.push("oil").await.unwrap();
    let ada = world.person("ada");
    let new = json!({ "title": "Oil", "head": "oil", "base": "next", "body": "Fixes #1" });
    ada.post("/repos/acme/shop/pulls", new).await.expect(201);
    ada.merge(3, json!({})).await.expect(200);
    assert_eq!(ada.get("/repos/acme/shop/issues/1").await.expect(200)["state"], "open");
}

#[tokio::test]
async fn a_branch_pushed_into_main_by_hand_counts_as_merged() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "Fixes #1").await;
    let clone = world.clone("ada").await;
    clone.git(&["push", "--quiet", "origin", "origin/oil:main"]).await.unwrap();
    let ada = world.person("ada");
    let pull = ada.get(&format!("/repos/acme/shop/pulls/{number}")).await.expect(200);
    assert_eq!(pull["merged"], true);
    assert_eq!(ada.get("/repos/acme/shop/issues/1").await.expect(200)["state"], "closed");
}

#[tokio::test]
async fn updating_a_branch_brings_the_base_into_it() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let path = format!("/repos/acme/shop/pulls/{number}/update-branch");
    let ada = world.person("ada");
    ada.put(&path, json!({})).await.expect(422);
    let clone = world.clone("ada").await;
    clone.commit("other.txt", "1\n", "Meanwhile").await;
    clone.push("main").await.unwrap();
    ada.put(&path, json!({})).await.expect(202);
    assert_eq!(world.heard("pull_request", "synchronize").await.len(), 1);
    let compared = ada.get("/repos/acme/shop/compare/main...oil").await.expect(200);
    assert_eq!(compared["behind_by"], 0);
}
