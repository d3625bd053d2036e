//! The tasks that people or a planner added get their issues once the plan is approved.

use std::collections::BTreeMap;

use super::apply::Cause;
use super::mirror::people_of;
use super::{App, Result};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{
    AgentName, IssueRef, MilestoneNumber, RepoName, RunId, SprintId, TaskNumber,
};
use crate::domain::plan::{Dependency, Plan, PlannedTask, Reading};
use crate::domain::refine::Remark;
use crate::domain::sprint::{Event, Sprint};
use crate::github::{self, Issue, NewIssue, Repo};
use crate::say;

/// A repository as far as its new issues need it.
pub(super) struct Place {
    pub(super) repo: Repo,
    milestone: MilestoneNumber,
    labels: Vec<String>,
    /// The issues of the milestone that we made, by their markers.
    pub(super) made: BTreeMap<String, Issue>,
}

impl App {
    /// Makes an issue for each approved task that has none, whoever is waited for first.
    pub(super) async fn make_issues(&self, id: &SprintId) -> Result<()> {
        let sprint = self.sprint(id).await?;
        if !sprint.wants_issues() {
            return Ok(());
        }
        let waves = sprint.plan.as_ref().map(Plan::waves).unwrap_or_default();
        let mut places: BTreeMap<RepoName, Place> = BTreeMap::new();
        for number in waves.concat() {
            // What was made before this one is what this one may wait for.
            let sprint = self.sprint(id).await?;
            let Some(task) = sprint.plan.as_ref().and_then(|plan| plan.find(number)) else {
                continue;
            };
            if task.issue.is_some() {
                continue;
            }
            if !places.contains_key(&task.repo) {
                places.insert(task.repo.clone(), self.place(&sprint, &task.repo).await?);
            }
            let Some(place) = places.get(&task.repo) else { continue };
            self.make_issue(&sprint, task, place).await?;
        }
        Ok(())
    }

    pub(super) async fn place(&self, sprint: &Sprint, name: &RepoName) -> Result<Place> {
        let repo = self.repo(name).await?;
        let milestone = self.milestone_in(sprint, name, &repo).await?;
        let labels = repo.labels().await?.into_iter().map(|label| label.name).collect();
        let issues = repo.issues_of(milestone).await?.into_iter();
        let ours = issues.filter(|issue| self.is_ours(issue));
        let made = ours.filter_map(|issue| Some((marker_in(&issue.body)?, issue))).collect();
        Ok(Place { repo, milestone, labels, made })
    }

    /// The milestone of the same title, which is made where it is missing.
    async fn milestone_in(
        &self,
        sprint: &Sprint,
        name: &RepoName,
        repo: &Repo,
    ) -> Result<MilestoneNumber> {
        if *name == sprint.repo {
            return Ok(sprint.milestone);
        }
        let title = &sprint.goal.milestone;
        let open = |milestone: &github::Milestone| milestone.state == github::State::Open;
        let found =
            repo.milestones().await?.into_iter().find(|one| one.title == *title && open(one));
        Ok(match found {
            Some(milestone) => milestone.number,
            None => repo.create_milestone(title).await?.number,
        })
    }

    async fn make_issue(&self, sprint: &Sprint, task: &PlannedTask, place: &Place) -> Result<()> {
        let marker = marker(&sprint.id, task.number);
        let (issue, links) = match place.made.get(&marker) {
            // It was made by a try that died before noting it, and may be linked already.
            Some(issue) => (issue.clone(), place.repo.blocked_by(issue.number).await?),
            None => {
                let new = new_issue(task, place, &marker);
                (place.repo.create_issue(&new).await?, Vec::new())
            }
        };
        let made = IssueRef { repo: task.repo.clone(), number: issue.number };
        let mut after = Vec::new();
        for number in task.waits_for() {
            let plan = sprint.plan.as_ref();
            let blocker = plan.and_then(|plan| plan.find(number)?.issue.clone());
            let Some(blocker) = blocker else { continue };
            let is_linked = links.iter().any(|link| link.reference().as_ref() == Some(&blocker));
            if is_linked || self.link(&place.repo, &made, &blocker).await? {
                after.push(Dependency::Task(number));
            }
        }
        let people = people_of(&issue);
        if let Some(owner) = task.owner.as_ref().filter(|owner| !people.contains(owner)) {
            let key = format!("not assigned {} {} {owner}", sprint.id, task.number);
            let remarks = vec![Remark::NotAssigned { task: task.number, owner: owner.clone() }];
            let saying = Saying::Remarks { to: owner.clone(), remarks };
            let say = Effect::Say { on: sprint.issue_ref(), key: key.clone(), saying };
            self.ask_once(&key, &[say], None).await?;
        }
        let reading = Reading {
            title: issue.title.trim().to_owned(),
            text: without_marker(&issue.body),
            owner: people.first().cloned(),
            others: people.into_iter().skip(1).collect(),
            agent: label(&issue, "agent:").map(AgentName),
            estimate: label(&issue, "estimate:").and_then(|size| size.parse().ok()),
            after,
        };
        let event = Event::IssueMade { task: task.number, issue: made, reading };
        self.apply(&sprint.id, &event, &Cause::by("Team6")).await?;
        Ok(())
    }

    /// Whether we opened an issue.
    pub(super) fn is_ours(&self, issue: &Issue) -> bool {
        issue.user.as_ref().is_some_and(|author| author.login == self.me().bot)
    }
}

pub(super) fn new_issue(task: &PlannedTask, place: &Place, marker: &str) -> NewIssue {
    let wanted = [
        Some(format!("agent:{}", task.agent)),
        task.estimate.map(|estimate| format!("estimate:{estimate}")),
    ];
    let known = |label: &String| place.labels.iter().any(|one| one.eq_ignore_ascii_case(label));
    NewIssue {
        title: task.title.clone(),
        body: format!("{}\n\n{marker}", say::issue::body(task)),
        milestone: Some(place.milestone),
        labels: wanted.into_iter().flatten().filter(known).collect(),
        assignees: task.owner.iter().cloned().collect(),
    }
}

fn label(issue: &Issue, prefix: &str) -> Option<String> {
    let label = issue.labels.iter().find_map(|label| label.name.strip_prefix(prefix))?;
    Some(label.trim().to_owned())
}

const MARKER: &str = "<!-- team6:task ";
const PART: &str = "<!-- team6:part ";

/// What an issue that we made for a task carries, unseen.
fn marker(sprint: &SprintId, task: TaskNumber) -> String {
    format!("{MARKER}{sprint} T{task} -->")
}

/// What an issue that we made for a part of a task carries, unseen.
pub(super) fn marker_of_part(run: &RunId, part: TaskNumber) -> String {
    format!("{PART}{run} T{part} -->")
}

/// Whether an issue of ours was made for a part of a task, and so is no task of a plan.
pub(super) fn is_a_part(body: &str) -> bool {
    body.lines().any(|line| line.starts_with(PART))
}

fn marker_in(body: &str) -> Option<String> {
    let is_ours = |line: &&str| line.starts_with(MARKER) || line.starts_with(PART);
    let line = body.lines().rev().find(is_ours)?;
    Some(line.trim_end().to_owned())
}

/// Which task of a sprint an issue of ours was made for.
pub(super) fn made_for(sprint: &SprintId, body: &str) -> Option<TaskNumber> {
    let of_this = marker_in(body)?;
    let number = of_this.strip_prefix(MARKER)?.strip_prefix(&sprint.0)?.strip_prefix(" T")?;
    number.strip_suffix(" -->")?.parse().ok().map(TaskNumber)
}

/// An issue's text without what nobody sees of ours.
pub(super) fn without_marker(body: &str) -> String {
    if !body.contains(MARKER) {
        return body.to_owned();
    }
    let lines: Vec<_> = body.lines().filter(|line| !line.starts_with(MARKER)).collect();
    lines.join("\n").trim_end().to_owned()
}
