//! What the operator says: the defaults, a file, the environment, read once at start.

mod agents;
mod layers;
mod models;
mod presets;
mod review;
mod telemetry;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use url::Url;

pub use agents::{Agent, Budget, Limits, PLACEHOLDERS};
pub use models::{Costs, Model, ModelName, PRICES};
pub use presets::PRESETS;
pub use review::Review;
pub use telemetry::Telemetry;

use crate::domain::budget::Limit;
use crate::domain::delegation;
use crate::domain::egress::AllowList;
use crate::domain::ids::{AgentName, ProjectName, RepoName};
use crate::domain::money::Prices;
use crate::domain::planner::Specialist;

/// The defaults, each with a sentence.
pub const DEFAULTS: &str = include_str!("../../config/team6.toml");

/// The name of the agent that plans.
pub const PLANNER: &str = "planner";

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("reading `{}`", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no TOML.
    #[error("`{}` is not valid TOML: {message}", .path.display())]
    Toml {
        /// Which.
        path: PathBuf,
        /// Why, and where.
        message: String,
    },
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
}

/// Everything the operator can say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where everything is kept.
    pub data: PathBuf,
    /// The database's address.
    pub database: String,
    /// `[server]`
    pub server: Server,
    /// `[log]`
    pub log: Log,
    /// `[telemetry]`
    pub telemetry: Telemetry,
    /// `[github]`
    pub github: GitHub,
    /// `[queue]`
    pub queue: Queue,
    /// `[worker]`
    pub worker: Worker,
    /// `[lint]`
    pub lint: Lint,
    /// `[sweep]`
    pub sweep: Sweep,
    /// `[planning]`
    pub planning: Planning,
    /// `[review]`
    pub review: Review,
    /// `[delegation]`
    pub delegation: delegation::Limits,
    /// `[budgets]`
    pub budgets: Budgets,
    /// `[projects.…]`
    pub projects: BTreeMap<ProjectName, Project>,
    /// `[models.…]`
    pub models: BTreeMap<ModelName, Model>,
    /// `[prices.…]`
    pub prices: BTreeMap<String, Costs>,
    /// `[agents.…]`
    pub agents: BTreeMap<AgentName, Agent>,
}

/// Where the server is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where browsers find it; empty, if that is where it listens.
    pub url: String,
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// What, as `tracing` filters it.
    pub filter: String,
    /// How.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object on each line.
    Json,
}

/// Our App on GitHub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitHub {
    /// Where the API is.
    pub api: Url,
    /// The App's number.
    pub app_id: i64,
    /// Where its private key is.
    pub private_key_file: PathBuf,
    /// Where the secret of its webhooks is.
    pub webhook_secret_file: PathBuf,
    /// The App's other name, under which people sign in.
    pub client_id: String,
    /// Where the secret of that is.
    pub client_secret_file: PathBuf,
    /// The least time between two writes, in milliseconds.
    pub write_spacing_ms: u64,
    /// The label of a sprint issue.
    pub sprint_label: String,
}

/// How much may happen at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// In all.
    pub concurrency: u32,
    /// In one project.
    pub concurrency_per_project: u32,
    /// How long a lease lasts without a beat.
    pub lease_seconds: u32,
}

/// The worker inside the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// How many agents it runs at once.
    pub slots: usize,
    /// How often it beats.
    pub beat_seconds: u64,
    /// How long an agent may be silent.
    pub silence_seconds: u64,
    /// How long a turn may take.
    pub turn_seconds: u64,
    /// What a model costs that has no price.
    pub unknown_model_price: Costs,
    /// How agents are confined.
    pub sandbox: Sandbox,
    /// What agents may read besides the system, where they are installed, and their workspace.
    pub read_only: Vec<PathBuf>,
    /// Folders of the operator's home that agents find in their own, only to be read.
    pub caches: Vec<PathBuf>,
    /// How much address space a process may have, in MB; 0 is no limit.
    pub memory_mb: u64,
    /// How big a file may become, in MB; 0 is no limit.
    pub file_mb: u64,
    /// How many processes and threads an agent may have; 0 is no limit.
    pub processes: u64,
    /// How much room must be on the disk before work is taken, in MB.
    pub headroom_mb: u64,
}

/// How agents are confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sandbox {
    /// The strongest way this machine can, and never none.
    Auto,
    /// With bubblewrap.
    Bubblewrap,
    /// With Landlock alone.
    Landlock,
    /// Not at all.
    None,
}

/// What a plan is warned about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lint {
    /// How many tasks of one wave a person may own without a warning.
    pub tasks_at_once: usize,
}

/// The comparison with GitHub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// How often.
    pub every_seconds: u64,
    /// How many days webhooks are kept.
    pub keep_days: i64,
}

/// What a planner agent may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planning {
    /// How many tasks its plan may have.
    pub most_tasks: usize,
}

/// What may be spent, where nothing else is said.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// On a task, in all its executions.
    pub task: Budget,
    /// On a run.
    pub run: Budget,
    /// How many turns in a row may end without anything done; 0 is no limit.
    pub idle_turns: u32,
}

/// Repositories that share a queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Which.
    pub repositories: Vec<RepoName>,
    /// How many agents may work in it at once, if not the usual number.
    pub concurrency: Option<u32>,
    /// What may be spent on one of its runs, where that differs from the usual.
    #[serde(default)]
    pub budget: Budget,
    /// The hosts of the network its agents may reach.
    #[serde(default)]
    pub egress: Vec<String>,
}

impl Settings {
    /// The defaults, then the file, then the environment, which the caller hands in.
    pub fn read(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut settings: Self = layers::merged(file, environment)?;
        for path in settings.worker.read_only.iter_mut().chain(&mut settings.worker.caches) {
            *path = at_home(path);
        }
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        let mut homes: BTreeMap<&RepoName, &ProjectName> = BTreeMap::new();
        for (name, project) in &self.projects {
            for repo in &project.repositories {
                if let Some(other) = homes.insert(repo, name) {
                    wrong.push(format!("`{repo}` is in two projects, `{other}` and `{name}`"));
                }
            }
        }
        let lists = self.projects.values().map(|project| AllowList::parse(&project.egress));
        wrong.extend(lists.filter_map(Result::err));
        wrong.extend(self.telemetry.flaw());
        wrong.extend(self.review.flaw(&self.agents));
        wrong.extend(self.delegation.flaw());
        wrong.extend(self.models.iter().flat_map(|(name, model)| model.flaws(name)));
        wrong.extend(self.agents.iter().flat_map(|(name, agent)| agent.flaws(name, &self.models)));
        for path in self.worker.read_only.iter().chain(&self.worker.caches) {
            if !path.is_absolute() {
                wrong.push(format!(
                    "`{}` of `[worker]` must begin with `/` or `~/`",
                    path.display()
                ));
            }
            if std::path::absolute(&self.data).is_ok_and(|data| data.starts_with(path)) {
                let path = path.display();
                wrong.push(format!("`{path}` of `[worker]` would show agents all of `data`"));
            }
        }
        let beats = self.worker.beat_seconds * 2;
        if u64::from(self.queue.lease_seconds) <= beats {
            wrong.push(format!("`queue.lease_seconds` must be more than two beats ({beats})"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Setting(wrong.join("\n"))) }
    }

    /// The database's address, with the default filled in.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            format!("sqlite:{}", self.data.join("team6.db").display())
        } else {
            self.database.clone()
        }
    }

    /// The project a repository belongs to.
    pub fn project_of(&self, repo: &RepoName) -> ProjectName {
        self.projects
            .iter()
            .find(|(_, project)| project.repositories.contains(repo))
            .map_or_else(|| ProjectName(repo.to_string()), |(name, _)| name.clone())
    }

    /// The repositories that share a project with this one, itself first.
    pub fn siblings(&self, repo: &RepoName) -> Vec<RepoName> {
        let project = self.projects.values().find(|project| project.repositories.contains(repo));
        let others = project.map_or(&[][..], |project| &project.repositories);
        std::iter::once(repo).chain(others.iter().filter(|other| *other != repo)).cloned().collect()
    }

    /// The hosts of the network that agents may reach who work in this repository.
    pub fn egress_of(&self, repo: &RepoName) -> Vec<String> {
        let project = self.projects.values().find(|project| project.repositories.contains(repo));
        project.map(|project| project.egress.clone()).unwrap_or_default()
    }

    /// Whether an agent plans, instead of the issues being the plan.
    pub fn has_planner(&self) -> bool {
        self.agents.contains_key(&AgentName(PLANNER.to_owned()))
    }

    /// The agents one can choose for a task.
    pub fn roster(&self) -> Vec<Specialist> {
        self.agents
            .iter()
            .filter(|(name, _)| name.0 != PLANNER && name.0 != self.review.agent)
            .map(|(name, agent)| Specialist {
                name: name.clone(),
                good_at: agent.description.clone(),
                labels: Vec::new(),
            })
            .collect()
    }

    /// What may be spent on a run of a project.
    pub fn run_budget(&self, project: &ProjectName) -> Limit {
        let own = self.projects.get(project).map(|project| project.budget.limit());
        own.unwrap_or_default().or(self.budgets.run.limit())
    }

    /// What may be spent on a task of an agent.
    pub fn task_budget(&self, agent: &AgentName) -> Limit {
        let own = self.agents.get(agent).map(|agent| agent.task_budget.limit());
        own.unwrap_or_default().or(self.budgets.task.limit())
    }

    /// What models cost.
    pub fn prices(&self) -> Prices {
        models::prices(&self.prices, self.worker.unknown_model_price)
    }

    /// The least time between two writes on GitHub.
    pub fn write_spacing(&self) -> Option<Duration> {
        let spacing = Duration::from_millis(self.github.write_spacing_ms);
        (!spacing.is_zero()).then_some(spacing)
    }
}

/// `~/x` as the folder it is.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
        Settings::read(None, pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_defaults_are_valid() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.queue.lease_seconds, 90);
        assert_eq!(settings.database_url(), "sqlite:team6-data/team6.db");
    }

    #[test]
    fn the_environment_goes_before_the_defaults() {
        let settings =
            read(&[("TEAM6__GITHUB__APP_ID", "7"), ("TEAM6__DATA", "/srv"), ("PATH", "x")])
                .unwrap();
        assert_eq!((settings.github.app_id, settings.data.to_str()), (7, Some("/srv")));
    }

    #[test]
    fn a_misspelt_setting_is_an_error_that_names_it() {
        let error = read(&[("TEAM6__QUEUE__LEESE_SECONDS", "7")]).unwrap_err().to_string();
        assert!(error.contains("leese_seconds"), "{error}");
    }

    #[test]
    fn agents_are_not_shown_what_would_show_them_everything() {
        let error =
            read(&[("TEAM6__DATA", "/srv/team6"), ("TEAM6__WORKER__READ_ONLY", "['/srv']")]);
        assert!(error.unwrap_err().to_string().contains("all of `data`"));
        let settings = read(&[("TEAM6__WORKER__CACHES", "['~/.cargo/registry']")]).unwrap();
        let home = std::env::home_dir().unwrap();
        assert_eq!(settings.worker.caches, [home.join(".cargo/registry")]);
        assert!(read(&[("TEAM6__WORKER__SANDBOX", "maybe")]).is_err());
    }

    #[test]
    fn a_repository_is_its_own_project_unless_somebody_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "[projects.shop]\nrepositories = [\"acme/web\", \"acme/api\"]\n")
            .unwrap();
        let settings = Settings::read(Some(file.path()), std::iter::empty()).unwrap();
        let repo = |name: &str| name.parse::<RepoName>().unwrap();
        assert_eq!(settings.project_of(&repo("acme/api")).0, "shop");
        assert_eq!(settings.siblings(&repo("acme/api")), [repo("acme/api"), repo("acme/web")]);
        assert_eq!(settings.project_of(&repo("acme/ops")).0, "acme/ops");
        assert_eq!(settings.siblings(&repo("acme/ops")), [repo("acme/ops")]);
    }
    fn configured(text: &str) -> Result<Settings, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, text).unwrap();
        let read = Settings::read(Some(file.path()), std::iter::empty());
        read.map_err(|error| error.to_string())
    }

    const CLAUDE: &str = "[models.big]\nprovider = \"anthropic\"\nmodel = \"claude-sonnet-4-5\"\n\
                          key_env = \"ANTHROPIC_API_KEY\"\n[agents.b]\ndescription = \"x\"\n";

    #[test]
    fn every_preset_works_with_a_model_it_understands() {
        for (preset, _) in PRESETS {
            for kind in ["anthropic", "openai", "gemini"] {
                let text = CLAUDE.replace("anthropic", kind);
                let read = configured(&format!("{text}preset = \"{preset}\"\nmodel = \"big\"\n"));
                match read {
                    Ok(settings) => {
                        let agent = settings.agents.values().next().unwrap();
                        assert!(agent.tried.is_some() && !agent.command.is_empty());
                        let set = agent.set.values().chain(agent.files.values());
                        let texts: Vec<_> = set.chain(&agent.command).collect();
                        for placeholder in PLACEHOLDERS {
                            let is_used = texts.iter().any(|text| text.contains(placeholder));
                            assert!(is_used, "{preset}: {placeholder}");
                        }
                    }
                    Err(error) => assert!(error.contains("understands models of"), "{error}"),
                }
            }
        }
    }

    #[test]
    fn a_preset_is_overridden_key_by_key() {
        let more = "preset = \"claude-code\"\nmodel = \"big\"\ncommand = [\"/opt/claude\"]\n\
                    [agents.b.set]\nDISABLE_AUTOUPDATER = \"0\"\nMORE = \"1\"\n";
        let settings = configured(&format!("{CLAUDE}{more}")).unwrap();
        let agent = settings.agents.values().next().unwrap();
        assert_eq!(agent.command, ["/opt/claude"]);
        assert_eq!((&*agent.set["DISABLE_AUTOUPDATER"], &*agent.set["MORE"]), ("0", "1"));
        assert_eq!(agent.set["ANTHROPIC_BASE_URL"], "{model_url}");
    }

    #[test]
    fn what_is_wrong_with_an_agent_is_said_in_words() {
        for (more, words) in [
            ("", "agent `b` has no command, and names no `preset`"),
            (
                "preset = \"clade\"",
                "agent `b` names the preset `clade`, which does not exist; there are `claude-code`, `codex`,",
            ),
            (
                "preset = \"codex\"\nmodel = \"big\"",
                "agent `b` understands models of `openai` and `openai-compatible` only, and `big` is of `anthropic`",
            ),
            (
                "preset = \"claude-code\"",
                "agent `b` needs a model; say which of `[models.…]` with `model`",
            ),
            ("preset = \"claude-code\"\nmodel = \"small\"", "there is no `[models.small]`"),
            (
                "command = [\"a\", \"{model_token}\"]\nmodel = \"big\"",
                "where everybody can read it",
            ),
            (
                "command = [\"a\"]\nenvironment = [\"ANTHROPIC_API_KEY\"]",
                "the real key of model `big`",
            ),
            ("command = [\"a\"]\nfiles = { \"../x\" = \"\" }", "`../x` is no path below its home"),
            ("command = [\"a\"]\nbudget = { cost = \"2,50\" }", "`2,50` is no amount of dollars"),
        ] {
            let error = configured(&format!("{CLAUDE}{more}\n")).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_model_is_said_in_words() {
        let model = "[models.m]\nmodel = \"x\"\nprovider = ";
        for (more, words) in [
            ("\"openai\"", "model `m` needs `key_env` or `key_file`"),
            ("\"openai-compatible\"", "model `m` needs a `base_url`"),
            ("\"openai-compatible\"\nbase_url = \"file:///x\"", "`base_url` is no address"),
            ("\"gemini\"\nkey_env = \"A\"\nkey_file = \"b\"", "both `key_env` and `key_file`"),
        ] {
            let error = configured(&format!("{model}{more}\n")).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        configured(&format!(
            "{model}\"openai-compatible\"\nbase_url = \"http://127.0.0.1:11434/v1\"\n"
        ))
        .unwrap();
    }

    #[test]
    fn a_key_comes_from_a_file_and_is_not_printed() {
        let key = tempfile::NamedTempFile::new().unwrap();
        let text = format!(
            "{}\nkey_file = {:?}\n",
            CLAUDE.split("key_env").next().unwrap().trim(),
            key.path()
        );
        let settings = configured(&text).unwrap();
        let read = || settings.models["big"].key("big");
        assert!(read().unwrap_err().to_string().contains("there is no key in"));
        std::fs::write(&key, "sk-1234\n").unwrap();
        let key = read().unwrap();
        assert_eq!(key.as_ref().unwrap().reveal(), "sk-1234");
        assert!(!format!("{key:?} {settings:?}").contains("sk-1234"));
    }

    #[test]
    fn prices_are_known_and_can_be_said_anew() {
        let settings = configured("[prices.\"gpt-5\"]\noutput = \"99\"\n").unwrap();
        let prices = settings.prices();
        let price = prices.find("gpt-5-2026-02-01").unwrap();
        assert_eq!(
            (price.input.to_string(), price.output.to_string()),
            ("$1.25".into(), "$99.00".into())
        );
        assert!(prices.find("gpt-50").is_none());
        assert!(PRICES.contains("date = \"20"));
    }
}
