use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn opening_an_issue_with_labels_tells_of_each_label() {
    let world = World::new().await;
    let new = json!({ "title": "Dark mode", "labels": ["bug", "new"], "assignees": ["ada"] });
    let issue = world.person("tia").post("/repos/acme/shop/issues", new).await.expect(201);
    assert_eq!(issue["number"], 3);
    assert_eq!(world.heard("issues", "opened").await.len(), 1);
    assert_eq!(world.heard("issues", "labeled").await.len(), 2);
    assert_eq!(world.heard("issues", "assigned").await[0].body["assignee"]["login"], "ada");
    assert_eq!(world.heard("label", "created").await[0].body["label"]["name"], "new");
}

#[tokio::test]
async fn labels_of_a_reader_are_dropped_without_a_word() {
    let world = World::new().await;
    let new = json!({ "title": "Please", "labels": ["bug"] });
    let issue = world.person("rita").post("/repos/acme/shop/issues", new).await.expect(201);
    assert_eq!(issue["labels"], json!([]));
    let labels = "/repos/acme/shop/issues/3/labels";
    world.person("rita").post(labels, json!(["bug"])).await.expect(403);
    world.person("tia").post(labels, json!(["bug"])).await.expect(200);
}

#[tokio::test]
async fn the_author_and_triagers_close_but_readers_do_not() {
    let world = World::new().await;
    let issue = "/repos/acme/shop/issues/1";
    let close = json!({ "state": "closed", "state_reason": "not_planned" });
    world.person("rita").patch(issue, close.clone()).await.expect(403);
    let closed = world.person("tia").patch(issue, close).await.expect(200);
    assert_eq!(closed["state_reason"], "not_planned");
    assert_eq!(closed["closed_by"]["login"], "tia");
    world.person("tia").patch(issue, json!({ "title": "Mine" })).await.expect(403);
}

#[tokio::test]
async fn editing_tells_what_was_there_before() {
    let world = World::new().await;
    let patch = json!({ "title": "The till is open", "body": "Oil it." });
    world.person("ada").patch("/repos/acme/shop/issues/1", patch).await.expect(200);
    let edited = world.heard("issues", "edited").await;
    assert_eq!(edited[0].body["changes"]["title"]["from"], "The till is stuck");
    assert_eq!(edited[0].body["organization"]["login"], "acme");
}

#[tokio::test]
async fn a_milestone_counts_its_issues_and_shows_their_labels() {
    let world = World::new().await;
    let ada = world.person("ada");
    ada.post("/repos/acme/shop/milestones", json!({ "title": "Spring" })).await.expect(201);
    let patch = json!({ "milestone": 1, "labels": ["bug"] });
    ada.patch("/repos/acme/shop/issues/1", patch).await.expect(200);
    let milestone = ada.get("/repos/acme/shop/milestones/1").await.expect(200);
    assert_eq!(milestone["open_issues"], 1);
    let labels = ada.get("/repos/acme/shop/milestones/1/labels").await.expect(200);
    assert_eq!(labels[0]["name"], "bug");
    assert_eq!(world.heard("issues", "milestoned").await[0].body["milestone"]["title"], "Spring");
    ada.patch("/repos/acme/shop/issues/1", json!({ "milestone": null })).await.expect(200);
    assert_eq!(world.heard("issues", "demilestoned").await.len(), 1);
}

#[tokio::test]
async fn an_issue_can_wait_for_another_but_not_in_a_circle() {
    let world = World::new().await;
    let tia = world.person("tia");
    let id = |issue: serde_json::Value| json!({ "issue_id": issue["id"] });
    let first = id(tia.get("/repos/acme/shop/issues/1").await.body);
    let second = id(tia.get("/repos/acme/shop/issues/2").await.body);
    let waits = "/repos/acme/shop/issues/2/dependencies/blocked_by";
    tia.post(waits, first).await.expect(201);
    let circle = "/repos/acme/shop/issues/1/dependencies/blocked_by";
    tia.post(circle, second).await.expect(422);
    assert_eq!(tia.get(waits).await.expect(200)[0]["number"], 1);
    let holds = tia.get("/repos/acme/shop/issues/1/dependencies/blocking").await.expect(200);
    assert_eq!(holds[0]["number"], 2);
    let told = world.heard("issue_dependencies", "blocked_by_added").await;
    assert_eq!(told[0].body["blocking_issue"]["number"], 1);
}

#[tokio::test]
async fn reactions_count_once_per_person() {
    let world = World::new().await;
    let path = "/repos/acme/shop/issues/1/reactions";
    world.person("rita").post(path, json!({ "content": "heart" })).await.expect(201);
    world.person("rita").post(path, json!({ "content": "heart" })).await.expect(200);
    world.person("rita").post(path, json!({ "content": "meh" })).await.expect(422);
    let issue = world.person("ada").get("/repos/acme/shop/issues/1").await.expect(200);
    assert_eq!(issue["reactions"]["heart"], 1);
}
