use std::fmt::Write as _;

use chrono::TimeDelta;
use futures::future::join_all;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::json;
use team6::clock::Clock;
use team6::domain::ids::{BranchName, InstallationId, IssueNumber};
use team6::github::{Error, GitHub, Grant, Settings};

use crate::hub::{GONE, Hub, KEY, issue, noon, ok, status};

#[tokio::test]
async fn those_who_ask_at_once_share_one_token() {
    let hub = Hub::answering(|_| ok(&issue(12))).await;
    let web = hub.web();
    let issues = join_all((0..8).map(|_| web.issue(IssueNumber(12)))).await;
    assert!(issues.iter().all(Result::is_ok));
    assert_eq!((hub.minted().len(), hub.seen().len()), (1, 8));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let hub = Hub::answering(|_| ok(&issue(12))).await;
    let mut minted = Vec::new();
    for minutes in [0, 54, 2] {
        hub.clock.advance(TimeDelta::minutes(minutes));
        hub.web().issue(IssueNumber(12)).await.unwrap();
        minted.push(hub.minted().len());
    }
    assert_eq!(minted, [1, 1, 2]);
}

#[tokio::test]
async fn a_token_github_does_not_accept_is_renewed_once() {
    let hub = Hub::answering(|seen| match seen.credential.as_str() {
        "tok-1" => status(401, &[], "Bad credentials"),
        _ => ok(&json!({ "id": 7 })),
    })
    .await;
    let comment = hub.web().create_comment(IssueNumber(12), "hello").await.unwrap();
    assert_eq!(comment.id.0, 7);
    let used: Vec<_> = hub.seen().into_iter().map(|seen| seen.credential).collect();
    assert_eq!(used, ["tok-1", "tok-2"]);
}

#[tokio::test]
async fn whoever_is_not_let_in_twice_stays_outside() {
    let hub = Hub::answering(|_| status(401, &[], "Bad credentials")).await;
    let refused = hub.web().issue(IssueNumber(12)).await.unwrap_err();
    assert!(refused.is_unauthorized(), "{refused}");
    assert_eq!((hub.minted().len(), hub.seen().len()), (2, 2));
}

#[tokio::test]
async fn where_the_app_is_not_installed_nothing_is_said_to_be_missing() {
    let hub = Hub::answering(|_| ok(&json!({}))).await;
    let elsewhere = hub.github.on(GONE).repo(&"acme/web".parse().unwrap());
    let error = elsewhere.find_head(&BranchName("main".to_owned())).await.unwrap_err();
    assert!(matches!(error, Error::NotInstalled(GONE)), "{error:?}");
}

#[tokio::test]
async fn a_token_lent_to_git_reaches_no_further_than_it_must() {
    let hub = Hub::answering(|_| ok(&json!({}))).await;
    let read = hub.web().token(Grant::ReadContents).await.unwrap();
    assert_eq!(hub.web().token(Grant::ReadContents).await.unwrap(), read);
    let write = hub.web().token(Grant::WriteContents).await.unwrap();
    assert_ne!(read.expose(), write.expose());
    assert_eq!(read.expires_at(), noon() + TimeDelta::hours(1));
    let asked: Vec<_> = hub.minted().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        asked,
        [
            json!({ "repositories": ["web"], "permissions": { "contents": "read" } }),
            json!({ "repositories": ["web"], "permissions": { "contents": "write" } }),
        ]
    );
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

#[tokio::test]
async fn the_app_says_who_it_is_for_ten_minutes_at_most() {
    let hub = Hub::answering(|_| ok(&issue(12))).await;
    hub.web().issue(IssueNumber(12)).await.unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    let key = DecodingKey::from_rsa_der(&KEY.public);
    let minted = &hub.minted()[0];
    let Claims { iat, exp, iss } =
        jsonwebtoken::decode(&minted.credential, &key, &rules).unwrap().claims;
    assert_eq!((iat - noon().timestamp(), exp - iat, iss.as_str()), (-60, 600, "1234"));
}

#[test]
fn a_key_that_is_none_is_found_at_the_start() {
    for pem in ["", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"] {
        let settings = Settings {
            api: "https://api.github.com".parse().unwrap(),
            app_id: 1,
            private_key_pem: pem.to_owned(),
            user_agent: "team6-test".to_owned(),
            write_spacing: None,
        };
        let error = GitHub::new(settings, Clock::System).unwrap_err();
        assert!(matches!(error, Error::Key(_)), "{error:?}");
    }
}

#[tokio::test]
async fn secrets_do_not_show() {
    let hub = Hub::answering(|seen| match seen.asked.as_str() {
        "GET /repos/acme/web/issues/1" => ok(&json!({ "id": "tok-1", "number": "tok-1" })),
        "GET /repos/acme/web/issues/2" => ok(&json!("tok-1")),
        _ => crate::hub::with(&[], 422, &json!({ "message": "Invalid", "echo": "tok-1" })),
    })
    .await;
    let token = hub.github.token(InstallationId(61), &[], &[]).await.unwrap();
    let mut shown = format!("{token:?} {:?} {:?}", hub.github, hub.web());
    for number in [1, 2, 3] {
        let error = hub.web().issue(IssueNumber(number)).await.unwrap_err();
        write!(shown, "\n{error} {error:?}").unwrap();
    }
    assert_eq!(token.expose(), "tok-1");
    assert!(!shown.contains("tok-"), "{shown}");
}
