//! What pages never do: run what others wrote, take forms from other sites, tell secrets.

use serde_json::{Value, json};

use crate::{pages_browser::Browser, world::World};

const ISSUE: &str = "/acme/shop/issues/1";

#[tokio::test]
async fn what_people_write_is_inert() {
    let world = World::new().await;
    let evil = "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)> [click](javascript:alert(3)) \
                <!-- secret --> **shown** <div><b>\n\n<!-- unclosed\n\nnever shown";
    let path = "/repos/acme/shop/issues/1/comments";
    world.person("rita").post(path, json!({ "body": evil })).await.expect(201);
    let title = json!({ "title": "</title><script>alert(4)</script>" });
    world.person("ada").patch("/repos/acme/shop/issues/1", title).await.expect(200);
    let page = Browser::of(&world, "tia").open(ISSUE).await;
    page.shows("<strong>shown</strong>");
    for harm in ["<script>", "onerror", "javascript:", "secret", "<div><b>", "never shown"] {
        page.hides(harm);
    }
    // The page is whole: nothing that was left open swallowed what comes after.
    page.shows("<section class=\"card form\" aria-label=\"Say something\">");
    assert!(page.html.trim_end().ends_with("</html>"));
}

#[tokio::test]
async fn texts_link_what_they_name_and_only_what_one_may_see() {
    let world = World::with(|seed| {
        let mut vault = seed.repositories[0].clone();
        "vault".clone_into(&mut vault.name);
        vault.roles.remove("rita");
        seed.repositories.push(vault);
    })
    .await;
    let text = "#2 acme/vault#1 @grace @unknown #99 `#2` https://example.org/a?b=1. ![x](http://e.org/x.png)";
    let path = "/repos/acme/shop/issues/1/comments";
    world.person("ada").post(path, json!({ "body": text })).await.expect(201);
    let page = Browser::of(&world, "rita").open(ISSUE).await;
    page.shows("<a href=\"/acme/shop/issues/2\" title=\"No change left\">#2</a> acme/vault#1 ");
    page.shows("<a class=\"mention\" href=\"/grace\">@grace</a> @unknown #99 <code>#2</code>");
    page.shows(">https://example.org/a?b=1</a>.");
    page.shows(">Image: x</a>");
    page.hides("<img src=\"http");
    Browser::of(&world, "ada").open(ISSUE).await.shows("href=\"/acme/vault/issues/1\"");
    Browser::of(&world, "ada").open("/acme/shop/issues/2").await.shows("named this in");
}

#[tokio::test]
async fn every_page_has_the_strict_policy() {
    let world = World::new().await;
    let ada = Browser::of(&world, "ada");
    for path in ["/", ISSUE, "/acme/shop", "/no/such/page", "/localhub/style.css"] {
        let headers = ada.open(path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"));
        assert!(policy.contains("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
    let page = ada.open(ISSUE).await;
    page.hides(" style=");
    page.hides(" onclick");
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let world = World::new().await;
    let ada = Browser::of(&world, "ada");
    let path = format!("{ISSUE}/comments");
    for origin in ["http://evil.example", "null", "", &format!("{}0", world.origin)] {
        let page = ada.send_from(origin, &path, &[("body", "hi"), ("as", "ada")]).await;
        assert_eq!(page.status, 403, "from `{origin}`");
    }
    assert!(world.heard("issue_comment", "created").await.is_empty());
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let world = World::new().await;
    for path in ["/acme/shop", ISSUE, "/acme/shop/tree/main", "/acme/shop/issues/1/version"] {
        for who in ["otto", "", "somebody"] {
            let page = Browser::of(&world, who).open(path).await;
            assert_eq!(page.status, 404, "{path} for `{who}`");
            page.hides("The till is stuck");
        }
    }
    Browser::of(&world, "otto").open("/").await.hides("shop");
    let page = Browser::of(&world, "rita").open("/acme/shop/issues/99").await;
    assert_eq!(page.status, 404);
    page.shows("There is nothing here");
}

#[tokio::test]
async fn choosing_who_one_is_leads_back_but_never_away() {
    let world = World::new().await;
    let nobody = Browser::of(&world, "");
    for (back, to) in [(ISSUE, ISSUE), ("//evil.example", "/"), ("https://evil.example", "/")] {
        let fields = [("login", "ada"), ("back", back)];
        let sent = nobody.send_from(&world.origin, "/localhub/acting-as", &fields).await;
        assert_eq!(sent.headers["location"], to);
        let cookie = sent.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("localhub_person=ada; "), "{cookie}");
        assert!(cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"), "{cookie}");
    }
    let fields = [("login", "robot[bot]"), ("back", "/")];
    let sent = nobody.send_from(&world.origin, "/localhub/acting-as", &fields).await;
    assert_eq!(sent.status, 404);
}

/// Every `html_url` (and avatar) of the API is a page.
#[tokio::test]
async fn addresses_in_answers_are_pages() {
    let world = World::new().await;
    let pull = world.pull("till", "till.txt", "Closes #1").await;
    let ada = world.person("ada");
    let head = ada.get(&format!("/repos/acme/shop/pulls/{pull}")).await.expect(200);
    let sha = head["head"]["sha"].as_str().unwrap();
    let check = json!({ "name": "build", "head_sha": sha });
    world.robot(json!({})).await.post("/repos/acme/shop/check-runs", check).await.expect(201);
    let stone = json!({ "title": "M1" });
    ada.post("/repos/acme/shop/milestones", stone).await.expect(201);
    let mut found = Vec::new();
    for path in [
        "/repos/acme/shop".to_owned(),
        "/repos/acme/shop/issues".to_owned(),
        "/repos/acme/shop/milestones".to_owned(),
        "/repos/acme/shop/contents/README.md".to_owned(),
        "/repos/acme/shop/contents".to_owned(),
        "/repos/acme/shop/branches/main".to_owned(),
        format!("/repos/acme/shop/pulls/{pull}"),
        format!("/repos/acme/shop/pulls/{pull}/files"),
        format!("/repos/acme/shop/commits/{sha}"),
        format!("/repos/acme/shop/commits/{sha}/check-runs"),
        "/repos/acme/shop/compare/main...till".to_owned(),
    ] {
        collect(&ada.get(&path).await.expect(200), &mut found);
    }
    collect(&world.app().get("/app/installations").await.expect(200), &mut found);
    found.sort();
    found.dedup();
    assert!(found.len() > 15, "{found:?}");
    let browser = Browser::of(&world, "ada");
    for address in found {
        let path = address.strip_prefix(&world.origin).expect("addresses start with the origin");
        let status = browser.open(path).await.status;
        assert!(status.is_success() || status.is_redirection(), "{status} for {address}");
    }
}

fn collect(body: &Value, found: &mut Vec<String>) {
    let pages = ["html_url", "avatar_url", "diff_url", "patch_url", "blob_url", "raw_url", "html"];
    if let Some(object) = body.as_object() {
        for (key, value) in object {
            if let Some(url) = value.as_str().filter(|_| pages.contains(&key.as_str())) {
                found.push(url.to_owned());
            }
            collect(value, found);
        }
    }
    for value in body.as_array().into_iter().flatten() {
        collect(value, found);
    }
}
