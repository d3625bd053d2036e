//! An agent at work: a repository, a home, a ledger, and a model behind it.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use team6::agent::ledger::{
    Allowance, Budget, Ledger, News, Patience, Provider, Settings, Statement,
};
use team6::agent::sandbox::{self, Setup, Wanted};
use team6::agent::{self, Ended, Error, Limits, Place, Reach, Sandbox, Spec};
use team6::clock::Clock;
use team6::config;
use team6::domain::model::{Kind, Secret};
use team6::domain::work::Identity;
use team6::service;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::model::{KEY, Model};

pub(crate) struct Desk {
    dir: TempDir,
    spec: Spec,
    ledger: Ledger,
    news: Arc<Mutex<Vec<News>>>,
    said: Arc<Mutex<String>>,
    _model: Model,
}

impl Desk {
    /// A desk for an agent as its preset has it, installed in `modules`, with a budget in tokens.
    pub(crate) async fn new(preset: &str, modules: &Path, tokens: Option<u64>) -> Self {
        // Not below /tmp, where Codex refuses to work.
        let dir = TempDir::new_in("/var/tmp").unwrap();
        let model = Model::start(&dir.path().join("model.log"));
        let settings = configured(preset);
        let agent = settings.agents.values().next().unwrap();
        let chosen = &settings.models["scripted"];
        let version = if chosen.provider == Kind::OpenAi { "/v1" } else { "" };
        let news = Arc::<Mutex<Vec<News>>>::default();
        let heard = Arc::clone(&news);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let opened = Settings {
            provider: Provider {
                kind: chosen.provider,
                base: format!("{}{version}", model.url).parse().unwrap(),
                key: Some(Secret::new(KEY.into())),
            },
            prices: Arc::new(settings.prices()),
            budget: Budget::new(Allowance { tokens, cost: None }),
            watch: Arc::new(move |one| heard.lock().unwrap().push(one)),
            clock: Clock::System,
            patience: Patience::default(),
        };
        let ledger = Ledger::open(listener, opened).unwrap();
        let token = ledger.token().reveal().to_owned();
        let reach = Reach { url, token, model: chosen.model.clone() };
        let mut spec = service::spec(agent, &settings.worker).filled(&reach);
        let program = modules.join(".bin").join(&spec.command[0]);
        assert!(program.exists(), "{} is not installed", program.display());
        spec.command[0] = program.display().to_string();
        prepare(dir.path());
        // A busy machine may take its time; what is too slow is for the one who waits to say.
        let hour = Duration::from_hours(1).as_secs();
        spec.limits = Limits { initialize: hour, session: hour, silence: hour, turn: hour };
        let spec = as_nobody(spec, dir.path());
        Self { dir, spec, ledger, news, said: Arc::default(), _model: model }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Has the agent do it.
    pub(crate) async fn does(&self, task: &str) -> Result<Ended, Error> {
        let author = Identity { name: "An agent".into(), email: "agent@example.com".into() };
        let place = Place::new(self.dir.path().to_owned(), author);
        let prompt = task.replace("TREE", &place.tree.display().to_string());
        let said = Arc::clone(&self.said);
        let trace = move |kind: &'static str, body: Value| {
            writeln!(
                said.lock().unwrap(),
                "{kind} {}",
                body.to_string().chars().take(300).collect::<String>()
            )
            .unwrap();
        };
        let stop = CancellationToken::new();
        let sandbox = Sandbox::new(sandbox::Kind::Open, &Setup::new(Wanted::None));
        let (talk, trace) = (prompt.into(), Arc::new(trace));
        agent::run(&self.spec, &sandbox, &place, talk, trace, stop, |_| ()).await
    }

    /// All that was said, for when something went wrong.
    pub(crate) fn told(&self) -> String {
        let model = std::fs::read_to_string(self.at("model.log")).unwrap_or_default();
        format!("{}\n{model}", self.said.lock().unwrap())
    }

    pub(crate) fn news(&self) -> Vec<News> {
        self.news.lock().unwrap().clone()
    }

    pub(crate) async fn closes(self) -> Statement {
        self.ledger.close().await
    }

    /// The last commit's title, and what it says in the file.
    pub(crate) fn committed(&self) -> (String, String) {
        let title = self.git(&["log", "-1", "--format=%s"]).trim().to_owned();
        (title, self.git(&["show", "HEAD:hello.txt"]))
    }

    pub(crate) fn commits(&self) -> usize {
        self.git(&["rev-list", "HEAD"]).lines().count()
    }

    /// Files the agent has that hold the real key.
    pub(crate) fn leaks(&self) -> Vec<String> {
        let mut found = Vec::new();
        for name in ["home", "tree"] {
            let all =
                Command::new("grep").args(["-rlF", "-e", KEY]).arg(self.at(name)).output().unwrap();
            found.extend(String::from_utf8_lossy(&all.stdout).lines().map(str::to_owned));
        }
        if self.said.lock().unwrap().contains(KEY) {
            found.push("what it said".into());
        }
        found
    }

    fn git(&self, args: &[&str]) -> String {
        git(&self.at("tree"), args)
    }
}

/// The settings of an operator who uses the preset with a scripted model.
fn configured(preset: &str) -> config::Settings {
    let text = config::PRESETS.iter().find(|(name, _)| *name == preset).unwrap().1;
    let provider = ["anthropic", "openai", "gemini"]
        .into_iter()
        .find(|kind| text.contains(&format!("\"{kind}\"")));
    let name = if preset == "gemini-cli" { "gemini-2.5-pro" } else { "scripted" };
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "[models.scripted]\nprovider = {:?}\nmodel = {name:?}\nkey_env = \"X\"\n\
         [agents.tester]\ndescription = \"tests\"\npreset = {preset:?}\nmodel = \"scripted\"\n",
        provider.unwrap()
    );
    std::fs::write(&file, text).unwrap();
    config::Settings::read(Some(file.path()), std::iter::empty()).unwrap()
}

/// A repository with one commit, and an empty home.
fn prepare(dir: &Path) {
    let tree = dir.join("tree");
    std::fs::create_dir(dir.join("home")).unwrap();
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("README.md"), "A project\n").unwrap();
    git(&tree, &["init", "-q", "-b", "main"]);
    git(&tree, &["add", "-A"]);
    git(&tree, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "Begin"]);
}

fn git(tree: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "safe.directory=*", "-C"]).arg(tree).args(args);
    let done = command.output().unwrap();
    assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Root starts agents as nobody, and gives nobody the folders; a file that is written later is given away before the start.
fn as_nobody(mut spec: Spec, dir: &Path) -> Spec {
    let whoami = Command::new("id").arg("-u").output().unwrap();
    if whoami.stdout != b"0\n" {
        return spec;
    }
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    let give = "chown -R nobody \"$0/home\" \"$0/tree\" && exec runuser -u nobody -- env \"HOME=$HOME\" \"$@\"";
    let mut command: Vec<String> = ["sh", "-c", give].map(str::to_owned).to_vec();
    command.push(dir.display().to_string());
    command.append(&mut spec.command);
    spec.command = command;
    spec
}
