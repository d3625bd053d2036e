//! What happens when a budget is nearly or wholly spent, and when a person raises it.

use super::{Amount, Purse, Spending, Stage, WARNED_AT};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{IssueNumber, IssueRef, Login, SprintId, TaskNumber};
use crate::domain::permission::{Permission, may_approve};
use crate::domain::refusal::Refusal;
use crate::domain::run::{Hold, Run, Step};
use crate::domain::sprint::{No, Sprint};
use crate::domain::task::{self, Task};

/// Something that happens to what may be spent.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// So much was spent until now.
    Counted {
        /// On which task.
        task: TaskNumber,
        /// On that task, in all its executions.
        by_task: Spending,
        /// On all tasks of the run.
        by_run: Spending,
        /// Whether its agent was refused more.
        refused: bool,
    },
    /// A person allows more.
    Raised(Raise),
}

/// A person's wish to have more spent.
#[derive(Clone, Debug, PartialEq)]
pub struct Raise {
    /// Who.
    pub by: Login,
    /// What they may do where the task is; for a run, where its sprint issue is. Read at the
    /// moment of the act.
    pub permission: Permission,
    /// On which task; on the whole run, where none is named.
    pub task: Option<TaskNumber>,
    /// How much more.
    pub amount: Amount,
}

impl Sprint {
    /// Lets something happen to what may be spent.
    pub(in crate::domain) fn budget(&mut self, event: Event) -> Result<Step, No> {
        let home = self.issue_ref();
        let Some(run) = &mut self.run else { return Err(Refusal::NotRunning.into()) };
        match event {
            Event::Counted { task, by_task, by_run, refused } => {
                if refused {
                    run.refused(task, by_task, by_run);
                }
                let mut step = run.counted(&self.id, &home, task, (by_task, by_run));
                let alone = run.ask_without_review(&self.id)?;
                step.effects.extend(alone.effects);
                step.notes.extend(alone.notes);
                Ok(step)
            }
            Event::Raised(raise) => {
                if !run.state.is_live() {
                    return Err(Refusal::NotRunning.into());
                }
                run.raised(&self.id, &raise)
            }
        }
    }
}

impl Run {
    /// An agent was refused more. That may be a little before the end, where what is left is too
    /// little for another call: then the budget is spent that is nearest to it, or where none is
    /// near, what one execution may spend.
    fn refused(&mut self, number: TaskNumber, by_task: Spending, by_run: Spending) {
        let (of_run, run) = (self.purse.share(by_run), &mut self.purse);
        let task = self.tasks.iter_mut().find(|task| task.planned.number == number);
        let Some(task) = task else { return };
        if WARNED_AT <= of_run && task.purse.share(by_task) < of_run {
            run.refuses = true;
        } else {
            task.purse.refuses = true;
        }
    }

    fn counted(
        &mut self,
        sprint: &SprintId,
        home: &IssueRef,
        number: TaskNumber,
        (by_task, by_run): (Spending, Spending),
    ) -> Step {
        let mut step = Step::default();
        if !self.state.is_live() {
            return step;
        }
        let id = self.id.clone();
        let task = self.tasks.iter_mut().find(|task| task.planned.number == number);
        if let Some(task) = task
            && let Some(stage) = task.purse.count(by_task)
        {
            let words = task.purse.words();
            let text = format!("T{number} {}: {words}", far(stage));
            step.notes.push((Some(number), text));
            if stage == Stage::Warned
                && let Some(owner) = task.planned.owner.clone()
            {
                step.effects.push(Effect::Say {
                    on: task.talked_about_at(),
                    key: format!("budget {id} {number} of {}", limit(&task.purse)),
                    saying: Saying::NearlySpent { task: Some(number), to: owner, words },
                });
            }
        }
        if let Some(stage) = self.purse.count(by_run) {
            let (words, to) = (self.purse.words(), self.started_by.clone());
            step.notes.push((None, format!("the run {}: {words}", far(stage))));
            let (key, saying) = match stage {
                Stage::Warned => ("budget", Saying::NearlySpent { task: None, to, words }),
                Stage::Spent => {
                    self.hold(Hold::Spent);
                    ("spent", Saying::RunSpent { to, words })
                }
            };
            let key = format!("{key} {id} of {}", limit(&self.purse));
            step.effects.push(Effect::Say { on: home.clone(), key, saying });
        }
        if !step.notes.is_empty() {
            step.effects.push(Effect::ShowStatus(sprint.clone()));
        }
        step
    }

    fn raised(&mut self, sprint: &SprintId, raise: &Raise) -> Result<Step, No> {
        let Raise { by, permission, task: number, amount } = raise;
        let mut step = Step::default();
        let what = match *number {
            Some(number) => {
                let found = self.tasks.iter_mut().find(|task| task.planned.number == number);
                let task = found.ok_or(Refusal::NoSuchTask { task: number })?;
                may_approve(by, *permission, number, task.planned.owner.as_ref())?;
                // Whose agent spent what one execution may, may spend more in the next.
                let is_spent = matches!(task.state, task::State::Spent { .. });
                counts(
                    &task.purse,
                    *amount,
                    Some(number),
                    is_spent && !task.purse.limit.is_there(),
                )?;
                task.purse.raise(*amount);
                format!("T{number}")
            }
            None => {
                may_raise(by, *permission, self)?;
                counts(&self.purse, *amount, None, false)?;
                self.purse.raise(*amount);
                if !self.purse.is_spent() {
                    self.lift(|hold| *hold == Hold::Spent);
                }
                "the run".to_owned()
            }
        };
        step.notes.push((*number, format!("{by} lets {what} spend {amount} more")));
        for number in self.funded() {
            let one = self.meet(sprint, number, &task::Event::Funded)?;
            step.effects.extend(one.effects);
            step.notes.extend(one.notes);
        }
        step.effects.push(Effect::ShowStatus(sprint.clone()));
        Ok(step)
    }

    /// The tasks that were held for want of money, and need not be any more.
    fn funded(&self) -> Vec<TaskNumber> {
        let held = |task: &&Task| matches!(task.state, task::State::Spent { .. });
        let may = |task: &&Task| !task.purse.is_spent() && !self.purse.is_spent();
        let tasks = self.tasks.iter().filter(held).filter(may);
        tasks.map(|task| task.planned.number).collect()
    }
}

impl Task {
    /// Where people speak about it: at its pull request, or before there is one, at its issue.
    pub fn talked_about_at(&self) -> IssueRef {
        let repo = self.planned.repo().clone();
        let pull = self.state.pull().map(|pull| IssueRef { repo, number: IssueNumber(pull.0) });
        pull.unwrap_or_else(|| self.issue.clone())
    }
}

fn far(stage: Stage) -> &'static str {
    match stage {
        Stage::Warned => "has spent four fifths of its budget",
        Stage::Spent => "has spent its budget",
    }
}

/// A budget that was raised is told about anew.
fn limit(purse: &Purse) -> String {
    let of = |text: Option<String>| text.unwrap_or_default();
    format!(
        "{} {} {}",
        of(purse.limit.cost.map(|most| most.to_string())),
        of(purse.limit.tokens.map(|most| most.to_string())),
        of(purse.limit.seconds.map(|most| most.to_string()))
    )
}

/// What nothing limits, or is limited in something else, cannot be raised by this.
fn counts(
    purse: &Purse,
    amount: Amount,
    task: Option<TaskNumber>,
    grants: bool,
) -> Result<(), Refusal> {
    if purse.limit.counts(amount) || grants {
        return Ok(());
    }
    Err(Refusal::NotLimited { task, unit: amount.unit().to_owned() })
}

/// What a run may spend is for whoever started it, and for maintainers.
fn may_raise(by: &Login, permission: Permission, run: &Run) -> Result<(), Refusal> {
    if !permission.may_write() {
        return Err(Refusal::NeedsWrite);
    }
    if *by != run.started_by && !permission.maintains() {
        return Err(Refusal::NotYourBudget { by: run.started_by.clone() });
    }
    Ok(())
}
