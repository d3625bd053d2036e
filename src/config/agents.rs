//! `[agents.…]`: which specialists there are, how each is started, and with whose models it thinks.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::Deserialize;

use super::models::{Model, ModelName, amount_if_said};
use crate::domain::budget::Limit;
use crate::domain::ids::AgentName;
use crate::domain::model::Kind;
use crate::domain::money::Money;

/// Where in a setting the model's address, its token and its name come.
pub const PLACEHOLDERS: [&str; 3] = ["{model_url}", "{model_token}", "{model}"];

/// A specialist agent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// What it is good at.
    pub description: String,
    /// Where what is not said here comes from.
    pub preset: Option<String>,
    /// How it is started; it speaks the Agent Client Protocol on its standard input and output.
    #[serde(default)]
    pub command: Vec<String>,
    /// With which of `[models.…]` it thinks; without one, it brings its own.
    pub model: Option<ModelName>,
    /// The names of environment variables it may see.
    #[serde(default)]
    pub environment: Vec<String>,
    /// Variables it sees, with their values.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Files in its home, written before it starts.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What it is told with a task, in words of the operator's own.
    pub prompt: Option<String>,
    /// How long it may take, where that differs from other agents.
    #[serde(default)]
    pub limits: Limits,
    /// How many of it may work at once, if that is limited.
    pub concurrency: Option<u32>,
    /// What it may spend on one execution.
    #[serde(default)]
    pub budget: Budget,
    /// What it may spend on one task, in all executions, where that differs from the usual.
    #[serde(default)]
    pub task_budget: Budget,
    /// The interfaces of models it understands; any, if none is said.
    #[serde(default)]
    pub speaks: Vec<Kind>,
    /// The version all this was tried with.
    pub tried: Option<String>,
}

/// How long one agent may take, in seconds.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// To introduce itself.
    pub initialize_seconds: Option<u64>,
    /// To open a session.
    pub session_seconds: Option<u64>,
    /// Without saying anything.
    pub silence_seconds: Option<u64>,
    /// For a turn.
    pub turn_seconds: Option<u64>,
}

/// What may be spent; what is not said is not limited.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// In tokens.
    pub tokens: Option<u64>,
    /// In dollars.
    #[serde(default, deserialize_with = "amount_if_said")]
    pub cost: Option<Money>,
    /// In minutes of agents' work.
    pub minutes: Option<u64>,
}

impl Budget {
    /// The same as it is decided by.
    pub fn limit(self) -> Limit {
        let seconds = self.minutes.map(|minutes| minutes.saturating_mul(60));
        Limit { cost: self.cost, tokens: self.tokens, seconds }
    }
}

impl Agent {
    /// What is wrong with it, if anything is.
    pub(super) fn flaws(
        &self,
        name: &AgentName,
        models: &BTreeMap<ModelName, Model>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.command.is_empty() {
            wrong.push(format!("agent `{name}` has no command, and names no `preset`"));
        }
        if self.command.iter().any(|word| word.contains("{model_token}")) {
            wrong.push(format!(
                "agent `{name}` has `{{model_token}}` in its command, where everybody can read it; use `set`"
            ));
        }
        for (path, _) in self.files.iter().filter(|(path, _)| !is_below(path)) {
            wrong.push(format!("agent `{name}`: `{path}` is no path below its home"));
        }
        let names = self.environment.iter().chain(self.set.keys());
        for odd in names.filter(|name| name.is_empty() || name.contains(['=', '\0'])) {
            wrong.push(format!("agent `{name}`: `{odd}` is no name of a variable"));
        }
        for (model, settings) in models {
            let key = settings.key_env.as_deref();
            if let Some(key) = key.filter(|key| self.environment.iter().any(|name| name == key)) {
                wrong.push(format!(
                    "agent `{name}` may see `{key}`, the real key of model `{model}`; take it off `environment`"
                ));
            }
        }
        wrong.extend(self.flaw_of_model(name, models));
        wrong
    }

    fn flaw_of_model(
        &self,
        name: &AgentName,
        models: &BTreeMap<ModelName, Model>,
    ) -> Option<String> {
        let Some(chosen) = &self.model else {
            let texts = self.set.values().chain(self.files.values()).chain(&self.command);
            let needs =
                texts.into_iter().any(|text| PLACEHOLDERS.iter().any(|one| text.contains(one)));
            return needs.then(|| {
                format!("agent `{name}` needs a model; say which of `[models.…]` with `model`")
            });
        };
        let Some(model) = models.get(chosen) else {
            return Some(format!(
                "agent `{name}` names the model `{chosen}`, and there is no `[models.{chosen}]`"
            ));
        };
        let understood = self.speaks.is_empty() || self.speaks.contains(&model.provider);
        (!understood).then(|| {
            let speaks: Vec<_> = self.speaks.iter().map(|kind| format!("`{kind}`")).collect();
            format!(
                "agent `{name}` understands models of {} only, and `{chosen}` is of `{}`",
                speaks.join(" and "),
                model.provider
            )
        })
    }
}

/// Whether a path leads to a file below the folder it is in.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty()
        && !path.ends_with('/')
        && parts.all(|part| matches!(part, Component::Normal(_)))
}
