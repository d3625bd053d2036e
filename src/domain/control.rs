//! What people do to a run and its tasks: pause, resume, cancel, skip.

use serde::{Deserialize, Serialize};

use super::delegation;
use super::effect::Effect;
use super::found::Barred;
use super::ids::{Login, TaskNumber};
use super::permission::{Permission, may_approve};
use super::refusal::Refusal;
use super::run::{Hold, Run, State, Step};
use super::sprint::{No, Sprint};
use super::task;

/// A person's wish about a run or one of its tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Who.
    pub by: Login,
    /// What they may do where the task is; for a run, where its sprint issue is. Read at the
    /// moment of the act.
    pub permission: Permission,
    /// What they want.
    pub wish: Wish,
}

/// What a person can want of a run, or of the one task that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Start nothing new; let turns end.
    Pause(Option<TaskNumber>),
    /// Go on.
    Resume(Option<TaskNumber>),
    /// End it; stop the agents; keep branches and pull requests.
    Cancel(Option<TaskNumber>),
    /// Let nothing wait for the task any more.
    Skip(TaskNumber),
}

impl Wish {
    /// The task it is about, if not the whole run.
    pub fn task(self) -> Option<TaskNumber> {
        match self {
            Self::Pause(task) | Self::Resume(task) | Self::Cancel(task) => task,
            Self::Skip(task) => Some(task),
        }
    }
}

impl Sprint {
    pub(super) fn controlled(&mut self, control: &Control) -> Result<Step, No> {
        let Control { by, permission, wish } = control;
        let run = self.run.as_ref().filter(|run| run.state.is_live());
        let run = run.ok_or(Refusal::NotRunning)?;
        match wish.task() {
            Some(number) if let Some(parent) = run.not_yet_begun(number) => {
                let owner = parent.planned.owner.as_ref();
                may_approve(by, *permission, number, owner)?;
                let parent = parent.planned.number;
                return self.decline(parent, number, control);
            }
            Some(number) => {
                let task = run.find(number).ok_or(Refusal::NoSuchTask { task: number })?;
                may_approve(by, *permission, number, task.planned.owner.as_ref())?;
            }
            None => may_control(by, *permission, *wish, run)?,
        }
        match *wish {
            Wish::Pause(None) => self.pause(by),
            Wish::Resume(None) => self.resume(by),
            Wish::Cancel(None) => self.cancel(by),
            Wish::Pause(Some(task)) => self.hold_task(task, Some(by)),
            Wish::Resume(Some(task)) => self.hold_task(task, None),
            Wish::Cancel(Some(task)) => self.end_task(task, &task::Event::Cancelled, by),
            Wish::Skip(task) => self.end_task(task, &task::Event::Skipped(by.clone()), by),
        }
    }

    /// Does without a part that its task's agent wants to hand out and that is no task yet.
    fn decline(
        &mut self,
        parent: TaskNumber,
        part: TaskNumber,
        control: &Control,
    ) -> Result<Step, No> {
        let declined = delegation::Event::Declined(part, control.by.clone());
        match control.wish {
            Wish::Cancel(_) | Wish::Skip(_) => self.delegated(parent, declined),
            Wish::Pause(_) | Wish::Resume(_) => Err(Refusal::NoSuchTask { task: part }.into()),
        }
    }

    fn pause(&mut self, by: &Login) -> Result<Step, No> {
        let Some(run) = &mut self.run else { return Err(Refusal::NotRunning.into()) };
        if let Some(Hold::Person(who)) = run.holds.iter().find(|hold| hold.is_a_persons()) {
            return Err(Refusal::AlreadyPaused { by: who.clone() }.into());
        }
        run.hold(Hold::Person(by.clone()));
        Ok(self.told(None, format!("{by} paused the sprint")))
    }

    fn resume(&mut self, by: &Login) -> Result<Step, No> {
        let Some(run) = &mut self.run else { return Err(Refusal::NotRunning.into()) };
        if !run.holds.iter().any(Hold::is_a_persons) {
            let refusal = match run.holds.first() {
                Some(hold) => Refusal::HeldByOther { hold: hold.clone() },
                None => Refusal::NotPaused,
            };
            return Err(refusal.into());
        }
        run.lift(Hold::is_a_persons);
        Ok(self.told(None, format!("{by} resumed the sprint")))
    }

    fn hold_task(&mut self, number: TaskNumber, by: Option<&Login>) -> Result<Step, No> {
        let tasks = self.run.iter_mut().flat_map(|run| &mut run.tasks);
        let Some(task) = tasks.into_iter().find(|task| task.planned.number == number) else {
            return Err(Refusal::NoSuchTask { task: number }.into());
        };
        let word = task.state.word().to_owned();
        match (&task.held_by, by) {
            (Some(who), Some(_)) => {
                return Err(Refusal::TaskAlreadyPaused { task: number, by: who.clone() }.into());
            }
            (None, None) => {
                return Err(match task.barred.first() {
                    Some(Barred { obstacle, .. }) => {
                        Refusal::TaskBarred { task: number, obstacle: obstacle.clone() }
                    }
                    None => Refusal::TaskNotPaused { task: number },
                }
                .into());
            }
            (None, Some(_)) if !task.state.may_still_start() => {
                return Err(Refusal::NothingToPause { task: number, state: word }.into());
            }
            (None, Some(_)) | (Some(_), None) => task.held_by = by.cloned(),
        }
        let text = match by {
            Some(by) => format!("{by} paused T{number}"),
            None => format!("T{number} is paused no more"),
        };
        Ok(self.told(Some(number), text))
    }

    fn end_task(
        &mut self,
        number: TaskNumber,
        event: &task::Event,
        by: &Login,
    ) -> Result<Step, No> {
        let found = self.run.as_ref().and_then(|run| run.find(number));
        let state = found.map_or("", |task| task.state.word()).to_owned();
        match self.with_run(|run, id| Ok(run.meet(id, number, event)?)) {
            Err(No::Nonsense(_)) => Err(Refusal::NothingToEnd { task: number, state }.into()),
            Err(other) => Err(other),
            Ok(mut step) => {
                let verb = if *event == task::Event::Cancelled { "cancelled" } else { "skipped" };
                step.notes.insert(0, (Some(number), format!("{by} {verb} T{number}")));
                Ok(step)
            }
        }
    }

    fn cancel(&mut self, by: &Login) -> Result<Step, No> {
        let mut step = self.with_run(|run, id| Ok(run.cancel(id)))?;
        step.notes.insert(0, (None, format!("{by} cancelled the sprint")));
        step.effects.push(Effect::ShowPlan(self.id.clone()));
        Ok(step)
    }

    fn told(&self, task: Option<TaskNumber>, text: String) -> Step {
        Step { effects: vec![Effect::ShowStatus(self.id.clone())], notes: vec![(task, text)] }
    }
}

/// Pausing and resuming a run is for everybody who can write; ending it for whoever started it,
/// and for maintainers.
fn may_control(by: &Login, permission: Permission, wish: Wish, run: &Run) -> Result<(), Refusal> {
    let ends = matches!(wish, Wish::Cancel(_));
    match permission {
        _ if !permission.may_write() => Err(Refusal::NeedsWrite),
        _ if ends && *by != run.started_by && !permission.maintains() => {
            Err(Refusal::NotYourRun { by: run.started_by.clone() })
        }
        Permission::None
        | Permission::Read
        | Permission::Triage
        | Permission::Write
        | Permission::Maintain
        | Permission::Admin => Ok(()),
    }
}

impl Run {
    /// Ends everything that has not been handed to people yet: waiting tasks never start, agents are
    /// stopped. Pull requests stay open, and branches stay.
    fn cancel(&mut self, sprint: &super::ids::SprintId) -> Step {
        self.state = State::Cancelled;
        let mut step = Step::default();
        let open: Vec<_> = self
            .tasks
            .iter()
            .filter(|task| task.state.may_still_start())
            .map(|task| task.planned.number)
            .collect();
        for number in open {
            // Each of these states can be cancelled, as the table of the task says.
            if let Ok(one) = self.meet(sprint, number, &task::Event::Cancelled) {
                step.effects.extend(one.effects);
                step.notes.extend(one.notes);
            }
        }
        step.effects.push(Effect::ShowStatus(sprint.clone()));
        step
    }

    /// Whether it was cancelled and the last of its agents is gone.
    pub(super) fn has_come_to_rest(&self) -> bool {
        let stopping = |task: &task::Task| matches!(task.state, task::State::Stopping { .. });
        self.state == State::Cancelled && !self.tasks.iter().any(stopping)
    }
}
