//! The agents one can choose, in each repository.

use std::collections::BTreeMap;

use super::ids::{AgentName, RepoName};
use super::planner::Specialist;
use super::team_file::TeamFile;

/// The operator's agents, and the choice of those repositories that made one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    everywhere: Vec<Specialist>,
    own: BTreeMap<RepoName, Vec<Specialist>>,
}

impl Roster {
    /// All of the operator's agents, everywhere.
    pub fn new(everywhere: Vec<Specialist>) -> Self {
        Self { everywhere, own: BTreeMap::new() }
    }

    /// A repository makes its choice, if its file has one.
    pub fn choose(&mut self, repo: &RepoName, file: &TeamFile) {
        let Some(chosen) = &file.agents else { return };
        let of = |name: &AgentName| self.everywhere.iter().find(|one| one.name == *name);
        let chosen = chosen.iter().filter_map(|described| {
            let operators = of(&described.name)?;
            let good_at = described.description.as_ref().unwrap_or(&operators.good_at).clone();
            let name = operators.name.clone();
            Some(Specialist { name, good_at, labels: described.labels.clone() })
        });
        let chosen = chosen.collect();
        self.own.insert(repo.clone(), chosen);
    }

    /// Those of one repository.
    pub fn of(&self, repo: &RepoName) -> &[Specialist] {
        self.own.get(repo).unwrap_or(&self.everywhere)
    }

    /// Those of a repository that made a choice.
    pub fn own(&self) -> impl Iterator<Item = (&RepoName, &Vec<Specialist>)> {
        self.own.iter()
    }

    /// Whether a repository made a choice.
    pub fn is_chosen(&self, repo: &RepoName) -> bool {
        self.own.contains_key(repo)
    }

    /// Every agent there is.
    pub fn everywhere(&self) -> &[Specialist] {
        &self.everywhere
    }
}

impl From<Vec<Specialist>> for Roster {
    fn from(everywhere: Vec<Specialist>) -> Self {
        Self::new(everywhere)
    }
}
