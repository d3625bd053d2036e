//! Driving coding agents over the Agent Client Protocol, each sealed in its workspace.

mod acp;
mod bridge;
mod confined;
pub mod egress;
mod filled;
mod group;
mod hook;
mod introduction;
pub mod ledger;
mod lines;
pub mod sandbox;
pub mod scripted;
mod session;
mod tools;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use bridge::bridge;
pub use confined::{Output, output};
pub use filled::Reach;
pub use group::{Group, kill_leftovers};
pub use hook::{Ran, hook};
pub use introduction::introduce;
pub use sandbox::{Place, Sandbox};
pub use session::{
    Ask, Asked, Ended, Former, Interrupt, Next, Remember, Talk, Trace, Turn, converse, run,
};
pub use tools::{BRIDGE_TOKEN, BRIDGE_URL, Call, Offer, address, serve};

use crate::domain::team_file::Caps;
use crate::domain::work::Class;

/// How an agent is started, and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The program and its arguments; it speaks the Agent Client Protocol over its standard streams.
    pub command: Vec<String>,
    /// The variables of the worker's environment it may see, by name.
    #[serde(default)]
    pub env: Vec<String>,
    /// Variables it sees, with their values.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Files in its home, by their paths below it, written before it starts.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// How long it may take.
    #[serde(default)]
    pub limits: Limits,
}

/// How long an agent may take, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// To answer `initialize`.
    pub initialize: u64,
    /// To open a session.
    pub session: u64,
    /// Without saying anything.
    pub silence: u64,
    /// For a whole turn.
    pub turn: u64,
}

impl Limits {
    /// These, or less.
    #[must_use]
    pub fn at_most(self, caps: Caps) -> Self {
        let less = |usual: u64, cap: Option<u64>| cap.map_or(usual, |cap| cap.min(usual));
        Self {
            silence: less(self.silence, caps.silence_seconds),
            turn: less(self.turn, caps.turn_seconds),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { initialize: 60, session: 120, silence: 900, turn: 7_200 }
    }
}

/// How an agent's turn can end without its having ended it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No command is configured.
    #[error("no command is configured for this agent")]
    NoCommand,
    /// The program is not there or may not be run.
    #[error("starting `{program}`")]
    NotStarted {
        /// Which program.
        program: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Its files cannot be written.
    #[error("writing the agent's files into its home")]
    NotFurnished(#[source] std::io::Error),
    /// This machine has no sandbox of the kind that was asked for; the words say what to do.
    #[error("{0}")]
    NoSandbox(String),
    /// What is in the workspace is not what we put there.
    #[error("{} was replaced in the workspace, so nothing more is run there", .0.display())]
    Tampered(PathBuf),
    /// It went away in the middle.
    #[error("the agent died ({status}){}", said(stderr))]
    Died {
        /// How its process ended.
        status: String,
        /// The end of what it complained.
        stderr: String,
    },
    /// It answered with an error, or not in the protocol.
    #[error("the agent failed: {message}{}", said(stderr))]
    Failed {
        /// What it answered.
        message: String,
        /// The end of what it complained.
        stderr: String,
    },
    /// It did not get ready in time.
    #[error("the agent did not answer `{request}` within {} s{}", limit.as_secs(), said(stderr))]
    NotReady {
        /// What it was asked.
        request: &'static str,
        /// How long it was given.
        limit: Duration,
        /// The end of what it complained.
        stderr: String,
    },
    /// It said nothing for too long.
    #[error("the agent said nothing for {} s", .0.as_secs())]
    Silent(Duration),
    /// Its turn took too long.
    #[error("the agent's turn took longer than {} s", .0.as_secs())]
    TooLong(Duration),
    /// It was stopped because we asked for it.
    #[error("the agent was stopped")]
    Stopped,
    /// A process it left behind cannot be killed.
    #[error("processes of the agent are still running after they were killed")]
    StillRunning,
}

impl Error {
    /// What kind of failure of the execution this is.
    pub fn class(&self) -> Class {
        match self {
            Self::NoCommand | Self::NoSandbox(_) => Class::Misconfigured,
            Self::Tampered(_) => Class::Unacceptable,
            Self::NotStarted { source, .. }
                if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) =>
            {
                Class::Misconfigured
            }
            Self::NotStarted { .. } | Self::NotFurnished(_) => Class::Machinery,
            Self::Died { .. } | Self::Failed { .. } | Self::Stopped => Class::AgentDied,
            Self::NotReady { .. } | Self::Silent(_) | Self::TooLong(_) => Class::TimedOut,
            Self::StillRunning => Class::Machinery,
        }
    }
}

/// The end of an agent's complaints, if there were any.
fn said(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; it said: {stderr}") }
}
