//! The issues planner: a milestone's issues, read as a plan. It needs no model.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ids::{AgentName, IssueRef, Login, TaskNumber};
use super::plan::{Dependency, Plan, PlannedTask};
use super::references::dependencies;

/// An issue of the milestone, as GitHub has it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which issue.
    pub issue: IssueRef,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// The people assigned to it, first first.
    pub assignees: Vec<Login>,
    /// The issues GitHub says block it.
    pub blocked_by: Vec<IssueRef>,
    /// Whether it is open.
    pub state: IssueState,
}

/// Whether an issue is open, and if not, how it was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Not closed.
    Open,
    /// Closed because it is done.
    Completed,
    /// Closed because nobody will do it.
    NotPlanned,
    /// Not there, or not for us to see.
    Unknown,
}

/// An agent one can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specialist {
    /// Its name.
    pub name: AgentName,
    /// What it is good at.
    pub good_at: String,
}

impl Candidate {
    /// Every issue it says it depends on, itself left out.
    pub fn depends_on(&self) -> BTreeSet<IssueRef> {
        let mut named: BTreeSet<_> = self.blocked_by.iter().cloned().collect();
        named.extend(dependencies(&self.text, &self.issue.repo));
        named
    }

    fn label(&self, prefix: &str) -> Option<&str> {
        self.labels.iter().find_map(|label| label.strip_prefix(prefix)).map(str::trim)
    }
}

/// Reads the open issues of a milestone as a plan. `outside` tells of the issues they depend on
/// that are not among them. Tasks keep the numbers they had in `previous`.
pub fn plan(
    candidates: &[Candidate],
    outside: &BTreeMap<IssueRef, IssueState>,
    roster: &[Specialist],
    previous: Option<&Plan>,
) -> Plan {
    let open: Vec<_> = candidates.iter().filter(|c| c.state == IssueState::Open).collect();
    let numbers = numbers(&open, previous);
    let mut states = outside.clone();
    states.extend(candidates.iter().map(|c| (c.issue.clone(), c.state)));

    let mut tasks: Vec<_> = open
        .iter()
        .map(|candidate| PlannedTask {
            issue: Some(candidate.issue.clone()),
            text: candidate.text.clone(),
            owner: candidate.assignees.first().cloned(),
            estimate: candidate.label("estimate:").and_then(|days| days.parse().ok()),
            after: waits(candidate, &numbers, &states),
            ..PlannedTask::new(
                numbers[&candidate.issue],
                candidate.issue.repo.clone(),
                candidate.title.trim(),
                agent_for(candidate, roster),
            )
        })
        .collect();
    tasks.sort_by_key(|task| task.number);
    Plan { version: previous.map_or(1, |plan| plan.version + 1), tasks, ..Plan::default() }
}

/// Which number each issue has: the one it had, or the next free one.
fn numbers(open: &[&Candidate], previous: Option<&Plan>) -> BTreeMap<IssueRef, TaskNumber> {
    let mut numbers: BTreeMap<IssueRef, TaskNumber> = previous
        .iter()
        .flat_map(|plan| &plan.tasks)
        .filter_map(|task| Some((task.issue.clone()?, task.number)))
        .collect();
    let mut last = numbers.values().map(|number| number.0).max().unwrap_or(0);
    for candidate in open {
        numbers.entry(candidate.issue.clone()).or_insert_with(|| {
            last += 1;
            TaskNumber(last)
        });
    }
    numbers
}

fn waits(
    candidate: &Candidate,
    numbers: &BTreeMap<IssueRef, TaskNumber>,
    states: &BTreeMap<IssueRef, IssueState>,
) -> Vec<Dependency> {
    let mut waits: Vec<_> = candidate
        .depends_on()
        .into_iter()
        .filter_map(|issue| match (states.get(&issue), numbers.get(&issue)) {
            (Some(IssueState::Completed), _) => None,
            (Some(IssueState::NotPlanned), _) => Some(Dependency::Dropped(issue)),
            (Some(IssueState::Unknown), _) => Some(Dependency::Unknown(issue)),
            (Some(IssueState::Open), Some(number)) => Some(Dependency::Task(*number)),
            (Some(IssueState::Open) | None, _) => Some(Dependency::Outside(issue)),
        })
        .collect();
    waits.sort();
    waits
}

/// The agent a label names, else the one whose description shares most words with the task.
fn agent_for(candidate: &Candidate, roster: &[Specialist]) -> AgentName {
    if let Some(name) = candidate.label("agent:") {
        // A label's text is anybody's; a name is letters, digits and dashes.
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        return AgentName(name.chars().filter(plain).collect());
    }
    let task = words(&format!("{} {} {}", candidate.title, candidate.text, candidate.issue.repo));
    let score = |agent: &Specialist| {
        words(&format!("{} {}", agent.name, agent.good_at)).intersection(&task).count()
    };
    let mut best: Option<(&Specialist, usize)> = None;
    for agent in roster {
        let score = score(agent);
        if best.is_none_or(|(_, most)| most < score) {
            best = Some((agent, score));
        }
    }
    best.map_or_else(|| AgentName("none".to_owned()), |(agent, _)| agent.name.clone())
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| 2 < word.len())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IssueNumber;

    fn issue(text: &str) -> IssueRef {
        let (repo, number) = text.split_once('#').unwrap();
        IssueRef { repo: repo.parse().unwrap(), number: IssueNumber(number.parse().unwrap()) }
    }

    fn candidate(name: &str, text: &str) -> Candidate {
        Candidate {
            issue: issue(name),
            title: format!("Do {name}"),
            text: text.to_owned(),
            labels: vec![],
            assignees: vec![],
            blocked_by: vec![],
            state: IssueState::Open,
        }
    }

    fn roster() -> Vec<Specialist> {
        [("builder", "anything"), ("designer", "colors, styles and palettes of web pages")]
            .map(|(name, good_at)| Specialist {
                name: AgentName(name.into()),
                good_at: good_at.into(),
            })
            .to_vec()
    }

    #[test]
    fn the_three_ways_to_say_it_are_read() {
        let tasks = [
            candidate("acme/web#2", ""),
            Candidate { blocked_by: vec![issue("acme/web#2")], ..candidate("acme/web#3", "") },
            candidate("acme/web#4", "Depends on #3"),
            candidate("acme/api#1", "Depends on acme/web#4"),
        ];
        let plan = plan(&tasks, &BTreeMap::new(), &roster(), None);
        let after: Vec<_> = plan.tasks.iter().map(|task| task.after.clone()).collect();
        let waits = |n| vec![Dependency::Task(TaskNumber(n))];
        assert_eq!(after, [vec![], waits(1), waits(2), waits(3)]);
    }

    #[test]
    fn issues_outside_the_sprint_count_by_their_state() {
        let task = candidate("acme/web#2", "Depends on #7, #8, #9");
        let outside = BTreeMap::from([
            (issue("acme/web#7"), IssueState::Open),
            (issue("acme/web#8"), IssueState::Completed),
            (issue("acme/web#9"), IssueState::NotPlanned),
        ]);
        assert_eq!(
            plan(&[task], &outside, &roster(), None).tasks[0].after,
            [Dependency::Outside(issue("acme/web#7")), Dependency::Dropped(issue("acme/web#9"))]
        );
    }

    #[test]
    fn a_task_keeps_its_number_when_others_come_and_go() {
        let first = plan(
            &[candidate("acme/web#2", ""), candidate("acme/web#3", "")],
            &BTreeMap::new(),
            &roster(),
            None,
        );
        let again = plan(
            &[candidate("acme/web#1", ""), candidate("acme/web#3", "")],
            &BTreeMap::new(),
            &roster(),
            Some(&first),
        );
        let named: Vec<_> =
            again.tasks.iter().map(|t| (t.number.0, t.issue.as_ref().unwrap().number.0)).collect();
        assert_eq!((again.version, named), (2, vec![(2, 3), (3, 1)]));
    }

    #[test]
    fn labels_and_words_choose_the_agent() {
        let styled = candidate("acme/web#2", "New colors for all pages");
        let labelled = Candidate {
            issue: issue("acme/web#3"),
            labels: vec!["agent:builder".into(), "estimate: 3".into()],
            ..styled.clone()
        };
        let plan = plan(
            &[styled, candidate("acme/api#9", ""), labelled],
            &BTreeMap::new(),
            &roster(),
            None,
        );
        let chosen: Vec<_> = plan.tasks.iter().map(|t| (t.agent.0.as_str(), t.estimate)).collect();
        assert_eq!(chosen, [("designer", None), ("builder", None), ("builder", Some(3))]);
    }
}
