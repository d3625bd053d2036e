//! What a start of a sprint is decided by, and the tasks it begins with.

use std::collections::BTreeSet;

use super::budget::{Budgets, Purse};
use super::delegation::Delegation;
use super::dialogue::Dialogue;
use super::ids::{BranchName, IssueRef, Login, RepoName};
use super::lint::Surroundings;
use super::plan::{Dependency, PlannedTask};
use super::refusal::Refusal;
use super::task::{self, Task};

/// Everything a start is decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Who said it.
    pub by: Login,
    /// What the plan is judged by besides itself, right now.
    pub around: Surroundings,
    /// Whether the person has seen the warnings and wants to start all the same.
    pub despite_warnings: bool,
    /// The branches that other sprints work on.
    pub taken: BTreeSet<(RepoName, BranchName)>,
    /// What may be spent.
    pub budgets: Budgets,
}

impl Start {
    /// A planned task at the beginning of its life, if there is an issue to talk about it.
    pub(super) fn task(&self, planned: &PlannedTask) -> Result<Task, Refusal> {
        let issue = planned.issue.clone().ok_or(Refusal::NoIssue { task: planned.number })?;
        Ok(Task {
            branch: self.branch(planned, &issue),
            issue,
            waits_for: planned
                .after
                .clone()
                .into_iter()
                .collect::<BTreeSet<Dependency>>()
                .into_iter()
                .collect(),
            planned: planned.clone(),
            state: task::State::Waiting,
            held_by: None,
            dialogue: Dialogue::default(),
            barred: Vec::new(),
            delegation: Delegation::default(),
            purse: Purse::new(self.budgets.tasks.get(&planned.number).copied().unwrap_or_default()),
        })
    }

    /// The task's branch, told apart from another sprint's of the same name by the issue's number.
    fn branch(&self, planned: &PlannedTask, issue: &IssueRef) -> BranchName {
        let branch = BranchName::of(planned.number, &planned.title);
        if self.taken.contains(&(planned.repo().clone(), branch.clone())) {
            BranchName(format!("{branch}-{}", issue.number))
        } else {
            branch
        }
    }
}
