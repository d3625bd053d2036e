//! A sprint's plan: its tasks and what they wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{AgentName, IssueRef, Login, RepoName, TaskNumber};

/// The most characters a task's title may have; GitHub takes 256.
pub const LONGEST_TITLE: usize = 200;
/// The most characters a task's text may have; an issue holds 65,536.
pub const LONGEST_TEXT: usize = 20_000;

/// What is proposed for a sprint. A plan may still be wrong; [`super::lint`] says how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Which edition of the sprint's plan this is, from 1.
    pub version: i64,
    /// What the sprint is for, where a planner wrote it down.
    pub prd: Option<Prd>,
    /// Its tasks, by number.
    pub tasks: Vec<PlannedTask>,
    /// What the team took out of it.
    pub dropped: Vec<DroppedTask>,
    /// The highest number a task of it ever had; no number is given out twice.
    #[serde(default)]
    pub numbered: i64,
    /// The approvals that do not count any more, until the task is approved anew.
    #[serde(default)]
    pub void: Vec<VoidApproval>,
}

/// An approval of a task that changed after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidApproval {
    /// Which task.
    pub task: TaskNumber,
    /// Who had approved it.
    pub by: Login,
    /// What changed, in words: `its owner`.
    pub changed: String,
}

/// A short product requirements document: what the sprint is for, in lists of sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Prd {
    /// What is wrong today, for whom.
    pub problem: String,
    /// What shall be true afterwards.
    pub goals: Vec<String>,
    /// What is left out on purpose.
    pub non_goals: Vec<String>,
    /// What limits the solution.
    pub constraints: Vec<String>,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// What may go wrong.
    pub risks: Vec<String>,
}

/// A task that a person took out of the plan. It keeps its number, and does not come back by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedTask {
    /// The number it had.
    pub number: TaskNumber,
    /// Its title then.
    pub title: String,
    /// The issue that describes it, if it had one.
    pub issue: Option<IssueRef>,
}

/// A task as the team is asked to approve it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedTask {
    /// Its place in the plan.
    pub number: TaskNumber,
    /// The repository the work is done in.
    pub repo: RepoName,
    /// The issue that describes it; a proposed task gets one when the plan is approved.
    pub issue: Option<IssueRef>,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// The files it will likely touch, as far as the planner can tell.
    pub files: Vec<String>,
    /// The person accountable for it.
    pub owner: Option<Login>,
    /// The agent that shall do it.
    pub agent: AgentName,
    /// Why that agent.
    pub reason: Option<String>,
    /// How big it is, in whatever unit the team counts.
    pub estimate: Option<u32>,
    /// What goes first among tasks that could start: 1 before 2; those without one come last.
    pub priority: Option<u32>,
    /// What must be done before it.
    pub after: Vec<Dependency>,
    /// What its issue said when it was last read, so that a change there is told from one made here.
    pub reading: Option<Reading>,
    /// What the planner agent proposed for it, so that a change by people is told from the agent's.
    pub proposed: Option<Suggestion>,
}

/// What a planner agent proposed for a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// Who might own it.
    pub owner: Option<Login>,
    /// Which agent.
    pub agent: AgentName,
    /// How big it is.
    pub estimate: Option<u32>,
    /// What goes first.
    pub priority: Option<u32>,
    /// What it waits for among the sprint's tasks.
    pub after: Vec<Dependency>,
}

/// What an issue says about the task it describes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The first person assigned.
    pub owner: Option<Login>,
    /// The others, who own nothing by it.
    #[serde(default)]
    pub others: Vec<Login>,
    /// The agent its label names.
    pub agent: Option<AgentName>,
    /// The estimate its label says.
    pub estimate: Option<u32>,
    /// What it says it depends on.
    pub after: Vec<Dependency>,
}

/// Something a task waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dependency {
    /// Another task of the sprint.
    Task(TaskNumber),
    /// An open issue that is not part of the sprint.
    Outside(IssueRef),
    /// An issue that was closed as not planned, so waiting for it would never end.
    Dropped(IssueRef),
    /// An issue that is not there, or that we may not see.
    Unknown(IssueRef),
}

impl Dependency {
    /// Calls a repository by its new name.
    pub fn rename(&mut self, from: &RepoName, to: &RepoName) {
        match self {
            Self::Task(_) => {}
            Self::Outside(issue) | Self::Dropped(issue) | Self::Unknown(issue) => {
                issue.rename(from, to);
            }
        }
    }
}

/// A fingerprint of the exact text a person approved.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type, ToSchema,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct TextHash(pub String);

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PlannedTask {
    /// A task about which nothing is known but what it is called.
    pub fn new(number: TaskNumber, repo: RepoName, title: &str, agent: AgentName) -> Self {
        Self {
            number,
            repo,
            issue: None,
            title: title.to_owned(),
            text: String::new(),
            acceptance: Vec::new(),
            files: Vec::new(),
            owner: None,
            agent,
            reason: None,
            estimate: None,
            priority: None,
            after: Vec::new(),
            reading: None,
            proposed: None,
        }
    }

    /// The repository the work is done in.
    pub fn repo(&self) -> &RepoName {
        &self.repo
    }

    /// The fingerprint of everything an approval of this task approves: the text, the owner, the
    /// agent, the repository and the dependencies.
    pub fn hash(&self) -> TextHash {
        let approved = serde_json::to_vec(&(
            &self.repo,
            &self.title,
            &self.text,
            &self.acceptance,
            self.owner.as_ref().map(|owner| owner.0.to_ascii_lowercase()),
            &self.agent,
            &self.after,
        ))
        .expect("a task is plain data");
        fingerprint(&approved)
    }

    /// What an approval of this task approves and `other` has differently, in words: `its owner and
    /// its text`.
    pub fn changed_from(&self, other: &Self) -> String {
        let differs = [
            ("its title", self.title != other.title),
            ("its text", self.text != other.text || self.acceptance != other.acceptance),
            ("its owner", self.owner != other.owner),
            ("its agent", self.agent != other.agent),
            ("its repository", self.repo != other.repo),
            ("what it waits for", self.after != other.after),
        ];
        let words: Vec<_> =
            differs.into_iter().filter(|(_, differs)| *differs).map(|(words, _)| words).collect();
        match words.as_slice() {
            [] => "it".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// The task without what only we remember of its issue.
    #[must_use]
    pub fn as_shown(&self) -> Self {
        Self { reading: None, proposed: None, ..self.clone() }
    }

    /// Calls a repository by its new name, wherever the task names it.
    pub fn rename(&mut self, from: &RepoName, to: &RepoName) {
        if self.repo == *from {
            self.repo.clone_from(to);
        }
        self.issue.iter_mut().for_each(|issue| issue.rename(from, to));
        let read = self.reading.iter_mut().flat_map(|reading| &mut reading.after);
        let proposed = self.proposed.iter_mut().flat_map(|proposed| &mut proposed.after);
        for waits in self.after.iter_mut().chain(read).chain(proposed) {
            waits.rename(from, to);
        }
    }

    /// The tasks of the sprint it waits for.
    pub fn waits_for(&self) -> impl Iterator<Item = TaskNumber> {
        self.after.iter().filter_map(|dependency| match dependency {
            Dependency::Task(number) => Some(*number),
            Dependency::Outside(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => None,
        })
    }
}

fn fingerprint(approved: &[u8]) -> TextHash {
    let digest = digest::digest(&digest::SHA256, approved);
    TextHash(hex::encode(&digest.as_ref()[..8]))
}

impl Plan {
    /// The fingerprint of everything that an approval of the whole plan approves.
    pub fn hash(&self) -> TextHash {
        let tasks = self.tasks.iter().map(|task| format!("{} {}\n", task.number, task.hash()));
        fingerprint(tasks.collect::<String>().as_bytes())
    }

    /// A number that no task of this plan ever had.
    pub fn next_number(&self) -> TaskNumber {
        let tasks = self.tasks.iter().map(|task| task.number.0);
        let dropped = self.dropped.iter().map(|task| task.number.0);
        TaskNumber(tasks.chain(dropped).fold(self.numbered, i64::max) + 1)
    }

    /// Whether people would see a difference between the tasks of two plans: what their issues
    /// said when they were last read is none.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let tasks = |plan: &Self| -> Vec<PlannedTask> {
            plan.tasks.iter().map(PlannedTask::as_shown).collect()
        };
        tasks(self) == tasks(other) && self.dropped == other.dropped && self.prd == other.prd
    }

    /// The task of that number.
    pub fn find(&self, number: TaskNumber) -> Option<&PlannedTask> {
        self.tasks.iter().find(|task| task.number == number)
    }

    /// The task that an issue describes.
    pub fn of_issue(&self, issue: &IssueRef) -> Option<&PlannedTask> {
        self.tasks.iter().find(|task| task.issue.as_ref() == Some(issue))
    }

    /// Whether an issue is a task's, or one that a task waits for.
    pub fn concerns(&self, issue: &IssueRef) -> bool {
        self.tasks.iter().any(|task| {
            task.issue.as_ref() == Some(issue)
                || task.after.iter().any(|dependency| match dependency {
                    Dependency::Outside(other)
                    | Dependency::Dropped(other)
                    | Dependency::Unknown(other) => other == issue,
                    Dependency::Task(_) => false,
                })
        })
    }

    /// The tasks in waves: a wave waits only for waves before it. Tasks in a circle, and those
    /// behind one, are in no wave.
    pub fn waves(&self) -> Vec<Vec<TaskNumber>> {
        let mut open: BTreeMap<TaskNumber, usize> = BTreeMap::new();
        let mut dependants: BTreeMap<TaskNumber, Vec<TaskNumber>> = BTreeMap::new();
        for task in &self.tasks {
            let waits: BTreeSet<_> = task.waits_for().collect();
            open.insert(task.number, waits.len());
            for number in waits {
                dependants.entry(number).or_default().push(task.number);
            }
        }
        let mut waves = Vec::new();
        let mut wave: Vec<_> =
            open.iter().filter(|(_, waits)| **waits == 0).map(|(number, _)| *number).collect();
        while !wave.is_empty() {
            let mut next = Vec::new();
            for dependant in wave.iter().filter_map(|number| dependants.get(number)).flatten() {
                let waits = open.get_mut(dependant).expect("every dependant is a task");
                *waits -= 1;
                if *waits == 0 {
                    next.push(*dependant);
                }
            }
            next.sort_unstable();
            waves.push(std::mem::replace(&mut wave, next));
        }
        waves
    }

    /// The tasks that no wave can hold: those in a circle, and those that wait for one.
    pub fn stuck(&self) -> Vec<TaskNumber> {
        let placed: BTreeSet<_> = self.waves().into_iter().flatten().collect();
        self.tasks.iter().map(|task| task.number).filter(|n| !placed.contains(n)).collect()
    }

    /// Every circle of dependencies, each by its path with the first task repeated at the end.
    pub fn cycles(&self) -> Vec<Vec<TaskNumber>> {
        let stuck: BTreeSet<_> = self.stuck().into_iter().collect();
        let next: BTreeMap<TaskNumber, TaskNumber> = self
            .tasks
            .iter()
            .filter(|task| stuck.contains(&task.number))
            .filter_map(|task| Some((task.number, task.waits_for().find(|n| stuck.contains(n))?)))
            .collect();
        let mut seen = BTreeSet::new();
        stuck.iter().filter_map(|start| circle(*start, &next, &mut seen)).collect()
    }
}

/// Follows `next` from `start` until it meets itself; `None` if it meets ground already `seen`.
fn circle(
    start: TaskNumber,
    next: &BTreeMap<TaskNumber, TaskNumber>,
    seen: &mut BTreeSet<TaskNumber>,
) -> Option<Vec<TaskNumber>> {
    let mut path = Vec::new();
    let mut at = start;
    while seen.insert(at) {
        path.push(at);
        at = *next.get(&at)?;
    }
    let begin = path.iter().position(|number| *number == at)?;
    let mut circle = path.split_off(begin);
    circle.push(at);
    Some(circle)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(edges: &[(i64, &[i64])]) -> Plan {
        let task = |(number, after): &(i64, &[i64])| PlannedTask {
            after: after.iter().map(|n| Dependency::Task(TaskNumber(*n))).collect(),
            ..PlannedTask::new(
                TaskNumber(*number),
                "acme/web".parse().unwrap(),
                &format!("Task {number}"),
                AgentName("builder".into()),
            )
        };
        Plan { version: 1, tasks: edges.iter().map(task).collect(), ..Plan::default() }
    }

    fn numbers(waves: Vec<Vec<TaskNumber>>) -> Vec<Vec<i64>> {
        waves.into_iter().map(|wave| wave.into_iter().map(|n| n.0).collect()).collect()
    }

    #[test]
    fn a_diamond_has_three_waves() {
        let diamond = plan(&[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2, 3])]);
        assert_eq!(numbers(diamond.waves()), [vec![1], vec![2, 3], vec![4]]);
        assert!(diamond.cycles().is_empty());
    }

    #[test]
    fn a_circle_is_named_by_its_path_and_so_is_each_other_one() {
        let circles =
            plan(&[(1, &[3]), (2, &[1]), (3, &[2]), (4, &[1]), (5, &[5]), (6, &[]), (7, &[6])]);
        assert_eq!(numbers(circles.cycles()), [vec![1, 3, 2, 1], vec![5, 5]]);
        assert_eq!(numbers(circles.waves()), [vec![6], vec![7]]);
        assert_eq!(circles.stuck(), [1, 2, 3, 4, 5].map(TaskNumber));
    }

    #[test]
    fn an_approval_is_of_the_exact_text() {
        let mut task = plan(&[(1, &[])]).tasks.remove(0);
        let approved = task.hash();
        assert_eq!(task.hash(), approved);
        task.text.push(' ');
        assert_ne!(task.hash(), approved);
    }

    proptest! {
        #[test]
        fn a_wave_waits_only_for_earlier_ones_and_nothing_is_left_out(
            edges in prop::collection::vec((1i64..20, 1i64..20), 0..60)
        ) {
            let mut after: BTreeMap<i64, Vec<i64>> = (1..20).map(|n| (n, vec![])).collect();
            for (a, b) in edges {
                after.get_mut(&a).unwrap().push(b);
            }
            let listed: Vec<(i64, &[i64])> = after.iter().map(|(n, a)| (*n, a.as_slice())).collect();
            let plan = plan(&listed);
            let waves = plan.waves();
            let depth: BTreeMap<_, _> = waves.iter().enumerate()
                .flat_map(|(depth, wave)| wave.iter().map(move |n| (*n, depth))).collect();
            for task in &plan.tasks {
                if let Some(at) = depth.get(&task.number) {
                    for waits in task.waits_for() {
                        prop_assert!(depth[&waits] < *at);
                    }
                }
            }
            prop_assert_eq!(depth.len() + plan.stuck().len(), 19);
            prop_assert_eq!(plan.stuck().is_empty(), plan.cycles().is_empty());
            for cycle in plan.cycles() {
                prop_assert_eq!(cycle.first(), cycle.last());
                for pair in cycle.windows(2) {
                    prop_assert!(plan.find(pair[0]).unwrap().waits_for().any(|n| n == pair[1]));
                }
            }
        }
    }
}
