//! What a start of a sprint is decided by, and the tasks it begins with.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::{AgentName, BranchName, IssueRef, Login, RepoName};
use super::permission::Permission;
use super::plan::{Dependency, Plan, PlannedTask};
use super::refusal::Refusal;
use super::task::{self, Task};

/// Everything a start is decided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Who said it.
    pub by: Login,
    /// What each owner may do where their tasks are, right now.
    pub owners: BTreeMap<(String, RepoName), Permission>,
    /// The agents there are.
    pub agents: Vec<AgentName>,
    /// Whether the plan's warnings were read and accepted.
    pub despite_warnings: bool,
    /// The branches that other sprints work on.
    pub taken: BTreeSet<(RepoName, BranchName)>,
}

impl Start {
    /// What an owner may do in a repository; nothing, if nobody looked.
    pub(super) fn permission_of(&self, owner: &Login, repo: &RepoName) -> Permission {
        let key = (owner.0.to_ascii_lowercase(), repo.clone());
        self.owners.get(&key).copied().unwrap_or_default()
    }

    /// What may go wrong with a plan, for somebody to accept.
    #[expect(clippy::unused_self, reason = "what is likely is judged by what was looked up")]
    pub(super) fn warnings(&self, _plan: &Plan) -> Vec<Refusal> {
        Vec::new()
    }

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
