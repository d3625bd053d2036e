use serde_json::json;

use crate::world::{Client, World};

#[tokio::test]
async fn a_newcomer_gets_a_token_and_a_role() {
    let world = World::new().await;
    let ada = world.person("ada");
    let joan = json!({ "login": "joan", "roles": { "acme/shop": "write" } });
    let invited = ada.post("/localhub/people", joan).await.expect(200);
    let token = invited["token"].as_str().unwrap().to_owned();
    let joan = Client::new(&world.origin, Some(token));
    assert_eq!(joan.get("/user").await.expect(200)["login"], "joan");
    let may = ada.get("/repos/acme/shop/collaborators/joan/permission").await.expect(200);
    assert_eq!(may["role_name"], "write");

    let less = json!({ "login": "joan", "roles": { "acme/shop": "read" } });
    let again = ada.post("/localhub/people", less).await.expect(200);
    assert_eq!(again["token"], invited["token"], "a token is given once");
    let may = ada.get("/repos/acme/shop/collaborators/joan/permission").await.expect(200);
    assert_eq!(may["role_name"], "read");
    ada.post("/localhub/people", json!({ "login": "x", "roles": { "acme/nothing": "read" } }))
        .await
        .expect(404);
}
