//! The first part of a plan: what it is for, what is wrong with it, how long it may take, and who
//! must act.

use askama::Template;

use super::entry::Entry;
use super::graph::Graph;
use super::{View, Wave, link, part_marker};
use crate::domain::checklist::Mark;
use crate::domain::forecast::{Forecast, forecast};
use crate::domain::lint::{self, Warning};
use crate::domain::plan::{DroppedTask, Plan, Prd, VoidApproval};
use crate::domain::planning::Question;
use crate::domain::sprint::Sprint;
use crate::say::reasons::{Missing, Reason, chain, missing, reasons};
use crate::say::{filters, harmless, reference, render};

#[derive(Template)]
#[template(path = "comment/plan.md")]
struct Comment<'a> {
    marker: String,
    head: &'a Head<'a>,
    others: Vec<String>,
    waves: Vec<Wave<'a>>,
}

#[derive(Template)]
#[template(path = "comment/plan_prd.md")]
struct Requirements<'a> {
    prd: &'a Prd,
    lists: Vec<(&'static str, &'a [String])>,
    left_out: usize,
}

/// All there is to say about a plan before its tasks.
pub(super) struct Head<'a> {
    sprint: &'a Sprint,
    plan: &'a Plan,
    links: &'a [String],
    prd: String,
    questions: Vec<&'a Question>,
    flaws: Vec<Reason>,
    more_flaws: usize,
    warnings: Vec<Warning>,
    more_warnings: usize,
    void: Vec<&'a VoidApproval>,
    forecast: Option<Forecast>,
    chain: String,
    graph: Graph,
    dropped: Vec<String>,
    approved: usize,
    missing: Vec<Missing>,
    everything: String,
}

/// Most of anything that is listed before the tasks; how many more there are is said.
const MOST: usize = 15;
/// Longest requirements, in characters.
const LONGEST_PRD: usize = 12_000;
/// From how many characters on the requirements are folded.
const LONG_PRD: usize = 600;

impl<'a> Head<'a> {
    pub(super) fn of(plan: &'a Plan, view: &View<'a>, entries: &[Entry]) -> Self {
        let sprint = view.sprint;
        // While it runs, nothing about it can be changed.
        let is_open = !sprint.is_running() && !sprint.is_completed();
        let mut flaws = if is_open { reasons(&lint::flaws(plan, view.around), "") } else { vec![] };
        let mut warnings = if is_open { lint::warnings(plan, view.around) } else { vec![] };
        let (more_flaws, more_warnings) = (flaws.len(), warnings.len());
        flaws.truncate(MOST);
        warnings.truncate(MOST);
        let forecast = forecast(plan, view.agents);
        Self {
            sprint,
            plan,
            links: view.links,
            prd: plan.prd.as_ref().map_or(String::new(), requirements),
            questions: sprint.planning.open().take(MOST).collect(),
            more_flaws: more_flaws - flaws.len(),
            flaws,
            more_warnings: more_warnings - warnings.len(),
            warnings,
            void: plan.void.iter().filter(|void| is_void(void, sprint)).take(MOST).collect(),
            chain: forecast.as_ref().map_or(String::new(), |some| chain(&some.path)),
            forecast,
            graph: Graph::of(plan),
            dropped: dropped(plan, sprint),
            approved: entries.iter().filter(|entry| entry.ticked).count(),
            missing: missing(sprint),
            everything: Mark::Everything(plan.hash()).marker(),
        }
    }

    /// The first of so many parts.
    pub(super) fn written(&self, parts: usize, waves: Vec<Wave<'_>>) -> String {
        let others = (2..=parts).map(|part| link(self.links, part)).collect();
        render(&Comment { marker: part_marker(1), head: self, others, waves })
    }

    fn is_approved(&self) -> bool {
        self.approved == self.plan.tasks.len() && !self.plan.tasks.is_empty()
    }

    fn is_long(&self) -> bool {
        LONG_PRD < self.prd.chars().count()
    }

    fn estimate(&self) -> u64 {
        self.plan.tasks.iter().filter_map(|task| task.estimate).map(u64::from).sum()
    }
}

/// Whether the task is still in the plan and waits for another approval.
fn is_void(void: &VoidApproval, sprint: &Sprint) -> bool {
    let task = sprint.plan.as_ref().and_then(|plan| plan.find(void.task));
    task.is_some_and(|task| sprint.approval_of(task).is_none())
}

/// The requirements, with as many points of each list as there is room for.
fn requirements(prd: &Prd) -> String {
    let mut most = 40;
    loop {
        let all = [
            ("Goals", prd.goals.as_slice()),
            ("Not part of it", prd.non_goals.as_slice()),
            ("Limits", prd.constraints.as_slice()),
            ("Done when", prd.acceptance.as_slice()),
            ("Risks", prd.risks.as_slice()),
        ];
        let left_out = all.iter().map(|(_, points)| points.len().saturating_sub(most)).sum();
        let lists = all.into_iter().filter(|(_, points)| !points.is_empty());
        let lists = lists.map(|(name, points)| (name, &points[..points.len().min(most)])).collect();
        let text = render(&Requirements { prd, lists, left_out });
        if text.chars().count() <= LONGEST_PRD || most == 0 {
            return text;
        }
        most /= 2;
    }
}

fn dropped(plan: &Plan, sprint: &Sprint) -> Vec<String> {
    let line = |task: &DroppedTask| {
        let issue = task.issue.as_ref();
        let issue = issue.map(|issue| reference(&sprint.repo, &issue.repo, issue.number.0));
        let issue = issue.map_or(String::new(), |issue| format!(" ({issue})"));
        format!("T{} {}{issue}", task.number, harmless::cut(&task.title, 100))
    };
    let mut lines: Vec<_> = plan.dropped.iter().take(2 * MOST).map(line).collect();
    if lines.len() < plan.dropped.len() {
        lines.push(format!("… and {} more", plan.dropped.len() - lines.len()));
    }
    lines
}
