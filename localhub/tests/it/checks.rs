use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn only_apps_write_checks() {
    let world = World::new().await;
    let ada = world.person("ada");
    let main = ada.get("/repos/acme/shop/commits/main").await.expect(200);
    let check = json!({ "name": "sprint", "head_sha": main["sha"], "external_id": "s1" });
    ada.post("/repos/acme/shop/check-runs", check.clone()).await.expect(403);
    let robot = world.robot(json!({})).await;
    let run = robot.post("/repos/acme/shop/check-runs", check).await.expect(201);
    assert_eq!(run["status"], "queued");
    let path = format!("/repos/acme/shop/check-runs/{}", run["id"]);
    let done = json!({ "conclusion": "success", "output": { "title": "Done", "summary": "3/3" } });
    assert_eq!(robot.patch(&path, done).await.expect(200)["status"], "completed");
    let runs = ada.get("/repos/acme/shop/commits/main/check-runs").await.expect(200);
    assert_eq!(runs["check_runs"][0]["external_id"], "s1");
    assert_eq!(world.heard("check_run", "completed").await.len(), 1);
}

#[tokio::test]
async fn a_check_has_three_short_buttons_at_most() {
    let world = World::new().await;
    let robot = world.robot(json!({})).await;
    let main = robot.get("/repos/acme/shop/commits/main").await.expect(200);
    let label = "a label that is too long";
    let button = json!({ "label": label, "description": "d", "identifier": "i" });
    let check = json!({ "name": "sprint", "head_sha": main["sha"], "actions": [button] });
    let refused = robot.post("/repos/acme/shop/check-runs", check).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "actions");
}
