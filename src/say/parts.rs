//! The parts of a task that its agent handed to others: what its owner is asked, what its pull request
//! shows, what its agent is told.

use std::collections::BTreeMap;

use askama::Template;

use super::{filters, marker, render};
use crate::domain::delegation::{End, Part, Stage, Stuck};
use crate::domain::ids::{AgentName, IssueNumber, Login, PullNumber, RunId, TaskNumber};
use crate::domain::sprint::Sprint;
use crate::domain::task::Task;

#[derive(Template)]
#[template(path = "comment/parts.md")]
struct Asked<'a> {
    marker: String,
    task: TaskNumber,
    /// Whoever has to act, if anybody has.
    owner: Option<&'a Login>,
    boxes: Vec<Choice<'a>>,
}

struct Choice<'a> {
    part: &'a Part,
    mark: String,
    tick: char,
    declined_by: Option<&'a Login>,
}

/// The marker of the comment that asks about a task's parts.
pub fn asked_marker(run: &RunId, task: TaskNumber) -> String {
    marker(&format!("parts {run} {task}"))
}

/// Asks a task's owner about the parts beyond the limits; nothing, if there never were any.
pub fn asked(run: &RunId, task: &Task) -> Option<String> {
    let boxes: Vec<_> = task.delegation.parts.iter().filter_map(a_box).collect();
    if boxes.is_empty() {
        return None;
    }
    let waits = task.delegation.asked().next().is_some() && !task.state.is_over();
    Some(render(&Asked {
        marker: asked_marker(run, task.planned.number),
        task: task.planned.number,
        owner: task.planned.owner.as_ref().filter(|_| waits),
        boxes,
    }))
}

fn a_box(part: &Part) -> Option<Choice<'_>> {
    let declined_by = match &part.stage {
        Stage::Over(End::Declined(by)) => Some(by),
        Stage::Asked | Stage::Approved | Stage::UnderWay | Stage::Over(_) => None,
    };
    let was_asked = part.stage == Stage::Asked || part.ticked_by.is_some() || declined_by.is_some();
    let tick = if part.ticked_by.is_some() { 'x' } else { ' ' };
    was_asked.then(|| Choice { part, mark: part.mark().marker(), tick, declined_by })
}

/// A part, as a pull request shows it.
pub struct Line {
    /// Its number.
    pub number: TaskNumber,
    /// Its title.
    pub title: String,
    /// Its issue, once it has one.
    pub issue: Option<IssueNumber>,
    /// Its pull request, if there is one.
    pub pull: Option<PullNumber>,
    /// Who did it.
    pub agent: AgentName,
    /// What became of it.
    pub state: &'static str,
}

/// The parts of a task, as its pull request shows them.
pub fn listed(sprint: &Sprint, task: &Task) -> Vec<Line> {
    let find = |number| sprint.run.as_ref()?.find(number);
    let line = |part: &Part| Line {
        number: part.number,
        title: part.draft.title.clone(),
        issue: find(part.number).map(|task| task.issue.number),
        pull: find(part.number).and_then(|task| task.state.pull()),
        agent: part.draft.agent.clone(),
        state: state(&part.stage),
    };
    task.delegation.parts.iter().map(line).collect()
}

fn state(stage: &Stage) -> &'static str {
    match stage {
        Stage::Asked | Stage::Approved | Stage::UnderWay => "not in here yet",
        Stage::Over(End::Merged(_)) => "merged into this branch",
        Stage::Over(End::Stuck(_, Stuck::Conflict { .. } | Stuck::Refused { .. })) => {
            "brought in by this task's agent, because it conflicted"
        }
        Stage::Over(End::Stuck(_, Stuck::Red { .. })) => {
            "its checks went on failing, so it was not merged"
        }
        Stage::Over(End::Failed) => "failed, so nothing of it was merged",
        Stage::Over(End::Closed(_)) => "its pull request was closed, so it was not merged",
        Stage::Over(End::Ended) => "ended by a person",
        Stage::Over(End::Declined(_)) => "not wanted by the owner",
    }
}

#[derive(Template)]
#[template(path = "prompt/parts.md")]
struct Told<'a> {
    parts: Vec<Outcome<'a>>,
    waits: bool,
}

struct Outcome<'a> {
    part: &'a Part,
    said: Option<String>,
    failure: Option<String>,
}

/// What a task's agent is told of the parts it handed to others; empty, if there are none.
pub(super) fn told(
    task: &Task,
    said: &BTreeMap<TaskNumber, String>,
    failures: &BTreeMap<TaskNumber, String>,
) -> String {
    if task.delegation.parts.is_empty() {
        return String::new();
    }
    let outcome =
        |part| Outcome { part, said: quoted(said, part), failure: quoted(failures, part) };
    let parts = task.delegation.parts.iter().map(outcome).collect();
    render(&Told { parts, waits: task.delegation.waits() })
}

fn quoted(all: &BTreeMap<TaskNumber, String>, part: &Part) -> Option<String> {
    let words = all.get(&part.number)?;
    Some(super::dialogue::quoted(&words.trim().chars().take(LONGEST).collect::<String>()))
}

/// As much of what others said as an agent needs.
const LONGEST: usize = 600;

#[cfg(test)]
pub(super) mod sample {
    use super::*;
    use crate::domain::delegation::Draft;
    use crate::domain::ids::Attempt;

    /// A task whose agent wants to hand out parts, of which people decided about some.
    pub(in crate::say) fn asking(task: &Task, text: &str) -> Task {
        let part = |number, stage, ticked_by| Part {
            number: TaskNumber(number),
            attempt: Attempt(1),
            draft: Draft {
                title: text.to_owned(),
                text: text.to_owned(),
                acceptance: vec![text.to_owned()],
                agent: AgentName(text.to_owned()),
            },
            stage,
            ticked_by,
        };
        let person = Login(text.to_owned());
        let mut task = task.clone();
        task.delegation.parts = vec![
            part(4, Stage::Asked, None),
            part(5, Stage::Approved, Some(person.clone())),
            part(6, Stage::Over(End::Declined(person)), None),
        ];
        task
    }
}
