//! What becomes of a task when its parts are over, and of its parts when it is.

use super::{Duty, End, Stage};
use crate::domain::effect::Effect;
use crate::domain::ids::{SprintId, TaskNumber};
use crate::domain::run::{Run, Step};
use crate::domain::task::{self, Nonsense, State};

impl Run {
    /// Brings parts and the tasks they belong to in line with each other, after anything happened to
    /// any of them: what became of parts is noted, parts of a task that is over are ended, and a
    /// task goes on whose parts are all over.
    pub(in crate::domain) fn settle_parts(&mut self, sprint: &SprintId) -> Result<Step, Nonsense> {
        let mut step = Step::default();
        // Each round changes something that does not change back.
        for _ in 0..=2 * self.tasks.len() {
            self.forget_what_stuck();
            self.note_ends(sprint, &mut step);
            let orphans = self.orphans();
            let ready = self.ready();
            let events = orphans
                .into_iter()
                .map(|number| (number, task::Event::Cancelled))
                .chain(ready.into_iter().map(|number| (number, task::Event::Called)));
            let mut is_quiet = true;
            for (number, event) in events {
                let why = if event == task::Event::Called {
                    format!("T{number} goes on: its subtasks are over")
                } else {
                    format!("T{number} ends with the task it is a part of")
                };
                step.notes.push((Some(number), why));
                let one = self.meet(sprint, number, &event)?;
                step.effects.extend(one.effects);
                step.notes.extend(one.notes);
                is_quiet = false;
            }
            if is_quiet {
                break;
            }
        }
        Ok(step)
    }

    /// What a part could not be merged for counts only while it is in review.
    fn forget_what_stuck(&mut self) {
        for task in &mut self.tasks {
            if !matches!(task.state, State::Review { .. }) {
                task.delegation.stuck = None;
            }
        }
    }

    fn note_ends(&mut self, sprint: &SprintId, step: &mut Step) {
        let known = step.notes.len();
        for at in 0..self.tasks.len() {
            let parent = self.tasks[at].planned.number;
            for nth in 0..self.tasks[at].delegation.parts.len() {
                let part = &self.tasks[at].delegation.parts[nth];
                let number = part.number;
                let Some(stage) = self.stage_of(number, &part.stage) else { continue };
                if let Some(words) = news(&part.stage, &stage) {
                    let text = format!("T{number}, a part of T{parent}, {words}");
                    step.notes.push((Some(parent), text));
                }
                if stage != part.stage && matches!(stage, Stage::Over(End::Merged(_))) {
                    let close = Duty::Close { run: self.id.clone(), task: number };
                    step.effects.push(Effect::Delegation(close));
                }
                self.tasks[at].delegation.parts[nth].stage = stage;
            }
        }
        if known < step.notes.len() {
            step.effects.push(Effect::ShowStatus(sprint.clone()));
        }
    }

    /// How far a part is by what became of its task; nothing, while it is none.
    fn stage_of(&self, number: TaskNumber, stage: &Stage) -> Option<Stage> {
        match stage {
            Stage::Asked | Stage::Approved => None,
            Stage::UnderWay | Stage::Over(_) => {
                let task = self.find(number)?;
                Some(task.end_as_part().map_or(Stage::UnderWay, Stage::Over))
            }
        }
    }

    /// The parts of tasks that are over, or begin anew without them, and that go on all the same.
    fn orphans(&self) -> Vec<TaskNumber> {
        let goes_on = |state: &State| !state.is_over() && !matches!(state, State::Stopping { .. });
        let ended = |parent: &task::Task, part: TaskNumber| {
            let stops = matches!(parent.state, State::Stopping { .. });
            stops || parent.state.is_over() || parent.delegation.part(part).is_none()
        };
        let mut orphans = Vec::new();
        for task in self.tasks.iter().filter(|task| goes_on(&task.state)) {
            let number = task.planned.number;
            if self.parent_of(task).is_some_and(|parent| ended(parent, number)) {
                orphans.push(number);
            }
        }
        orphans
    }

    /// The tasks that wait for nothing but parts that are over.
    fn ready(&self) -> Vec<TaskNumber> {
        let waits = |task: &&task::Task| matches!(task.state, State::Delegating { .. });
        let tasks = self.tasks.iter().filter(|_| self.state.is_live()).filter(waits);
        let ready = tasks.filter(|task| !task.delegation.waits());
        ready.map(|task| task.planned.number).collect()
    }
}

/// What is worth telling about a part that went from one stage to another.
fn news(before: &Stage, after: &Stage) -> Option<&'static str> {
    if before == after {
        return None;
    }
    Some(match after {
        Stage::Asked | Stage::Approved => return None,
        Stage::UnderWay => "is worked on again",
        Stage::Over(End::Merged(_)) => "is merged into its branch",
        Stage::Over(End::Stuck(..)) => "is done and could not be merged into its branch",
        Stage::Over(End::Failed) => "failed",
        Stage::Over(End::Closed(_)) => "had its pull request closed",
        Stage::Over(End::Ended) => "was ended",
        Stage::Over(End::Declined(_)) => "was not allowed",
    })
}
