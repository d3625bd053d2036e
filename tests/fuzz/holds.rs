//! What holds of everything that outsiders write, whoever makes it up: `cargo test` with spoiled
//! examples, or libFuzzer (`fuzz/`).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use team6::agent::{self, Ended, Error, Limits, Talk};
use team6::config::Settings;
use team6::domain::checklist::{Edit, Page};
use team6::domain::command::{parse, prose};
use team6::github::delivery::facts;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

/// Where what an agent says to one request ends, and what it says to the next begins.
pub(crate) const NEXT: &str = "\n---\n";
/// Stands for the name of the request that is answered.
pub(crate) const ID: &str = "@id";

/// A webhook is understood or not, and always in the same way.
pub(crate) fn webhook(event: &str, body: &[u8]) {
    let understood = || facts(event, body).map_err(|reason| reason.to_string());
    assert_eq!(format!("{:?}", understood()), format!("{:?}", understood()));
}

/// A comment is obeyed or not, and what is only quoted never is.
pub(crate) fn comment(text: &str) {
    let commands = parse(text);
    assert!(commands.len() <= text.lines().count());
    assert!(commands.len() <= prose(text).count());
    assert_eq!(commands, parse(text));
    let quoted = text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    let is_one_line = !text.contains(['\r', '\u{2028}', '\u{b}', '\u{c}']);
    assert!(!is_one_line || parse(&quoted).is_empty(), "{quoted}");
}

/// A plan that somebody saved is an edit of the one before, and nobody withdraws more than there is.
pub(crate) fn plan(from: &str, to: &str, page: &str) {
    assert!(Edit::between(from, from).is_empty());
    assert_eq!(Edit::between(from, to), Edit::between(from, to));
    let pages = [Page { text: page, is_ours: true }];
    assert!(Edit::clicked(from, to, &pages).withdrawn().len() <= to.lines().count());
}

/// Settings in a file are read, or refused in words.
pub(crate) fn settings(text: &str) {
    let file = tempfile::NamedTempFile::new().expect("there is room for a file");
    std::fs::write(file.path(), text).expect("there is room for a file");
    if let Err(error) = Settings::read(Some(file.path()), std::iter::empty()) {
        assert!(!error.to_string().is_empty());
    }
}

/// A variable of the environment is read, or refused in words.
pub(crate) fn variable(name: &str, value: &str) {
    let pair = (name.to_owned(), value.to_owned());
    if let Err(error) = Settings::read(None, std::iter::once(pair)) {
        assert!(!error.to_string().is_empty());
    }
}

/// A session comes to an end in words, whatever the agent says at each request.
pub(crate) fn session(said: &[u8]) -> Result<Ended, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there is room for a runtime");
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (stdout, stdin) = tokio::io::split(ours);
    let (hears, says) = tokio::io::split(theirs);
    let said = said.to_vec();
    let trace: agent::Trace = Arc::new(|kind, body: Value| {
        assert!(!kind.is_empty());
        assert!(body.to_string().len() <= 128 << 10, "more is kept of it than anybody reads");
    });
    let limits = Limits { initialize: 5, session: 5, ..Limits::default() };
    let talk = Talk { ask: Some(Arc::new(|_| Box::pin(async { true }))), ..Talk::from("Begin.") };
    let held = agent::converse((stdin, stdout), "/tree".into(), talk, limits, trace);
    let ended = runtime.block_on(async {
        tokio::spawn(play(hears, says, said));
        tokio::time::timeout(Duration::from_mins(1), held).await
    });
    let ended = ended.expect("it waits for what never comes");
    if let Err(error) = &ended {
        assert!(!error.to_string().is_empty());
    }
    ended
}

/// An agent that says so much at each request, and leaves when it did not answer it.
async fn play(
    hears: impl AsyncRead + Unpin,
    mut says: impl AsyncWrite + Unpin,
    said: Vec<u8>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(hears).lines();
    let mut parts = parts(&said).into_iter();
    while let Some(line) = lines.next_line().await? {
        let Ok(Value::Object(request)) = serde_json::from_str(&line) else { continue };
        let (Some(id), true) = (request.get("id"), request.contains_key("method")) else {
            continue;
        };
        let Some(part) = parts.next() else { break };
        let part = String::from_utf8_lossy(part).replace(ID, id.as_str().unwrap_or_default());
        says.write_all(part.as_bytes()).await?;
        says.write_all(b"\n").await?;
        let is_answer = |line: &str| {
            let Ok(Value::Object(line)) = serde_json::from_str(line) else { return false };
            let keys: Vec<&str> = line.keys().map(String::as_str).collect();
            keys == ["jsonrpc", "id", "result"]
                && line["jsonrpc"] == "2.0"
                && line.get("id") == Some(id)
        };
        if !part.lines().any(is_answer) {
            break;
        }
    }
    says.shutdown().await
}

fn parts(said: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut rest) = (Vec::new(), said);
    while let Some(at) = rest.windows(NEXT.len()).position(|window| window == NEXT.as_bytes()) {
        parts.push(&rest[..at]);
        rest = &rest[at + NEXT.len()..];
    }
    parts.push(rest);
    parts
}
