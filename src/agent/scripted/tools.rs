//! Calling the tools that a session offers, as a model's program would: over HTTP, or through the
//! program that bridges.

use std::process::Stdio;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Where the tools of a session are.
#[derive(Clone, Debug)]
pub(in super::super) enum Server {
    /// Over HTTP: the address, and what is shown in `Authorization`.
    Http(String, String),
    /// A program with arguments and variables.
    Program(String, Vec<String>, Vec<(String, String)>),
}

/// A connection to the tools.
pub(super) struct Tools {
    line: Connection,
    last: u64,
}

enum Connection {
    Http(reqwest::Client, String, String),
    Program(Box<Bridge>),
}

struct Bridge {
    _child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Tools {
    /// Connects, and answers the names of the tools.
    pub(super) async fn connect(server: &Server) -> Result<(Self, Vec<String>), String> {
        let line = match server {
            Server::Http(url, shown) => {
                Connection::Http(reqwest::Client::new(), url.clone(), shown.clone())
            }
            Server::Program(program, args, env) => {
                let mut child = Command::new(program)
                    .args(args)
                    .envs(env.iter().map(|(name, value)| (name, value)))
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .kill_on_drop(true)
                    .spawn()
                    .map_err(|error| format!("{program}: {error}"))?;
                let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
                    return Err(format!("{program} has no pipes"));
                };
                let stdout = BufReader::new(stdout).lines();
                Connection::Program(Box::new(Bridge { _child: child, stdin, stdout }))
            }
        };
        let mut tools = Self { line, last: 0 };
        let us = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "team6-scripted", "version": env!("CARGO_PKG_VERSION") },
        });
        tools.ask("initialize", us).await?;
        tools.tell("notifications/initialized").await?;
        let listed = tools.ask("tools/list", json!({})).await?;
        let listed = listed["tools"].as_array().cloned().unwrap_or_default();
        let names = listed.iter().filter_map(|tool| Some(tool["name"].as_str()?.to_owned()));
        Ok((tools, names.collect()))
    }

    /// Calls a tool; answers whether it did what was asked, and what it said.
    pub(super) async fn call(
        &mut self,
        name: &str,
        arguments: Value,
    ) -> Result<(bool, String), String> {
        let called = json!({ "name": name, "arguments": arguments });
        let answer = self.ask("tools/call", called).await?;
        let text = answer["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        Ok((answer["isError"] != json!(true), text))
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.last += 1;
        let message = json!({
            "jsonrpc": "2.0", "id": self.last, "method": method, "params": params,
        });
        let answer = self.send(&message, true).await?;
        let answer: Value = serde_json::from_str(&answer)
            .map_err(|error| format!("{method} was answered by no JSON ({error}): {answer}"))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].clone()),
        }
    }

    async fn tell(&mut self, method: &str) -> Result<(), String> {
        let message = json!({ "jsonrpc": "2.0", "method": method });
        self.send(&message, false).await.map(drop)
    }

    async fn send(&mut self, message: &Value, answered: bool) -> Result<String, String> {
        let wrong = |error: std::io::Error| error.to_string();
        match &mut self.line {
            Connection::Http(http, url, shown) => {
                let request = http
                    .post(url.as_str())
                    .header("Authorization", shown.as_str())
                    .header(CONTENT_TYPE, "application/json")
                    .header(ACCEPT, "application/json, text/event-stream")
                    .body(message.to_string());
                let answer = request.send().await.map_err(|error| error.to_string())?;
                answer.text().await.map_err(|error| error.to_string())
            }
            Connection::Program(bridge) => {
                let Bridge { stdin, stdout, .. } = &mut **bridge;
                stdin.write_all(format!("{message}\n").as_bytes()).await.map_err(wrong)?;
                stdin.flush().await.map_err(wrong)?;
                if !answered {
                    return Ok(String::new());
                }
                let line = stdout.next_line().await.map_err(wrong)?;
                line.ok_or_else(|| "the bridge said nothing".to_owned())
            }
        }
    }
}
