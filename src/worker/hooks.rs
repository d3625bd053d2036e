//! What a repository has run around an agent, in the agent's own sandbox: `hooks` of `.github/team6.yml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::execution::Work;
use super::network::Network;
use super::stop::{Stop, failed};
use crate::agent::{self, Place, Ran, Sandbox};
use crate::domain::work::{Class, Identity};
use crate::git::{Key, Workspace};

/// Says that a workspace's first hook passed; it lies where no agent can write.
const CREATED: &str = "created";
/// What its last hook needs, kept there too.
const LEAVING: &str = "leaving.json";

/// When a hook is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    AfterCreate,
    BeforeRun,
    AfterRun,
}

/// What is run before a workspace is removed, and where.
#[derive(Serialize, Deserialize)]
struct Leaving {
    script: String,
    borrowed: Vec<PathBuf>,
    author: Identity,
    egress: Vec<String>,
}

impl When {
    fn name(self) -> &'static str {
        match self {
            Self::AfterCreate => "after_create",
            Self::BeforeRun => "before_run",
            Self::AfterRun => "after_run",
        }
    }
}

impl Work<'_> {
    /// What comes before an agent: its workspace is made ready once, and then each time.
    pub(super) async fn make_ready(
        &self,
        workspace: &Workspace,
        sandbox: &Sandbox,
        place: &Place,
    ) -> Result<(), Stop> {
        let hooks = &self.assignment.terms.hooks;
        let file = workspace.dir().join(LEAVING);
        let kept = match &hooks.before_remove {
            Some(script) => {
                let leaving = Leaving {
                    script: script.clone(),
                    borrowed: place.borrowed.clone(),
                    author: place.author.clone(),
                    egress: self.assignment.terms.egress.clone(),
                };
                serde_json::to_vec(&leaving)
                    .map_err(Into::into)
                    .and_then(|text| std::fs::write(&file, text))
            }
            None => gone(&file),
        };
        kept.map_err(|error| unwritten(&error))?;
        let created = workspace.dir().join(CREATED);
        if hooks.after_create.is_some() && !created.exists() {
            self.hook(When::AfterCreate, sandbox, place).await?;
            std::fs::write(&created, "").map_err(|error| unwritten(&error))?;
        }
        self.hook(When::BeforeRun, sandbox, place).await
    }

    /// Runs a hook, if there is one; that it failed is a failure of the execution.
    pub(super) async fn hook(
        &self,
        when: When,
        sandbox: &Sandbox,
        place: &Place,
    ) -> Result<(), Stop> {
        let (hooks, name) = (&self.assignment.terms.hooks, when.name());
        let script = match when {
            When::AfterCreate => &hooks.after_create,
            When::BeforeRun => &hooks.before_run,
            When::AfterRun => &hooks.after_run,
        };
        let Some(script) = script else { return Ok(()) };
        self.spool.tell(&format!("Running the hook `{name}`"));
        let mut place = place.clone();
        let network =
            Network::open(&self.assignment.terms.egress, sandbox, &mut place, &self.spool)?;
        let set = environment(name, network.environment());
        let limit = self.shared.settings.hook_limit;
        let unwanted = &self.held.unwanted;
        let ran = agent::hook(sandbox, &place, script, &set, limit, unwanted, |group| {
            self.held.covers(group);
        });
        let ran = ran.await;
        self.held.covers_nobody();
        network.close(&self.spool).await;
        let ran = ran?;
        if unwanted.is_cancelled() {
            return Err(Stop::Unwanted);
        }
        let words = words(name, &ran);
        self.spool.tell(&words);
        if ran.succeeded { Ok(()) } else { Err(failed(Class::HookFailed, words)) }
    }
}

/// Runs the last hook of a workspace that is about to be removed; however that ends, it is removed. Answers whether it
/// was interrupted by the end of the worker.
pub(super) async fn before_remove(
    shared: &Shared,
    key: &Key,
    shutdown: &CancellationToken,
) -> bool {
    let dir = shared.workspaces.dir(key);
    let Some(leaving) = read(&dir.join(LEAVING)) else { return false };
    let _turn = shared.leases.turn(key).await;
    match run_last(shared, &dir, leaving, shutdown).await {
        Ok(ran) if ran.succeeded => {}
        Ok(_) if shutdown.is_cancelled() => return true,
        Ok(ran) => {
            tracing::warn!(workspace = key.as_str(), "{}", words("before_remove", &ran));
        }
        Err(why) => {
            tracing::warn!(workspace = key.as_str(), why, "the hook `before_remove` was not run");
        }
    }
    // It is not run twice.
    let _ = gone(&dir.join(LEAVING));
    false
}

async fn run_last(
    shared: &Shared,
    dir: &Path,
    leaving: Leaving,
    shutdown: &CancellationToken,
) -> Result<Ran, String> {
    let words = |error: agent::Error| error.to_string();
    let sandbox = shared.sandbox().await.map_err(words)?;
    let mut place = Place::new(dir.to_owned(), leaving.author)
        .with_repo(dir.join("repo.git"), leaving.borrowed);
    let spool = Arc::default();
    let network = Network::open(&leaving.egress, sandbox, &mut place, &spool)
        .map_err(|_| "its network could not be opened".to_owned())?;
    let set = environment("before_remove", network.environment());
    let limit = shared.settings.hook_limit;
    let ran = agent::hook(sandbox, &place, &leaving.script, &set, limit, shutdown, |_| {}).await;
    network.close(&spool).await;
    ran.map_err(words)
}

fn environment(name: &str, mut set: BTreeMap<String, String>) -> BTreeMap<String, String> {
    set.insert("TEAM6_HOOK".to_owned(), name.to_owned());
    set
}

fn words(name: &str, ran: &Ran) -> String {
    let how = if ran.succeeded { "passed".to_owned() } else { format!("failed ({})", ran.how) };
    let said = if ran.said.is_empty() { String::new() } else { format!("; it said: {}", ran.said) };
    format!("the hook `{name}` of `.github/team6.yml` {how}{said}")
}

fn read(file: &Path) -> Option<Leaving> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

fn gone(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn unwritten(error: &std::io::Error) -> Stop {
    failed(Class::Machinery, format!("noting the hooks of a workspace: {error}"))
}
