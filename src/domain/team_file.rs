//! What a repository says about the agents that work in it: `.github/team6.yml` of its default branch.
//!
//! It may choose among the operator's agents and describe them, never say how one is started, and it says what is run
//! in a workspace around an agent. Whatever is wrong with it is told where people plan.

mod read;
#[cfg(test)]
mod tests;
mod yaml;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use read::read;

use super::ids::AgentName;
use super::refusal::shown;

/// Where it is.
pub const PATH: &str = ".github/team6.yml";

/// The most bytes it may have.
pub const LARGEST: u64 = 64 << 10;

/// What such a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamFile {
    /// The agents one can choose in this repository; all of the operator's, if it does not say.
    pub agents: Option<Vec<Described>>,
    /// What is run around an agent.
    pub hooks: Hooks,
    /// What is wrong with it.
    pub flaws: Vec<Flaw>,
}

/// An agent, as a repository describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Which of the operator's.
    pub name: AgentName,
    /// The line that says so.
    pub line: usize,
    /// What it is good at here, if that differs from what the operator says.
    pub description: Option<String>,
    /// The labels of issues that are for it.
    pub labels: Vec<String>,
    /// What it is told besides in this repository.
    pub instructions: Option<String>,
    /// How long it may take here.
    pub limits: Caps,
}

/// How long an agent may take at most, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// Without saying anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_seconds: Option<u64>,
    /// For a turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_seconds: Option<u64>,
}

/// What is run in a workspace, as shell commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// After it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_create: Option<String>,
    /// Before an agent starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_run: Option<String>,
    /// After an agent's last turn, before its work is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_run: Option<String>,
    /// Before it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_remove: Option<String>,
}

/// Something that is wrong with the file, in words that are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// In which line, if it is in one.
    pub line: Option<usize>,
    /// What.
    pub what: String,
}

/// One of the operator's agents, and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name.
    pub name: AgentName,
    /// How long it may take.
    pub limits: Caps,
}

impl Flaw {
    /// Something wrong with the file as a whole.
    pub fn whole(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }

    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl TeamFile {
    /// A file of which nothing can be used.
    pub fn unusable(what: impl Into<String>) -> Self {
        Self { flaws: vec![Flaw::whole(what)], ..Self::default() }
    }

    /// The file, with what the operator's agents say against it.
    #[must_use]
    pub fn judged_by(mut self, offered: &[Offered]) -> Self {
        let mut flaws = Vec::new();
        for agent in self.agents.iter().flatten() {
            match offered.iter().find(|one| one.name == agent.name) {
                Some(one) => flaws.extend(above(agent, one)),
                None => flaws.push(Flaw::at(agent.line, unknown(&agent.name, offered))),
            }
        }
        self.flaws.extend(flaws);
        self.flaws.sort_by_key(|flaw| flaw.line);
        self
    }

    /// What it says about an agent.
    pub fn find(&self, name: &AgentName) -> Option<&Described> {
        self.agents.iter().flatten().find(|agent| agent.name == *name)
    }

    /// Why this agent may not work here, if so.
    pub fn refuses(&self, agent: &AgentName) -> Option<String> {
        if let Some(flaw) = self.flaws.first() {
            return Some(format!("`{PATH}` of the default branch cannot be used ({flaw})"));
        }
        let chosen = self.agents.is_none() || self.find(agent).is_some();
        let agent = shown(&agent.0);
        (!chosen).then(|| format!("`{PATH}` of the default branch does not list `{agent}`"))
    }
}

impl Hooks {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn unknown(name: &AgentName, offered: &[Offered]) -> String {
    let all: Vec<_> = offered.iter().map(|one| format!("`{}`", one.name)).collect();
    let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    format!("this Team6 has no agent `{}`; it has {all}", shown(&name.0))
}

fn above(agent: &Described, offered: &Offered) -> Vec<Flaw> {
    let (wanted, most) = (agent.limits, offered.limits);
    [
        ("silence_seconds", wanted.silence_seconds, most.silence_seconds),
        ("turn_seconds", wanted.turn_seconds, most.turn_seconds),
    ]
    .into_iter()
    .filter_map(|(what, wanted, most)| {
        let (wanted, most) = (wanted?, most?);
        let words = format!(
            "`{what}` of `{}` is {wanted}, and the operator allows {most}: here it can only be less",
            agent.name
        );
        (most < wanted).then(|| Flaw::at(agent.line, words))
    })
    .collect()
}
