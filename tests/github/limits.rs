use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use serde_json::json;
use team6::domain::ids::{CommentId, InstallationId, IssueNumber};
use team6::github::{Again, Error, Reaction};

use crate::hub::{Hub, cut, issue, noon, ok, status, with};

/// Until when GitHub wants to be left alone, after answering `response` once.
async fn closed_by(response: fn() -> Response) -> (Hub, DateTime<Utc>) {
    let first = AtomicUsize::new(0);
    let hub = Hub::answering(move |_| match first.fetch_add(1, Ordering::SeqCst) {
        0 => response(),
        _ => ok(&issue(12)),
    })
    .await;
    let error = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    let Error::Limited { until } = error else { panic!("{error:?}") };
    assert_eq!(error.again(), Again::At(until));
    (hub, until)
}

#[tokio::test]
async fn github_is_left_alone_for_as_long_as_it_asks() {
    let (hub, until) = closed_by(|| status(429, &[("retry-after", "30")], "Slow down")).await;
    assert_eq!(until, noon() + TimeDelta::seconds(30));

    hub.clock.advance(TimeDelta::seconds(29));
    let again = hub.web().issue(IssueNumber(12)).await;
    assert!(matches!(again, Err(Error::Limited { .. })));
    assert_eq!(hub.seen().len(), 1, "it was not even asked");

    hub.clock.advance(TimeDelta::seconds(1));
    assert!(hub.web().issue(IssueNumber(12)).await.is_ok());
}

#[tokio::test]
async fn a_spent_hour_is_waited_for() {
    let (_, until) = closed_by(|| {
        // noon and ten minutes
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1793621400")];
        status(403, &headers, "API rate limit exceeded for installation")
    })
    .await;
    assert_eq!(until, noon() + TimeDelta::minutes(10));
}

#[tokio::test]
async fn a_date_will_do_too() {
    let (_, until) = closed_by(|| {
        let date = ("retry-after", "Mon, 02 Nov 2026 12:00:07 GMT");
        status(429, &[date], "Slow down")
    })
    .await;
    assert_eq!(until, noon() + TimeDelta::seconds(7));
}

#[tokio::test]
async fn asking_too_fast_again_doubles_the_penance() {
    let hub =
        Hub::answering(|_| status(403, &[], "You have exceeded a secondary rate limit")).await;
    let mut waits = Vec::new();
    for _ in 0..3 {
        let error = hub.web().issue(IssueNumber(12)).await.unwrap_err();
        let Error::Limited { until } = error else { panic!("{error:?}") };
        let wait = until - hub.clock.now();
        hub.clock.advance(wait);
        waits.push(wait.num_seconds());
    }
    assert_eq!(waits, [60, 120, 240]);
}

#[tokio::test]
async fn the_last_answer_of_the_hour_is_still_an_answer() {
    let hub = Hub::answering(|_| {
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1793621400")];
        with(&headers, 200, &issue(12))
    })
    .await;
    assert!(hub.web().issue(IssueNumber(12)).await.is_ok());
    let again = hub.web().issue(IssueNumber(12)).await;
    assert!(matches!(again, Err(Error::Limited { .. })));
}

#[tokio::test]
async fn graphql_says_it_with_a_smile() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "POST /api/graphql" => with(
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1793621400")],
            200,
            &json!({ "errors": [{ "type": "RATE_LIMITED", "message": "Slow down" }] }),
        ),
        _ => ok(&json!({ "id": 1, "node_id": "IC_1" })),
    })
    .await;
    let comment = hub.web().comment(CommentId(1)).await.unwrap();
    let error = hub.web().edits(&comment).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error:?}");
    assert!(hub.web().comment(comment.id).await.is_ok(), "REST has a budget of its own");
}

#[tokio::test]
async fn a_missing_permission_is_no_limit() {
    let hub = Hub::answering(|_| {
        let accepted = ("x-accepted-github-permissions", "issues=write");
        status(403, &[accepted], "Resource not accessible by integration")
    })
    .await;
    let error = hub.web().create_comment(IssueNumber(12), "hello").await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.again(), Again::Never);
    let Error::Refused { accepted_permissions, .. } = error else { panic!("{error:?}") };
    assert_eq!(accepted_permissions.as_deref(), Some("issues=write"));
}

#[tokio::test]
async fn writes_keep_their_distance() {
    let hub = Hub::spaced(Duration::from_secs(1), |_| ok(&json!({ "id": 1 }))).await;
    let web = hub.web();
    let mut writes: FuturesUnordered<_> =
        (0..3).map(|_| web.create_comment(IssueNumber(12), "hello")).collect();
    while let Some(written) = writes.next().await {
        written.unwrap();
        hub.clock.advance(TimeDelta::seconds(1));
    }
    let seconds: Vec<_> =
        hub.seen().iter().map(|seen| (seen.time - noon()).num_seconds()).collect();
    assert_eq!(seconds, [0, 1, 2]);
}

#[tokio::test]
async fn no_minute_sees_more_than_eighty_new_comments() {
    let hub = Hub::answering(|_| ok(&json!({ "id": 1 }))).await;
    let web = hub.web();
    for _ in 0..80 {
        web.create_comment(IssueNumber(12), "hello").await.unwrap();
    }
    let error = web.create_comment(IssueNumber(12), "one more").await.unwrap_err();
    assert_eq!(error.again(), Again::At(noon() + TimeDelta::minutes(1)));
    web.rewrite_comment(CommentId(1), "an edit creates nothing").await.unwrap();
    web.react(CommentId(1), Reaction::Eyes).await.unwrap();
    hub.clock.advance(TimeDelta::minutes(1));
    web.create_comment(IssueNumber(12), "one more").await.unwrap();
}

#[tokio::test]
async fn no_hour_sees_more_than_five_hundred_new_comments() {
    let hub = Hub::answering(|_| ok(&json!({ "id": 1 }))).await;
    let web = hub.web();
    for _ in 0..500 {
        web.create_comment(IssueNumber(12), "hello").await.unwrap();
        hub.clock.advance(TimeDelta::seconds(1));
    }
    let error = web.create_comment(IssueNumber(12), "one more").await.unwrap_err();
    assert_eq!(error.again(), Again::At(noon() + TimeDelta::hours(1)));
}

#[tokio::test]
async fn no_minute_sees_more_than_nine_hundred_points() {
    let hub = Hub::answering(|_| ok(&issue(12))).await;
    let web = hub.web();
    for _ in 0..100 {
        web.rewrite_comment(CommentId(1), "five points").await.unwrap();
    }
    for _ in 0..400 {
        web.issue(IssueNumber(12)).await.unwrap();
    }
    let error = web.issue(IssueNumber(12)).await.unwrap_err();
    assert_eq!(error.again(), Again::At(noon() + TimeDelta::minutes(1)));
    let standing = hub.github.standing();
    assert_eq!((standing.limits_told, standing.held_back), (0, 1), "GitHub never had to say so");
}

#[tokio::test]
async fn the_last_tenth_of_the_hour_is_kept_for_what_is_important() {
    let left = AtomicUsize::new(502);
    let hub = Hub::answering(move |_| {
        let left = left.fetch_sub(1, Ordering::SeqCst).to_string();
        let headers = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", left.as_str()),
            ("x-ratelimit-reset", "1793621400"),
        ];
        with(&headers, 200, &issue(12))
    })
    .await;
    let mut spare = Vec::new();
    for _ in 0..4 {
        hub.web().issue(IssueNumber(12)).await.unwrap();
        spare.push(hub.github.spare_until(InstallationId(61)));
    }
    let ten_past = Some(noon() + TimeDelta::minutes(10));
    assert_eq!(spare, [None, None, None, ten_past]);
    hub.clock.advance(TimeDelta::minutes(10));
    assert_eq!(hub.github.spare_until(InstallationId(61)), None);
}

#[tokio::test]
async fn a_secondary_limit_shuts_graphql_as_well() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "GET /repos/acme/web/issues/comments/1" => ok(&json!({ "id": 1, "node_id": "IC_1" })),
        _ => status(429, &[("retry-after", "30")], "Slow down"),
    })
    .await;
    let comment = hub.web().comment(CommentId(1)).await.unwrap();
    hub.web().issue(IssueNumber(12)).await.unwrap_err();
    let error = hub.web().edits(&comment).await.unwrap_err();
    assert_eq!(error.again(), Again::At(noon() + TimeDelta::seconds(30)));
    assert_eq!(hub.seen().len(), 2);
}

#[tokio::test]
async fn a_write_that_would_wait_long_is_sent_back() {
    let hub = Hub::spaced(Duration::from_secs(10), |_| ok(&json!({ "id": 1 }))).await;
    let web = hub.web();
    assert!(web.create_comment(IssueNumber(12), "one").await.is_ok());
    let error = web.create_comment(IssueNumber(12), "two").await.unwrap_err();
    let Error::Limited { until } = error else { panic!("{error:?}") };
    assert!(until > noon() + TimeDelta::seconds(8), "{until}");
    assert_eq!(hub.seen().len(), 1);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_again() {
    let hub = Hub::answering(|_| status(502, &[], "Server Error")).await;
    let error = hub.web().create_comment(IssueNumber(12), "hello").await.unwrap_err();
    assert!(matches!(error, Error::Broken { status: 502 }), "{error:?}");
    assert!(matches!(error.again(), Again::After(_)));
    assert_eq!(hub.seen().len(), 1);
}

#[tokio::test]
async fn a_broken_connection_is_forgiven_once_when_nothing_can_be_doubled() {
    let hub = Hub::answering(|_| cut()).await;
    let error = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert_eq!(hub.seen().len(), 2);
    let error = hub.web().create_comment(IssueNumber(12), "hello").await.unwrap_err();
    assert!(matches!(error.again(), Again::After(_)));
    assert_eq!(hub.seen().len(), 3);
}

#[tokio::test]
async fn one_offence_is_punished_once() {
    let hub =
        Hub::answering(|_| status(403, &[], "You have exceeded a secondary rate limit")).await;
    let web = hub.web();
    hub.github.token(InstallationId(61), &[], &[]).await.unwrap();
    join_all((0..8).map(|_| web.issue(IssueNumber(12)))).await;
    assert_eq!(hub.seen().len(), 8, "they were on their way together");
    hub.clock.advance(TimeDelta::seconds(60));
    let error = web.issue(IssueNumber(12)).await.unwrap_err();
    let Error::Limited { until } = error else { panic!("{error:?}") };
    assert_eq!(until - hub.clock.now(), TimeDelta::seconds(120));
}
