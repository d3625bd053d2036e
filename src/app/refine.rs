//! Changing the plan by command, and showing what was changed.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Applied;
use super::command::Said;
use super::{App, Error, Result};
use crate::db::plans;
use crate::domain::command::{Command, Line};
use crate::domain::diff::Diff;
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{DeliveryId, Login, RepoName, SprintId, TaskNumber};
use crate::domain::refine::{Change, Refined, Setting, Standing};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Event, Sprint};

impl App {
    /// Changes the plan as the lines of a comment say, all of them or none. Who may what is read
    /// from GitHub at this moment.
    pub(super) async fn refine(
        &self,
        id: &SprintId,
        here: Option<TaskNumber>,
        said: &Said,
        lines: Vec<Line>,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        let repositories = self.installed(&sprint.repo).await?;
        let mut repos: BTreeSet<RepoName> = repositories.iter().cloned().collect();
        repos.extend(sprint.plan.iter().flat_map(|plan| &plan.tasks).map(|one| one.repo.clone()));
        let mut permissions = BTreeMap::new();
        for repo in &repos {
            permissions.insert(repo.clone(), self.permission_in(repo, &said.by).await?);
        }
        let refined = Refined {
            by: said.by.clone(),
            here,
            permissions,
            people: self.standings(&lines, &repos).await?,
            repositories,
            roster: self.roster(&sprint.repo).await?,
            on: said.on.clone(),
            key: key.to_owned(),
            lines,
        };
        self.apply(id, &Event::Refined(refined), &said.cause(key, delivery)).await
    }

    /// The repositories of a project that we can reach.
    async fn installed(&self, home: &RepoName) -> Result<Vec<RepoName>> {
        let mut installed = Vec::new();
        for name in self.settings().siblings(home) {
            match self.repo(&name).await {
                Ok(_) => installed.push(name),
                Err(Error::NotInstalled(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(installed)
    }

    /// What the people that lines name are to each repository.
    async fn standings(
        &self,
        lines: &[Line],
        repos: &BTreeSet<RepoName>,
    ) -> Result<BTreeMap<(String, RepoName), Standing>> {
        let mut standings = BTreeMap::new();
        let named: BTreeMap<String, &Login> = lines
            .iter()
            .filter_map(owner_named)
            .map(|person| (person.0.to_ascii_lowercase(), person))
            .collect();
        for (name, person) in named {
            for repo in repos {
                let standing = self.standing(person, repo).await?;
                standings.insert((name.clone(), repo.clone()), standing);
            }
        }
        Ok(standings)
    }

    async fn standing(&self, person: &Login, name: &RepoName) -> Result<Standing> {
        let repo = match self.repo(name).await {
            Err(Error::NotInstalled(_)) => return Ok(Standing::Nobody),
            repo => repo?,
        };
        Ok(match repo.account(person).await? {
            None => Standing::Nobody,
            Some(account) if !account.is_person() => Standing::Bot,
            Some(_) => Standing::Person(repo.permission(person).await?),
        })
    }

    /// Shows what changed in the plan.
    pub(super) async fn diff(
        &self,
        id: &SprintId,
        said: &Said,
        since: Option<i64>,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        let diff = match self.diff_since(&sprint, &said.by, since).await? {
            Ok(diff) => diff,
            Err(refusal) => return Ok(Applied::Refused(vec![refusal])),
        };
        let say =
            Effect::Say { on: said.on.clone(), key: key.to_owned(), saying: Saying::Diff(diff) };
        self.ask_once(key, &[say], delivery).await?;
        Ok(Applied::Decided)
    }

    async fn diff_since(
        &self,
        sprint: &Sprint,
        person: &Login,
        since: Option<i64>,
    ) -> Result<Result<Diff, Refusal>> {
        let Some(plan) = &sprint.plan else { return Ok(Err(Refusal::NoPlan)) };
        let mut tx = self.db().read().await?;
        let version = match since {
            Some(version) => version,
            None => match plans::approved_last(&mut tx, &sprint.id, person).await? {
                Some(version) => version,
                None => return Ok(Err(Refusal::NeverApproved)),
            },
        };
        let old = plans::of_version(&mut tx, &sprint.id, version).await?;
        Ok(match old {
            Some(old) => Ok(Diff::between(&old, plan)),
            None => Err(Refusal::NoSuchVersion { version }),
        })
    }
}

fn owner_named(line: &Line) -> Option<&Login> {
    let Command::Refine(change) = &line.command else { return None };
    match change {
        Change::Add(new) => new.owner.as_ref(),
        Change::Set { to: Setting::Owner(person), .. } => Some(person),
        Change::Drop { .. } => None,
        Change::Set {
            to:
                Setting::Title(_)
                | Setting::Text(_)
                | Setting::After(_)
                | Setting::Priority(_)
                | Setting::Agent(_)
                | Setting::Estimate(_),
            ..
        } => None,
    }
}
