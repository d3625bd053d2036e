//! An agent that means harm gets nothing but what it is allowed.

use std::time::Duration;

use serde_json::json;
use team6::domain::model::Kind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::provider::Answer;
use super::{Desk, KEY, error};

impl Desk {
    /// What comes back when these bytes are sent.
    async fn raw(&self, head: &str, body: &[u8]) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let token = self.ledger.token().reveal();
        let head = head.replace("TOKEN", &format!("authorization: Bearer {token}"));
        // It may answer, and close, before everything is said.
        let _ = stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await;
        let _ = stream.write_all(body).await;
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        let heard = tokio::time::timeout(Duration::from_mins(5), async {
            while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut piece).await {
                    Ok(read @ 1..) => answer.extend_from_slice(&piece[..read]),
                    Ok(0) | Err(_) => break,
                }
            }
        });
        assert!(heard.await.is_ok(), "no answer to {head}");
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn was_never_asked(&self) {
        assert!(self.upstream.heard().is_empty());
    }
}

#[tokio::test]
async fn the_real_key_goes_to_the_provider_and_the_token_does_not() {
    for (kind, name) in [
        (Kind::Anthropic, "x-api-key"),
        (Kind::OpenAi, "authorization"),
        (Kind::Compatible, "authorization"),
        (Kind::Gemini, "x-goog-api-key"),
    ] {
        let desk = Desk::new(kind).await;
        let token = desk.ledger.token().reveal().to_owned();
        let plain = || {
            let built = desk.asks(true).build().unwrap();
            let request = desk.http.post(built.url().clone());
            let body = built.body().unwrap().as_bytes().unwrap().to_vec();
            request.header("content-type", "application/json").body(body)
        };
        for request in [
            plain().bearer_auth(&token),
            plain().header("x-api-key", &token),
            plain().header("x-goog-api-key", &token),
            plain().query(&[("key", &token)]),
        ] {
            desk.upstream.says(&json!({}));
            let request = request
                .header("cookie", "a")
                .header("x-evil", "b")
                .header("anthropic-version", "c");
            assert_eq!(request.send().await.unwrap().status(), 200);
            let heard = desk.upstream.heard().pop().unwrap();
            let bearer = if name == "authorization" { "Bearer " } else { "" };
            assert_eq!(heard.headers[name], format!("{bearer}{KEY}"));
            assert_eq!(heard.headers["anthropic-version"], "c");
            assert!(!format!("{heard:?}").contains(&token));
            for gone in ["cookie", "x-evil"] {
                assert!(!heard.headers.contains_key(gone));
            }
        }
    }
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let desk = Desk::new(Kind::Anthropic).await;
    let other = Desk::new(Kind::Anthropic).await;
    let built = desk.asks(true).build().unwrap();
    let plain = || desk.http.post(built.url().clone()).body("{}");
    for request in [
        plain(),
        plain().bearer_auth(""),
        plain().bearer_auth(other.ledger.token().reveal()),
        plain().header("x-api-key", KEY),
        plain().query(&[("key", "")]),
        plain().query(&[("token", desk.ledger.token().reveal())]),
    ] {
        let (status, body) = error(request.send().await.unwrap()).await;
        assert_eq!((status, &body["error"]["type"]), (401, &json!("authentication_error")));
    }
    desk.was_never_asked();
}

#[tokio::test]
async fn other_places_and_other_protocols_are_refused() {
    let desk = Desk::new(Kind::OpenAi).await;
    for (head, status) in [
        ("GET /v1/models/../files HTTP/1.1\r\nhost: x\r\nTOKEN", "404"),
        ("GET /v1/models/%2e%2e/files HTTP/1.1\r\nhost: x\r\nTOKEN", "404"),
        ("GET http://evil.example/v1/models HTTP/1.1\r\nhost: evil.example\r\nTOKEN", "400"),
        ("CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\nTOKEN", "400"),
        (
            "GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nTOKEN",
            "400",
        ),
        ("GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: keep-alive, Upgrade\r\nTOKEN", "400"),
        (
            "POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\nTOKEN",
            "415",
        ),
        ("PRI * HTTP/2.0\r\n\r\nSM", "400"),
        ("GET /v1/models HTTP/1.1\r\nhost: x\r\nbad header: x\r\nTOKEN", "400"),
    ] {
        let head = head.replace("TOKEN", "TOKEN\r\nconnection: close");
        let answer = desk.raw(&head, b"").await;
        let refused = answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status}"));
        assert!(refused, "{head}: {answer}");
    }
    desk.was_never_asked();
}

#[tokio::test]
async fn a_request_cannot_hide_in_another() {
    let desk = Desk::new(Kind::OpenAi).await;
    desk.upstream.says(&json!({}));
    let inner = "POST /v1/files HTTP/1.1\r\nhost: evil.example\r\ncontent-length: 0\r\n\r\n";
    let body = format!("12\r\n{{\"model\":\"priced\"}}\r\n0\r\n\r\n{inner}");
    let head = "POST /v1/responses HTTP/1.1\r\nhost: evil.example\r\ntransfer-encoding: chunked\r\n\
                content-length: 5\r\nconnection: close\r\nTOKEN";
    desk.raw(head, body.as_bytes()).await;
    let heard = desk.upstream.heard();
    assert!(heard.len() <= 1, "{heard:?}");
    for heard in heard {
        assert_eq!(heard.path, "/v1/responses");
        assert_eq!(heard.body, json!({ "model": "priced" }));
        assert!(!heard.headers.contains_key("transfer-encoding"));
        assert!(heard.headers["host"].to_str().unwrap().starts_with("127.0.0.1"));
    }
    let twice = "POST /v1/responses HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\
                 connection: close\r\nTOKEN";
    let answer = desk.raw(twice, body.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn what_is_too_big_is_not_swallowed() {
    let desk = Desk::new(Kind::OpenAi).await;
    let header =
        format!("GET /v1/models HTTP/1.1\r\nhost: x\r\nx: {}\r\nTOKEN", "x".repeat(2 << 20));
    let answer = desk.raw(&header, b"").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");

    let many: Vec<_> = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    let many = many.concat();
    let answer = desk.raw(&format!("GET /v1/models HTTP/1.1\r\nhost: x\r\n{many}TOKEN"), b"").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");

    let head = "POST /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 40000000\r\nTOKEN";
    let answer = desk.raw(head, &vec![b'x'; 40_000_000]).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    desk.was_never_asked();
}

#[tokio::test]
async fn the_key_does_not_follow_a_redirect() {
    let desk = Desk::new(Kind::OpenAi).await;
    let elsewhere = Desk::new(Kind::OpenAi).await;
    let target: &'static str = elsewhere.upstream.url.clone().leak();
    desk.upstream.answers(Answer::Error(307, vec![("location", target)], String::new()));
    let response = desk.asks(false).send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert!(!response.headers().contains_key("location"));
    elsewhere.was_never_asked();
}
