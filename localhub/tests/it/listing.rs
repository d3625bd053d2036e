use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn long_lists_come_in_pieces_with_links() {
    let world = World::new().await;
    let rita = world.person("rita");
    let first = rita.get("/repos/acme/shop/issues?per_page=1&direction=asc").await;
    let link = first.header("link").to_owned();
    let next =
        format!("{}/api/v3/repos/acme/shop/issues?per_page=1&direction=asc&page=2", world.origin);
    assert!(link.contains(&format!("<{next}>; rel=\"next\"")), "{link}");
    assert_eq!(first.expect(200)[0]["number"], 1);
    let second = rita.get("/repos/acme/shop/issues?per_page=1&direction=asc&page=2").await;
    assert!(second.header("link").contains("rel=\"prev\""));
    assert_eq!(second.expect(200)[0]["number"], 2);
}

#[tokio::test]
async fn issues_are_found_by_state_label_and_assignee() {
    let world = World::new().await;
    let ada = world.person("ada");
    let patch = json!({ "labels": ["bug"], "assignees": ["ada"], "state": "closed" });
    ada.patch("/repos/acme/shop/issues/1", patch).await.expect(200);
    for (query, found) in [
        ("", 1),
        ("state=all", 2),
        ("state=closed&labels=bug", 1),
        ("state=all&labels=bug,gone", 0),
        ("state=all&assignee=ada", 1),
        ("state=all&assignee=none", 1),
        ("state=all&milestone=none", 2),
        ("state=all&since=2999-01-01T00:00:00Z", 0),
    ] {
        let answer = ada.get(&format!("/repos/acme/shop/issues?{query}")).await.expect(200);
        assert_eq!(answer.as_array().unwrap().len(), found, "{query}");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::new().await;
    let rita = world.person("rita");
    let issue = "/repos/acme/shop/issues/1";
    let tag = rita.get(issue).await.header("etag").to_owned();
    assert_eq!(rita.get_with(issue, ("if-none-match", &tag)).await.status, 304);
    rita.post(&format!("{issue}/comments"), json!({ "body": "Hi" })).await.expect(201);
    assert_eq!(rita.get_with(issue, ("if-none-match", &tag)).await.status, 200);
}

#[tokio::test]
async fn errors_have_github_s_shape() {
    let world = World::new().await;
    let ada = world.person("ada");
    let broken = ada.post_text("/repos/acme/shop/issues", "{").await.expect(400);
    assert_eq!(broken["message"], "Problems parsing JSON");
    let untitled = ada.post("/repos/acme/shop/issues", json!({})).await.expect(422);
    assert_eq!(untitled["message"], "Validation Failed");
    assert_eq!(
        untitled["errors"][0],
        json!({
            "resource": "Issue", "field": "title", "code": "missing_field",
        })
    );
    let twice = ada.post("/repos/acme/shop/labels", json!({ "name": "BUG" })).await.expect(422);
    assert_eq!(twice["errors"][0]["code"], "already_exists");
    let unknown = ada.get("/no/such/route").await.expect(404);
    assert_eq!(unknown["message"], "Not Found");
}

#[tokio::test]
async fn every_answer_tells_the_limits() {
    let world = World::new().await;
    let answer = world.person("ada").get("/rate_limit").await;
    assert_eq!(answer.header("x-ratelimit-limit"), "5000");
    assert_eq!(answer.header("x-ratelimit-remaining"), "4999");
    assert!(!answer.header("x-github-request-id").is_empty());
    assert_eq!(answer.expect(200)["resources"]["core"]["used"], 1);
}
