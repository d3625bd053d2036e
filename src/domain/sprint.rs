//! A sprint: a milestone with a goal, from its plan to its last merge.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use super::approval::{Approval, Edited};
use super::budget;
use super::control::Control;
use super::delegation;
use super::dialogue;
use super::effect::{Effect, Saying};
use super::found::Found;
use super::ids::{
    IssueNumber, IssueRef, MilestoneNumber, ProjectName, RepoId, RepoName, RunId, RunNumber,
    SprintId, TaskNumber,
};
pub use super::lack::Lack;
use super::lint;
use super::plan::{Plan, PlannedTask, Reading};
use super::planner::{self, Survey};
use super::planning::{self, Planning};
use super::refine::Refined;
use super::refusal::Refusal;
use super::retry::Retry;
use super::review;
use super::run::{self, Hold, Run, Step};
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
    /// Why it is none any more.
    pub lack: Option<Lack>,
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

/// What can happen to a sprint.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its issue is a sprint issue of this milestone, and says this.
    Recognized(MilestoneNumber, Goal),
    /// Its issue is no sprint issue any more.
    Forgotten(Lack),
    /// Something was found out about the world around it.
    Found(Found, DateTime<Utc>),
    /// The planner read the milestone.
    Drafted {
        /// What it made of it; the version does not matter.
        plan: Plan,
        /// Whether a person asked for it.
        asked: bool,
    },
    /// Something happened to the planner agent's work on a plan.
    Planning(planning::Event),
    /// The milestone's issues were read.
    Surveyed {
        /// What they say.
        survey: Survey,
        /// Whether what people decided by command is forgotten.
        fresh: bool,
        /// Whether a person asked for it.
        asked: bool,
    },
    /// A person changed the plan by command.
    Refined(Refined),
    /// A task got the issue that describes it.
    IssueMade {
        /// Which task.
        task: TaskNumber,
        /// Which issue.
        issue: IssueRef,
        /// What the issue says.
        reading: Reading,
    },
    /// A task's issue was read, or made to say what the plan says.
    Mirrored {
        /// Which task.
        task: TaskNumber,
        /// What the issue says now.
        reading: Reading,
    },
    /// A person edited the plan comment.
    Edited(Edited),
    /// A person said `/team6 start`.
    Started(Start),
    /// Something happened to a task.
    Task(TaskNumber, task::Event),
    /// People and a task's agent speak to each other.
    Dialogue(TaskNumber, dialogue::Event),
    /// Something happened to the parts of a task.
    Delegation(TaskNumber, delegation::Event),
    /// Something happened to the review agent's look at a task.
    Review(TaskNumber, review::Event),
    /// Something was spent, or more may be.
    Budget(budget::Event),
    /// A person wants another try at a task.
    Retry(Retry),
    /// A person pauses, resumes, cancels or skips.
    Control(Control),
    /// An issue outside the sprint was completed.
    OutsideDone(IssueRef),
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
        let mut step = match event {
            Event::Recognized(milestone, goal) => next.recognized(milestone, goal),
            Event::Forgotten(lack) => next.forgotten(lack),
            Event::Found(found, at) => next.found(&found, at),
            Event::Drafted { plan, asked } => next.drafted(plan, asked)?,
            Event::Planning(event) => next.plan_on(event)?,
            Event::Surveyed { survey, fresh, asked } => next.surveyed(&survey, fresh, asked)?,
            Event::Refined(refined) => next.refined(&refined)?,
            Event::IssueMade { task, issue, reading } => next.issue_made(task, issue, reading),
            Event::Mirrored { task, reading } => next.mirrored(task, reading),
            Event::Edited(edited) => next.edited(&edited),
            Event::Started(start) => next.started(&start)?,
            Event::Task(number, event) => {
                next.with_run(|run, id| Ok(run.meet(id, number, &event)?))?
            }
            Event::Dialogue(number, event) => next.converse(number, event)?,
            Event::Delegation(number, event) => next.delegated(number, event)?,
            Event::Review(number, event) => next.reviewed(number, event)?,
            Event::Budget(event) => next.budget(event)?,
            Event::Retry(retry) => next.retry(retry)?,
            Event::Control(control) => next.controlled(&control)?,
            Event::OutsideDone(issue) => {
                next.with_run(|run, id| Ok(run.outside_done(id, &issue)))?
            }
        };
        if let Some(run) = &mut next.run {
            let settled = run.settle_parts(&self.id)?;
            step.effects.extend(settled.effects);
            step.notes.extend(settled.notes);
        }
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
    pub fn is_carried_out(&self) -> bool {
        let started =
            |run: &Run| -> Vec<_> { run.planned().map(|task| task.planned.as_shown()).collect() };
        let planned =
            |plan: &Plan| -> Vec<_> { plan.tasks.iter().map(PlannedTask::as_shown).collect() };
        let run = self.run.as_ref().filter(|run| run.state != run::State::Cancelled);
        run.is_some() && run.map(started) == self.plan.as_ref().map(planned)
    }

    fn recognized(&mut self, milestone: MilestoneNumber, goal: Goal) -> Step {
        let mut step = Step::default();
        if self.state == State::Forgotten {
            step.notes.push((None, "the issue is a sprint issue again".to_owned()));
            if let Some(run) = &mut self.run {
                run.lift(|hold| *hold == Hold::NotASprint);
            }
            step.effects.push(Effect::ShowStatus(self.id.clone()));
        }
        self.state = State::Recognized;
        self.lack = None;
        self.milestone = milestone;
        self.goal = goal;
        step
    }

    fn forgotten(&mut self, lack: Lack) -> Step {
        let mut step = Step::default();
        if self.state == State::Recognized || self.lack != Some(lack) {
            let text = format!("the issue is no sprint issue any more: {lack}");
            step.notes.push((None, text));
            if let Some(run) = &mut self.run {
                run.hold(Hold::NotASprint);
            }
            step.effects.push(Effect::ShowStatus(self.id.clone()));
            if lack == Lack::Gone {
                self.say_at_the_tasks(&mut step);
            }
        }
        self.state = State::Forgotten;
        self.lack = Some(lack);
        step
    }

    /// Where the sprint issue is gone, people hear of it where its tasks are.
    fn say_at_the_tasks(&self, step: &mut Step) {
        let home = self.issue_ref();
        let run = self.run.as_ref().filter(|run| run.state.is_live());
        for task in run.iter().flat_map(|run| &run.tasks).filter(|task| !task.state.is_over()) {
            step.effects.push(Effect::Say {
                on: task.issue.clone(),
                key: format!("homeless {home} {}", task.planned.number),
                saying: Saying::SprintGone { home: home.clone(), task: task.planned.number },
            });
        }
    }

    /// Takes in what the milestone's issues say, beside what people decided by command.
    fn surveyed(&mut self, survey: &Survey, fresh: bool, asked: bool) -> Result<Step, No> {
        let plan = planner::plan(survey, self.plan.as_ref(), fresh);
        self.drafted(plan, asked)
    }

    /// Takes a draft in as the next version, if it says anything new. An approval stays with a
    /// task whose text is still what was approved.
    pub(super) fn drafted(&mut self, draft: Plan, asked: bool) -> Result<Step, No> {
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
        // A number is not given out again because the last task that had one is gone.
        let last = self.plan.as_ref().map_or(0, |plan| plan.next_number().0 - 1);
        let numbered = if draft.next_number().0 <= last { last } else { draft.numbered };
        let void = self.plan.as_ref().map_or(Vec::new(), |plan| plan.void.clone());
        let draft = Plan { numbered, void, ..draft };
        if self.plan.as_ref().is_none_or(|plan| !plan.says_the_same(&draft)) {
            let before = self.plan.replace(Plan { version: version + 1, ..draft });
            step.notes.push((None, format!("version {} of the plan", version + 1)));
            self.void_outdated_approvals(before.as_ref(), &mut step);
            step.effects.push(Effect::ShowPlan(self.id.clone()));
            self.ask_for_issues(&mut step);
        } else {
            // Only what the issues said when they were last read may be new.
            self.plan = Some(Plan { version, ..draft });
            if asked {
                step.effects.push(Effect::ShowPlan(self.id.clone()));
            }
        }
        Ok(step)
    }

    /// A task's issue is noted; what was approved is not changed by it.
    fn issue_made(&mut self, number: TaskNumber, issue: IssueRef, reading: Reading) -> Step {
        let mut step = Step::default();
        let tasks = self.plan.iter_mut().flat_map(|plan| &mut plan.tasks);
        if let Some(task) = tasks.into_iter().find(|task| task.number == number)
            && task.issue.is_none()
        {
            step.notes.push((Some(number), format!("T{number} is {issue}")));
            task.issue = Some(issue);
            task.reading = Some(reading);
            step.effects.push(Effect::ShowPlan(self.id.clone()));
        }
        step
    }

    fn mirrored(&mut self, number: TaskNumber, reading: Reading) -> Step {
        let tasks = self.plan.iter_mut().flat_map(|plan| &mut plan.tasks);
        if let Some(task) = tasks.into_iter().find(|task| task.number == number) {
            task.reading = Some(reading);
        }
        Step::default()
    }

    /// Why there is no plan yet.
    pub(super) fn why_no_plan(&self) -> Refusal {
        let state = self.planning.session.as_ref().map(|session| &session.state);
        match state {
            Some(planning::State::Queued { .. } | planning::State::Working { .. }) => {
                Refusal::StillPlanning
            }
            Some(
                planning::State::Asking | planning::State::Planned | planning::State::Failed { .. },
            )
            | None => Refusal::NoPlan,
        }
    }

    pub(super) fn tasks(&self) -> &[PlannedTask] {
        self.plan.as_ref().map_or(&[], |plan| &plan.tasks)
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
        let plan = self.plan.clone().ok_or_else(|| self.why_no_plan())?;
        let mut refusals = lint::flaws(&plan, &start.around);
        let open = self.planning.open();
        refusals.extend(open.map(|one| Refusal::Unanswered { question: one.number }));
        let unapproved = plan.tasks.iter().filter(|task| self.approval_of(task).is_none());
        refusals.extend(unapproved.map(|task| Refusal::NotApproved { task: task.number }));
        let mut warnings = lint::warnings(&plan, &start.around);
        warnings.retain(lint::Warning::needs_a_nod);
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
            holds: Vec::new(),
            purse: budget::Purse::new(start.budgets.run),
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
        let (was_live, was_at_rest) = (run.state.is_live(), run.has_come_to_rest());
        let mut step = happen(run, &self.id)?;
        if !was_at_rest && run.has_come_to_rest() {
            step.effects.push(Effect::Say {
                on: on.clone(),
                key: format!("cancelled {}", run.id),
                saying: Saying::Cancelled(run.id.clone()),
            });
        }
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
