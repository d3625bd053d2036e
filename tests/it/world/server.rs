//! A running Team6, inside this process or as the program people install, and its sudden death.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use localhub::AppKeys;
use team6::app::App;
use team6::clock::Clock;
use team6::config::Settings;
use team6::service::{Keys, Service};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// How Team6 runs.
/// Settings that leave one slot for all agents.
pub(super) const ONE_SLOT: &str = "# one slot\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Inside this process, in a runtime of its own.
    Inside,
    /// As a process of its own.
    Program,
    /// The same, whose agents are sealed in; by somebody without rights, if we are root.
    Sealed,
}

pub(super) enum Server {
    Inside { runtime: Runtime, app: App, address: SocketAddr, service: Box<Service> },
    Program { child: Child, address: SocketAddr },
}

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_team6");

/// The settings of a planner that is the scripted agent, started with these words.
pub(super) fn scripted_planner(words: &[&str]) -> String {
    scripted_agent("planner", words)
}

/// The settings of an agent that is the scripted one, started with these words.
pub(super) fn scripted_agent(name: &str, words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!(", \"{word}\"")).collect();
    let words = words.concat();
    format!(
        "[agents.{name}]\ndescription = \"plans\"\ncommand = [\"{PROGRAM}\", \"scripted-agent\"{words}]\n"
    )
}

/// The settings of a Team6 whose GitHub is at `github`, in a file. It has no sandbox, so that
/// stories can be told on every machine.
pub(super) fn settings(dir: &Path, github: &str, app: &AppKeys, planner: Option<&str>) -> PathBuf {
    std::fs::write(dir.join("key.pem"), &app.pem).unwrap();
    std::fs::write(dir.join("secret"), &app.webhook_secret).unwrap();
    std::fs::write(dir.join("client-secret"), &app.client_secret).unwrap();
    let at = dir.display();
    let agent = |name: &str, good_at: &str| {
        format!(
            "[agents.{name}]\ndescription = \"{good_at}\"\n\
             command = [\"{PROGRAM}\", \"scripted-agent\", \"--pace-ms\", \"0\"]\n"
        )
    };
    let planner = planner.unwrap_or_default();
    let slots = if planner == ONE_SLOT { "concurrency = 1\n" } else { "" };
    let text = format!(
        "data = \"{at}/team6\"\ndatabase = \"sqlite:{at}/team6.db\"\n\
         [server]\nlisten = \"127.0.0.1:0\"\n\
         [github]\napi = \"{github}/api/v3\"\napp_id = {}\n\
         private_key_file = \"{at}/key.pem\"\nwebhook_secret_file = \"{at}/secret\"\n\
         client_id = \"{}\"\nclient_secret_file = \"{at}/client-secret\"\n\
         write_spacing_ms = 0\n\
         [queue]\nlease_seconds = 30\n{slots}[worker]\nbeat_seconds = 5\nsandbox = \"none\"\nheadroom_mb = 0\n\
         [sweep]\nevery_seconds = 1000000\n\
         [projects.acme]\nrepositories = [\"acme/web\", \"acme/api\", \"acme/docs\"]\n{}{}{planner}",
        app.id,
        app.client_id,
        agent("backend", "services and storage"),
        agent("frontend", "pages, colors and themes"),
    );
    let file = dir.join("team6.toml");
    std::fs::write(&file, text).unwrap();
    file
}

impl Server {
    pub(super) async fn start(kind: Kind, config: &Path, app: &AppKeys, clock: &Clock) -> Self {
        match kind {
            Kind::Inside => Self::inside(config, app, clock.clone()).await,
            Kind::Program => Self::program(config, Command::new(PROGRAM)).await,
            Kind::Sealed => Self::program(config, as_nobody(config)).await,
        }
    }

    async fn inside(config: &Path, app: &AppKeys, clock: Clock) -> Self {
        let settings = Settings::read(Some(config), std::iter::empty()).unwrap();
        let keys = Keys {
            private_key_pem: app.pem.clone(),
            webhook_secret: app.webhook_secret.clone().into_bytes(),
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let start = async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            Service::start_at(settings, keys, listener, clock).await.unwrap()
        };
        let service = runtime.spawn(start).await.unwrap();
        let (app, address) = (service.app().clone(), service.address());
        Self::Inside { runtime, app, address, service: Box::new(service) }
    }

    async fn program(config: &Path, mut program: Command) -> Self {
        let log = config.with_extension("log");
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        let before = said().len();
        let to = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child = program
            .args(["serve", "--config"])
            .arg(config)
            .env("TEAM6__SERVER__LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stderr(to)
            .spawn()
            .unwrap();
        for _ in 0..12_000 {
            if let Some(address) = listens(&said()[before..]) {
                return Self::Program { child, address };
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("`team6 serve` does not listen; its log is {}", log.display())
    }

    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Inside { address, .. } | Self::Program { address, .. } => *address,
        }
    }

    /// Has the application do something in its own runtime.
    pub(super) async fn sweeps(&self) {
        match self {
            Self::Inside { runtime, app, .. } => {
                let app = app.clone();
                runtime.spawn(async move { app.sweep().await }).await.unwrap().unwrap();
            }
            Self::Program { .. } => panic!("the program sweeps when it starts"),
        }
    }

    /// The same, for what changed lately.
    pub(super) async fn glances(&self) {
        match self {
            Self::Inside { runtime, app, .. } => {
                let app = app.clone();
                runtime.spawn(async move { app.glance().await }).await.unwrap().unwrap();
            }
            Self::Program { .. } => panic!("the program glances when it is time"),
        }
    }

    /// A story failed, and nobody waits for it.
    pub(super) fn leaves_at_once(self) {
        match self {
            Self::Inside { runtime, .. } => runtime.shutdown_background(),
            Self::Program { mut child, .. } => {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }

    /// Is told to stop, as by whoever started it, and stops.
    pub(super) async fn stops(self) {
        match self {
            Self::Inside { runtime, service, app, .. } => {
                drop(app);
                runtime.spawn(service.stop()).await.unwrap();
                runtime.shutdown_background();
            }
            Self::Program { mut child, .. } => {
                let pid = rustix::process::Pid::from_child(&child);
                rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
                let ended = tokio::task::spawn_blocking(move || child.wait()).await.unwrap();
                assert!(ended.unwrap().success());
            }
        }
    }

    /// Dies on the spot: nothing it was doing is finished, nobody is told.
    pub(super) async fn dies(self) {
        match self {
            Self::Inside { runtime, app, service, .. } => {
                drop((app, service));
                let shut = move || runtime.shutdown_timeout(Duration::from_secs(10));
                tokio::task::spawn_blocking(shut).await.unwrap();
            }
            Self::Program { mut child, .. } => {
                child.kill().unwrap();
                child.wait().unwrap();
            }
        }
    }
}

/// The program, run by somebody without rights who owns what it needs, if we are root.
fn as_nobody(config: &Path) -> Command {
    let dir = config.parent().unwrap();
    let text = std::fs::read_to_string(config).unwrap();
    std::fs::write(config, text.replace("sandbox = \"none\"", "sandbox = \"auto\"")).unwrap();
    if !rustix::process::getuid().is_root() {
        return Command::new(PROGRAM);
    }
    // What root builds may be where nobody else gets.
    std::fs::create_dir_all(dir.join("bin")).unwrap();
    let program = dir.join("bin/team6");
    std::fs::copy(PROGRAM, &program).unwrap();
    // The local GitHub stays with whoever runs it, whose git reads nobody else's repositories.
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let own = entries.filter(|path| !path.ends_with("localhub")).chain([dir.to_owned()]);
    let own = Command::new("chown").arg("nobody").args(own).status().unwrap();
    assert!(own.success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command.env("HOME", dir);
    command
}

/// Where a program that chose its port by itself says that it listens.
fn listens(log: &str) -> Option<SocketAddr> {
    let mut whole = log.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let (_, address) = whole.find(|line| line.contains("is listening"))?.split_once("address=")?;
    address.split_whitespace().next()?.parse().ok()
}
