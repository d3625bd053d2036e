//! What is wrong with a plan, and what a team should look at twice before it starts one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{AgentName, BranchName, Login, RepoName, TaskNumber};
use super::permission::Permission;
use super::plan::{Dependency, Plan, PlannedTask};
use super::references;
use super::refusal::{Refusal, list};
use super::team_file::Flaw;

/// What a plan is judged by besides itself: what is so around it right now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surroundings {
    /// The agents there are.
    pub agents: Vec<AgentName>,
    /// The agents of the repositories that made a choice among them.
    pub listed: BTreeMap<RepoName, Vec<AgentName>>,
    /// What is wrong with what repositories say about their agents.
    pub team_files: Vec<(RepoName, Flaw)>,
    /// What each owner may do where their tasks are.
    pub owners: BTreeMap<(String, RepoName), Permission>,
    /// The repositories of the plan that the App cannot reach.
    pub unreachable: BTreeSet<RepoName>,
    /// The branches tasks begin at whose checks fail.
    pub red: Vec<RedBranch>,
    /// How many tasks at once are a person's fair share.
    pub most_at_once: usize,
}

/// A branch whose checks fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedBranch {
    /// Where.
    pub repo: RepoName,
    /// Which branch.
    pub branch: BranchName,
    /// The checks that fail, by name.
    pub checks: Vec<String>,
}

impl Surroundings {
    /// What an owner may do in a repository; nothing, if nobody looked.
    pub fn permission_of(&self, owner: &Login, repo: &RepoName) -> Permission {
        let key = (owner.0.to_ascii_lowercase(), repo.clone());
        self.owners.get(&key).copied().unwrap_or_default()
    }
}

/// Everything that keeps a plan from being started, approvals aside, all at once.
pub fn flaws(plan: &Plan, around: &Surroundings) -> Vec<Refusal> {
    let mut flaws = Vec::new();
    if plan.tasks.is_empty() {
        flaws.push(Refusal::NothingToPlan);
    }
    flaws.extend(plan.cycles().into_iter().map(|tasks| Refusal::Cycle { tasks }));
    for repo in &around.unreachable {
        let tasks = plan.tasks.iter().filter(|task| task.repo() == repo);
        let tasks = tasks.map(|task| task.number).collect();
        flaws.push(Refusal::Unreachable { repo: repo.clone(), tasks });
    }
    flaws.extend(around.team_files.iter().map(|(repo, flaw)| {
        let (repo, flaw) = (repo.clone(), flaw.clone());
        Refusal::TeamFile { repo, flaw }
    }));
    for task in &plan.tasks {
        flaws.extend(flaws_of(task, around));
    }
    flaws
}

/// What keeps a plan from being started that can be told without asking GitHub.
pub fn flaws_in_itself(plan: &Plan, agents: &[AgentName]) -> Vec<Refusal> {
    let owners = plan.tasks.iter().filter_map(|task| {
        let owner = task.owner.as_ref()?.0.to_ascii_lowercase();
        Some(((owner, task.repo().clone()), Permission::Admin))
    });
    let around = Surroundings {
        agents: agents.to_vec(),
        owners: owners.collect(),
        ..Surroundings::default()
    };
    flaws(plan, &around)
}

fn flaws_of(task: &PlannedTask, around: &Surroundings) -> Vec<Refusal> {
    let (number, repo) = (task.number, task.repo());
    let mut flaws = Vec::new();
    match &task.owner {
        None => flaws.push(Refusal::NoOwner { task: number }),
        Some(owner)
            if !around.unreachable.contains(repo)
                && !around.permission_of(owner, repo).may_write() =>
        {
            let (owner, repo) = (owner.clone(), repo.clone());
            flaws.push(Refusal::OwnerCannotWrite { task: number, owner, repo });
        }
        Some(_) => {}
    }
    if !around.agents.contains(&task.agent) {
        flaws.push(Refusal::UnknownAgent { task: number, agent: task.agent.clone() });
    } else if around.listed.get(repo).is_some_and(|listed| !listed.contains(&task.agent)) {
        let (agent, repo) = (task.agent.clone(), repo.clone());
        flaws.push(Refusal::NotListed { task: number, agent, repo });
    }
    flaws.extend(task.after.iter().filter_map(|dependency| match dependency {
        Dependency::Dropped(issue) => {
            Some(Refusal::WaitsForNothing { task: number, issue: issue.clone() })
        }
        Dependency::Unknown(issue) => {
            Some(Refusal::UnknownDependency { task: number, issue: issue.clone() })
        }
        Dependency::Task(_) | Dependency::Outside(_) => None,
    }));
    flaws
}

/// What is not wrong with a plan, but should be looked at twice before it starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Tasks that may run at the same time want to change the same file.
    SameFile {
        /// Which file.
        file: String,
        /// Which tasks.
        tasks: Vec<TaskNumber>,
    },
    /// Checks fail on the branch that tasks begin at.
    RedBranch(RedBranch),
    /// One task is more than a third of the sprint.
    TooBig {
        /// Which task.
        task: TaskNumber,
        /// How big it is.
        estimate: u32,
        /// How big the sprint is.
        total: u64,
    },
    /// A person has to look after many tasks at the same time.
    TooManyAtOnce {
        /// Who.
        owner: Login,
        /// In which wave, from 1.
        wave: usize,
        /// Which tasks.
        tasks: Vec<TaskNumber>,
    },
    /// Some tasks have an estimate and these have none.
    NoEstimate {
        /// Which tasks.
        tasks: Vec<TaskNumber>,
    },
    /// An issue is assigned to more than one person, and a task has one owner.
    OthersAssigned {
        /// Which task.
        task: TaskNumber,
        /// Who owns it.
        owner: Login,
        /// Who is assigned besides.
        others: Vec<Login>,
    },
    /// A line looks like a dependency, and no issue could be read from it.
    UnreadDependency {
        /// Which task's text has it.
        task: TaskNumber,
        /// The line.
        line: String,
    },
}

/// Everything the team should look at twice, all at once.
pub fn warnings(plan: &Plan, around: &Surroundings) -> Vec<Warning> {
    let mut warnings: Vec<_> = around.red.iter().cloned().map(Warning::RedBranch).collect();
    let tasks: BTreeMap<_, _> = plan.tasks.iter().map(|task| (task.number, task)).collect();
    for (wave, numbers) in (1..).zip(plan.waves()) {
        let wave_tasks: Vec<_> = numbers.iter().map(|number| tasks[number]).collect();
        warnings.extend(same_files(&wave_tasks));
        warnings.extend(too_many_at_once(wave, &wave_tasks, around.most_at_once));
    }
    warnings.extend(sizes(plan));
    for task in &plan.tasks {
        let home = task.issue.as_ref().map_or(task.repo(), |issue| &issue.repo);
        let unread = references::unread(&task.text, home);
        warnings.extend(others_assigned(task));
        warnings.extend(
            unread.into_iter().map(|line| Warning::UnreadDependency { task: task.number, line }),
        );
    }
    warnings
}

/// The files that several tasks of a wave name, whatever case or `./` they are written with.
fn same_files(wave: &[&PlannedTask]) -> Vec<Warning> {
    let mut named: BTreeMap<(&RepoName, &str), Vec<TaskNumber>> = BTreeMap::new();
    for task in wave {
        let files: BTreeSet<_> =
            task.files.iter().map(|file| file.trim().trim_start_matches("./")).collect();
        for file in files {
            named.entry((task.repo(), file)).or_default().push(task.number);
        }
    }
    let shared = named.into_iter().filter(|(_, tasks)| 1 < tasks.len());
    shared.map(|((_, file), tasks)| Warning::SameFile { file: file.to_owned(), tasks }).collect()
}

fn too_many_at_once(wave: usize, tasks: &[&PlannedTask], most: usize) -> Vec<Warning> {
    let mut of: BTreeMap<String, (Login, Vec<TaskNumber>)> = BTreeMap::new();
    for task in tasks {
        if let Some(owner) = &task.owner {
            let entry = of.entry(owner.0.to_ascii_lowercase());
            entry.or_insert_with(|| (owner.clone(), Vec::new())).1.push(task.number);
        }
    }
    of.into_values()
        .filter(|(_, tasks)| most < tasks.len())
        .map(|(owner, tasks)| Warning::TooManyAtOnce { owner, wave, tasks })
        .collect()
}

fn others_assigned(task: &PlannedTask) -> Option<Warning> {
    let owner = task.owner.as_ref()?;
    let others = task.reading.iter().flat_map(|reading| &reading.others);
    let others: Vec<_> = others.filter(|other| *other != owner).cloned().collect();
    let (task, owner) = (task.number, owner.clone());
    (!others.is_empty()).then_some(Warning::OthersAssigned { task, owner, others })
}

/// Below so many tasks one of them is always a big part of the whole.
const FEWEST_TO_COMPARE: usize = 4;

fn sizes(plan: &Plan) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let total: u64 = plan.tasks.iter().filter_map(|task| task.estimate).map(u64::from).sum();
    let sized = plan.tasks.iter().filter(|task| task.estimate.is_some()).count();
    if FEWEST_TO_COMPARE <= sized {
        warnings.extend(plan.tasks.iter().filter_map(|task| {
            let estimate = task.estimate.filter(|estimate| total < u64::from(*estimate) * 3)?;
            Some(Warning::TooBig { task: task.number, estimate, total })
        }));
    }
    if 0 < sized && sized < plan.tasks.len() {
        let without = plan.tasks.iter().filter(|task| task.estimate.is_none());
        warnings.push(Warning::NoEstimate { tasks: without.map(|task| task.number).collect() });
    }
    warnings
}

// Its words hold those of other people, so they are made inert as a whole where they are shown.
impl Warning {
    /// Whether a start asks for a nod because of it. The others are only to be known.
    pub fn needs_a_nod(&self) -> bool {
        match self {
            Self::SameFile { .. }
            | Self::RedBranch(_)
            | Self::TooBig { .. }
            | Self::TooManyAtOnce { .. }
            | Self::UnreadDependency { .. } => true,
            Self::NoEstimate { .. } | Self::OthersAssigned { .. } => false,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameFile { file, tasks } => {
                write!(f, "{} may change {file} at the same time", list(tasks))
            }
            Self::RedBranch(RedBranch { repo, branch, checks }) => {
                let fails = if checks.len() == 1 { "fails" } else { "fail" };
                write!(f, "{} {fails} on {branch} of {repo}", and(checks))
            }
            Self::TooBig { task, estimate, total } => {
                write!(f, "T{task} is {estimate} of {total}, more than a third of the sprint")
            }
            Self::TooManyAtOnce { owner, wave, tasks } => write!(
                f,
                "{owner} owns {} tasks of wave {wave} ({}), which may be in review together",
                tasks.len(),
                list(tasks)
            ),
            Self::NoEstimate { tasks } => {
                let have = if tasks.len() == 1 { "has" } else { "have" };
                write!(f, "{} {have} no estimate, and others have one", list(tasks))
            }
            Self::OthersAssigned { task, owner, others } => {
                let others: Vec<_> = others.iter().map(ToString::to_string).collect();
                let are = if others.len() == 1 { "is" } else { "are" };
                write!(f, "{owner} owns T{task}, and {} {are} assigned too", and(&others))
            }
            Self::UnreadDependency { task, line } => {
                write!(f, "T{task} says \"{line}\", in which I found no issue to wait for")
            }
        }
    }
}

impl Warning {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::SameFile { .. } => "Let one wait for the other, or expect a conflict.",
            Self::RedBranch(_) => "Agents would begin with failing checks: repair it first.",
            Self::TooBig { .. } => "Split it, so that others need not wait for all of it.",
            Self::TooManyAtOnce { .. } => "Give some to somebody else.",
            Self::NoEstimate { .. } => "The forecast counts them as middle-sized.",
            Self::OthersAssigned { .. } => "Only the owner is asked.",
            Self::UnreadDependency { .. } => "Write it like `Depends on #12`.",
        }
    }
}

/// `a`, `a and b`, `a, b and c`
fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
