use chrono::TimeDelta;
use localhub::Clock;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_wrong_token_is_a_bad_credential() {
    let world = World::new().await;
    let answer = world.person("nobody").get("/repos/acme/shop").await;
    assert_eq!(answer.expect(401)["message"], "Bad credentials");
}

#[tokio::test]
async fn a_private_repository_does_not_exist_for_strangers() {
    let world = World::new().await;
    world.person("otto").get("/repos/acme/shop").await.expect(404);
    world.stranger().get("/repos/acme/shop").await.expect(404);
    world.person("rita").get("/repos/acme/shop").await.expect(200);
}

#[tokio::test]
async fn an_app_knows_itself_by_its_key() {
    let world = World::new().await;
    assert_eq!(world.app().get("/app").await.expect(200)["slug"], "robot");
    assert_eq!(world.person("ada").get("/app").await.status, 401);
    let installation = world.app().get("/repos/acme/shop/installation").await.expect(200);
    assert_eq!(installation["account"]["login"], "acme");
}

#[tokio::test]
async fn a_token_reaches_no_further_than_was_asked_for() {
    let world = World::new().await;
    let robot = world.robot(json!({ "permissions": { "issues": "read" } })).await;
    robot.get("/repos/acme/shop/issues/1").await.expect(200);
    let refused = robot.post("/repos/acme/shop/issues", json!({ "title": "No" })).await;
    assert_eq!(refused.header("x-accepted-github-permissions"), "issues=write");
    assert_eq!(refused.expect(403)["message"], "Resource not accessible by integration");
}

#[tokio::test]
async fn a_token_cannot_exceed_the_grant() {
    let world = World::new().await;
    let installation = world.hub.app("robot").unwrap().installations[0].1;
    let path = format!("/app/installations/{installation}/access_tokens");
    let app = world.app();
    app.post(&path, json!({ "permissions": { "administration": "write" } })).await.expect(422);
    app.post(&path, json!({ "repositories": ["nowhere"] })).await.expect(422);
}

#[tokio::test]
async fn a_revoked_token_is_dead() {
    let world = World::new().await;
    let robot = world.robot(json!({})).await;
    let repositories = robot.get("/installation/repositories").await.expect(200);
    assert_eq!(repositories["total_count"], 1);
    robot.delete("/installation/token").await.expect(204);
    robot.get("/repos/acme/shop").await.expect(401);
}

#[tokio::test]
async fn roles_are_told_in_old_words_and_in_new_ones() {
    let world = World::new().await;
    for (login, permission, role) in [
        ("ada", "write", "write"),
        ("grace", "write", "maintain"),
        ("tia", "read", "triage"),
        ("rita", "read", "read"),
        ("otto", "none", "none"),
    ] {
        let path = format!("/repos/acme/shop/collaborators/{login}/permission");
        let answer = world.person("ada").get(&path).await.expect(200);
        assert_eq!(
            (&answer["permission"], &answer["role_name"]),
            (&json!(permission), &json!(role))
        );
    }
}

#[tokio::test]
async fn a_token_lasts_an_hour() {
    let clock = Clock::stopped(Clock::System.now());
    let world = World::at(clock.clone()).await;
    let robot = world.robot(json!({})).await;
    clock.advance(TimeDelta::minutes(59));
    robot.get("/repos/acme/shop").await.expect(200);
    clock.advance(TimeDelta::minutes(1));
    robot.get("/repos/acme/shop").await.expect(401);
}

#[tokio::test]
async fn a_json_web_token_lasts_ten_minutes_at_most() {
    let world = World::new().await;
    world.app_until(15 * 60).get("/app").await.expect(401);
    world.app_until(-1).get("/app").await.expect(401);
    world.app_until(9 * 60).get("/app").await.expect(200);
}
