//! What people see and do on pages.

use serde_json::json;

use crate::{pages_browser::Browser, world::World};

const ISSUE: &str = "/acme/shop/issues/1";

/// A comment of rita's with three boxes, and its id.
async fn boxes(world: &World) -> u64 {
    let body = json!({ "body": "Plan\n\n- [ ] **one** <!-- 1 -->\n- [x] two\n- [ ] three" });
    let path = "/repos/acme/shop/issues/1/comments";
    world.person("rita").post(path, body).await.expect(201)["id"].as_u64().unwrap()
}

async fn body(world: &World, comment: u64) -> String {
    let path = format!("/repos/acme/shop/issues/comments/{comment}");
    world.person("ada").get(&path).await.expect(200)["body"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ticking_a_box_edits_the_comment_as_the_person_who_ticks() {
    let world = World::new().await;
    let comment = boxes(&world).await;
    let ada = Browser::of(&world, "ada");
    let seen = ada.open(ISSUE).await.field(&format!("comments/{comment}/ticks"), "seen");

    let ticks = format!("/acme/shop/comments/{comment}/ticks");
    let page = ada.send(&ticks, &[("seen", &seen), ("box", "0"), ("box", "1")]).await;

    page.shows("edited");
    assert_eq!(
        body(&world, comment).await,
        "Plan\n\n- [x] **one** <!-- 1 -->\n- [x] two\n- [ ] three"
    );
    let heard = world.heard("issue_comment", "edited").await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].body["sender"]["login"], "ada");
    assert!(heard[0].body["changes"]["body"]["from"].as_str().unwrap().contains("[ ] **one**"));
}

#[tokio::test]
async fn a_tick_on_an_old_page_changes_only_that_box_of_the_new_text() {
    let world = World::new().await;
    let comment = boxes(&world).await;
    let ada = Browser::of(&world, "ada");
    let seen = ada.open(ISSUE).await.field(&format!("comments/{comment}/ticks"), "seen");
    let path = format!("/repos/acme/shop/issues/comments/{comment}");
    let rewritten = json!({ "body": "New\n- [ ] zero\n- [ ] **one** <!-- 1 -->\n- [ ] two" });
    world.person("rita").patch(&path, rewritten).await.expect(200);

    let ticks = format!("/acme/shop/comments/{comment}/ticks");
    ada.send(&ticks, &[("seen", &seen), ("box", "0"), ("box", "1")]).await;
    assert_eq!(body(&world, comment).await, "New\n- [ ] zero\n- [x] **one** <!-- 1 -->\n- [ ] two");

    // "three" is gone by now, so nothing is guessed.
    let page = ada.send(&ticks, &[("seen", &seen), ("box", "1"), ("box", "2")]).await;
    assert_eq!(page.status, 409);
    page.shows("this box is not in it any more");
}

#[tokio::test]
async fn who_may_not_edit_cannot_tick() {
    let world = World::new().await;
    let comment = boxes(&world).await;
    let tia = Browser::of(&world, "tia");
    let page = tia.open(ISSUE).await;
    page.shows("<input type=\"checkbox\" disabled aria-label=\"one\">");
    page.hides("data-tick");
    let seen = r#"[["**one** <!-- 1 -->",false]]"#;
    let ticks = format!("/acme/shop/comments/{comment}/ticks");
    let page = tia.send(&ticks, &[("seen", seen), ("box", "0")]).await;
    assert_eq!(page.status, 403);
    page.shows(
        "The person you are acting as may not do this: must have push access to repository.",
    );
}

#[tokio::test]
async fn people_comment_and_lend_each_other_their_voice() {
    let world = World::new().await;
    let ada = Browser::of(&world, "ada");
    let path = format!("{ISSUE}/comments");
    ada.send(&path, &[("body", "I see **it**"), ("as", "ada")]).await.shows("<strong>it</strong>");
    ada.send(&path, &[("body", "Me too"), ("as", "rita")]).await.shows("Me too");
    let senders = world.heard("issue_comment", "created").await;
    let senders: Vec<_> = senders.iter().map(|one| one.body["sender"]["login"].clone()).collect();
    assert_eq!(senders, ["ada", "rita"]);
    let page = ada.send(&path, &[("body", " "), ("as", "ada")]).await;
    assert_eq!(page.status, 422);
    page.shows("Body cannot be blank.");
}

#[tokio::test]
async fn a_text_that_changed_meanwhile_is_not_overwritten() {
    let world = World::new().await;
    let comment = boxes(&world).await;
    let ada = Browser::of(&world, "ada");
    let text = format!("/acme/shop/comments/{comment}/text");
    let seen = ada.open(ISSUE).await.field(&text, "seen");
    ada.send(&text, &[("seen", &seen), ("body", "First")]).await.shows("First");
    let page = ada.send(&text, &[("seen", &seen), ("body", "My long words")]).await;
    assert_eq!(page.status, 409);
    page.shows("Somebody changed this text while you were writing");
    page.shows("My long words");
    assert_eq!(body(&world, comment).await, "First");
}

#[tokio::test]
async fn issues_are_dressed_and_closed_on_their_page() {
    let world = World::new().await;
    let tia = Browser::of(&world, "tia");
    tia.send(&format!("{ISSUE}/assignees"), &[("had", "[]"), ("who", "ada")]).await;
    // Who saw nobody assigned and adds grace does not take ada off.
    tia.send(&format!("{ISSUE}/assignees"), &[("had", "[]"), ("who", "grace")]).await;
    tia.send(&format!("{ISSUE}/labels"), &[("had", "[]"), ("name", "bug"), ("name", "")]).await;
    tia.send(&format!("{ISSUE}/blockers"), &[("add", "#2")]).await;
    let page = tia.send(&format!("{ISSUE}/state"), &[("to", "not_planned")]).await;
    page.shows("Closed as not planned");
    page.shows("#2 No change left");
    let issue = world.person("ada").get("/repos/acme/shop/issues/1").await.expect(200);
    let logins: Vec<_> =
        issue["assignees"].as_array().unwrap().iter().map(|a| &a["login"]).collect();
    assert_eq!(logins, ["ada", "grace"]);
    assert_eq!(issue["labels"][0]["name"], "bug");
    let page = tia.send(&format!("{ISSUE}/state"), &[("to", "closed")]).await;
    assert_eq!(page.status, 409);
    page.shows("Somebody was faster: this is closed already.");
    let page = tia.send("/acme/shop/issues/2/blockers", &[("add", "1")]).await;
    assert_eq!(page.status, 422);
    page.shows("An issue cannot wait for itself, directly or through others.");
}

#[tokio::test]
async fn a_pull_request_is_reviewed_and_merged_on_its_page() {
    let world = World::new().await;
    let pull = world.pull("till", "till.txt", "Closes #1").await;
    let at = format!("/acme/shop/pull/{pull}");
    let (grace, rita) = (Browser::of(&world, "grace"), Browser::of(&world, "rita"));
    rita.open(&at).await.shows("rita may not push to this repository, and so not merge.");
    let files = grace.open(&format!("{at}/files")).await;
    files.shows("<td class=\"sign\">+</td><td class=\"code\">till</td>");
    grace.open(&format!("{at}/commits")).await.shows("Write till.txt");
    let page =
        grace.send(&format!("{at}/reviews"), &[("verdict", "APPROVE"), ("body", "Fine")]).await;
    page.shows("approved this");
    let sha = page.field(&format!("{at}/merge"), "sha");

    let refused = rita.send(&format!("{at}/merge"), &[("sha", &sha), ("method", "merge")]).await;
    assert_eq!(refused.status, 403);
    let old = "0".repeat(40);
    let stale = grace.send(&format!("{at}/merge"), &[("sha", &old), ("method", "merge")]).await;
    assert_eq!(stale.status, 409);
    stale.shows("Head branch was modified. Review and try the merge again.");
    let merged = grace.send(&format!("{at}/merge"), &[("sha", &sha), ("method", "squash")]).await;
    merged.shows("grace merged this into main");
    merged.hides("Turn into a draft");
    grace.open(ISSUE).await.shows("closed this by");
}

#[tokio::test]
async fn a_page_tells_when_it_has_changed() {
    let world = World::new().await;
    let ada = Browser::of(&world, "ada");
    let before = ada.open(&format!("{ISSUE}/version")).await.html;
    ada.open(ISSUE).await.shows(&format!("data-version=\"{before}\""));
    boxes(&world).await;
    assert_ne!(ada.open(&format!("{ISSUE}/version")).await.html, before);
}

#[tokio::test]
async fn deliveries_are_shown_and_sent_again() {
    let world = World::new().await;
    boxes(&world).await;
    let sent = world.heard("issue_comment", "created").await.remove(0);
    let ada = Browser::of(&world, "ada");
    let list = ada.open("/localhub/deliveries").await;
    let row = list.html.split("issue_comment.created").next().unwrap();
    let page = row.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    ada.open(page).await.shows(sent.guid());
    ada.send(page, &[]).await;
    assert_eq!(world.heard("issue_comment", "created").await[0].guid(), sent.guid());
}
