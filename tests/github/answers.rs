use serde_json::json;
use team6::domain::ids::{CommitSha, IssueNumber, MilestoneNumber, PullNumber};
use team6::github::{Error, Method};

use crate::hub::{Hub, issue, ok, status, with};

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let hub = Hub::answering(|seen| match seen.etag.as_deref() {
        Some("\"one\"") => with(&[], 304, &json!(null)),
        _ => with(&[("etag", "\"one\"")], 200, &issue(12)),
    })
    .await;
    let first = hub.web().issue(IssueNumber(12)).await.unwrap();
    assert_eq!(hub.web().issue(IssueNumber(12)).await.unwrap(), first);
    let etags: Vec<_> = hub.seen().into_iter().map(|seen| seen.etag).collect();
    assert_eq!(etags, [None, Some("\"one\"".to_owned())]);
}

/// Three pages of one issue each, the second a pull request.
async fn three_pages() -> Hub {
    Hub::answering(|seen| {
        let page: i64 = match seen.asked.split_once("&page=") {
            Some((_, page)) => page.parse().unwrap(),
            None => 1,
        };
        let host = &seen.host;
        let next = format!(
            "<http://{host}{}&page={}>; rel=\"next\", <http://{host}/last>; rel=\"last\"",
            "/api/v3/repos/acme/web/issues?milestone=3",
            page + 1
        );
        let mut found = issue(page);
        if page == 2 {
            found["pull_request"] = json!({ "url": "…" });
        }
        let link = if page < 3 { next } else { String::new() };
        with(&[("link", &link)], 200, &json!([found]))
    })
    .await
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let hub = three_pages().await;
    let issues = hub.web().issues_of(MilestoneNumber(3)).await.unwrap();
    let numbers: Vec<_> = issues.into_iter().map(|issue| issue.number.0).collect();
    assert_eq!(numbers, [1, 3]);
    assert_eq!(
        hub.asked()[0],
        "GET /repos/acme/web/issues?milestone=3&state=all&sort=created&direction=asc&per_page=100"
    );
}

#[tokio::test]
async fn our_token_goes_nowhere_else() {
    let hub = Hub::answering(|seen| match seen.asked.split('?').next().unwrap() {
        "GET /repos/acme/web/milestones" => {
            let link = "<http://evil.example/milestones?page=2>; rel=\"next\"";
            with(&[("link", link)], 200, &json!([]))
        }
        _ => status(302, &[("location", "http://evil.example/issues/12")], "Found"),
    })
    .await;
    let redirected = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    let linked = hub.web().milestones().await.unwrap_err();
    assert_eq!(redirected.to_string(), "GitHub points to another server: http://evil.example");
    assert_eq!(linked.to_string(), redirected.to_string());
}

#[tokio::test]
async fn a_renamed_repository_is_followed_with_all_that_was_said() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "POST /repos/acme/web/issues/12/comments" => {
            status(301, &[("location", "/api/v3/repositories/7/issues/12/comments")], "Moved")
        }
        _ => ok(&json!({ "id": 1 })),
    })
    .await;
    hub.web().create_comment(IssueNumber(12), "hello").await.unwrap();
    let seen = hub.seen();
    assert_eq!(seen[1].asked, "POST /repositories/7/issues/12/comments");
    assert_eq!(seen[1].body, json!({ "body": "hello" }));
}

#[tokio::test]
async fn a_circle_is_left() {
    let hub = Hub::answering(|_| status(302, &[("location", "?again")], "Found")).await;
    let error = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    assert!(matches!(error, Error::Astray(_)), "{error:?}");
}

#[tokio::test]
async fn githubs_words_are_passed_on() {
    let hub = Hub::answering(|_| {
        let said = json!({
            "message": "Validation Failed",
            "errors": [{ "resource": "Issue", "field": "milestone", "code": "invalid" }, "too bad"],
            "documentation_url": "https://docs.github.com/rest",
        });
        with(&[], 422, &said)
    })
    .await;
    let error = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    assert!(error.is_unprocessable());
    insta::assert_snapshot!(
        error,
        @"GitHub refused (422): Validation Failed (Issue milestone invalid; too bad)"
    );
}

#[tokio::test]
async fn why_a_merge_failed_can_be_told() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "PUT /repos/acme/web/pulls/1/merge" => status(405, &[], "Pull Request is not mergeable"),
        "PUT /repos/acme/web/pulls/2/merge" => status(409, &[], "Head branch was modified"),
        _ => ok(&json!({ "sha": "c0ffee", "merged": true })),
    })
    .await;
    let head = CommitSha("abc".to_owned());
    let merge = async |pull| hub.web().merge(PullNumber(pull), &head, Method::Squash).await;
    assert!(merge(1).await.unwrap_err().is_not_allowed());
    assert!(merge(2).await.unwrap_err().is_conflict());
    assert_eq!(merge(3).await.unwrap().sha.0, "c0ffee");
    assert_eq!(hub.seen()[2].body, json!({ "sha": "abc", "merge_method": "squash" }));
}

#[tokio::test]
async fn an_answer_may_lack_what_we_can_do_without() {
    let hub = Hub::answering(|_| {
        ok(&json!({
            "id": 9012, "number": 12, "title": null, "body": null, "user": null, "labels": ["bug"],
            "assignees": null, "state": "paused", "milestone": { "number": 3 }, "type": { "id": 1 },
        }))
    })
    .await;
    let issue = hub.web().issue(IssueNumber(12)).await.unwrap();
    assert_eq!((issue.state.as_str(), issue.body.as_str()), ("paused", ""));
    assert!(issue.is_labelled("Bug"));
}
