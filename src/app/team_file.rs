//! What repositories say about their agents: read from the default branch through GitHub, at the commit it is at.
//!
//! Through GitHub and not from a mirror, because the server that plans has none, and what counts is what stands there
//! at that moment. What a commit says never changes, so it is read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{App, Error, Result};
use crate::domain::ids::{AgentName, CommitSha, RepoName};
use crate::domain::roster::Roster;
use crate::domain::team_file::{self, Caps, LARGEST, Offered, PATH, TeamFile};
use crate::github::{File, Repo};

/// How many commits' files are remembered.
const MOST: usize = 1_000;

/// What was read, by repository and commit.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<(RepoName, CommitSha), Arc<TeamFile>>>);

impl Known {
    fn find(&self, key: &(RepoName, CommitSha)) -> Option<Arc<TeamFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: (RepoName, CommitSha), file: &Arc<TeamFile>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST <= known.len() {
            known.clear();
        }
        known.insert(key, Arc::clone(file));
    }
}

impl App {
    /// The agents one can choose in the repositories of a project, by what these say now.
    pub(super) async fn roster(&self, home: &RepoName) -> Result<Roster> {
        let mut roster = Roster::new(self.settings().roster());
        for name in self.settings().siblings(home) {
            roster.choose(&name, &*self.team_file(&name).await?);
        }
        Ok(roster)
    }

    /// What a repository says about its agents on its default branch, now. One that is out of reach says nothing.
    pub(super) async fn team_file(&self, name: &RepoName) -> Result<Arc<TeamFile>> {
        let repo = match self.repo(name).await {
            Err(Error::NotInstalled(_) | Error::Away(..)) => return Ok(Arc::default()),
            repo => repo?,
        };
        let branch = self.known(name).await?.default_branch;
        match repo.find_head(&branch).await {
            Ok(Some(head)) => self.team_file_at(&repo, &head).await,
            Ok(None) => Ok(Arc::default()),
            Err(error) if error.is_conflict() || error.is_forbidden() => Ok(Arc::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// What it says at a commit of its default branch.
    pub(super) async fn team_file_at(&self, repo: &Repo, at: &CommitSha) -> Result<Arc<TeamFile>> {
        let key = (repo.name().clone(), at.clone());
        if let Some(known) = self.inner.team_files.find(&key) {
            return Ok(known);
        }
        let (file, may_change) = match repo.file(PATH, at, LARGEST).await? {
            File::Missing => (TeamFile::default(), false),
            File::Text(text) => (team_file::read(&text), false),
            File::TooBig => {
                (TeamFile::unusable(format!("it has more than {} KiB", LARGEST >> 10)), false)
            }
            File::NoText => (TeamFile::unusable("it is no text file"), false),
            File::Forbidden => (TeamFile::unusable("I may not read it"), true),
        };
        let file = Arc::new(file.judged_by(&self.offered()));
        if !may_change {
            self.inner.team_files.keep(key, &file);
        }
        Ok(file)
    }

    /// The operator's agents, and how long each may take.
    fn offered(&self) -> Vec<Offered> {
        let (settings, worker) = (self.settings(), &self.settings().worker);
        let names = settings.roster().into_iter().map(|agent| agent.name);
        let limits = |name: &AgentName| {
            let said = settings.agents.get(name).map(|agent| agent.limits).unwrap_or_default();
            Caps {
                silence_seconds: said.silence_seconds.or(Some(worker.silence_seconds)),
                turn_seconds: said.turn_seconds.or(Some(worker.turn_seconds)),
            }
        };
        names.map(|name| Offered { limits: limits(&name), name }).collect()
    }
}
