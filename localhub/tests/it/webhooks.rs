use aws_lc_rs::hmac;
use serde_json::json;

use crate::world::World;

const COMMENTS: &str = "/repos/acme/shop/issues/1/comments";

#[tokio::test]
async fn a_webhook_is_signed_with_the_secret() {
    let world = World::new().await;
    world.person("ada").post(COMMENTS, json!({ "body": "Hi" })).await.expect(201);
    let heard = world.heard("issue_comment", "created").await.remove(0);
    let signature = heard.headers["x-hub-signature-256"].strip_prefix("sha256=").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"hush");
    hmac::verify(&key, &heard.raw, &hex::decode(signature).unwrap()).unwrap();
    assert!(heard.headers["user-agent"].starts_with("GitHub-Hookshot/"));
    assert_eq!(heard.headers["x-github-hook-installation-target-type"], "integration");
    assert!(heard.body["comment"]["url"].as_str().unwrap().starts_with(&world.origin));
    assert!(heard.body["installation"]["id"].is_u64());
}

#[tokio::test]
async fn a_failed_delivery_is_logged_and_sent_again_only_when_asked() {
    let world = World::new().await;
    world.hub.settled().await.unwrap();
    world.inbox.breaks(true);
    world.person("ada").post(COMMENTS, json!({ "body": "Hi" })).await.expect(201);
    assert!(world.heard("issue_comment", "created").await.is_empty());
    world.inbox.breaks(false);
    let log = world.app().get("/app/hook/deliveries?per_page=1").await;
    assert!(log.header("link").contains("cursor="));
    let failed = log.expect(200)[0].clone();
    assert_eq!((&failed["status_code"], &failed["event"]), (&json!(500), &json!("issue_comment")));
    let path = format!("/app/hook/deliveries/{}", failed["id"]);
    world.app().post(&format!("{path}/attempts"), json!({})).await.expect(202);
    let again = world.heard("issue_comment", "created").await.remove(0);
    assert_eq!(again.guid(), failed["guid"]);
    let whole = world.app().get(&path).await.expect(200);
    assert_eq!(whole["request"]["payload"]["comment"]["body"], "Hi");
    let log = world.app().get("/app/hook/deliveries?per_page=1").await.expect(200);
    assert_eq!((&log[0]["redelivery"], &log[0]["status"]), (&json!(true), &json!("OK")));
}

#[tokio::test]
async fn webhooks_come_in_the_order_things_happened() {
    let world = World::new().await;
    for number in 0..8 {
        let body = json!({ "body": format!("{number}") });
        world.person("ada").post(COMMENTS, body).await.expect(201);
    }
    let heard = world.heard("issue_comment", "created").await;
    let bodies: Vec<_> =
        heard.iter().map(|one| one.body["comment"]["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test]
async fn an_app_hears_of_being_installed_without_asking() {
    let world = World::new().await;
    let heard = world.heard("installation", "created").await.remove(0).body;
    assert_eq!(heard["repositories"][0]["full_name"], "acme/shop");
    assert_eq!(world.heard("ping", "").await.len(), 1);
}

#[tokio::test]
async fn an_app_hears_only_of_what_it_subscribed_to_where_it_is_installed() {
    let world = World::with(|seed| {
        seed.apps[0].events = vec!["issues".to_owned()];
        let mut other = seed.repositories[0].clone();
        other.name = "till".to_owned();
        seed.repositories.push(other);
        seed.apps[0].install_on = vec!["acme/shop".to_owned()];
    })
    .await;
    let ada = world.person("ada");
    ada.post(COMMENTS, json!({ "body": "Hi" })).await.expect(201);
    ada.post("/repos/acme/till/issues", json!({ "title": "Elsewhere" })).await.expect(201);
    ada.post("/repos/acme/shop/issues", json!({ "title": "Here" })).await.expect(201);
    assert!(world.heard("issue_comment", "").await.is_empty());
    let heard = world.heard("issues", "opened").await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].body["issue"]["title"], "Here");
}
