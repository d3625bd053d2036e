//! The way to a new run, step by step, as a person may see it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{App, Result};
use super::run::HIDDEN;
use super::sprint::stands;
use crate::db::{board, launches, repositories, sprints};
use crate::domain::forecast::forecast;
use crate::domain::ids::{LaunchId, Login, ProjectName, RepoName, SprintId, TaskNumber};
use crate::domain::launch::{Launch, Opening, Stage, Wish};
use crate::domain::lint::{self, Surroundings, Warning};
use crate::domain::plan::Plan;
use crate::domain::refusal::{Refusal, list};
use crate::domain::sprint::{Event, No, Sprint, State};
use crate::domain::start::Start;
use crate::github;
use crate::say::page::graph::{self, Node};
use crate::say::page::parts::{Badge, Elapsed};
use crate::say::page::sprint::Task;
use crate::say::page::wizard::{
    self, Launched, Milestone, Place, Preview, Reason, Repository, Scope, Waiting,
};

impl App {
    /// Whether this person could lead a sprint anywhere.
    pub async fn may_launch(&self, person: &Login) -> Result<bool> {
        for one in self.reachable().await? {
            if self.sight(person, &one.name).await?.may_write() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where this person may lead a sprint, and in `chosen` what there is to begin with; nothing,
    /// where they may not see that.
    pub async fn scope(&self, person: &Login, chosen: Option<&RepoName>) -> Result<Option<Scope>> {
        let mut repositories = Vec::new();
        for one in self.reachable().await? {
            if self.sight(person, &one.name).await?.may_write() {
                let project = self.settings().project_of(&one.name).0;
                repositories.push(Repository { name: one.name.to_string(), project });
            }
        }
        let Some(chosen) = chosen else {
            let only = match repositories.as_slice() {
                [only] => only.name.parse().ok(),
                [] | [_, _, ..] => None,
            };
            let place = match only {
                Some(only) => Some(self.beginnings(&only).await?),
                None => None,
            };
            return Ok(Some(Scope { repositories, place }));
        };
        if !repositories.iter().any(|one| one.name.eq_ignore_ascii_case(chosen.as_str())) {
            return Ok(None);
        }
        let place = Some(self.beginnings(chosen).await?);
        Ok(Some(Scope { repositories, place }))
    }

    async fn reachable(&self) -> Result<Vec<repositories::Repository>> {
        let mut tx = self.db().read().await?;
        let mut all = repositories::all(&mut tx).await?;
        all.retain(|one| one.trouble.is_none());
        Ok(all)
    }

    async fn beginnings(&self, repo: &RepoName) -> Result<Place> {
        let milestones = self.repo(repo).await?.milestones().await?;
        let mut tx = self.db().read().await?;
        let (mut waiting, mut taken) = (Vec::new(), BTreeSet::new());
        for row in board::sprints(&mut tx).await? {
            if row.repo != *repo || row.state != State::Recognized {
                continue;
            }
            let (sprint, _) = sprints::get(&mut tx, &row.id).await?;
            taken.insert(sprint.milestone);
            if !sprint.is_running() && !sprint.is_carried_out() {
                waiting.push(Waiting {
                    id: sprint.id.0.clone(),
                    name: sprint.goal.milestone.clone(),
                    goal: sprint.goal.title.clone(),
                    badge: stands(&sprint),
                    tasks: sprint.plan.as_ref().map_or(0, |plan| plan.tasks.len()),
                });
            }
        }
        let open = milestones.into_iter().filter(|one| one.state == github::State::Open);
        let free = open.filter(|one| !taken.contains(&one.number));
        Ok(Place {
            repo: repo.to_string(),
            project: self.settings().project_of(repo).0,
            sprints: waiting,
            milestones: free
                .map(|one| Milestone { number: one.number.0, title: one.title })
                .collect(),
        })
    }

    /// Where a sprint's issue is, whoever asks.
    pub async fn home_of(&self, id: &SprintId) -> Result<Option<RepoName>> {
        let mut tx = self.db().read().await?;
        Ok(sprints::find(&mut tx, id).await?.map(|(sprint, _)| sprint.repo))
    }

    /// The people who could own a sprint's tasks, if this person may see the sprint.
    pub async fn possible_owners(&self, person: &Login, id: &SprintId) -> Result<Vec<String>> {
        let Some(sprint) = self.seen_sprint(person, id).await? else { return Ok(Vec::new()) };
        let mut names = BTreeMap::new();
        for (repo, people) in self.people(&sprint).await? {
            if self.may_see(person, &repo).await? {
                names.extend(people.into_iter().map(|one| (one.0.to_ascii_lowercase(), one.0)));
            }
        }
        Ok(names.into_values().collect())
    }

    /// What would happen if a sprint were started now, and what speaks against it: what the start
    /// itself would say.
    pub async fn preview(&self, person: &Login, id: &SprintId) -> Result<Option<Preview>> {
        let Some(sprint) = self.seen_sprint(person, id).await? else { return Ok(None) };
        let around = self.around(&sprint).await?;
        let (rows, hidden) = self.planned(&sprint, person).await?;
        let plan = sprint.plan.clone().unwrap_or_default();
        let out_of_sight: BTreeSet<_> = plan
            .tasks
            .iter()
            .filter(|task| hidden.contains(&task.number))
            .flat_map(|task| [task.repo().to_string(), format!("T{}", task.number)])
            .collect();
        let (errors, mut warnings) = self.against(&sprint, person, around.clone());
        warnings
            .extend(lint::warnings(&plan, &around).into_iter().filter(|one| !one.needs_a_nod()));
        let most = self.at_once(&sprint.project);
        let forecast = forecast(&plan, most);
        let waves = plan.waves();
        let critical: BTreeSet<_> = forecast.iter().flat_map(|one| one.path.clone()).collect();
        let node = |row: &Task| Node {
            number: row.number,
            title: row.title.clone(),
            href: None,
            badge: match &row.approved_by {
                Some(_) => Badge::new("done", "approved"),
                None => Badge::new("waiting", "not approved"),
            },
            owner: row.owner.clone().unwrap_or_else(|| "nobody".to_owned()),
            after: plan
                .tasks
                .iter()
                .filter(|task| task.number.0 == row.number)
                .flat_map(|task| task.waits_for().map(|other| other.0))
                .collect(),
            is_critical: 1 < critical.len() && critical.iter().any(|one| one.0 == row.number),
        };
        let nodes: Vec<_> = rows.iter().map(node).collect();
        let numbers: Vec<Vec<i64>> =
            waves.iter().map(|wave| wave.iter().map(|number| number.0).collect()).collect();
        let permission = self.sight(person, &sprint.repo).await?;
        let shown = |reason: Reason| reason.without(&out_of_sight, HIDDEN);
        Ok(Some(Preview {
            id: sprint.id.0.clone(),
            name: sprint.goal.milestone.clone(),
            goal: sprint.goal.title.clone(),
            issue: self.issue_link(&sprint.issue_ref()),
            version: plan.version,
            tasks: rows.len(),
            approved: rows.iter().filter(|row| row.approved_by.is_some()).count(),
            whole: sprint.plan.as_ref().map_or_else(String::new, |plan| plan.hash().0),
            errors: Reason::all(&errors).into_iter().map(shown).collect(),
            warnings: warnings.iter().map(Reason::of_warning).map(shown).collect(),
            needs_a_nod: warnings.iter().any(Warning::needs_a_nod),
            will: will(&plan, &waves.first().cloned().unwrap_or_default(), most),
            forecast: forecast.map(|one| wizard::forecast(&one)),
            graph: graph::draw(&nodes, &numbers),
            waves: numbers,
            may_write: permission.may_write(),
            is_running: sprint.is_running(),
        }))
    }

    /// What a start would be refused for, and what it would have looked at twice.
    fn against(
        &self,
        sprint: &Sprint,
        person: &Login,
        around: Surroundings,
    ) -> (Vec<Refusal>, Vec<Warning>) {
        let start = Start {
            by: person.clone(),
            around,
            despite_warnings: false,
            taken: BTreeSet::new(),
            budgets: self.budgets(sprint),
        };
        let refusals = match sprint.decide(Event::Started(start)) {
            Err(No::Refused(refusals)) => refusals,
            Ok(_) | Err(No::Nonsense(_)) => Vec::new(),
        };
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        for refusal in refusals {
            if let Refusal::LookTwice(all) = refusal {
                warnings.extend(all);
            } else if !matches!(refusal, Refusal::NoIssue { .. }) {
                // A start makes the issues first.
                errors.push(refusal);
            }
        }
        (errors, warnings)
    }

    /// How many agents may be at work at once for a project.
    pub(super) fn at_once(&self, project: &ProjectName) -> usize {
        let settings = self.settings();
        let own = settings.projects.get(project).and_then(|project| project.concurrency);
        let most = own.unwrap_or(settings.queue.concurrency_per_project);
        usize::try_from(most.min(settings.queue.concurrency)).unwrap_or(usize::MAX)
    }

    /// What this person set going; nobody else looks over their shoulder.
    pub async fn launched_by(&self, person: &Login, id: &LaunchId) -> Result<Option<Launch>> {
        let mut tx = self.db().read().await?;
        let found = launches::find(&mut tx, id).await?;
        Ok(found.filter(|launch| launch.by == *person))
    }

    /// How far something is that this person set going.
    pub async fn launch_page(&self, person: &Login, id: &LaunchId) -> Result<Option<Launched>> {
        let Some(launch) = self.launched_by(person, id).await? else { return Ok(None) };
        if !self.may_see(person, &launch.repo).await? {
            return Ok(None);
        }
        let now = self.clock().now();
        let stage = launch.stage();
        let sprint = match &launch.sprint {
            Some(id) => Some(self.sprint(id).await?),
            None => None,
        };
        let is_start = matches!(launch.wish, Wish::Start { .. });
        let run = sprint.as_ref().and_then(|sprint| sprint.run.as_ref());
        let run = run.filter(|_| is_start && stage == Stage::Done);
        let title = match (&launch.wish, &sprint) {
            (_, Some(sprint)) => sprint.goal.milestone.clone(),
            (Wish::Open(Opening { goal, .. }), None) => goal.clone(),
            (Wish::Start { .. }, None) => String::new(),
        };
        Ok(Some(Launched {
            id: launch.id.0.clone(),
            stage,
            is_start,
            title,
            repo: launch.repo.to_string(),
            sprint: launch.sprint.as_ref().map(|id| id.0.clone()),
            run: run.map(|run| run.id.0.clone()),
            elapsed: Elapsed::new(launch.begun_at, launch.ended_at, now),
            needs_a_nod: !launch.refused.is_empty()
                && launch.refused.iter().all(|one| matches!(one, Refusal::LookTwice(_))),
            reasons: Reason::all(&launch.refused),
            trouble: launch.trouble,
        }))
    }
}

/// What a start does, a sentence each.
fn will(plan: &Plan, first: &[TaskNumber], most: usize) -> Vec<String> {
    if plan.tasks.is_empty() {
        return Vec::new();
    }
    let rest = plan.tasks.len() - first.len();
    let begin = if first.len() == 1 { "begins" } else { "begin" };
    let mut will =
        vec![format!("{} {begin} at once, with at most {most} at work at a time", list(first))];
    match rest {
        0 => {}
        1 => will.push("One more begins when what it waits for is merged".to_owned()),
        _ => will.push(format!("{rest} more begin, each when what it waits for is merged")),
    }
    let without = plan.tasks.iter().filter(|task| task.issue.is_none()).count();
    if without != 0 {
        let (issues, tasks) =
            if without == 1 { ("an issue", "the task") } else { ("issues", "the tasks") };
        will.push(format!("GitHub gets {issues} for {tasks} that had none"));
    }
    will.push("Each task becomes a pull request, which its owner reviews and merges".to_owned());
    will
}
