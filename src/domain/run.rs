//! One launch of an approved sprint.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::budget::Purse;
use super::effect::{Effect, Saying};
use super::found::Trouble;
use super::ids::{
    Attempt, ExecutionId, IssueRef, Login, PullNumber, RepoName, RunId, RunNumber, SprintId,
    TaskNumber,
};
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
    /// Why nothing new is started, each reason once; it is paused while there is one.
    pub holds: Vec<Hold>,
    /// What may be spent on it.
    pub purse: Purse,
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

/// Why nothing new is started in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// A person paused it.
    Person(Login),
    /// Its issue is no sprint issue any more.
    NotASprint,
    /// Its budget is spent.
    Spent,
    /// A repository of its cannot be worked in.
    OutOfReach {
        /// Which.
        repo: RepoName,
        /// Why.
        trouble: Trouble,
        /// Since when, as far as we know.
        since: DateTime<Utc>,
    },
}

impl Hold {
    /// What lets the run go on, where a person cannot just say so.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Person(_) => None,
            Self::NotASprint => {
                Some("Put the label and the milestone back, and it goes on by itself.")
            }
            Self::Spent => Some("`/team6 budget +20` lets $20 more be spent."),
            Self::OutOfReach { trouble, .. } => Some(trouble.hint()),
        }
    }

    /// Whether a person wanted it so.
    pub fn is_a_persons(&self) -> bool {
        match self {
            Self::Person(_) => true,
            Self::NotASprint | Self::Spent | Self::OutOfReach { .. } => false,
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(by) => write!(f, "{by} paused it"),
            Self::NotASprint => f.write_str("its issue is no sprint issue any more"),
            Self::Spent => f.write_str("its budget is spent"),
            Self::OutOfReach { repo, trouble, .. } => {
                write!(f, "{repo} cannot be worked in: {trouble}")
            }
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

    pub(super) fn find_mut(&mut self, number: TaskNumber) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.planned.number == number)
    }

    /// Whether a worker may be given this task: nobody paused it, what it is a part of, or the run, and
    /// nobody ended them.
    pub fn hands_out(&self, task: &Task) -> bool {
        let is_ended = matches!(task.state, task::State::Stopping { .. });
        let is_held = task.is_held() || self.above(task).any(Task::is_held);
        self.state == State::Running && !is_held && !is_ended
    }

    /// Starts nothing new from now on, for one more reason.
    pub fn hold(&mut self, hold: Hold) {
        if self.state.is_live() && !self.holds.contains(&hold) {
            self.holds.push(hold);
            self.state = State::Paused;
        }
    }

    /// Goes on if no other reason is left.
    pub fn lift(&mut self, which: impl Fn(&Hold) -> bool) {
        self.holds.retain(|hold| !which(hold));
        if self.state == State::Paused && self.holds.is_empty() {
            self.state = State::Running;
        }
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
        let tries = self.tasks[at].dialogue.counted(self.tasks[at].state.attempt());
        let (state, consequences) = self.tasks[at].state.decide_at(event, tries)?;
        let mut step = Step::default();
        if state == self.tasks[at].state {
            return Ok(step);
        }
        step.notes.push((Some(number), format!("T{number} is {}", state.word())));
        if let task::Event::Retried(again) = event {
            self.tasks[at].held_by = None;
            if *again == task::Again::Fresh {
                self.tasks[at].branch = self.tasks[at].branch.again(state.attempt());
                self.tasks[at].delegation.begins_anew();
            }
        }
        let before = std::mem::replace(&mut self.tasks[at].state, state);
        self.tasks[at].meets(&self.id, &before, event, &mut step);
        for consequence in &consequences {
            self.follow(sprint, number, consequence, &mut step);
        }
        self.to_be_merged(number, &mut step);
        step.effects.push(Effect::ShowStatus(sprint.clone()));
        if matches!(event, task::Event::Presented(_)) {
            let alone = self.ask_without_review(sprint)?;
            step.effects.extend(alone.effects);
            step.notes.extend(alone.notes);
        }
        // What was said while it was on its way here.
        self.call(sprint, number, &mut step)?;
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
        let id = self.id.clone();
        let execution = |attempt| ExecutionId::of(&id, number, attempt);
        let review = |attempt| ExecutionId::of_review(&id, number, attempt);
        match *what {
            Consequence::Queue { attempt, pause_seconds } => step.effects.push(Effect::Queue {
                run: self.id.clone(),
                task: number,
                execution: execution(attempt),
                pause_seconds,
            }),
            Consequence::Publish(attempt) => step.effects.push(Effect::Publish(execution(attempt))),
            Consequence::Share(attempt) => self.share(number, attempt, step),
            Consequence::Release => self.task_settled(sprint, number, step),
            Consequence::Stop(attempt) => step.effects.push(Effect::Stop(execution(attempt))),
            Consequence::SayWhatIsLeft => {
                if self.state.is_live()
                    && let Some(task) = self.find(number)
                {
                    step.effects.push(Effect::Say {
                        on: task.issue.clone(),
                        key: format!(
                            "ended {} {}",
                            execution(task.state.attempt()),
                            task.state.word()
                        ),
                        saying: Saying::TaskEnded { run: self.id.clone(), task: number },
                    });
                }
            }
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
            Consequence::AskAboutRework(attempt) => self.rework_failed(number, attempt, step),
            Consequence::AskAboutBudget(attempt) => {
                let (run, execution) = (self.id.clone(), execution(attempt));
                let key = format!("spent {execution}");
                let saying = |owner| Saying::TaskSpent { run, task: number, owner };
                step.effects.extend(self.ask_at_work(number, &key, saying));
            }
            Consequence::AnswerReview(attempt) => step.effects.push(Effect::AnswerReview {
                run: self.id.clone(),
                task: number,
                attempt,
            }),
            Consequence::Examine(attempt) => {
                step.effects.extend(self.examine(number, attempt, review(attempt)));
            }
            Consequence::StopReview(attempt) => step.effects.push(Effect::Stop(review(attempt))),
            Consequence::AskForReview(attempt) => {
                step.effects.extend(self.ask_for_review(number, attempt));
            }
            Consequence::AskForReviewAfterAll => {
                let unreviewed = self.find(number).and_then(|task| task.dialogue.unreviewed);
                let asked = unreviewed.and_then(|attempt| self.ask_for_review(number, attempt));
                step.effects.extend(asked);
            }
            Consequence::AskAboutClosedPull(pull) => {
                step.effects.extend(self.ask_about_closed(number, pull));
            }
        }
    }

    /// Has the review agent look at a try. People are asked to review it after that.
    fn examine(
        &mut self,
        number: TaskNumber,
        attempt: Attempt,
        execution: ExecutionId,
    ) -> Option<Effect> {
        let run = self.id.clone();
        self.find_mut(number)?.dialogue.unreviewed = Some(attempt);
        Some(Effect::QueueReview { run, task: number, attempt, execution })
    }

    /// Asks its owner to review a task, and whoever wanted changes since that was asked last.
    fn ask_for_review(&mut self, number: TaskNumber, attempt: Attempt) -> Option<Effect> {
        let run = self.id.clone();
        let task = self.find_mut(number)?;
        task.dialogue.unreviewed = None;
        let mut people: Vec<_> = task.planned.owner.iter().cloned().collect();
        for one in task.dialogue.unasked() {
            if !people.contains(&one) {
                people.push(one);
            }
        }
        Some(Effect::AskForReview { run, task: number, attempt, people })
    }

    fn ask_about_closed(&self, number: TaskNumber, pull: PullNumber) -> Option<Effect> {
        let waiting = self.behind(number);
        let repo = self.find(number)?.planned.repo().clone();
        let saying = |owner| Saying::PullClosed { task: number, repo, pull, owner, waiting };
        self.ask(number, &format!("closed {} {pull}", self.id), saying)
    }

    /// Asks a task's owner, on the task's issue.
    pub(super) fn ask(
        &self,
        number: TaskNumber,
        key: &str,
        saying: impl FnOnce(Login) -> Saying,
    ) -> Option<Effect> {
        // What becomes of a part is for whoever handed it out.
        let task = self.find(number).filter(|task| !task.delegation.is_part())?;
        let owner = task.planned.owner.clone()?;
        Some(Effect::Say { on: task.issue.clone(), key: key.to_owned(), saying: saying(owner) })
    }

    /// The same, where people speak about it now.
    fn ask_at_work(
        &self,
        number: TaskNumber,
        key: &str,
        saying: impl FnOnce(Login) -> Saying,
    ) -> Option<Effect> {
        let task = self.find(number)?;
        let owner = task.planned.owner.clone()?;
        let on = task.talked_about_at();
        Some(Effect::Say { on, key: key.to_owned(), saying: saying(owner) })
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

    fn task_settled(&mut self, sprint: &SprintId, number: TaskNumber, step: &mut Step) {
        let done = Dependency::Task(number);
        self.tasks.iter_mut().for_each(|task| task.waits_for.retain(|waits| *waits != done));
        if !self.state.is_live() {
            return;
        }
        let word = self.find(number).map_or("done", |task| task.state.word());
        self.release(sprint, step, &format!("T{number} is {word}"));
        if self.planned().all(|task| task.state.is_settled()) {
            self.state = State::Completed;
            self.holds.clear();
            step.notes
                .push((None, "every task is done or skipped, so the run is completed".to_owned()));
        }
    }

    /// Puts every task that waits for nothing any more into the queue.
    pub(super) fn release(&mut self, sprint: &SprintId, step: &mut Step, because: &str) {
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
