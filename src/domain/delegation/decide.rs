//! What can happen to a task's parts before they are tasks, and what follows.

use chrono::{DateTime, Utc};

use super::{Draft, Duty, End, Limits, MOST_EVER, Part, Stage, Stuck};
use crate::domain::budget::{Purse, Spending};
use crate::domain::checklist::Mark;
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{Attempt, ExecutionId, IssueRef, Login, TaskNumber};
use crate::domain::permission::{Permission, may_approve};
use crate::domain::refusal::Refusal;
use crate::domain::run::{Run, Step};
use crate::domain::sprint::{No, Sprint};
use crate::domain::task::{State, Task};

/// Something that happens to the parts of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its agent hands one to another.
    Handed(Attempt, Handed),
    /// Its branch is on GitHub.
    Shared,
    /// A part has its issue, and so can begin.
    IssueMade {
        /// Which part.
        part: TaskNumber,
        /// Which issue.
        issue: IssueRef,
        /// What the team allows.
        limits: Limits,
        /// What was spent on the task so far.
        spent: Spending,
    },
    /// A person ticked boxes of those beyond the limits.
    Ticked(Ticked),
    /// A person does not allow a part beyond the limits.
    Declined(TaskNumber, Login),
    /// The task, itself a part, cannot be merged into its parent's branch.
    Stuck(Stuck),
    /// It was asked for once more to merge the task, itself a part.
    Mergeable,
}

/// A part that an agent hands to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Handed {
    /// Which.
    pub draft: Draft,
    /// What the team allows without being asked.
    pub limits: Limits,
}

/// What a person ticked.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticked {
    /// Who.
    pub by: Login,
    /// What they may do where the task is, at this moment.
    pub permission: Permission,
    /// When.
    pub at: DateTime<Utc>,
    /// The boxes.
    pub marks: Vec<Mark>,
}

impl Sprint {
    /// Lets something happen to the parts of a task.
    pub(in crate::domain) fn delegated(
        &mut self,
        number: TaskNumber,
        event: Event,
    ) -> Result<Step, No> {
        let (id, next) = (self.id.clone(), self.next_number());
        let run = self.run.as_mut().filter(|run| run.state.is_live());
        let run = run.ok_or(Refusal::NotRunning)?;
        let mut step = Step::default();
        match event {
            Event::Handed(attempt, handed) => {
                if run.handed((number, attempt), next, handed, &mut step) {
                    // No number is given out twice, not to a task of a later plan either.
                    self.plan.iter_mut().for_each(|plan| plan.numbered = next.0);
                }
            }
            Event::Shared => run.shared(number),
            Event::IssueMade { part, issue, limits, spent } => {
                run.begins(number, part, &issue, (limits, spent), &mut step);
                run.release(&id, &mut step, &format!("it is a part of T{number}"));
            }
            Event::Ticked(ticked) => run.ticked(number, &ticked, &mut step)?,
            Event::Declined(part, by) => run.declined(number, part, &by, &mut step),
            Event::Stuck(stuck) => run.stuck(number, stuck, &mut step),
            Event::Mergeable => run.to_be_merged(number, &mut step),
        }
        if !step.notes.is_empty() {
            step.effects.push(Effect::ShowStatus(id));
        }
        Ok(step)
    }

    /// A number that no task has or had.
    fn next_number(&self) -> TaskNumber {
        let planned = self.plan.as_ref().map_or(1, |plan| plan.next_number().0);
        let tasks = self.run.iter().flat_map(|run| &run.tasks);
        let known = tasks.flat_map(|task| {
            let parts = task.delegation.parts.iter().map(|part| part.number.0);
            parts.chain([task.planned.number.0])
        });
        TaskNumber(known.map(|number| number + 1).fold(planned, i64::max))
    }
}

impl Run {
    /// Notes a part, once; whether it is a new one.
    fn handed(
        &mut self,
        (number, attempt): (TaskNumber, Attempt),
        next: TaskNumber,
        Handed { draft, limits }: Handed,
        step: &mut Step,
    ) -> bool {
        let level = self.find(number).map_or(0, |task| self.level(task));
        let Some(task) = self.find_mut(number) else { return false };
        let delegation = &mut task.delegation;
        let is_known = delegation.find(&draft.title).is_some();
        if !task.state.is_at_work(attempt) || is_known || MOST_EVER <= delegation.parts.len() {
            return false;
        }
        let is_beyond = limits.are_reached(level, delegation.parts.len());
        let stage = if is_beyond { Stage::Asked } else { Stage::Approved };
        let then = if is_beyond { ", if its owner allows it" } else { "" };
        let text = format!("T{number}'s agent hands T{next} to {}{then}", draft.agent);
        step.notes.push((Some(number), text));
        delegation.parts.push(Part { number: next, attempt, draft, stage, ticked_by: None });
        true
    }

    fn shared(&mut self, number: TaskNumber) {
        if let Some(task) = self.find_mut(number)
            && matches!(task.state, State::Delegating { .. })
        {
            task.delegation.is_shared = true;
        }
    }

    /// A part becomes a task, with its share of what is left of its parent's budget.
    fn begins(
        &mut self,
        number: TaskNumber,
        part: TaskNumber,
        issue: &IssueRef,
        (limits, spent): (Limits, Spending),
        step: &mut Step,
    ) {
        let Some(task) = self.find_mut(number) else { return };
        let is_waiting = matches!(task.state, State::Delegating { .. });
        let parts = &mut task.delegation.parts;
        let found = parts.iter_mut().find(|one| one.number == part);
        let Some(found) = found.filter(|one| is_waiting && one.stage == Stage::Approved) else {
            return;
        };
        found.stage = Stage::UnderWay;
        let found = found.clone();
        let slice = limits.slice(&task.purse, spent);
        task.purse.limit = task.purse.limit.less(slice.whole());
        let begins = task.begins(&found, issue.clone(), Purse::new(slice));
        step.notes.push((Some(part), format!("T{part} is {issue}, a part of T{number}")));
        self.tasks.push(begins);
        self.tasks.sort_by_key(|task| task.planned.number);
    }

    /// A tick allows what it stands for, if the person may approve the task.
    fn ticked(&mut self, number: TaskNumber, ticked: &Ticked, step: &mut Step) -> Result<(), No> {
        let Ticked { by, permission, marks, .. } = ticked;
        let run = self.id.clone();
        let task = self.find_mut(number).ok_or(Refusal::NoSuchTask { task: number })?;
        step.effects.push(Effect::Delegation(Duty::Ask { run: run.clone(), task: number }));
        if let Err(refusal) = may_approve(by, *permission, number, task.planned.owner.as_ref()) {
            let key = format!("no tick {run} {number} {by} {}", ticked.at.timestamp());
            let saying = Saying::Refused { to: by.clone(), refusals: vec![refusal] };
            step.effects.push(Effect::Say { on: task.issue.clone(), key, saying });
            return Ok(());
        }
        let parts = task.delegation.parts.iter_mut().filter(|part| part.stage == Stage::Asked);
        for part in parts.filter(|part| marks.contains(&part.mark())) {
            part.stage = Stage::Approved;
            part.ticked_by = Some(by.clone());
            let text = format!("{by} allows T{}, a part of T{number}", part.number);
            step.notes.push((Some(number), text));
        }
        task.share(&run, step);
        Ok(())
    }

    fn declined(&mut self, number: TaskNumber, part: TaskNumber, by: &Login, step: &mut Step) {
        let run = self.id.clone();
        let Some(task) = self.find_mut(number) else { return };
        let mut parts = task.delegation.parts.iter_mut();
        let waits = |one: &&mut Part| matches!(one.stage, Stage::Asked | Stage::Approved);
        if let Some(part) = parts.find(|one| one.number == part).filter(waits) {
            part.stage = Stage::Over(End::Declined(by.clone()));
            let text = format!("{by} does not want T{}, a part of T{number}", part.number);
            step.notes.push((Some(number), text));
            step.effects.push(Effect::Delegation(Duty::Ask { run, task: number }));
        }
    }

    pub(in crate::domain) fn stuck(&mut self, number: TaskNumber, stuck: Stuck, step: &mut Step) {
        let Some(task) = self.find_mut(number) else { return };
        if task.delegation.is_part()
            && matches!(task.state, State::Review { .. })
            && task.delegation.stuck.is_none()
        {
            let text = match &stuck {
                Stuck::Conflict { .. } => format!("T{number} conflicts with its parent's branch"),
                Stuck::Refused { why, .. } => format!("T{number} cannot be merged: {why}"),
                Stuck::Red { .. } => format!("the checks of T{number} go on failing"),
            };
            step.notes.push((Some(number), text));
            task.delegation.stuck = Some(stuck);
        }
    }

    /// Has a part merged that is in review and for which nothing speaks against it.
    pub(in crate::domain) fn to_be_merged(&self, number: TaskNumber, step: &mut Step) {
        let Some(task) = self.find(number) else { return };
        let is_ready =
            matches!(task.state, State::Review { .. }) && task.delegation.stuck.is_none();
        if let Some(parent) = task.delegation.parent.filter(|_| is_ready) {
            let run = self.id.clone();
            step.effects.push(Effect::Delegation(Duty::Merge { run, task: number, parent }));
        }
    }
}

impl Run {
    /// Its agent could not do what was asked about its pull request.
    pub(in crate::domain) fn rework_failed(
        &mut self,
        number: TaskNumber,
        attempt: Attempt,
        step: &mut Step,
    ) {
        let why = "its agent could not do what was asked about it".to_owned();
        self.stuck(number, Stuck::Red { why }, step);
        let (run, execution) = (self.id.clone(), ExecutionId::of(&self.id, number, attempt));
        let key = format!("not reworked {execution}");
        let saying = |owner| Saying::ReworkFailed { run, task: number, owner, execution };
        step.effects.extend(self.ask(number, &key, saying));
    }

    /// What a task's agent handed out begins, and its owner is asked about what is beyond the limits.
    pub(in crate::domain) fn share(&self, task: TaskNumber, attempt: Attempt, step: &mut Step) {
        let run = self.id.clone();
        if self.find(task).is_some_and(|task| task.delegation.asked().next().is_some()) {
            step.effects.push(Effect::Delegation(Duty::Ask { run: run.clone(), task }));
        }
        step.effects.push(Effect::Delegation(Duty::Share { run, task, attempt }));
    }
}

impl Task {
    /// Has what was allowed begin, if its agent's turn is over.
    fn share(&self, run: &crate::domain::ids::RunId, step: &mut Step) {
        if let State::Delegating { attempt, .. } = self.state {
            let (run, task) = (run.clone(), self.planned.number);
            step.effects.push(Effect::Delegation(Duty::Share { run, task, attempt }));
        }
    }
}
