use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn who_reviews_is_no_longer_asked() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let pull = format!("/repos/acme/shop/pulls/{number}");
    let asked = json!({ "reviewers": ["grace"] });
    let ada = world.person("ada");
    ada.post(&format!("{pull}/requested_reviewers"), asked).await.expect(201);
    assert_eq!(world.heard("pull_request", "review_requested").await.len(), 1);
    let review = json!({ "event": "APPROVE", "body": "Shiny" });
    ada.post(&format!("{pull}/reviews"), review.clone()).await.expect(422);
    world.person("grace").post(&format!("{pull}/reviews"), review).await.expect(200);
    let told = world.heard("pull_request_review", "submitted").await.remove(0).body;
    assert_eq!(told["review"]["state"], "approved");
    assert_eq!(ada.get(&pull).await.expect(200)["requested_reviewers"], json!([]));
}

#[tokio::test]
async fn a_comment_belongs_to_a_line_of_the_diff() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let comments = format!("/repos/acme/shop/pulls/{number}/comments");
    let rita = world.person("rita");
    let off = json!({ "body": "Here", "path": "till.txt", "line": 9 });
    rita.post(&comments, off).await.expect(422);
    let on = json!({ "body": "Here", "path": "till.txt", "line": 1, "side": "RIGHT" });
    let comment = rita.post(&comments, on).await.expect(201);
    assert_eq!(comment["diff_hunk"], "@@ -0,0 +1 @@\n+oil");
    let replies = format!("{comments}/{}/replies", comment["id"]);
    let reply = world.person("ada").post(&replies, json!({ "body": "There" })).await.expect(201);
    assert_eq!(reply["in_reply_to_id"], comment["id"]);
    assert_eq!(world.heard("pull_request_review_comment", "created").await.len(), 2);
}

#[tokio::test]
async fn a_pending_review_is_its_authors_until_submitted() {
    let world = World::new().await;
    let number = world.pull("oil", "till.txt", "").await;
    let reviews = format!("/repos/acme/shop/pulls/{number}/reviews");
    let grace = world.person("grace");
    let review = grace.post(&reviews, json!({ "body": "Hm" })).await.expect(200);
    assert_eq!(review["state"], "PENDING");
    let ada = world.person("ada");
    assert_eq!(ada.get(&reviews).await.expect(200), json!([]));
    let submit = format!("{reviews}/{}/events", review["id"]);
    grace.post(&submit, json!({ "event": "REQUEST_CHANGES" })).await.expect(200);
    assert_eq!(ada.get(&reviews).await.expect(200)[0]["state"], "CHANGES_REQUESTED");
}
