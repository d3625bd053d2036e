//! What a plan is judged by besides itself, looked up at the moment it is shown or started.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{App, Error, Result};
use crate::domain::ids::{AgentName, Login, RepoName};
use crate::domain::lint::{RedBranch, Surroundings};
use crate::domain::sprint::Sprint;
use crate::github::{self, CheckRun, Conclusion, Status};

impl App {
    /// What a sprint's plan is judged by. Of a plan that cannot change now nothing is judged.
    pub(super) async fn around(&self, sprint: &Sprint) -> Result<Surroundings> {
        let settled = sprint.is_running() || sprint.is_completed();
        let Some(plan) = sprint.plan.as_ref().filter(|_| !settled) else {
            return Ok(Surroundings::default());
        };
        let mut around = Surroundings {
            agents: self.agents(),
            most_at_once: self.settings().lint.tasks_at_once,
            ..Surroundings::default()
        };
        let repos: BTreeSet<_> = plan.tasks.iter().map(|task| task.repo().clone()).collect();
        for name in repos {
            let file = self.team_file(&name).await?;
            if let Some(agents) = &file.agents {
                let listed = agents.iter().map(|agent| agent.name.clone()).collect();
                around.listed.insert(name.clone(), listed);
            }
            around.team_files.extend(file.flaws.iter().map(|flaw| (name.clone(), flaw.clone())));
            match self.repo(&name).await {
                Ok(_) if self.known(&name).await?.trouble.is_some() => {
                    around.unreachable.insert(name);
                }
                Ok(_) => around.red.extend(self.red_branch(&name).await?),
                Err(Error::NotInstalled(_) | Error::Away(..)) => {
                    around.unreachable.insert(name);
                }
                Err(error) => return Err(error),
            }
        }
        let owners: BTreeSet<_> = plan
            .tasks
            .iter()
            .filter(|task| !around.unreachable.contains(task.repo()))
            .filter_map(|task| Some(key(task.owner.as_ref()?, task.repo())))
            .collect();
        around.owners = stream::iter(owners)
            .map(|(owner, repo)| async move {
                let permission = self.permission_in(&repo, &Login(owner.clone())).await?;
                Ok::<_, Error>(((owner, repo), permission))
            })
            .buffered(self.github().at_once())
            .try_collect()
            .await?;
        Ok(around)
    }

    /// The agents one can choose.
    pub(super) fn agents(&self) -> Vec<AgentName> {
        self.settings().roster().into_iter().map(|agent| agent.name).collect()
    }

    /// The branch tasks begin at in a repository, if checks fail on it. Where checks cannot be
    /// read, none is known to fail.
    async fn red_branch(&self, name: &RepoName) -> Result<Option<RedBranch>> {
        let branch = self.known(name).await?.default_branch;
        let repo = self.repo(name).await?;
        let head = match repo.find_head(&branch).await {
            Err(error) if is_closed_to_us(&error) => None,
            head => head?,
        };
        let Some(head) = head else { return Ok(None) };
        let checks = match repo.checks_of(&head).await {
            Err(error) if is_closed_to_us(&error) => Vec::new(),
            checks => checks?,
        };
        let checks: BTreeSet<_> = checks.into_iter().filter(fails).map(|run| run.name).collect();
        let checks: Vec<_> = checks.into_iter().collect();
        Ok((!checks.is_empty()).then(|| RedBranch { repo: name.clone(), branch, checks }))
    }
}

fn key(owner: &Login, repo: &RepoName) -> (String, RepoName) {
    (owner.0.to_ascii_lowercase(), repo.clone())
}

fn is_closed_to_us(error: &github::Error) -> bool {
    error.is_forbidden() || error.is_gone() || error.is_unprocessable()
}

fn fails(run: &CheckRun) -> bool {
    let bad = |conclusion: &Conclusion| {
        ["failure", "timed_out", "startup_failure"].contains(&conclusion.as_str())
    };
    run.status == Status::Completed && run.conclusion.as_ref().is_some_and(bad)
}
