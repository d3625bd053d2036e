//! `[review]`: the agent that looks at pull requests before their owners are asked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Agent, PLANNER};
use crate::domain::ids::AgentName;

/// Which agent reviews, if one does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Which of `[agents.…]`; none, if empty.
    pub agent: String,
    /// How often in a row it may send work back.
    pub rounds: usize,
}

impl Review {
    /// The agent, if there is one.
    pub fn reviewer(&self) -> Option<AgentName> {
        (!self.agent.is_empty()).then(|| AgentName(self.agent.clone()))
    }

    /// What is wrong with it, if anything is.
    pub(super) fn flaw(&self, agents: &BTreeMap<AgentName, Agent>) -> Option<String> {
        let name = self.reviewer()?;
        if name.0 == PLANNER {
            return Some("`review.agent` is the planner, which cannot review too".to_owned());
        }
        (!agents.contains_key(&name)).then(|| {
            format!("`review.agent` names the agent `{name}`, and there is no `[agents.{name}]`")
        })
    }
}
