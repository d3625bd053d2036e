//! One launch of an approved sprint.

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Saying};
use super::ids::{ExecutionId, IssueRef, Login, RunId, RunNumber, SprintId, TaskNumber};
use super::plan::Dependency;
use super::task::{self, Consequence, Task};

/// A run and its tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its place among the sprint's runs.
    pub number: RunNumber,
    /// Where it is.
    pub state: State,
    /// Who started it.
    pub started_by: Login,
    /// Its tasks, by number.
    pub tasks: Vec<Task>,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// Created, nothing dispatched yet.
    Pending,
    /// Tasks are worked on, reviewed or waiting.
    Running,
    /// Nothing new is started.
    Paused,
    /// Every task is done.
    Completed,
    /// It cannot go on.
    Failed,
    /// A person ended it.
    Cancelled,
}

impl State {
    /// Whether the run may still move.
    pub fn is_live(self) -> bool {
        match self {
            Self::Pending | Self::Running | Self::Paused => true,
            Self::Completed | Self::Failed | Self::Cancelled => false,
        }
    }
}

/// What a run did because of an event: what must happen outside, and what is worth remembering.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// What must happen outside.
    pub effects: Vec<Effect>,
    /// What people may want to know later: the task it is about, and a sentence.
    pub notes: Vec<(Option<TaskNumber>, String)>,
}

impl Run {
    /// The task of that number.
    pub fn find(&self, number: TaskNumber) -> Option<&Task> {
        self.tasks.iter().find(|task| task.planned.number == number)
    }

    /// Hands out everything that waits for nothing.
    pub fn begin(&mut self, sprint: &SprintId) -> Step {
        self.state = State::Running;
        let mut step = Step::default();
        self.release(sprint, &mut step, "it waits for nothing");
        step
    }

    /// Lets an event happen to a task, and everything that follows from it to the others.
    pub fn meet(
        &mut self,
        sprint: &SprintId,
        number: TaskNumber,
        event: &task::Event,
    ) -> Result<Step, task::Nonsense> {
        let Some(at) = self.tasks.iter().position(|task| task.planned.number == number) else {
            return Ok(Step::default());
        };
        let (state, consequences) = self.tasks[at].state.decide(event)?;
        let mut step = Step::default();
        if state == self.tasks[at].state {
            return Ok(step);
        }
        step.notes.push((Some(number), format!("T{number} is {}", state.word())));
        if *event == task::Event::Retried {
            let branch = &self.tasks[at].branch;
            self.tasks[at].branch = branch.again(state.attempt());
        }
        self.tasks[at].state = state;
        for consequence in &consequences {
            self.follow(sprint, number, consequence, &mut step);
        }
        step.effects.push(Effect::ShowStatus(sprint.clone()));
        Ok(step)
    }

    /// An issue outside the sprint was completed: whoever waited for it waits no longer.
    pub fn outside_done(&mut self, sprint: &SprintId, issue: &IssueRef) -> Step {
        let mut step = Step::default();
        let done = Dependency::Outside(issue.clone());
        self.tasks.iter_mut().for_each(|task| task.waits_for.retain(|waits| *waits != done));
        self.release(sprint, &mut step, &format!("{issue} was closed"));
        step
    }

    fn follow(
        &mut self,
        sprint: &SprintId,
        number: TaskNumber,
        what: &Consequence,
        step: &mut Step,
    ) {
        let execution = |attempt| ExecutionId::of(&self.id, number, attempt);
        match *what {
            Consequence::Queue { attempt, pause_seconds } => step.effects.push(Effect::Queue {
                run: self.id.clone(),
                task: number,
                execution: execution(attempt),
                pause_seconds,
            }),
            Consequence::Publish(attempt) => step.effects.push(Effect::Publish(execution(attempt))),
            Consequence::Release => self.task_done(sprint, number, step),
            Consequence::AskAboutFailure(attempt) => {
                let saying = |owner| Saying::TaskFailed {
                    run: self.id.clone(),
                    task: number,
                    owner,
                    execution: execution(attempt),
                };
                step.effects.extend(self.ask(
                    number,
                    &format!("failed {}", execution(attempt)),
                    saying,
                ));
            }
            Consequence::AskAboutClosedPull(pull) => {
                let waiting = self.behind(number);
                let repo = self.find(number).map(|task| task.planned.repo().clone());
                let Some(repo) = repo else { return };
                let saying =
                    |owner| Saying::PullClosed { task: number, repo, pull, owner, waiting };
                step.effects.extend(self.ask(
                    number,
                    &format!("closed {} {pull}", self.id),
                    saying,
                ));
            }
        }
    }

    /// Asks a task's owner, on the task's issue.
    fn ask(
        &self,
        number: TaskNumber,
        key: &str,
        saying: impl FnOnce(Login) -> Saying,
    ) -> Option<Effect> {
        let task = self.find(number)?;
        let owner = task.planned.owner.clone()?;
        Some(Effect::Say { on: task.issue.clone(), key: key.to_owned(), saying: saying(owner) })
    }

    /// The tasks that wait for this one, directly or not.
    fn behind(&self, number: TaskNumber) -> Vec<TaskNumber> {
        let mut behind = vec![number];
        let mut at = 0;
        while let Some(ahead) = behind.get(at).copied() {
            for task in &self.tasks {
                if task.waits_for.contains(&Dependency::Task(ahead))
                    && !behind.contains(&task.planned.number)
                {
                    behind.push(task.planned.number);
                }
            }
            at += 1;
        }
        behind.remove(0);
        behind.sort_unstable();
        behind
    }

    fn task_done(&mut self, sprint: &SprintId, number: TaskNumber, step: &mut Step) {
        let done = Dependency::Task(number);
        self.tasks.iter_mut().for_each(|task| task.waits_for.retain(|waits| *waits != done));
        self.release(sprint, step, &format!("T{number} was merged"));
        if self.tasks.iter().all(|task| task.state.is_done()) {
            self.state = State::Completed;
            step.notes.push((None, "every task is merged, so the run is completed".to_owned()));
        }
    }

    /// Puts every task that waits for nothing any more into the queue.
    fn release(&mut self, sprint: &SprintId, step: &mut Step, because: &str) {
        let ready: Vec<_> = self
            .tasks
            .iter()
            .filter(|task| task.waits_for.is_empty() && task.state == task::State::Waiting)
            .map(|task| task.planned.number)
            .collect();
        for number in ready {
            let at = self.tasks.iter().position(|t| t.planned.number == number);
            let Some(task) = at.map(|at| &mut self.tasks[at]) else { continue };
            let Ok((state, consequences)) = task.state.decide(&task::Event::Released) else {
                continue;
            };
            task.state = state;
            step.notes.push((Some(number), format!("T{number} starts, because {because}")));
            for consequence in &consequences {
                self.follow(sprint, number, consequence, step);
            }
        }
        step.effects.push(Effect::ShowStatus(sprint.clone()));
    }
}
