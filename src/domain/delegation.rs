//! What a task's agent hands to other agents: its subtasks, from the moment it asks for one until
//! all of them are part of its work.

mod decide;
mod duty;
mod settle;
pub mod tools;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

pub use decide::{Event, Handed, Ticked};
pub use duty::Duty;

use super::budget::{Limit, Purse, Spending};
use super::checklist::Mark;
use super::dialogue::Dialogue;
use super::ids::{
    AgentName, Attempt, BranchName, CommitSha, IssueRef, Login, PullNumber, TaskNumber,
};
use super::money::Money;
use super::plan::{PlannedTask, TextHash};
use super::run::Run;
use super::task::{State, Task};

/// How many subtasks a task may ever have, whoever allows them.
pub const MOST_EVER: usize = 20;

/// What of its work a task's agent handed to others, and of which task it is a part itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delegation {
    /// The task of which this one is a part.
    pub parent: Option<TaskNumber>,
    /// Its own parts, in the order in which they were handed out.
    pub parts: Vec<Part>,
    /// Whether its branch is on GitHub for its parts to begin from and to be merged into.
    pub is_shared: bool,
    /// Why it cannot become part of its parent's work by itself.
    pub stuck: Option<Stuck>,
}

/// A part of a task, as its agent described it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its number among the run's tasks.
    pub number: TaskNumber,
    /// The try that handed it out.
    pub attempt: Attempt,
    /// What it is.
    pub draft: Draft,
    /// How far it is.
    pub stage: Stage,
    /// Who allowed it, where it was beyond the limits.
    #[serde(default)]
    pub ticked_by: Option<Login>,
}

/// A part as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// Which agent shall do it.
    pub agent: AgentName,
}

/// How far a part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is beyond what the team allowed at once, and waits for the owner's tick.
    Asked,
    /// It may begin when its parent's work so far is on GitHub.
    Approved,
    /// It is a task of the run.
    UnderWay,
    /// Nothing more will come of it, unless somebody has it tried again.
    Over(End),
}

/// What became of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It is in its parent's branch.
    Merged(PullNumber),
    /// It is done, and could not be brought into its parent's branch.
    Stuck(PullNumber, Stuck),
    /// Every try failed.
    Failed,
    /// Its pull request was closed without being merged.
    Closed(PullNumber),
    /// A person ended it.
    Ended,
    /// A person did not allow it.
    Declined(Login),
}

/// Why a part's pull request cannot be merged into its parent's branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stuck {
    /// It conflicts with what is there.
    Conflict {
        /// Its branch.
        branch: BranchName,
        /// Where that stands.
        head: CommitSha,
    },
    /// GitHub does not merge it, and says why.
    Refused {
        /// Its branch.
        branch: BranchName,
        /// Where that stands.
        head: CommitSha,
        /// Why not.
        why: String,
    },
    /// Its checks go on failing, and its agent cannot put them right.
    Red {
        /// What they say.
        why: String,
    },
}

/// What a team lets agents hand to others without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many levels of subtasks below a task of the plan; none, if 0.
    pub depth: usize,
    /// How many subtasks a task may have.
    pub most: usize,
    /// How many hundredths of what is left of a task's budget its subtasks may spend together.
    pub share: u64,
}

impl Part {
    /// Whether something may still come of it, so that its parent waits.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Over(_))
    }

    /// The fingerprint of what a tick allows.
    pub fn hash(&self) -> TextHash {
        let Draft { title, text, acceptance, agent } = &self.draft;
        let allowed = serde_json::to_vec(&(self.number, title, text, acceptance, agent));
        let sum = digest::digest(&digest::SHA256, &allowed.unwrap_or_default());
        TextHash(hex::encode(&sum.as_ref()[..8]))
    }

    /// What stands behind its box, unseen.
    pub fn mark(&self) -> Mark {
        Mark::Task(self.number, self.hash())
    }
}

impl Draft {
    /// What is to be done, and how one sees that it is.
    pub fn whole(&self) -> String {
        let lines = self.acceptance.iter().map(|one| format!("\n- {one}"));
        let seen = if self.acceptance.is_empty() { "" } else { "\n\nDone when:\n" };
        format!("{}{seen}{}", self.text, lines.collect::<String>())
    }
}

impl Delegation {
    /// Whether it is a part of another task.
    pub fn is_part(&self) -> bool {
        self.parent.is_some()
    }

    /// The parts something may still come of.
    pub fn open(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.is_open())
    }

    /// Whether its agent's turn ends with parts that are not over.
    pub fn waits(&self) -> bool {
        self.open().next().is_some()
    }

    /// Those that wait for the owner's tick.
    pub fn asked(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.stage == Stage::Asked)
    }

    /// Those that may begin and are no tasks yet.
    pub fn approved(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.stage == Stage::Approved)
    }

    /// The part of that number.
    pub fn part(&self, number: TaskNumber) -> Option<&Part> {
        self.parts.iter().find(|part| part.number == number)
    }

    /// An open part of that title: asking for it again is asking once.
    pub fn find(&self, title: &str) -> Option<&Part> {
        self.open().find(|part| part.draft.title == title)
    }

    /// The commits its agent may have to merge itself.
    pub fn to_merge(&self) -> Vec<CommitSha> {
        let head = |part: &Part| match &part.stage {
            Stage::Over(End::Stuck(
                _,
                Stuck::Conflict { head, .. } | Stuck::Refused { head, .. },
            )) => Some(head.clone()),
            Stage::Asked | Stage::Approved | Stage::UnderWay | Stage::Over(_) => None,
        };
        self.parts.iter().filter_map(head).collect()
    }

    /// A try that begins anew begins without what earlier ones handed out.
    pub fn begins_anew(&mut self) {
        self.parts.clear();
        self.is_shared = false;
    }
}

impl Limits {
    /// What is wrong with them, if anything is.
    pub fn flaw(&self) -> Option<String> {
        if 100 < self.share {
            return Some("`delegation.share` is in percent, so at most 100".to_owned());
        }
        (MOST_EVER < self.most)
            .then(|| format!("`delegation.most` is {}, and at most {MOST_EVER}", self.most))
    }

    /// Whether one more part of a task at this level is for its owner to allow, who has so many.
    pub fn are_reached(&self, level: usize, parts: usize) -> bool {
        self.depth <= level || self.most <= parts
    }

    /// What one part may spend of what is left for its parent; what is not limited there is not
    /// limited here.
    pub fn slice(&self, purse: &Purse, spent: Spending) -> Limit {
        let most = u64::try_from(self.most.max(1)).unwrap_or(u64::MAX);
        let part = |left: u64| {
            (left / 100).saturating_mul(self.share.min(100)) / most
                + (left % 100).saturating_mul(self.share.min(100)) / 100 / most
        };
        let left = purse.limit.less(spent);
        let money = |left: Money| {
            let whole = u64::try_from(left.0).unwrap_or(0);
            Money(i64::try_from(part(whole)).unwrap_or(i64::MAX))
        };
        Limit {
            cost: left.cost.map(money),
            tokens: left.tokens.map(part),
            seconds: left.seconds.map(part),
        }
    }
}

impl Limit {
    /// As much as it limits; nothing of what it does not.
    pub fn whole(self) -> Spending {
        Spending {
            cost: self.cost.unwrap_or_default(),
            tokens: self.tokens.unwrap_or_default(),
            seconds: self.seconds.unwrap_or_default(),
        }
    }
}

impl Task {
    /// What becomes of it as a part of another task, if that is known.
    pub fn end_as_part(&self) -> Option<End> {
        match &self.state {
            State::Done { pull, .. } => Some(End::Merged(*pull)),
            State::Failed { .. } => Some(End::Failed),
            State::Closed { pull, .. } => Some(End::Closed(*pull)),
            State::Cancelled { .. } | State::Skipped { .. } => Some(End::Ended),
            State::Review { pull, .. } => {
                self.delegation.stuck.clone().map(|stuck| End::Stuck(*pull, stuck))
            }
            State::Waiting
            | State::Assigned { .. }
            | State::InProgress { .. }
            | State::Delivered { .. }
            | State::AgentReview { .. }
            | State::Asking { .. }
            | State::Delegating { .. }
            | State::Spent { .. }
            | State::Rework { .. }
            | State::Stopping { .. } => None,
        }
    }

    /// The task that a part of this one becomes. Its branch has the issue's number in it, so that no
    /// other sprint's is called the same.
    fn begins(&self, part: &Part, issue: IssueRef, purse: Purse) -> Self {
        let Draft { title, acceptance, agent, .. } = part.draft.clone();
        let planned = PlannedTask {
            issue: Some(issue.clone()),
            text: part.draft.whole(),
            acceptance,
            owner: self.planned.owner.clone(),
            ..PlannedTask::new(part.number, self.planned.repo().clone(), &title, agent)
        };
        let branch = BranchName::of(part.number, &title);
        Self {
            branch: BranchName(format!("{branch}-{}", issue.number)),
            planned,
            issue,
            waits_for: Vec::new(),
            state: State::Waiting,
            held_by: None,
            dialogue: Dialogue::default(),
            barred: Vec::new(),
            purse,
            delegation: Delegation { parent: Some(self.planned.number), ..Delegation::default() },
        }
    }
}

impl Run {
    /// The task of which this one is a part.
    pub fn parent_of(&self, task: &Task) -> Option<&Task> {
        // A part has a higher number than what it is a part of, so no chain of them is a circle.
        let parent = self.find(task.delegation.parent?)?;
        (parent.planned.number < task.planned.number).then_some(parent)
    }

    /// The tasks of which this one is a part, directly or not, the nearest first.
    pub fn above<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = &'a Task> {
        std::iter::successors(self.parent_of(task), |one| self.parent_of(one))
    }

    /// How deep below the plan a task is: 0 for one of the plan's.
    pub fn level(&self, task: &Task) -> usize {
        self.above(task).count()
    }

    /// The task whose agent wants to hand out a part of that number, which is no task yet.
    pub fn not_yet_begun(&self, part: TaskNumber) -> Option<&Task> {
        if self.find(part).is_some() {
            return None;
        }
        self.tasks.iter().find(|task| task.delegation.part(part).is_some())
    }

    /// The tasks that were planned, without their parts.
    pub fn planned(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| !task.delegation.is_part())
    }

    /// The tasks that are parts of this one.
    pub fn parts_of(&self, number: TaskNumber) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(move |task| task.delegation.parent == Some(number))
    }

    /// All tasks, each with its parts below it, and how deep it is.
    pub fn in_order(&self) -> Vec<(usize, &Task)> {
        let mut all = Vec::with_capacity(self.tasks.len());
        for task in self.planned() {
            self.with_parts(0, task, &mut all);
        }
        all
    }

    fn with_parts<'a>(&'a self, level: usize, task: &'a Task, all: &mut Vec<(usize, &'a Task)>) {
        all.push((level, task));
        for part in self.parts_of(task.planned.number) {
            // Only what comes after it, so that no row of the database leads in a circle.
            if task.planned.number < part.planned.number {
                self.with_parts(level + 1, part, all);
            }
        }
    }
}
