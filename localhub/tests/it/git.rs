use serde_json::json;

use crate::world::{Clone, World};

#[tokio::test]
async fn a_push_tells_its_commits() {
    let world = World::new().await;
    let clone = world.clone("ada").await;
    let sha = clone.commit("till.txt", "oil\n", "Oil the till").await;
    clone.push("main").await.unwrap();
    let push = world.heard("push", "").await.remove(0).body;
    assert_eq!((&push["ref"], &push["after"]), (&json!("refs/heads/main"), &json!(sha)));
    assert_eq!(push["commits"][0]["added"], json!(["till.txt"]));
    assert_eq!(push["pusher"]["name"], "ada");
    let commit = world.person("rita").get("/repos/acme/shop/commits/main").await.expect(200);
    assert_eq!(commit["author"]["login"], "ada");
    assert_eq!(commit["files"][0]["patch"], "@@ -0,0 +1 @@\n+oil");
}

#[tokio::test]
async fn a_reader_may_clone_and_not_push() {
    let world = World::new().await;
    let clone = world.clone("rita").await;
    clone.commit("a.txt", "a\n", "No").await;
    let refused = clone.push("main").await.unwrap_err();
    assert!(refused.contains("403"), "{refused}");
    assert!(world.heard("push", "").await.is_empty());
}

#[tokio::test]
async fn an_app_without_the_permission_may_not_push_workflows() {
    let world = World::new().await;
    let robot = world.robot(json!({ "permissions": { "contents": "write" } })).await;
    let clone = Clone::of(&world.origin, robot.token()).await;
    clone.commit(".github/workflows/ci.yml", "on: push\n", "CI").await;
    let refused = clone.push("main").await.unwrap_err();
    assert!(refused.contains("refusing to allow a GitHub App to create or update workflow"));
    assert!(world.heard("push", "").await.is_empty());
    clone.git(&["reset", "--quiet", "--hard", "origin/main"]).await.unwrap();
    clone.commit("code.txt", "1\n", "Code").await;
    clone.push("main").await.unwrap();
}

#[tokio::test]
async fn files_are_read_and_written_over_rest() {
    let world = World::new().await;
    let ada = world.person("ada");
    let readme = ada.get("/repos/acme/shop/contents/README.md").await.expect(200);
    assert_eq!(readme["content"], "IyBTaG9wCg==\n");
    let file = json!({ "message": "Add", "content": "aGk=", "branch": "main" });
    ada.put("/repos/acme/shop/contents/docs/hi.txt", file.clone()).await.expect(201);
    ada.put("/repos/acme/shop/contents/docs/hi.txt", file).await.expect(422);
    let folder = ada.get("/repos/acme/shop/contents/docs").await.expect(200);
    assert_eq!(folder[0]["path"], "docs/hi.txt");
    assert_eq!(world.heard("push", "").await.len(), 1);
}

#[tokio::test]
async fn branches_are_made_moved_compared_and_deleted_over_rest() {
    let world = World::new().await;
    let ada = world.person("ada");
    let main = ada.get("/repos/acme/shop/git/ref/heads/main").await.expect(200);
    let new = json!({ "ref": "refs/heads/a/b", "sha": main["object"]["sha"] });
    ada.post("/repos/acme/shop/git/refs", new.clone()).await.expect(201);
    ada.post("/repos/acme/shop/git/refs", new).await.expect(422);
    let file = json!({ "message": "Add", "content": "aGk=", "branch": "a/b" });
    ada.put("/repos/acme/shop/contents/hi.txt", file).await.expect(201);
    let compared = ada.get("/repos/acme/shop/compare/main...a/b").await.expect(200);
    assert_eq!((&compared["status"], &compared["ahead_by"]), (&json!("ahead"), &json!(1)));
    assert_eq!(ada.get("/repos/acme/shop/branches/a/b").await.expect(200)["name"], "a/b");
    ada.delete("/repos/acme/shop/git/refs/heads/a/b").await.expect(204);
    assert_eq!(ada.get("/repos/acme/shop/branches").await.expect(200).as_array().unwrap().len(), 1);
}
