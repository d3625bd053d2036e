//! The plan comment: what the team approves by ticking.

use std::collections::BTreeMap;

use askama::Template;

use super::{as_many_as_fit, filters, graph, plan_marker, render};
use crate::domain::checklist::Mark;
use crate::domain::ids::{AgentName, TaskNumber};
use crate::domain::lint;
use crate::domain::plan::{Dependency, Plan, PlannedTask};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Sprint;

#[derive(Template)]
#[template(path = "comment/plan.md")]
struct Comment<'a> {
    marker: String,
    sprint: &'a Sprint,
    version: i64,
    tasks: usize,
    deep: usize,
    approved: usize,
    estimate: u32,
    flaws: &'a [Refusal],
    graph: Option<&'a str>,
    waves: Vec<Wave<'a>>,
    hidden: usize,
    everything: Box,
}

struct Wave<'a> {
    title: &'a str,
    lines: &'a [Line],
}

struct Line {
    check: Box,
    number: TaskNumber,
    title: String,
    issue: Option<String>,
    owner: Option<String>,
    agent: AgentName,
    estimate: Option<u32>,
    after: Option<String>,
    approved_by: Option<String>,
}

struct Box {
    ticked: bool,
    marker: String,
}

/// The plan comment of a sprint, or nothing if there is no plan yet. A plan too long for one
/// comment shows as many tasks as fit and says how many it does not.
pub fn comment(sprint: &Sprint, agents: &[AgentName]) -> Option<String> {
    let plan = sprint.plan.as_ref()?;
    let content = Content::of(plan, sprint, agents);
    Some(as_many_as_fit(plan.tasks.len(), |most| content.written(plan, sprint, most)))
}

/// All there is to say about a plan, worked out once however often it is cut to fit.
struct Content {
    approved: usize,
    flaws: Vec<Refusal>,
    graph: Option<String>,
    waves: Vec<(String, Vec<Line>)>,
}

impl Content {
    fn of(plan: &Plan, sprint: &Sprint, agents: &[AgentName]) -> Self {
        let tasks: BTreeMap<_, _> = plan.tasks.iter().map(|task| (task.number, task)).collect();
        let lines = |numbers: &[TaskNumber]| -> Vec<_> {
            numbers.iter().filter_map(|number| Some(Line::of(tasks.get(number)?, sprint))).collect()
        };
        let mut waves: Vec<_> = (1..)
            .zip(plan.waves())
            .map(|(depth, wave)| (format!("Wave {depth}"), lines(&wave)))
            .collect();
        waves.push(("In a circle, or behind one".to_owned(), lines(&plan.stuck())));
        let flaws = if sprint.is_running() { Vec::new() } else { lint::flaws(plan, agents) };
        let ticked = waves.iter().flat_map(|(_, lines)| lines).filter(|line| line.check.ticked);
        Self { approved: ticked.count(), flaws, graph: graph::mermaid(plan), waves }
    }

    /// The comment with `most` tasks.
    fn written(&self, plan: &Plan, sprint: &Sprint, most: usize) -> String {
        let mut room = most;
        let mut waves = Vec::new();
        for (title, lines) in &self.waves {
            let lines = &lines[..lines.len().min(room)];
            room -= lines.len();
            if !lines.is_empty() {
                waves.push(Wave { title, lines });
            }
        }
        render(&Comment {
            marker: plan_marker(),
            sprint,
            version: plan.version,
            tasks: plan.tasks.len(),
            // Also the waves that do not fit.
            deep: self.waves.iter().filter(|(_, lines)| !lines.is_empty()).count(),
            approved: self.approved,
            estimate: plan.tasks.iter().filter_map(|task| task.estimate).sum(),
            flaws: &self.flaws[..self.flaws.len().min(most.max(20))],
            graph: self.graph.as_deref(),
            waves,
            hidden: plan.tasks.len() - plan.tasks.len().min(most),
            everything: Box {
                ticked: self.approved == plan.tasks.len() && !plan.tasks.is_empty(),
                marker: Mark::Everything(plan.hash()).marker(),
            },
        })
    }
}

impl Line {
    fn of(task: &PlannedTask, sprint: &Sprint) -> Self {
        let approval = sprint.approval_of(task);
        let hash = approval.map_or_else(|| task.hash(), |approval| approval.hash.clone());
        Self {
            check: Box {
                ticked: approval.is_some(),
                marker: Mark::Task(task.number, hash).marker(),
            },
            number: task.number,
            title: task.title.clone(),
            issue: task.issue.as_ref().map(|issue| {
                let here = issue.repo == sprint.repo;
                if here { format!("#{}", issue.number) } else { issue.to_string() }
            }),
            owner: task.owner.as_ref().map(|owner| owner.0.clone()),
            agent: task.agent.clone(),
            estimate: task.estimate,
            after: after(task, sprint),
            approved_by: approval.map(|approval| approval.by.0.clone()),
        }
    }
}

fn after(task: &PlannedTask, sprint: &Sprint) -> Option<String> {
    let names: Vec<_> = task
        .after
        .iter()
        .map(|dependency| match dependency {
            Dependency::Task(number) => format!("T{number}"),
            Dependency::Outside(issue)
            | Dependency::Dropped(issue)
            | Dependency::Unknown(issue) => {
                if issue.repo == sprint.repo {
                    format!("#{}", issue.number)
                } else {
                    issue.to_string()
                }
            }
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
