//! Another try at a task, which a person asked for.

use chrono::{DateTime, Utc};

use super::effect::Effect;
use super::ids::{Login, TaskNumber};
use super::permission::{Permission, may_approve};
use super::refusal::Refusal;
use super::run::Step;
use super::sprint::{Approval, No, Sprint};
use super::task;

/// A person's wish for another try at a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Which task.
    pub task: TaskNumber,
    /// How.
    pub again: task::Again,
    /// Who.
    pub by: Login,
    /// What they may do where the task is.
    pub permission: Permission,
    /// When.
    pub at: DateTime<Utc>,
    /// The title as it is now, if it could be read.
    pub title: Option<String>,
    /// The text as it is now, if it could be read.
    pub text: Option<String>,
}

impl Sprint {
    pub(super) fn retry(&mut self, retry: Retry) -> Result<Step, No> {
        let number = retry.task;
        let run = self.run.as_ref().filter(|run| run.state.is_live());
        let run = run.ok_or(Refusal::NotRunning)?;
        let task = run.find(number).ok_or(Refusal::NoSuchTask { task: number })?;
        may_approve(&retry.by, retry.permission, number, task.planned.owner.as_ref())?;
        let state = task.state.word().to_owned();
        match self
            .with_run(|run, id| Ok(run.meet(id, number, &task::Event::Retried(retry.again))?))
        {
            Err(No::Nonsense(_)) => Err(Refusal::NothingToRetry { task: number, state }.into()),
            Err(other) => Err(other),
            Ok(mut step) => {
                self.reword(retry, &mut step);
                Ok(step)
            }
        }
    }

    /// Takes in what a task's issue says now: who wants it tried again wants it tried like that.
    fn reword(&mut self, retry: Retry, step: &mut Step) {
        let Retry { task: number, by, at, title, text, .. } = retry;
        let run = self.run.iter_mut().flat_map(|run| &mut run.tasks);
        let Some(task) = run.map(|task| &mut task.planned).find(|task| task.number == number)
        else {
            return;
        };
        let before = task.clone();
        // What the issue said when it was last read is in the plan already, or was decided against.
        let read = task.reading.clone().unwrap_or_default();
        let title = title.map(|title| title.trim().to_owned());
        if let Some(title) = title.filter(|title| *title != read.title) {
            task.title = title;
        }
        if let Some(text) = text.filter(|text| *text != read.text) {
            task.text = text;
        }
        if *task == before {
            return;
        }
        step.notes.push((Some(number), format!("{by} approved T{number} as its issue says now")));
        self.approvals.retain(|approval| approval.task != number);
        self.approvals.push(Approval { task: number, hash: task.hash(), by, at });
        if let Some(plan) = &mut self.plan {
            plan.version += 1;
            let planned = plan.tasks.iter_mut().filter(|planned| planned.number == number);
            planned.for_each(|planned| *planned = task.clone());
        }
        step.effects.push(Effect::ShowPlan(self.id.clone()));
    }
}
