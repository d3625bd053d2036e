use chrono::TimeDelta;
use serde_json::json;
use team6::domain::ids::{BranchName, CommentId, CommitSha, IssueNumber, Login};
use team6::domain::permission::Permission;
use team6::github::{Check, Conclusion, Status};

use crate::hub::{Hub, issue, ok, status, with};

#[tokio::test]
async fn a_role_says_more_than_the_old_word() {
    let hub = Hub::answering(|seen| {
        let person = seen.asked.split('/').nth(5).unwrap().to_owned();
        let (permission, role) = match person.as_str() {
            "ada" => ("write", "maintain"),
            "grace" => ("read", "triage"),
            "edith" => ("write", "release-captain"),
            _ => return status(404, &[], "ghost is not a user"),
        };
        ok(&json!({ "permission": permission, "role_name": role }))
    })
    .await;
    let mut roles = Vec::new();
    for person in ["ada", "grace", "edith", "nobody"] {
        roles.push(hub.web().permission(&Login(person.to_owned())).await.unwrap());
    }
    assert_eq!(
        roles,
        [Permission::Maintain, Permission::Triage, Permission::Write, Permission::None]
    );
}

#[tokio::test]
async fn only_our_own_marks_count() {
    let hub = Hub::answering(|_| {
        ok(&json!([
            { "id": 1, "body": "<!-- plan -->", "user": { "login": "mallory" } },
            { "id": 2, "body": "hello", "user": { "login": "team6[bot]" } },
            { "id": 3, "body": "<!-- plan -->", "user": null },
            { "id": 4, "body": "<!-- plan -->", "user": { "login": "team6[bot]" } },
        ]))
    })
    .await;
    let us = Login("team6[bot]".to_owned());
    let found = hub.web().find_marked(IssueNumber(12), "<!-- plan -->", &us).await.unwrap();
    assert_eq!(found.unwrap().id, CommentId(4));
}

#[tokio::test]
async fn a_server_without_dependencies_is_asked_once_an_hour() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "GET /repos/acme/web/issues/12" => ok(&issue(12)),
        _ => status(404, &[], "Not Found"),
    })
    .await;
    for _ in 0..3 {
        assert_eq!(hub.web().blocked_by(IssueNumber(12)).await.unwrap(), []);
    }
    assert_eq!(hub.seen().len(), 2, "the list, and whether the issue is there");
    hub.clock.advance(TimeDelta::minutes(61));
    hub.web().blocked_by(IssueNumber(12)).await.unwrap();
    assert_eq!(hub.seen().len(), 4);
}

#[tokio::test]
async fn an_issue_that_is_gone_says_nothing_about_its_server() {
    let hub = Hub::answering(|seen| match seen.asked.split('?').next().unwrap() {
        "GET /repos/acme/web/issues/13/dependencies/blocked_by" => ok(&json!([{
            "id": 1, "number": 5, "repository_url": "https://api.github.com/repos/acme/api",
        }])),
        _ => status(404, &[], "Not Found"),
    })
    .await;
    assert!(hub.web().blocked_by(IssueNumber(12)).await.unwrap_err().is_gone());
    let blockers = hub.web().blocked_by(IssueNumber(13)).await.unwrap();
    assert_eq!(blockers[0].reference().unwrap().to_string(), "acme/api#5");
}

#[tokio::test]
async fn odd_names_arrive_as_they_are() {
    let hub = Hub::answering(|_| status(404, &[], "Not Found")).await;
    let web = hub.web();
    web.remove_label(IssueNumber(12), "size/100% ?").await.unwrap();
    let branch = BranchName("feature/task-3-#1".to_owned());
    assert_eq!(web.find_head(&branch).await.unwrap(), None);
    assert!(web.issues_labelled("team6:sprint").await.unwrap_err().is_gone());
    assert_eq!(
        hub.asked(),
        [
            "DELETE /repos/acme/web/issues/12/labels/size%2F100%25%20%3F",
            "GET /repos/acme/web/git/ref/heads/feature/task-3-%231",
            "GET /repos/acme/web/issues?labels=team6%3Asprint&state=all&sort=created&direction=asc\
             &per_page=100",
        ]
    );
}

#[tokio::test]
async fn who_we_are_is_more_than_a_number() {
    let hub = Hub::answering(|seen| match seen.asked.split('?').next().unwrap() {
        "GET /app" => ok(&json!({ "id": 1234, "slug": "team6", "events": ["issues"] })),
        "GET /app/installations" => ok(&json!([
            { "id": 60, "suspended_at": "2026-11-01T00:00:00Z" }, { "id": 61 },
        ])),
        _ => ok(&json!({ "id": 5900, "login": "team6[bot]", "type": "Bot" })),
    })
    .await;
    let me = hub.github.whoami().await.unwrap().unwrap();
    assert_eq!(me.bot, Login("team6[bot]".to_owned()));
    assert_eq!(me.identity().email, "5900+team6[bot]@users.noreply.127.0.0.1");
    assert_eq!(hub.seen()[2].credential, "tok-1");
}

#[tokio::test]
async fn a_new_app_keeps_its_secrets_to_itself() {
    let hub = Hub::answering(|_| {
        let said = json!({
            "id": 1234, "slug": "team6", "html_url": "https://github.com/apps/team6",
            "client_id": "Iv1.8a61f9b3a7aba766", "client_secret": "hush", "webhook_secret": "hush",
            "pem": "hush",
        });
        with(&[], 201, &said)
    })
    .await;
    let app = team6::github::manifest::register(&hub.api, "team6-test", "c/0de").await.unwrap();
    assert_eq!((app.app_id, app.private_key_pem.as_str()), (1234, "hush"));
    assert!(!format!("{app:?}").contains("hush"));
    assert_eq!(hub.asked(), ["POST /app-manifests/c%2F0de/conversions"]);
    assert_eq!(hub.seen()[0].credential, "");
}

#[tokio::test]
async fn the_delivery_log_is_read_backwards() {
    let hub = Hub::answering(|seen| {
        let link =
            format!("<http://{}/api/v3/app/hook/deliveries?cursor=v1_9>; rel=\"next\"", seen.host);
        let attempt = json!([{
            "id": 9, "guid": "a-b-c", "status": "Invalid HTTP Response: 503", "status_code": 503,
            "event": "ping", "action": null, "installation_id": null,
        }]);
        with(&[("link", &link)], 200, &attempt)
    })
    .await;
    let log = hub.github.deliveries(None).await.unwrap();
    assert_eq!(log.older.as_deref(), Some("v1_9"));
    assert!(!log.attempts[0].arrived());
    hub.github.deliveries(log.older.as_deref()).await.unwrap();
    assert_eq!(hub.asked()[1], "GET /app/hook/deliveries?per_page=100&cursor=v1_9");
}

#[tokio::test]
async fn a_comment_tells_who_ticked_its_box() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "POST /api/graphql" => {
            assert_eq!(seen.body["variables"]["id"], "IC_1");
            ok(&json!({ "data": { "node": { "userContentEdits": {
                "pageInfo": { "hasNextPage": false, "endCursor": "x" },
                "nodes": [
                    { "editedAt": "2026-11-02T10:07:31Z", "diff": "- [x] T1",
                      "editor": { "__typename": "User", "login": "ada" } },
                    { "editedAt": "2026-11-02T10:06:00Z", "diff": null, "editor": null },
                    { "editedAt": "2026-11-02T10:05:00Z", "diff": "- [ ] T1",
                      "editor": { "__typename": "Bot", "login": "team6" } },
                ],
            } } } }))
        }
        _ => ok(&json!({ "id": 1, "node_id": "IC_1" })),
    })
    .await;
    let comment = hub.web().comment(CommentId(1)).await.unwrap();
    let edits = hub.web().edits(&comment).await.unwrap();
    let told: Vec<_> = edits
        .iter()
        .map(|edit| (edit.by.as_ref().map(|by| by.0.as_str()), edit.is_bot, edit.text.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("team6"), true, Some("- [ ] T1")),
            (None, false, None),
            (Some("ada"), false, Some("- [x] T1")),
        ]
    );
}

#[tokio::test]
async fn graphql_refuses_in_its_own_way() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "POST /api/graphql" => ok(&json!({
            "data": { "node": null },
            "errors": [{ "type": "NOT_FOUND", "message": "Could not resolve to a node" }],
        })),
        _ => ok(&json!({ "id": 1, "node_id": "IC_1" })),
    })
    .await;
    let comment = hub.web().comment(CommentId(1)).await.unwrap();
    assert!(hub.web().edits(&comment).await.unwrap_err().is_gone());
}

#[tokio::test]
async fn a_check_is_reported_once_and_then_changed() {
    let hub = Hub::answering(|seen| match seen.asked.split_once('?') {
        Some(_) => ok(&json!({ "total_count": 2, "check_runs": [
            { "id": 1, "external_id": "exe_1", "app": { "id": 42 } },
            { "id": 2, "external_id": "exe_1", "app": { "id": 1234 } },
        ] })),
        None => ok(&json!({ "id": 2, "conclusion": "success", "output": null })),
    })
    .await;
    let check = Check {
        name: "Team6".to_owned(),
        head_sha: CommitSha("abc".to_owned()),
        external_id: "exe_1".to_owned(),
        status: Status::Completed,
        conclusion: Some(Conclusion::Success),
        details_url: None,
        output: None,
        actions: Vec::new(),
    };
    hub.web().report(&check).await.unwrap();
    assert_eq!(hub.asked()[1], "PATCH /repos/acme/web/check-runs/2");
    assert_eq!(
        hub.seen()[1].body,
        json!({
            "name": "Team6", "external_id": "exe_1", "status": "completed", "conclusion": "success",
        })
    );
}
