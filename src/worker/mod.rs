//! A worker: takes executions from the server, has agents do them, and reports what they did.
//!
//! It holds no database and no GitHub credential, only its own token and, for each execution, one that reads.

mod account;
mod backoff;
mod execution;
mod hooks;
mod leases;
mod network;
mod reading;
mod removal;
mod resuming;
mod room;
mod server;
mod slot;
mod spool;
mod stop;
mod talking;
mod thinking;
mod urgent;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OnceCell};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use self::leases::Leases;
use self::server::Server;
pub use self::thinking::{Model, Models};
use crate::agent::sandbox::{Setup, Wanted};
use crate::agent::{self, Sandbox};
use crate::causes::whole;
use crate::domain::ids::{AgentName, WorkerId};
use crate::git::{Limits, Mirrors, Workspaces};

/// What a worker is told when it starts.
#[derive(Clone)]
pub struct Settings {
    /// Where the server is.
    pub server: Url,
    /// What the server knows it by.
    pub token: String,
    /// Its name, kept from start to start.
    pub worker: WorkerId,
    /// How many executions it does at once.
    pub slots: usize,
    /// Where it keeps mirrors and workspaces; no other worker may use the same folder.
    pub data: PathBuf,
    /// The agents it can start.
    pub agents: BTreeMap<AgentName, agent::Spec>,
    /// The models they think with, where Team6 provides them.
    pub models: Models,
    /// How its agents are to be confined.
    pub sandbox: Setup,
    /// How often it says that it is alive.
    pub beat: Duration,
    /// How much room must be on the disk before it takes work, in MB.
    pub headroom_mb: u64,
    /// How long a command may take that a repository has run around an agent.
    pub hook_limit: Duration,
    /// How long it waits after the server did not answer, at first; then longer and longer.
    pub pause: Duration,
}

impl Settings {
    /// A worker of one slot and no agents, with the best sandbox there is and the usual pace.
    pub fn new(server: Url, token: String, worker: WorkerId, data: PathBuf) -> Self {
        Self {
            server,
            token,
            worker,
            slots: 1,
            data,
            agents: BTreeMap::new(),
            models: Models::new(),
            sandbox: Setup::new(Wanted::Auto),
            beat: Duration::from_secs(30),
            pause: Duration::from_secs(1),
            headroom_mb: 0,
            hook_limit: Duration::from_mins(1),
        }
    }
}

/// Why a worker cannot work at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be used.
    #[error("using {} for mirrors and workspaces", path.display())]
    Data {
        /// Which folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another worker uses the folder.
    #[error("another worker uses {}", .0.display())]
    InUse(PathBuf),
    /// The HTTP client cannot be made.
    #[error("preparing to speak to the server")]
    Client(#[source] reqwest::Error),
}

/// What everything in a worker shares.
struct Shared {
    settings: Settings,
    sandbox: OnceCell<Sandbox>,
    incarnation: String,
    server: Server,
    mirrors: Mirrors,
    workspaces: Workspaces,
    limits: Limits,
    leases: Leases,
    /// Told when an execution is over, because its workspace may be removable soon.
    over: Notify,
}

impl Shared {
    /// Where results are looked at.
    fn scratch(&self) -> PathBuf {
        self.settings.data.join("scratch")
    }

    /// How agents are confined; looked for again as long as there is nothing, because somebody may have mended that.
    async fn sandbox(&self) -> Result<&Sandbox, agent::Error> {
        self.sandbox.get_or_try_init(|| self.settings.sandbox.find()).await
    }
}

/// Works until `shutdown`; what runs then is stopped, and the server gives it to the next start of this worker.
pub async fn run(settings: Settings, shutdown: CancellationToken) -> Result<(), Error> {
    let path = std::path::absolute(&settings.data).unwrap_or_else(|_| settings.data.clone());
    let _only_one = lock(&path)?;
    // Git writes down where things really are, and agents must find them there.
    let path = path.canonicalize().unwrap_or(path);
    let server = Server::new(&settings).map_err(Error::Client)?;
    let shared = Arc::new(Shared {
        incarnation: uuid::Uuid::new_v4().simple().to_string(),
        server,
        mirrors: Mirrors::new(path.join("mirrors")),
        workspaces: Workspaces::new(path.join("workspaces")),
        limits: Limits::default(),
        leases: Leases::default(),
        over: Notify::new(),
        sandbox: OnceCell::new(),
        settings: Settings { data: path, ..settings },
    });
    end_former_life(&shared).await;
    match shared.sandbox().await {
        Ok(sandbox) => tracing::info!(sandbox = sandbox.describe(), "agents are sealed in"),
        Err(error) => tracing::error!(error = %whole(&error), "no agent will be started"),
    }
    shared.over.notify_one();
    let tasks = TaskTracker::new();
    tasks.spawn(leases::keep(Arc::clone(&shared), shutdown.clone()));
    tasks.spawn(removal::keep_removing(Arc::clone(&shared), shutdown.clone()));
    for _ in 0..shared.settings.slots {
        tasks.spawn(slot::serve(Arc::clone(&shared), shutdown.clone()));
    }
    tracing::info!(worker = %shared.settings.worker, slots = shared.settings.slots, "waiting for work");
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// Kills every agent a former life of this worker left running, before anything touches its workspace.
async fn end_former_life(shared: &Shared) {
    let _ = std::fs::remove_dir_all(shared.scratch());
    for key in shared.workspaces.all() {
        if let Err(error) = agent::kill_leftovers(&shared.workspaces.dir(&key)).await {
            tracing::error!(workspace = key.as_str(), error = %whole(&error), "an agent of a former life is still running");
        } else if key.is_for_reading()
            && let Err(error) = shared.workspaces.end_reading(&key)
        {
            tracing::warn!(workspace = key.as_str(), error = %whole(&error), "what was read is still there");
        }
    }
}

fn lock(data: &PathBuf) -> Result<std::fs::File, Error> {
    let unusable = |source| Error::Data { path: data.clone(), source };
    std::fs::create_dir_all(data).map_err(unusable)?;
    let file = std::fs::File::create(data.join("worker.lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse(data.clone())),
        Err(std::fs::TryLockError::Error(source)) => Err(unusable(source)),
    }
}
