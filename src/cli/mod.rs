//! The command line.

mod agents;
mod backup;
mod check;
mod effects;
mod memory;
mod serve;
mod sprint;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tokio::signal::unix::SignalKind;
use tokio_util::sync::CancellationToken;

use crate::agent::sandbox::shim;
use crate::agent::{self, scripted};
use crate::config::{Log, LogFormat, Settings};
use crate::demo::{self, Screen};
use crate::domain::ids::IssueRef;
use crate::domain::task::Again;
use crate::telemetry;

/// Turns a team's goal into a sprint of pull requests, with an owner for every task.
#[derive(Debug, Parser)]
#[command(name = "team6", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a whole sprint on this machine: no account, no key, no model.
    Demo(Demo),
    /// Serve a GitHub App, with a worker inside.
    Serve(Configured),
    /// Check the settings, the database, git, GitHub and the agents, and say what to do.
    Check(Configured),
    /// Read a stored webhook again, which is harmless.
    Replay {
        /// The delivery, as GitHub's `X-GitHub-Delivery` names it.
        delivery: String,
        #[command(flatten)]
        configured: Configured,
    },
    /// Pass what an agent says on standard input to its tools, and what they answer back.
    #[command(hide = true)]
    ToolsBridge {
        /// Where the tools are.
        #[arg(long, env = agent::BRIDGE_URL)]
        url: String,
        /// What they ask for.
        #[arg(long, env = agent::BRIDGE_TOKEN, hide_env_values = true)]
        token: String,
    },
    /// Copy the database into a new file, also while the server runs.
    Backup {
        /// The file, which must not be there.
        file: PathBuf,
        #[command(flatten)]
        configured: Configured,
    },
    /// Put a copy where the database belongs, which must not be there.
    Restore {
        /// A file that `team6 backup` wrote.
        file: PathBuf,
        #[command(flatten)]
        configured: Configured,
    },
    /// Say what the plan of a sprint is, as its comment shows it.
    Plan(Asked),
    /// Say how a sprint stands.
    Status(Asked),
    /// Say why a sprint or a task does not move: what it waits for, since when, and who must act.
    Why(Asked),
    /// The same, and everything that was decided before: when, because of whom, and of which webhook.
    Explain(Asked),
    /// Start nothing new in a sprint, or do not start a task.
    Pause(Asked),
    /// Go on with a sprint or a task that a person paused.
    Resume(Asked),
    /// End a sprint or a task, and stop its agents.
    Cancel(Asked),
    /// Let nothing wait for a task any more.
    Skip(Asked),
    /// Try a task again.
    Retry {
        #[command(flatten)]
        asked: Asked,
        /// Go on from where the last try stopped.
        #[arg(long)]
        goes_on: bool,
    },
    /// Let more be spent on a sprint or a task: `team6 budget acme/web#12 T3 +5`.
    Budget {
        /// The sprint issue: `owner/repository#number`.
        #[arg(value_parser = sprint::issue)]
        sprint: IssueRef,
        /// The task, if not the whole run, and how much more: `+5` dollars, `+500000 tokens` or
        /// `+30 minutes`.
        #[arg(required = true)]
        more: Vec<String>,
        #[command(flatten)]
        configured: Configured,
    },
    /// List what Team6 still has to do on GitHub, and what GitHub refused for good; or have one of
    /// these tried again: `team6 effects retry ID`.
    Effects {
        #[command(subcommand)]
        what: Option<Effects>,
        #[command(flatten)]
        configured: Configured,
    },
    /// Be a coding agent that needs no model, over the Agent Client Protocol on standard input and
    /// output; for the demo and for tests.
    #[command(hide = true)]
    ScriptedAgent {
        /// Milliseconds between two steps, so that people can watch.
        #[arg(long, default_value_t = 0)]
        pace_ms: u64,
        /// What it does as a planner, as a line `scripted: …` in the goal would say it.
        #[arg(long, default_value = "")]
        script: String,
        /// Reach tools only through a program, and not over HTTP.
        #[arg(long)]
        no_http: bool,
        /// Do not find sessions of an earlier life again.
        #[arg(long)]
        forgetful: bool,
    },
    /// Be the first process in an agent's sandbox.
    #[command(hide = true)]
    Shim {
        /// What to give up, as the worker writes it.
        orders: String,
        /// What to run then.
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

#[derive(Debug, Subcommand)]
enum Effects {
    /// Have an effect tried again.
    Retry {
        /// Its id, as the list shows it.
        id: String,
    },
}

/// A question or an order about a sprint.
#[derive(Debug, clap::Args)]
struct Asked {
    #[command(flatten)]
    about: sprint::About,
    #[command(flatten)]
    configured: Configured,
}

#[derive(Debug, clap::Args)]
struct Configured {
    /// A file with settings; `config/team6.toml` lists them all.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
struct Demo {
    /// Leave the people's part to you, and say what to do next.
    #[arg(long)]
    hands_on: bool,
    /// Have a planner agent ask the team and write the plan, instead of reading it from the issues.
    #[arg(long)]
    planner: bool,
    /// Play one task whose agent hands parts of it to three others, one of which fails once.
    #[arg(long)]
    delegate: bool,
    /// End when the run has ended or nothing can go on: with 0 only if every task is really merged.
    #[arg(long)]
    once: bool,
    /// Keep everything in this folder, and go on with what is in it.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The port of the local GitHub; chosen, if not given.
    #[arg(long, value_name = "PORT")]
    github_port: Option<u16>,
    /// The port of Team6; chosen, if not given.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// How long people think before they act, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 800)]
    pace: u64,
    /// A file with settings, whose agents and models take the place of the demo's own.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Demo(demo) => demo.run().await,
            Command::Serve(configured) => serve::serve(configured.settings()?).await,
            Command::Check(configured) => check::check(configured.config.as_deref()).await,
            Command::Replay { delivery, configured } => {
                serve::replay(configured.settings()?, delivery).await
            }
            Command::ToolsBridge { url, token } => {
                agent::bridge(&url, &token).await.map_err(anyhow::Error::msg)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Backup { file, configured } => {
                backup::save(&configured.settings()?, &file).await
            }
            Command::Restore { file, configured } => {
                backup::restore(&configured.settings()?, &file).await
            }
            Command::Plan(Asked { about, configured }) => {
                sprint::plan(&configured.settings()?, &about).await
            }
            Command::Status(Asked { about, configured }) => {
                sprint::status(&configured.settings()?, &about).await
            }
            Command::Why(Asked { about, configured }) => {
                sprint::explain(&configured.settings()?, &about, false).await
            }
            Command::Explain(Asked { about, configured }) => {
                sprint::explain(&configured.settings()?, &about, true).await
            }
            Command::Pause(asked) => asked.control(sprint::Verb::Pause).await,
            Command::Resume(asked) => asked.control(sprint::Verb::Resume).await,
            Command::Cancel(asked) => asked.control(sprint::Verb::Cancel).await,
            Command::Skip(asked) => asked.control(sprint::Verb::Skip).await,
            Command::Retry { asked, goes_on } => {
                let again = if goes_on { Again::Continue } else { Again::Fresh };
                asked.control(sprint::Verb::Retry(again)).await
            }
            Command::Budget { sprint, more, configured } => {
                sprint::budget(configured.settings()?, sprint, &more).await
            }
            Command::Effects { what: None, configured } => {
                effects::list(&configured.settings()?).await
            }
            Command::Effects { what: Some(Effects::Retry { id }), configured } => {
                effects::retry(&configured.settings()?, &id).await
            }
            Command::ScriptedAgent { pace_ms, script, no_http, forgetful } => {
                let pace = Duration::from_millis(pace_ms);
                let manner = scripted::Manner { pace, script, no_http, forgetful };
                scripted::serve(manner).await.map_err(anyhow::Error::msg)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Shim { orders, program } => {
                // The program is asked to end, and we end when it does.
                let _deaf = tokio::signal::unix::signal(SignalKind::terminate())?;
                Ok(shim::run(&orders, &program)?.into())
            }
        }
    }
}

impl Asked {
    async fn control(self, verb: sprint::Verb) -> anyhow::Result<ExitCode> {
        sprint::control(self.configured.settings()?, &self.about, verb).await
    }
}

impl Configured {
    fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings::read(self.config.as_deref(), std::env::vars())?)
    }
}

impl Demo {
    fn settings(file: Option<&Path>) -> anyhow::Result<Option<Settings>> {
        let read = |file| Settings::read(Some(file), std::env::vars());
        Ok(file.map(read).transpose()?)
    }

    async fn run(self) -> anyhow::Result<ExitCode> {
        let filter = "team6=error,localhub=error".to_owned();
        telemetry::to_stderr(&Log { filter, format: LogFormat::Text });
        let options = demo::Options {
            data: self.data,
            hands_on: self.hands_on,
            planner: self.planner,
            delegate: self.delegate,
            settings: Self::settings(self.config.as_deref())?,
            once: self.once,
            github_port: self.github_port,
            port: self.port,
            pace: Duration::from_millis(self.pace),
        };
        let mut screen = Screen::new(Box::new(std::io::stdout()));
        let merged = demo::run(&options, &mut screen, interrupted()).await?;
        Ok(if merged || !self.once { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Cancelled when somebody wants this program to end.
fn interrupted() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio_util::task::TaskTracker::new().spawn(async move {
        let mut terminate = tokio::signal::unix::signal(SignalKind::terminate()).ok();
        let terminated = async {
            match &mut terminate {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
        }
        cancelled.cancel();
    });
    token
}

/// Prints a line for people.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
