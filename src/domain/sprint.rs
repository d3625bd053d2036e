//! A sprint: a milestone with a goal, from its plan to its last merge.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::checklist::{Edit, Mark};
use super::effect::{Effect, Saying};
use super::ids::{
    IssueNumber, IssueRef, Login, MilestoneNumber, ProjectName, RepoId, RepoName, RunId, RunNumber,
    SprintId, TaskNumber,
};
use super::lint;
use super::permission::{Permission, may_approve};
use super::plan::{Plan, PlannedTask, TextHash, VoidApproval};
use super::planning::Planning;
use super::refusal::Refusal;
use super::retry::Retry;
use super::run::{self, Run, Step};
use super::start::Start;
use super::task;

/// Everything that is decided about one sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Sprint {
    /// Its id.
    pub id: SprintId,
    /// The project whose agents do the work.
    pub project: ProjectName,
    /// Where its sprint issue is.
    pub repo: RepoName,
    /// The same, by GitHub's id.
    pub repo_id: RepoId,
    /// The sprint issue.
    pub issue: IssueNumber,
    /// The milestone.
    pub milestone: MilestoneNumber,
    /// What the sprint issue and its milestone say.
    pub goal: Goal,
    /// Whether the issue still is a sprint issue.
    pub state: State,
    /// What the planner agent does about its plan, and asks about it.
    pub planning: Planning,
    /// Its plan, once there is one.
    pub plan: Option<Plan>,
    /// The approvals that count for the plan as it is.
    pub approvals: Vec<Approval>,
    /// Its latest run.
    pub run: Option<Run>,
}

/// What a sprint is about, in the team's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// The milestone's title.
    pub milestone: String,
    /// The sprint issue's title.
    pub title: String,
    /// The sprint issue's text.
    pub text: String,
}

/// Whether an issue is a sprint issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// It is open, labelled and in an open milestone.
    Recognized,
    /// It was once.
    Forgotten,
}

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

/// What can happen to a sprint.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its issue is a sprint issue of this milestone, and says this.
    Recognized(MilestoneNumber, Goal),
    /// Its issue is no sprint issue any more.
    Forgotten,
    /// The planner read the milestone.
    Drafted {
        /// What it made of it; the version does not matter.
        plan: Plan,
        /// Whether a person asked for it.
        asked: bool,
    },
    /// A person edited the plan comment.
    Edited(Edited),
    /// A person said `/team6 start`.
    Started(Start),
    /// Something happened to a task.
    Task(TaskNumber, task::Event),
    /// A person wants another try at a task.
    Retry(Retry),
    /// An issue outside the sprint was completed.
    OutsideDone(IssueRef),
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

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The sprint as it is now.
    pub sprint: Sprint,
    /// What must happen outside.
    pub effects: Vec<Effect>,
    /// What people may want to know later.
    pub notes: Vec<(Option<TaskNumber>, String)>,
}

/// Why nothing was decided.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum No {
    /// For reasons a person should hear.
    #[error("refused")]
    Refused(Vec<Refusal>),
    /// The event does not fit; GitHub or a worker said something late or wrong.
    #[error(transparent)]
    Nonsense(#[from] task::Nonsense),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl Sprint {
    /// What becomes of the sprint, and what must be done about it.
    pub fn decide(&self, event: Event) -> Result<Decision, No> {
        let mut next = self.clone();
        let step = match event {
            Event::Recognized(milestone, goal) => next.recognized(milestone, goal),
            Event::Forgotten => next.forgotten(),
            Event::Drafted { plan, asked } => next.drafted(plan, asked)?,
            Event::Edited(edited) => next.edited(&edited),
            Event::Started(start) => next.started(&start)?,
            Event::Task(number, event) => {
                next.with_run(|run, id| Ok(run.meet(id, number, &event)?))?
            }
            Event::Retry(retry) => next.retry(retry)?,
            Event::OutsideDone(issue) => {
                next.with_run(|run, id| Ok(run.outside_done(id, &issue)))?
            }
        };
        Ok(Decision { sprint: next, effects: step.effects, notes: step.notes })
    }

    /// The sprint issue.
    pub fn issue_ref(&self) -> IssueRef {
        IssueRef { repo: self.repo.clone(), number: self.issue }
    }

    /// Who approved a task in its present text.
    pub fn approval_of(&self, task: &PlannedTask) -> Option<&Approval> {
        self.approvals.iter().find(|approval| approval.is_of(task))
    }

    /// Whether a run of it is under way.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.state.is_live())
    }

    /// Whether everything in the plan as it is was merged.
    pub fn is_completed(&self) -> bool {
        let ended = self.run.as_ref().is_some_and(|run| run.state == run::State::Completed);
        ended && self.is_carried_out()
    }

    /// Whether the plan as it is was started, so that only a person asks for another one.
    fn is_carried_out(&self) -> bool {
        let planned =
            |run: &Run| -> Vec<_> { run.tasks.iter().map(|task| task.planned.clone()).collect() };
        self.run.as_ref().map(planned).as_ref() == self.plan.as_ref().map(|plan| &plan.tasks)
    }

    fn recognized(&mut self, milestone: MilestoneNumber, goal: Goal) -> Step {
        let mut step = Step::default();
        if self.state == State::Forgotten {
            step.notes.push((None, "the issue is a sprint issue again".to_owned()));
            self.set_run_state(run::State::Paused, run::State::Running);
            step.effects.push(Effect::ShowStatus(self.id.clone()));
        }
        self.state = State::Recognized;
        self.milestone = milestone;
        self.goal = goal;
        step
    }

    fn forgotten(&mut self) -> Step {
        let mut step = Step::default();
        if self.state == State::Recognized {
            step.notes.push((None, "the issue is no sprint issue any more".to_owned()));
            self.set_run_state(run::State::Running, run::State::Paused);
            step.effects.push(Effect::ShowStatus(self.id.clone()));
        }
        self.state = State::Forgotten;
        step
    }

    fn set_run_state(&mut self, from: run::State, to: run::State) {
        if let Some(run) = self.run.as_mut().filter(|run| run.state == from) {
            run.state = to;
        }
    }

    /// Takes a draft in as the next version, if it says anything new. An approval stays with a
    /// task whose text is still what was approved.
    fn drafted(&mut self, draft: Plan, asked: bool) -> Result<Step, No> {
        if self.state == State::Forgotten {
            return Err(Refusal::NotASprint.into());
        }
        if self.is_running() {
            return Err(Refusal::PlanIsFixed.into());
        }
        if !asked && (self.plan.is_none() || self.is_carried_out()) {
            return Ok(Step::default());
        }
        if draft.tasks.is_empty() && (self.plan.is_none() || self.is_carried_out()) {
            return Err(Refusal::NothingToPlan.into());
        }
        let mut step = Step::default();
        let version = self.plan.as_ref().map_or(0, |plan| plan.version);
        if self.plan.as_ref().is_none_or(|plan| plan.tasks != draft.tasks) {
            let before = self.plan.replace(Plan { version: version + 1, ..draft });
            step.notes.push((None, format!("version {} of the plan", version + 1)));
            self.void_outdated_approvals(before.as_ref(), &mut step);
            step.effects.push(Effect::ShowPlan(self.id.clone()));
        } else if asked {
            step.effects.push(Effect::ShowPlan(self.id.clone()));
        }
        Ok(step)
    }

    /// Drops the approvals of other texts than the plan has now, and keeps in mind why.
    fn void_outdated_approvals(&mut self, before: Option<&Plan>, step: &mut Step) {
        let (outdated, counts): (Vec<_>, Vec<_>) = std::mem::take(&mut self.approvals)
            .into_iter()
            .partition(|approval| !self.tasks().iter().any(|task| approval.is_of(task)));
        self.approvals = counts;
        let mut void = before.map_or(Vec::new(), |plan| plan.void.clone());
        for Approval { task, by, .. } in outdated {
            let now = self.plan.as_ref().and_then(|plan| plan.find(task));
            let then = before.and_then(|plan| plan.find(task));
            let changed = match (now, then) {
                (Some(now), Some(then)) => now.changed_from(then),
                (_, _) => "it".to_owned(),
            };
            let text = format!("{by}'s approval of T{task} is void: {changed} changed");
            step.notes.push((Some(task), text));
            void.retain(|old| old.task != task);
            void.push(VoidApproval { task, by, changed });
        }
        let open = |void: &VoidApproval| {
            let task = self.tasks().iter().find(|task| task.number == void.task);
            task.is_some_and(|task| self.approval_of(task).is_none())
        };
        void.retain(open);
        if let Some(plan) = &mut self.plan {
            plan.void = void;
        }
    }

    fn tasks(&self) -> &[PlannedTask] {
        self.plan.as_ref().map_or(&[], |plan| &plan.tasks)
    }

    /// Counts a person's ticks. The comment is shown again in any case: it is a view of what
    /// counts, so what did not count disappears from it.
    fn edited(&mut self, edited: &Edited) -> Step {
        let mut step = Step { effects: vec![Effect::ShowPlan(self.id.clone())], ..Step::default() };
        let refusals = if self.is_running() {
            vec![Refusal::PlanIsFixed]
        } else if edited.edit.rewritten {
            vec![Refusal::PlanRewritten]
        } else {
            self.count(edited, &mut step)
        };
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
                Mark::Everything => meant.extend(self.tasks().iter().cloned()),
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

    /// Both laws are kept here: every task has an owner, and the team approved every task.
    fn started(&mut self, start: &Start) -> Result<Step, No> {
        if self.state == State::Forgotten {
            return Err(Refusal::NotASprint.into());
        }
        if self.is_running() {
            return Err(Refusal::AlreadyRunning.into());
        }
        if self.is_carried_out() {
            return Err(Refusal::AlreadyDone.into());
        }
        let plan = self.plan.clone().ok_or(Refusal::NoPlan)?;
        let mut refusals = lint::flaws(&plan, &start.around);
        let unapproved = plan.tasks.iter().filter(|task| self.approval_of(task).is_none());
        refusals.extend(unapproved.map(|task| Refusal::NotApproved { task: task.number }));
        let warnings = lint::warnings(&plan, &start.around);
        if !start.despite_warnings && !warnings.is_empty() {
            refusals.push(Refusal::LookTwice(warnings));
        }
        if !refusals.is_empty() {
            return Err(No::Refused(refusals));
        }
        let number = RunNumber(self.run.as_ref().map_or(1, |run| run.number.0 + 1));
        let mut run = Run {
            id: RunId::of(&self.id, number),
            number,
            state: run::State::Pending,
            started_by: start.by.clone(),
            tasks: plan.tasks.iter().map(|task| start.task(task)).collect::<Result<_, _>>()?,
        };
        let mut step = run.begin(&self.id);
        step.notes.insert(0, (None, format!("{} started the sprint", start.by)));
        step.effects.push(Effect::ShowPlan(self.id.clone()));
        self.run = Some(run);
        Ok(step)
    }

    /// Lets something happen in the latest run, and says so on the sprint issue if that ends it.
    pub(super) fn with_run(
        &mut self,
        happen: impl FnOnce(&mut Run, &SprintId) -> Result<Step, No>,
    ) -> Result<Step, No> {
        let on = self.issue_ref();
        let Some(run) = &mut self.run else { return Err(Refusal::NotRunning.into()) };
        let was_live = run.state.is_live();
        let mut step = happen(run, &self.id)?;
        if was_live && run.state == run::State::Completed {
            step.effects.push(Effect::Say {
                on,
                key: format!("completed {}", run.id),
                saying: Saying::Completed(run.id.clone()),
            });
            step.effects.push(Effect::ShowPlan(self.id.clone()));
        }
        Ok(step)
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
