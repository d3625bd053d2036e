use serde_json::json;

use crate::world::World;

const COMMENTS: &str = "/repos/acme/shop/issues/1/comments";

#[tokio::test]
async fn an_edit_tells_the_old_text_and_who_rewrote_it() {
    let world = World::new().await;
    let rita = world.person("rita");
    let comment = rita.post(COMMENTS, json!({ "body": "- [ ] oil" })).await.expect(201);
    let path = format!("/repos/acme/shop/issues/comments/{}", comment["id"]);
    world.person("tia").patch(&path, json!({ "body": "no" })).await.expect(403);
    world.person("ada").patch(&path, json!({ "body": "- [x] oil" })).await.expect(200);
    let edited = world.heard("issue_comment", "edited").await;
    assert_eq!(edited[0].body["changes"]["body"]["from"], "- [ ] oil");
    assert_eq!(edited[0].body["sender"]["login"], "ada");
    let query = "query($id: ID!) { node(id: $id) { ... on IssueComment { editor { login } \
                 lastEditedAt userContentEdits(first: 10) { nodes { editor { login } diff } } } } }";
    let asked = json!({ "query": query, "variables": { "id": comment["node_id"] } });
    let node = rita.post("/api/graphql", asked).await.expect(200)["data"]["node"].clone();
    assert_eq!(node["editor"]["login"], "ada");
    assert_eq!(
        node["userContentEdits"]["nodes"],
        json!([
            { "editor": { "login": "ada" }, "diff": "- [x] oil" },
            { "editor": { "login": "rita" }, "diff": "- [ ] oil" },
        ])
    );
}

#[tokio::test]
async fn what_graphql_cannot_answer_it_says_in_its_own_shape() {
    let world = World::new().await;
    let asked = json!({ "query": "{ viewer { login } }" });
    let answer = world.person("ada").post("/api/graphql", asked).await.expect(200);
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("viewer"));
}

#[tokio::test]
async fn an_app_hears_its_own_comments_too() {
    let world = World::new().await;
    let robot = world.robot(json!({})).await;
    let comment = robot.post(COMMENTS, json!({ "body": "Beep" })).await.expect(201);
    assert_eq!(comment["performed_via_github_app"]["slug"], "robot");
    let heard = world.heard("issue_comment", "created").await;
    assert_eq!(heard[0].body["sender"]["type"], "Bot");
    assert_eq!(heard[0].body["sender"]["login"], "robot[bot]");
}

#[tokio::test]
async fn a_text_that_is_too_long_or_empty_is_not_stored() {
    let world = World::new().await;
    let ada = world.person("ada");
    let long = ada.post(COMMENTS, json!({ "body": "x".repeat(65_537) })).await.expect(422);
    assert_eq!(long["errors"][0]["field"], "body");
    ada.post(COMMENTS, json!({ "body": "x".repeat(65_536) })).await.expect(201);
    ada.post(COMMENTS, json!({ "body": " " })).await.expect(422);
}

#[tokio::test]
async fn a_deleted_comment_is_gone() {
    let world = World::new().await;
    let ada = world.person("ada");
    let comment = ada.post(COMMENTS, json!({ "body": "Oops" })).await.expect(201);
    let path = format!("/repos/acme/shop/issues/comments/{}", comment["id"]);
    world.person("rita").delete(&path).await.expect(403);
    ada.delete(&path).await.expect(204);
    ada.get(&path).await.expect(404);
    assert_eq!(world.heard("issue_comment", "deleted").await[0].body["comment"]["body"], "Oops");
}
