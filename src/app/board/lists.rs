//! The lists: sprints by who must act, agents, projects.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::Value;

use super::super::{App, Result};
use super::sprint::stands;
use crate::db::{board, sprints};
use crate::domain::ids::{AgentName, IssueRef, Login, ProjectName, RunId, SprintId};
use crate::domain::permission::Permission;
use crate::domain::sprint::{Sprint, State};
use crate::queue;
use crate::say::page::lists::{Act, Agent, Card, Group, Overview, Project, Worker};
use crate::say::page::parts::{Badge, Elapsed, Link, Moment};
use crate::say::page::{run, trace};

/// What there is to list, as one moment has it, as far as one person may see it.
struct Seen {
    sprints: Vec<board::Sprint>,
    runs: BTreeMap<SprintId, board::Run>,
    counts: Vec<board::Count>,
    tasks: Vec<board::Task>,
    spent: Vec<board::Spent>,
}

impl App {
    /// The first page: what waits for whom, and every sprint.
    pub async fn overview(&self, person: &Login) -> Result<Overview> {
        let seen = self.seen(person, true).await?;
        let may_launch = self.may_launch(person).await?;
        Ok(Overview { may_launch, ..self.overview_of(person, &seen).await? })
    }

    /// How many things wait for this person.
    pub async fn waiting(&self, person: &Login) -> Result<usize> {
        let seen = self.seen(person, false).await?;
        Ok(self.overview_of(person, &seen).await?.needs_you.len())
    }

    async fn overview_of(&self, person: &Login, seen: &Seen) -> Result<Overview> {
        let mut view = Overview::default();
        for task in &seen.tasks {
            let Some(sprint) = seen.sprint_of(&task.run_id) else { continue };
            if !self.may_see(person, &task.repo).await? {
                continue;
            }
            let act = self.act_on(task, sprint);
            if ["closed", "failed"].contains(&task.status.as_str()) {
                view.went_wrong.push(act);
            } else if task.owner == *person {
                view.needs_you.push(act);
            } else {
                view.needs_others.push(act);
            }
        }
        let mut groups: BTreeMap<ProjectName, Vec<Card>> = BTreeMap::new();
        for row in &seen.sprints {
            let run = seen.runs.get(&row.id);
            let is_over = run.is_some_and(|run| !run.status.is_live());
            if row.state == State::Forgotten && run.is_none() {
                continue;
            }
            let mut card = self.card(row, run, seen);
            if run.is_none() || is_over {
                let mut tx = self.db().read().await?;
                let (sprint, _) = sprints::get(&mut tx, &row.id).await?;
                drop(tx);
                if run.is_none() {
                    card.badge = stands(&sprint);
                    card.tasks = sprint.plan.as_ref().map_or(0, |plan| plan.tasks.len());
                }
                if row.state == State::Recognized && !sprint.is_completed() {
                    prepare(&mut view, &sprint, person, &row.goal.milestone);
                }
            }
            groups.entry(row.project.clone()).or_default().push(card);
        }
        view.projects = groups.into_iter().map(group).collect();
        Ok(view)
    }

    async fn seen(&self, person: &Login, with_costs: bool) -> Result<Seen> {
        let mut tx = self.db().read().await?;
        let mut sprints = board::sprints(&mut tx).await?;
        let runs = board::latest_runs(&mut tx).await?;
        let counts = board::counts(&mut tx).await?;
        let tasks = board::with_people(&mut tx).await?;
        let spent = if with_costs { board::spent(&mut tx).await? } else { Vec::new() };
        drop(tx);
        let mut visible = BTreeSet::new();
        for sprint in &sprints {
            if self.may_see(person, &sprint.repo).await? {
                visible.insert(sprint.id.clone());
            }
        }
        sprints.retain(|sprint| visible.contains(&sprint.id));
        let runs = runs.into_iter().map(|run| (run.sprint_id.clone(), run)).collect();
        Ok(Seen { sprints, runs, counts, tasks, spent })
    }

    fn act_on(&self, task: &board::Task, sprint: &board::Sprint) -> Act {
        let verb = match task.status.as_str() {
            "review" => "Review and merge",
            "asking" => "Answer the agent of",
            "closed" => "Retry, skip or cancel",
            _ => "Every try failed: retry, skip or cancel",
        };
        Act {
            badge: Badge::of_status(&task.status),
            what: format!("{verb} T{}: {}", task.number, task.title),
            href: format!("/runs/{}/tasks/{}", task.run_id, task.number),
            sprint: sprint.goal.milestone.clone(),
            who: task.owner.0.clone(),
            since: Some(Moment::new(task.updated_at, self.clock().now())),
            pull: task.pull.map(|pull| self.pull_link(&task.repo, pull.0)),
        }
    }

    fn card(&self, row: &board::Sprint, run: Option<&board::Run>, seen: &Seen) -> Card {
        let now = self.clock().now();
        let counts = seen.counts.iter().filter(|one| run.is_some_and(|run| run.id == one.run_id));
        let counts: Vec<_> = counts.map(|one| (one.status.as_str(), count(one.tasks))).collect();
        let settled = counts.iter().filter(|(status, _)| ["done", "skipped"].contains(status));
        let spent = seen.spent.iter().filter(|one| one.sprint_id == row.id);
        let spent: Vec<&Value> = spent.map(|one| &one.body.0).collect();
        Card {
            id: row.id.0.clone(),
            name: row.goal.milestone.clone(),
            goal: row.goal.title.clone(),
            issue: self.issue_link(&IssueRef { repo: row.repo.clone(), number: row.issue }),
            href: match run {
                Some(run) => format!("/runs/{}", run.id),
                None => format!("/sprints/{}", row.id),
            },
            run: run.map(|run| run.id.0.clone()),
            badge: run
                .map_or(Badge::new("waiting", "no plan yet"), |run| Badge::of_run(run.status)),
            done: settled.map(|(_, tasks)| tasks).sum(),
            tasks: counts.iter().map(|(_, tasks)| tasks).sum(),
            parts: counts
                .iter()
                .map(|(status, tasks)| (Badge::of_status(status), *tasks))
                .collect(),
            elapsed: run.map(|run| Elapsed::new(run.started_at, run.finished_at, now)),
            cost: trace::cost(&spent),
            started_by: run.map(|run| run.started_by.0.clone()),
        }
    }

    /// The runs this person may see, latest first.
    pub async fn runs_list(&self, person: &Login) -> Result<Vec<run::ListedRun>> {
        let mut tx = self.db().read().await?;
        let sprints = board::sprints(&mut tx).await?;
        let runs = board::runs(&mut tx).await?;
        drop(tx);
        let now = self.clock().now();
        let sprints: BTreeMap<_, _> = sprints.iter().map(|one| (&one.id, one)).collect();
        let mut listed = Vec::new();
        for run in runs {
            let Some(sprint) = sprints.get(&run.sprint_id) else { continue };
            if !self.may_see(person, &sprint.repo).await? {
                continue;
            }
            listed.push(run::ListedRun {
                id: run.id.0,
                sprint: run.sprint_id.0.clone(),
                name: sprint.goal.milestone.clone(),
                project: sprint.project.0.clone(),
                number: run.number.0,
                badge: Badge::of_run(run.status),
                started_by: run.started_by.0,
                started: Moment::new(run.started_at, now),
                elapsed: Elapsed::new(run.started_at, run.finished_at, now),
            });
        }
        Ok(listed)
    }

    /// The roster, with what each agent did in the sprints this person may see.
    pub async fn agents_page(&self, person: &Login) -> Result<Vec<Agent>> {
        let seen = self.seen(person, true).await?;
        let visible: BTreeSet<_> = seen.sprints.iter().map(|sprint| &sprint.id).collect();
        let mut tx = self.db().read().await?;
        let deeds = board::deeds(&mut tx).await?;
        drop(tx);
        let deeds: Vec<_> = deeds.iter().filter(|one| visible.contains(&one.sprint_id)).collect();
        let configured = &self.settings().agents;
        let mut names: BTreeSet<_> = configured.keys().collect();
        names.extend(deeds.iter().map(|one| &one.agent));
        let now = self.clock().now();
        let agent = |name: &AgentName| {
            let own: Vec<_> = deeds.iter().filter(|one| one.agent == *name).collect();
            let sum = |of: fn(&board::Deeds) -> i64| own.iter().map(|one| of(one)).sum::<i64>();
            let (delivered, failed) = (sum(|one| one.delivered), sum(|one| one.failed));
            let spent = seen.spent.iter();
            let spent = spent.filter(|one| one.agent == *name && visible.contains(&one.sprint_id));
            let spent: Vec<&Value> = spent.map(|one| &one.body.0).collect();
            let last = own.iter().map(|one| one.last_at).max();
            Agent {
                name: name.0.clone(),
                good_at: configured.get(name).map_or(String::new(), |one| one.description.clone()),
                is_configured: configured.contains_key(name),
                tries: sum(|one| one.tries),
                delivered,
                failed,
                at_work: sum(|one| one.at_work),
                success: (0 < delivered + failed).then(|| delivered * 100 / (delivered + failed)),
                cost: trace::cost(&spent),
                last: last.map(|last| Moment::new(last, now)),
            }
        };
        Ok(names.into_iter().map(agent).collect())
    }

    /// The projects of which this person may see a repository, and who works for them.
    pub async fn projects_page(&self, person: &Login) -> Result<Vec<Project>> {
        let mut tx = self.db().read().await?;
        let jobs = board::jobs(&mut tx).await?;
        let workers = board::workers(&mut tx).await?;
        let sprints = board::sprints(&mut tx).await?;
        drop(tx);
        let mut repositories: BTreeMap<ProjectName, BTreeSet<_>> = BTreeMap::new();
        for (name, project) in &self.settings().projects {
            repositories.entry(name.clone()).or_default().extend(project.repositories.clone());
        }
        for sprint in sprints {
            repositories.entry(sprint.project).or_default().insert(sprint.repo);
        }
        let mut projects = Vec::new();
        for (name, all) in repositories {
            let (mut visible, mut may_write) = (Vec::new(), false);
            for repo in all {
                let permission = self.sight(person, &repo).await?;
                may_write |= permission.may_write();
                if Permission::Read <= permission {
                    let href = self.github().website(repo.as_str()).into();
                    visible.push(Link { text: repo.to_string(), href });
                }
            }
            if !visible.is_empty() {
                let project = self.project(&name, visible, &jobs, &workers);
                projects.push(Project { may_write, ..project });
            }
        }
        Ok(projects)
    }

    fn project(
        &self,
        name: &ProjectName,
        repositories: Vec<Link>,
        jobs: &[board::Jobs],
        workers: &[board::Worker],
    ) -> Project {
        let queue = queue::name(name);
        let of = |state: &str, held: bool| {
            let jobs = jobs.iter().filter(|one| one.queue == queue && one.state == state);
            jobs.map(|one| if held { one.held } else { one.jobs - one.held }).sum()
        };
        let workers = workers.iter().filter(|one| one.queue == queue);
        Project {
            name: name.0.clone(),
            repositories,
            ready: of("ready", false),
            held: of("ready", true),
            at_work: jobs
                .iter()
                .filter(|one| one.queue == queue && one.state == "leased")
                .map(|one| one.jobs)
                .sum(),
            most: self.at_once(name),
            workers: workers.map(|one| self.worker(one)).collect(),
            may_write: false,
            queue,
        }
    }

    fn worker(&self, worker: &board::Worker) -> Worker {
        let (now, settings) = (self.clock().now(), self.settings());
        let beat =
            worker.leased_until - TimeDelta::seconds(i64::from(settings.queue.lease_seconds));
        let patience = i64::try_from(settings.worker.beat_seconds * 2).unwrap_or(i64::MAX);
        Worker {
            name: worker.worker.0.clone(),
            leases: worker.leases,
            beat: Moment::new(beat, now),
            is_late: beat + TimeDelta::seconds(patience) < now,
        }
    }
}

impl Seen {
    fn sprint_of(&self, run: &RunId) -> Option<&board::Sprint> {
        let run = self.runs.values().find(|one| one.id == *run)?;
        self.sprints.iter().find(|sprint| sprint.id == run.sprint_id)
    }
}

fn count(tasks: i64) -> usize {
    usize::try_from(tasks).unwrap_or(0)
}

/// Those under way first, and then those that are not started.
fn group((name, mut sprints): (ProjectName, Vec<Card>)) -> Group {
    sprints.sort_by_key(|card| match card.badge.kind {
        "paused" => 0,
        "working" => 1,
        "done" => 4,
        "failed" | "cancelled" => 3,
        _ => 2,
    });
    Group { name: name.0, sprints }
}

/// What must be done before a sprint can start.
fn prepare(view: &mut Overview, sprint: &Sprint, person: &Login, name: &str) {
    if sprint.is_running() || sprint.is_carried_out() {
        return;
    }
    let act = |badge: Badge, what: String, who: &str| Act {
        badge,
        what,
        href: format!("/sprints/{}", sprint.id),
        sprint: name.to_owned(),
        who: who.to_owned(),
        since: None,
        pull: None,
    };
    let mut found: Vec<Act> = Vec::new();
    for question in sprint.planning.open() {
        let what = format!("Answer question {}: {}", question.number, question.text);
        found.push(act(Badge::new("review", "asks"), what, &question.to.0));
    }
    let mut open: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for task in sprint.plan.iter().flat_map(|plan| &plan.tasks) {
        if sprint.approval_of(task).is_none() {
            let owner = task.owner.as_ref().map_or_else(String::new, |owner| owner.0.clone());
            open.entry(owner).or_default().push(format!("T{}", task.number));
        }
    }
    for (owner, tasks) in open {
        found.push(if owner.is_empty() {
            let what = format!("Find an owner for {}", tasks.join(", "));
            act(Badge::new("closed", "no owner"), what, "the team")
        } else {
            let what = format!("Approve {}", tasks.join(", "));
            act(Badge::new("review", "to approve"), what, &owner)
        });
    }
    for one in found {
        if one.who.eq_ignore_ascii_case(&person.0) {
            view.needs_you.push(one);
        } else {
            view.needs_others.push(one);
        }
    }
}
