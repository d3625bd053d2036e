//! How long it takes from a task that was taken to the first prompt its agent gets, warm, against
//! `git worktree add` and the same agent started by hand.
//!
//! The agent is this program itself: it answers the protocol at once and notes when it was prompted,
//! so that what is measured is what Team6 adds.

mod disk;
mod measure;

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use measure::{Side, milliseconds, table};
use serde_json::{Value, json};
use team6::agent::{Limits, Spec};
use team6::domain::budget::Limit;
use team6::domain::ids::{
    AgentName, Attempt, BranchName, CommitSha, Epoch, ExecutionId, ProjectName, RunId, TaskNumber,
    WorkerId,
};
use team6::domain::work::{
    Assignment, Checkout, Claimed, Identity, Renew, Renewal, Renewals, Renewed, Terms, Work,
};
use team6::git::ENVIRONMENT;
use team6::worker::{self, Settings};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const FILES: usize = 2_000;
const RUNS: usize = 15;
/// What the agent writes into its home when it is prompted.
const PROMPTED: &str = "prompted-at";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == "--agent") {
        return be_the_agent();
    }
    if !measure::is_asked_for() {
        return Ok(());
    }
    let folder = disk::scratch()?;
    let origin = Origin::make(folder.path())?;
    let server = Server::start().await?;
    let mut settings = Settings::new(
        server.url.parse()?,
        "token".to_owned(),
        WorkerId("bench".to_owned()),
        folder.path().join("data"),
    );
    settings.agents.insert(AgentName("bench".to_owned()), spec()?);
    settings.sandbox.shim = env!("CARGO_BIN_EXE_team6").into();
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let working = tasks.spawn(worker::run(settings, stop.clone()));
    // The first makes the mirror and finds the sandbox.
    server.does(&origin, 0).await?;
    let mirror = first_folder(&folder.path().join("data/mirrors"))?;
    let mut sides = [
        Side::new("git worktree add, and the agent started by hand"),
        Side::new("Team6: workspace, sandbox, tools, agent"),
    ];
    for run in 1..=RUNS {
        sides[0].runs.push(vec![by_hand(&mirror, folder.path(), run)?]);
        sides[1].runs.push(vec![server.does(&origin, run).await?]);
    }
    stop.cancel();
    working.await??;
    let title =
        format!("Start-up: from taken to prompted, {FILES} files, warm, median of {RUNS} runs");
    table(&title, &["ms"], &sides);
    Ok(())
}

fn spec() -> anyhow::Result<Spec> {
    let program = std::env::current_exe()?.display().to_string();
    Ok(Spec {
        command: vec![program, "--agent".to_owned()],
        env: Vec::new(),
        set: BTreeMap::new(),
        files: BTreeMap::new(),
        limits: Limits::default(),
    })
}

/// An agent that answers every request at once, and does nothing.
fn be_the_agent() -> anyhow::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let result = match asked["method"].as_str().unwrap_or_default() {
            "initialize" => json!({
                "protocolVersion": 1, "agentCapabilities": { "mcpCapabilities": { "http": true } },
            }),
            "session/new" => json!({ "sessionId": "bench" }),
            "session/prompt" => {
                let home = std::env::home_dir().context("there is no home")?;
                std::fs::write(home.join(PROMPTED), now()?.to_string())?;
                json!({ "stopReason": "end_turn" })
            }
            _ => json!({}),
        };
        if asked["id"].is_null() {
            continue;
        }
        let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result });
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// The same, as somebody does it who has a clone: a worktree, and the agent in it. In milliseconds.
fn by_hand(mirror: &Path, folder: &Path, run: usize) -> anyhow::Result<f64> {
    let (tree, home) = (folder.join(format!("tree-{run}")), folder.join(format!("home-{run}")));
    std::fs::create_dir(&home)?;
    done(&mut Command::new("sync"))?;
    let begun = now()?;
    let mut add = git();
    add.arg("--git-dir").arg(mirror).args(["worktree", "add", "--quiet", "-b"]);
    done(add.arg(format!("by-hand-{run}")).arg(&tree).arg("main"))?;
    let mut agent = Command::new(std::env::current_exe()?)
        .arg("--agent")
        .current_dir(&tree)
        .env("HOME", &home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut to = agent.stdin.take().context("no way in")?;
    let mut from = BufReader::new(agent.stdout.take().context("no way out")?);
    for (id, method) in ["initialize", "session/new", "session/prompt"].iter().enumerate() {
        writeln!(to, "{}", json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": {} }))?;
        from.read_line(&mut String::new())?;
    }
    drop(to);
    agent.wait()?;
    took(begun, &home)
}

/// A server that hands out one task when it is told to.
#[derive(Clone)]
struct Server {
    url: String,
    knows: Arc<Mutex<Knows>>,
}

#[derive(Default)]
struct Knows {
    work: VecDeque<Claimed>,
    taken: Option<u128>,
    ended: usize,
}

impl Server {
    async fn start() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Self { url, knows: Arc::default() };
        let nothing = || std::future::ready(StatusCode::NO_CONTENT);
        let no_turn = || std::future::ready(Json(json!({ "prompt": null })));
        let routes = Router::new()
            .route("/api/worker/claim", post(claim))
            .route("/api/worker/renew", post(renew))
            .route("/api/worker/executions/{id}/trace", post(nothing))
            .route("/api/worker/executions/{id}/turn", post(no_turn))
            .route("/api/worker/executions/{id}/finish", post(finish))
            .route("/api/worker/removable", axum::routing::get(|| async { Json(json!([])) }))
            .with_state(server.clone());
        TaskTracker::new().spawn(axum::serve(listener, routes).into_future());
        Ok(server)
    }

    /// Has a task done, and answers how long it took from its being taken to its agent's prompt.
    async fn does(&self, origin: &Origin, run: usize) -> anyhow::Result<f64> {
        done(&mut Command::new("sync"))?;
        let before = self.knows(|knows| knows.ended);
        self.knows(|knows| knows.work.push_back(origin.task(run)));
        while self.knows(|knows| knows.ended) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let taken = self.knows(|knows| knows.taken).context("nobody took it")?;
        took(taken, &origin.data.join(format!("workspaces/7_12_1_{run}/home")))
    }

    fn knows<T>(&self, of: impl FnOnce(&mut Knows) -> T) -> T {
        of(&mut self.knows.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn claim(State(server): State<Server>) -> Response {
    for _ in 0..1_000 {
        if let Some(claimed) = server.knows(|knows| knows.work.pop_front()) {
            let now = now().ok();
            server.knows(|knows| knows.taken = now);
            return Json(claimed).into_response();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn renew(Json(renew): Json<Renew>) -> Json<Renewals> {
    let renewal = |lease| Renewal { lease, renewed: Renewed::GoOn, urgent: 0, allowance: None };
    Json(Renewals { leases: renew.leases.into_iter().map(renewal).collect() })
}

async fn finish(State(server): State<Server>) -> StatusCode {
    server.knows(|knows| knows.ended += 1);
    StatusCode::NO_CONTENT
}

/// The repository that tasks are done in.
struct Origin {
    url: String,
    head: CommitSha,
    data: PathBuf,
}

impl Origin {
    fn make(folder: &Path) -> anyhow::Result<Self> {
        let work = folder.join("origin");
        for file in 0..FILES {
            let part = work.join(format!("src/part{:02}", file / 50));
            std::fs::create_dir_all(&part)?;
            let text = format!("//! File {file}.\n\n{}", "pub const X: u64 = 7;\n".repeat(60));
            std::fs::write(part.join(format!("file{file:04}.rs")), text)?;
        }
        let git = |args: &[&str]| done(git().arg("-C").arg(&work).args(args));
        git(&["init", "--quiet", "--initial-branch=main"])?;
        git(&["add", "-A"])?;
        let somebody = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"];
        git(&[&somebody[..], &["commit", "--quiet", "-m", "Begin"]].concat())?;
        let head = self::git().arg("-C").arg(&work).args(["rev-parse", "HEAD"]).output()?;
        let head = CommitSha(String::from_utf8(head.stdout)?.trim().to_owned());
        let url = format!("file://{}", work.display());
        Ok(Self { url, head, data: folder.join("data") })
    }

    fn task(&self, number: usize) -> Claimed {
        let task = TaskNumber(i64::try_from(number).unwrap_or_default());
        let checkout = Checkout {
            repo: "acme/web".parse().unwrap_or_else(|_| unreachable!("it is a name")),
            url: self.url.clone(),
            base: BranchName("main".to_owned()),
            base_sha: self.head.clone(),
            contains: Vec::new(),
            branch: BranchName(format!("feature/task-{number}")),
            head: None,
            also: Vec::new(),
            is_shared: false,
            may_rebase: false,
        };
        let assignment = Assignment {
            execution: ExecutionId::of(&RunId("run_7_12_1".to_owned()), task, Attempt(1)),
            epoch: Epoch(1),
            lease_seconds: 90,
            project: ProjectName("acme".to_owned()),
            agent: AgentName("bench".to_owned()),
            prompt: "Do nothing.".to_owned(),
            resume: None,
            told: 0,
            allowance: Limit::default(),
            work: Work::Task(checkout),
            terms: Terms::default(),
            author: Identity { name: "Ada".to_owned(), email: "ada@acme.example".to_owned() },
        };
        Claimed { assignment, read_tokens: BTreeMap::new() }
    }
}

/// The only folder that looks like a repository, two levels down at most.
fn first_folder(of: &Path) -> anyhow::Result<PathBuf> {
    let mut at = of.to_owned();
    while !at.join("objects").exists() {
        let mut folders = std::fs::read_dir(&at)?.filter_map(Result::ok).map(|one| one.path());
        at = folders.find(|path| path.is_dir()).context("there is no mirror")?;
    }
    Ok(at)
}

/// Milliseconds from a moment to when the agent in this home was prompted.
fn took(begun: u128, home: &Path) -> anyhow::Result<f64> {
    let prompted: u128 = std::fs::read_to_string(home.join(PROMPTED))?.parse()?;
    Ok(milliseconds(Duration::from_nanos(u64::try_from(prompted - begun)?)))
}

/// Nanoseconds since 1970: what two processes of one machine agree on.
fn now() -> anyhow::Result<u128> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos())
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.envs(ENVIRONMENT.iter().copied()).stdin(Stdio::null());
    git
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().context("starting a program")?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
