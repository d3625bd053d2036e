use serde_json::json;

use crate::world::World;

const COMMENTS: &str = "/repos/acme/shop/issues/1/comments";

#[tokio::test]
async fn a_request_fails_before_or_after_it_took_effect() {
    let world = World::new().await;
    let ada = world.person("ada");
    let fault = |when: &str| json!({ "api": [{ "method": "POST", "path": "/comments", "status": 502, "when": when }] });
    ada.post("/localhub/faults", fault("before")).await.expect(200);
    ada.post(COMMENTS, json!({ "body": "Lost" })).await.expect(502);
    assert_eq!(ada.get(COMMENTS).await.expect(200), json!([]));
    ada.post("/localhub/faults", fault("after")).await.expect(200);
    ada.post(COMMENTS, json!({ "body": "Kept" })).await.expect(502);
    assert_eq!(ada.get(COMMENTS).await.expect(200)[0]["body"], "Kept");
    ada.post(COMMENTS, json!({ "body": "Fine" })).await.expect(201);
}

#[tokio::test]
async fn a_secondary_rate_limit_says_when_to_come_back() {
    let world = World::new().await;
    let ada = world.person("ada");
    let fault = json!({ "api": [{ "path": "/issues", "status": 403, "retry_after": 7 }] });
    ada.post("/localhub/faults", fault).await.expect(200);
    let limited = ada.get("/repos/acme/shop/issues").await;
    assert_eq!(limited.header("retry-after"), "7");
    assert!(limited.expect(403)["message"].as_str().unwrap().contains("secondary rate limit"));
}

#[tokio::test]
async fn webhooks_can_be_dropped_lost_and_doubled() {
    let world = World::new().await;
    let ada = world.person("ada");
    world.hub.settled().await.unwrap();
    let mut heard = Vec::new();
    for fault in ["drop", "lose", "duplicate"] {
        ada.post("/localhub/faults", json!({ "webhooks": { fault: 1 } })).await.expect(200);
        ada.post(COMMENTS, json!({ "body": fault })).await.expect(201);
        heard.push(world.heard("issue_comment", "created").await.len());
    }
    assert_eq!(heard, [0, 0, 2]);
    let log = world.app().get("/app/hook/deliveries").await.expect(200);
    let told = log.as_array().unwrap().iter().filter(|one| one["event"] == "issue_comment");
    let told: Vec<_> = told.map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["OK", "timed out"]);
}

#[tokio::test]
async fn faults_are_shown_and_cleared() {
    let world = World::new().await;
    let ada = world.person("ada");
    ada.post("/localhub/faults", json!({ "webhooks": { "drop_all": true } })).await.expect(200);
    let shown = ada.get("/localhub/faults").await.expect(200);
    assert_eq!(shown["webhooks"]["drop_all"], true);
    ada.delete("/localhub/faults").await.expect(200);
    let shown = ada.get("/localhub/faults").await.expect(200);
    assert_eq!(shown["webhooks"]["drop_all"], false);
    ada.post("/localhub/faults", json!({ "nonsense": 1 })).await.expect(422);
}

#[tokio::test]
async fn limits_are_enforced_when_they_are_asked_for() {
    let world = World::new().await;
    let ada = world.person("ada");
    ada.post("/localhub/limits", json!({ "content_per_minute": 2 })).await.expect(200);
    for _ in 0..2 {
        ada.post(COMMENTS, json!({ "body": "Hello" })).await.expect(201);
    }
    let limited = ada.post(COMMENTS, json!({ "body": "Too fast" })).await;
    assert!(limited.header("retry-after").parse::<u64>().unwrap() <= 60);
    assert!(limited.expect(403)["message"].as_str().unwrap().contains("secondary rate limit"));
    ada.get(COMMENTS).await.expect(200);
    ada.delete("/localhub/limits").await.expect(200);
    ada.post(COMMENTS, json!({ "body": "At leisure" })).await.expect(201);
}

#[tokio::test]
async fn an_hour_has_so_many_requests() {
    let world = World::new().await;
    let ada = world.person("ada");
    ada.post("/localhub/limits", json!({ "requests_per_hour": 1 })).await.expect(200);
    assert_eq!(ada.get(COMMENTS).await.header("x-ratelimit-remaining"), "0");
    let limited = ada.get(COMMENTS).await;
    assert_eq!(limited.header("x-ratelimit-limit"), "1");
    assert!(limited.expect(403)["message"].as_str().unwrap().contains("rate limit exceeded"));
}

#[tokio::test]
async fn requests_are_remembered() {
    let world = World::new().await;
    let ada = world.person("ada");
    ada.post(COMMENTS, json!({ "body": "Hello" })).await.expect(201);
    let requests = ada.get("/localhub/requests").await.expect(200);
    let last = requests.as_array().unwrap().last().unwrap();
    let said = ["caller", "method", "path"].map(|field| last[field].as_str().unwrap());
    assert_eq!(said, ["ada", "POST", COMMENTS]);
    assert_eq!(last["status"], 201);
}
