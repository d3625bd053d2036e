//! The whole server: application, doors, worker, timers, put together and started.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::agent;
use crate::agent::ledger::{Allowance, Provider};
use crate::agent::sandbox::{Bounds, Setup, Wanted};
use crate::app::{self, App};
use crate::causes::whole;
use crate::clock::Clock;
use crate::config::{self, Settings};
use crate::db::{self, Db};
use crate::domain::ids::{AgentName, WorkerId};
use crate::git::Pushing;
use crate::github::{self, Client, GitHub, Me};
use crate::web::{Door, Intake, Web, keep_storing};
use crate::worker;

/// How many effects are carried out at once.
const CARRIERS: usize = 6;
/// How long to wait before asking GitHub again who we are.
const PAUSE: Duration = Duration::from_secs(5);

/// The secrets, which are in no configuration that can be printed.
pub struct Keys {
    /// The App's private key.
    pub private_key_pem: String,
    /// What webhooks are signed with.
    pub webhook_secret: Vec<u8>,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder cannot be made.
    #[error("making the folder {0}")]
    Data(std::path::PathBuf, #[source] std::io::Error),
    /// The database.
    #[error("opening the database")]
    Db(#[from] db::Error),
    /// GitHub's settings.
    #[error("preparing to talk to GitHub")]
    GitHub(#[from] github::Error),
    /// What people sign in with.
    #[error("`{0}` cannot be used for signing people in: {1}")]
    Door(&'static str, String),
    /// A model's key.
    #[error("reading the keys of the models")]
    Models(#[from] config::Error),
    /// Taking up what was left.
    #[error("taking up what was left")]
    App(#[from] app::Error),
    /// The socket.
    #[error("listening")]
    Listen(#[from] std::io::Error),
}

/// A server that runs until it is stopped.
pub struct Service {
    app: App,
    address: SocketAddr,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

impl Service {
    /// Starts everything.
    pub async fn start(
        settings: Settings,
        keys: Keys,
        listener: TcpListener,
    ) -> Result<Self, Error> {
        Self::start_at(settings, keys, listener, Clock::System).await
    }

    /// The same by another clock than the machine's, which tests can move.
    pub async fn start_at(
        settings: Settings,
        keys: Keys,
        listener: TcpListener,
        clock: Clock,
    ) -> Result<Self, Error> {
        let pushing = Pushing::by_git(&settings.data.join("server"));
        Self::start_pushing(pushing, settings, keys, listener, clock).await
    }

    /// The same where commits reach their repositories by another way.
    pub async fn start_pushing(
        pushing: Pushing,
        settings: Settings,
        keys: Keys,
        listener: TcpListener,
        clock: Clock,
    ) -> Result<Self, Error> {
        let data = settings.data.clone();
        std::fs::create_dir_all(&data).map_err(|error| Error::Data(data, error))?;
        let db = Db::open(&settings.database_url()).await?;
        let github = github::Settings {
            api: settings.github.api.clone(),
            app_id: settings.github.app_id,
            private_key_pem: keys.private_key_pem,
            user_agent: format!("team6/{}", env!("CARGO_PKG_VERSION")),
            write_spacing: settings.write_spacing(),
        };
        let github = GitHub::new(github, clock.clone())?;
        let me = who_we_are(&github).await?;
        let app = App::pushing_through(pushing, db, github, clock, settings, me);
        app.come_back().await?;
        let service = Self {
            address: listener.local_addr()?,
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            app,
        };
        let models = models(service.app.settings())?;
        let door = door(service.app.settings(), service.address)?;
        service.open(listener, keys.webhook_secret, models, door);
        Ok(service)
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops everything, and waits until it has stopped.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        // The worker inside has stopped its agents; whoever comes next need not wait for its leases.
        if let Err(error) = self.app.let_go(&inside()).await {
            tracing::warn!(error = %whole(&error), "leases are left to run out");
        }
        self.app.db().close().await;
    }

    fn open(
        &self,
        listener: TcpListener,
        webhook_secret: Vec<u8>,
        models: worker::Models,
        door: Option<Door>,
    ) {
        let (intake, line) = Intake::new();
        let worker_token = uuid::Uuid::new_v4().simple().to_string();
        let web = Web::new(self.app.clone(), intake, webhook_secret, worker_token.clone());
        let web = web.with_door(door);
        let closed = self.shutdown.clone().cancelled_owned();
        let router = web.router();
        self.tasks.spawn(keep_storing(self.app.clone(), line));
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(closed);
            tokio::select! {
                ended = serving.into_future() => if let Err(error) = ended {
                    tracing::error!(error = %whole(&error), "the server ended");
                },
                // A worker that waits for work would hold the door open for a while.
                () = a_moment_after(shutdown) => {}
            }
        });
        for _ in 0..CARRIERS {
            self.tasks.spawn(app::keep_carrying_out(self.app.clone(), self.shutdown.clone()));
        }
        self.tasks.spawn(app::keep_recovering(self.app.clone(), self.shutdown.clone()));
        self.tasks.spawn(app::keep_sweeping(self.app.clone(), self.shutdown.clone()));
        self.employ(worker_token, models);
    }

    /// Starts the worker inside the server; it speaks to it over HTTP like any other.
    fn employ(&self, token: String, models: worker::Models) {
        let settings = self.app.settings();
        if settings.worker.slots == 0 {
            return;
        }
        let server: Url = format!("http://{}", reachable(self.address))
            .parse()
            .expect("an address is a valid host");
        let mut worker =
            worker::Settings::new(server, token, inside(), settings.data.join("worker"));
        worker.slots = settings.worker.slots;
        worker.beat = Duration::from_secs(settings.worker.beat_seconds);
        worker.agents = agents(settings);
        worker.models = models;
        worker.sandbox = sandbox(settings);
        worker.headroom_mb = settings.worker.headroom_mb;
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            if let Err(error) = worker::run(worker, shutdown).await {
                tracing::error!(error = %whole(&error), "the worker inside the server cannot work");
            }
        });
    }
}

/// The name of the worker inside the server.
fn inside() -> WorkerId {
    WorkerId("inside".to_owned())
}

async fn a_moment_after(shutdown: CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Where a server that listens everywhere is reached from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::from(([127, 0, 0, 1], address.port()))
    } else {
        address
    }
}

fn agents(settings: &Settings) -> BTreeMap<AgentName, agent::Spec> {
    let agents = settings.agents.iter();
    agents.map(|(name, agent)| (name.clone(), spec(agent, &settings.worker))).collect()
}

/// The models of the agents that have one, with the real keys, which go no further than to the worker.
fn models(settings: &Settings) -> Result<worker::Models, config::Error> {
    let prices = Arc::new(settings.prices());
    let mut models = worker::Models::new();
    for (name, agent) in &settings.agents {
        let chosen = agent.model.as_ref();
        let found = chosen.and_then(|chosen| Some((chosen, settings.models.get(chosen)?)));
        let Some((chosen, model)) = found else { continue };
        let (Some(base), key) = (model.address(), model.key(chosen)?) else { continue };
        let config::Budget { tokens, cost, .. } = agent.budget;
        let model = worker::Model {
            name: model.model.clone(),
            provider: Provider { kind: model.provider, base, key },
            allowance: Allowance { tokens, cost },
            prices: Arc::clone(&prices),
        };
        models.insert(name.clone(), model);
    }
    Ok(models)
}

/// What people sign in to the dashboard with; nothing, if the settings have nothing for it.
fn door(settings: &Settings, address: SocketAddr) -> Result<Option<Door>, Error> {
    let github = &settings.github;
    if github.client_id.is_empty() {
        return Ok(None);
    }
    let secret = std::fs::read_to_string(&github.client_secret_file)
        .map_err(|error| Error::Door("github.client_secret_file", error.to_string()))?;
    let here = format!("http://{}", reachable(address));
    let url = if settings.server.url.is_empty() { &here } else { &settings.server.url };
    let url = url.parse().map_err(|_| Error::Door("server.url", "it is no address".to_owned()))?;
    let client = Client { id: github.client_id.clone(), secret: secret.trim().to_owned() };
    Ok(Some(Door { url, client }))
}

/// How a configured agent is started.
pub fn spec(agent: &config::Agent, worker: &config::Worker) -> agent::Spec {
    let (said, usual) = (agent.limits, agent::Limits::default());
    agent::Spec {
        command: agent.command.clone(),
        env: agent.environment.clone(),
        set: agent.set.clone(),
        files: agent.files.clone(),
        limits: agent::Limits {
            initialize: said.initialize_seconds.unwrap_or(usual.initialize),
            session: said.session_seconds.unwrap_or(usual.session),
            silence: said.silence_seconds.unwrap_or(worker.silence_seconds),
            turn: said.turn_seconds.unwrap_or(worker.turn_seconds),
        },
    }
}

/// How agents are to be confined.
pub fn sandbox(settings: &Settings) -> Setup {
    let worker = &settings.worker;
    let wanted = match worker.sandbox {
        config::Sandbox::Auto => Wanted::Auto,
        config::Sandbox::Bubblewrap => Wanted::Bubblewrap,
        config::Sandbox::Landlock => Wanted::Landlock,
        config::Sandbox::None => Wanted::None,
    };
    Setup {
        read_only: worker.read_only.clone(),
        caches: worker.caches.clone(),
        bounds: Bounds {
            memory_mb: worker.memory_mb,
            file_mb: worker.file_mb,
            processes: worker.processes,
        },
        ..Setup::new(wanted)
    }
}

/// Asks GitHub who we are until it says so: it may be down, or the App not installed yet.
async fn who_we_are(github: &GitHub) -> Result<Me, github::Error> {
    loop {
        match github.whoami().await {
            Ok(Some(me)) => return Ok(me),
            Ok(None) => tracing::warn!("the App is not installed anywhere yet; waiting"),
            Err(error) if error.again() != github::Again::Never => {
                tracing::warn!(error = %whole(&error), "waiting for GitHub");
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
