//! Approving: what a person's edit of the plan comment means, and what it is an approval of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::checklist::{Edit, Mark};
use super::effect::{Effect, Saying};
use super::ids::{Login, RepoName, TaskNumber};
use super::permission::{Permission, may_approve};
use super::plan::{Plan, PlannedTask, TextHash, VoidApproval};
use super::refusal::Refusal;
use super::run::Step;
use super::sprint::Sprint;

/// One person's approval of one task in one exact text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Which task.
    pub task: TaskNumber,
    /// In which text.
    pub hash: TextHash,
    /// By whom.
    pub by: Login,
    /// When it was seen.
    pub at: DateTime<Utc>,
}

/// A person's edit of the plan comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// Who.
    pub by: Login,
    /// When.
    pub at: DateTime<Utc>,
    /// What changed.
    pub edit: Edit,
    /// What the person may do, in each repository of the plan, right now.
    pub permissions: BTreeMap<RepoName, Permission>,
    /// What names this edit among all, so that it is answered once.
    pub key: String,
}

impl Sprint {
    /// Lets go of the approvals of texts that are not the plan's any more, and keeps in mind why:
    /// what changed since the plan `before`.
    pub(super) fn void_outdated_approvals(&mut self, before: Option<&Plan>, step: &mut Step) {
        let (counts, outdated): (Vec<_>, Vec<_>) = std::mem::take(&mut self.approvals)
            .into_iter()
            .partition(|approval| self.tasks().iter().any(|task| approval.is_of(task)));
        self.approvals = counts;
        let mut void = self.plan.as_ref().map_or(Vec::new(), |plan| plan.void.clone());
        for Approval { task, by, .. } in outdated {
            let now = self.plan.as_ref().and_then(|plan| plan.find(task));
            let changed = match (now, before.and_then(|plan| plan.find(task))) {
                (Some(now), Some(then)) => now.changed_from(then),
                (_, _) => "it".to_owned(),
            };
            let text = format!("{by}'s approval of T{task} is void: {changed} changed");
            step.notes.push((Some(task), text));
            void.retain(|old| old.task != task);
            void.push(VoidApproval { task, by, changed });
        }
        let waits = |number| self.tasks().iter().find(|task| task.number == number);
        void.retain(|old| waits(old.task).is_some_and(|task| self.approval_of(task).is_none()));
        if let Some(plan) = &mut self.plan {
            plan.void = void;
        }
    }

    /// Whether every task is approved in its present text.
    pub fn is_approved(&self) -> bool {
        !self.tasks().is_empty() && self.tasks().iter().all(|t| self.approval_of(t).is_some())
    }

    /// Once everything is approved, the tasks that have no issue yet get one.
    pub(super) fn ask_for_issues(&self, step: &mut Step) {
        if self.wants_issues() {
            step.effects.push(Effect::MakeIssues(self.id.clone()));
        }
    }

    /// Whether there are approved tasks that have no issue yet, and nothing stands in the way.
    pub fn wants_issues(&self) -> bool {
        let some = self.tasks().iter().any(|task| task.issue.is_none());
        some && self.is_approved() && !self.is_running()
    }

    /// Whether a click would count for something. A page refuses it at once, where the comment would
    /// be put right and explained.
    pub fn would_count(&self, edited: &Edited) -> Result<(), Refusal> {
        if self.plan.is_none() {
            return Err(Refusal::NoPlan);
        }
        if self.is_running() {
            return Err(Refusal::PlanIsFixed);
        }
        let mut refusals = Vec::new();
        let mut tasks = self.meant(&edited.edit.ticked, &mut refusals);
        tasks.extend(self.meant(edited.edit.withdrawn(), &mut refusals));
        for task in tasks {
            match edited.may_decide(&task) {
                Ok(()) => return Ok(()),
                Err(refusal) => refusals.push(refusal),
            }
        }
        refusals.into_iter().next().map_or(Ok(()), Err)
    }

    /// Counts a person's ticks. The comment is shown again in any case: it is a view of what
    /// counts, so what did not count disappears from it.
    pub(super) fn edited(&mut self, edited: &Edited) -> Step {
        let mut step = Step { effects: vec![Effect::ShowPlan(self.id.clone())], ..Step::default() };
        let refusals = if self.is_running() {
            vec![Refusal::PlanIsFixed]
        } else if edited.edit.rewritten {
            vec![Refusal::PlanRewritten]
        } else {
            self.count(edited, &mut step)
        };
        self.ask_for_issues(&mut step);
        if !refusals.is_empty() {
            step.effects.push(Effect::Say {
                on: self.issue_ref(),
                key: format!("edit {}", edited.key),
                saying: Saying::Refused { to: edited.by.clone(), refusals },
            });
        }
        step
    }

    fn count(&mut self, edited: &Edited, step: &mut Step) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for task in self.meant(&edited.edit.ticked, &mut refusals) {
            if self.approval_of(&task).is_some() {
                continue;
            }
            match edited.may_decide(&task) {
                Ok(()) => {
                    step.notes.push((
                        Some(task.number),
                        format!("{} approved T{}", edited.by, task.number),
                    ));
                    self.approvals.push(Approval {
                        task: task.number,
                        hash: task.hash(),
                        by: edited.by.clone(),
                        at: edited.at,
                    });
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        for task in self.meant(edited.edit.withdrawn(), &mut Vec::new()) {
            if self.approval_of(&task).is_none() {
                continue;
            }
            match edited.may_decide(&task) {
                Ok(()) => {
                    let text = format!("{} withdrew the approval of T{}", edited.by, task.number);
                    step.notes.push((Some(task.number), text));
                    self.approvals.retain(|approval| approval.task != task.number);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        refusals.dedup();
        refusals
    }

    /// The tasks that boxes mean, in their present text.
    fn meant(&self, marks: &[Mark], refusals: &mut Vec<Refusal>) -> Vec<PlannedTask> {
        let mut meant = Vec::new();
        for mark in marks {
            match mark {
                Mark::Everything(hash) => match &self.plan {
                    Some(plan) if plan.hash() == *hash => meant.extend(plan.tasks.iter().cloned()),
                    Some(_) | None => refusals.push(Refusal::PlanOutdated),
                },
                Mark::Task(number, hash) => {
                    match self.tasks().iter().find(|task| task.number == *number) {
                        Some(task) if task.hash() == *hash => meant.push(task.clone()),
                        Some(_) | None => refusals.push(Refusal::Outdated { task: *number }),
                    }
                }
            }
        }
        meant
    }
}

impl Approval {
    /// Whether it approves this task in its present text.
    pub fn is_of(&self, task: &PlannedTask) -> bool {
        self.task == task.number && self.hash == task.hash()
    }
}

impl Edited {
    fn may_decide(&self, task: &PlannedTask) -> Result<(), Refusal> {
        let permission = self.permissions.get(task.repo()).copied().unwrap_or_default();
        may_approve(&self.by, permission, task.number, task.owner.as_ref())
    }
}
