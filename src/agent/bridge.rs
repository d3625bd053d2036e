//! The tools on standard input and output, for agents that cannot reach them over HTTP themselves.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// An agent's message longer than this is nobody's.
const LINE: usize = 2 << 20;

/// Passes each line of standard input to the tools at `url`, and each answer to standard output.
pub async fn bridge(url: &str, token: &str) -> Result<(), String> {
    let wrong = |error: &dyn std::error::Error| error.to_string();
    let http = reqwest::Client::new();
    let (mut input, mut output) = (BufReader::new(tokio::io::stdin()), tokio::io::stdout());
    let mut line = String::new();
    while 0 < input.read_line(&mut line).await.map_err(|error| wrong(&error))? {
        let message = std::mem::take(&mut line);
        if message.trim().is_empty() || LINE < message.len() {
            continue;
        }
        let request = http
            .post(url)
            .bearer_auth(token)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .body(message);
        let answer = request.send().await.map_err(|error| wrong(&error))?;
        let text = answer.text().await.map_err(|error| wrong(&error))?;
        // A notification is answered by nothing.
        if text.trim_start().starts_with('{') {
            let mut one_line = text.replace(['\r', '\n'], " ");
            one_line.push('\n');
            output.write_all(one_line.as_bytes()).await.map_err(|error| wrong(&error))?;
            output.flush().await.map_err(|error| wrong(&error))?;
        }
    }
    Ok(())
}
