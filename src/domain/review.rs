//! The review agent: it looks at a task's pull request before the owner is asked.

pub mod tools;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::dialogue::Source;
use super::effect::Effect;
use super::ids::{AgentName, Attempt, ExecutionId, Login, SprintId, TaskNumber};
use super::run::{Hold, Run, Step};
use super::sprint::Sprint;
use super::task::{self, State, Task};

/// Which agent reviews, and how often in a row it may send work back before the owner is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// The agent.
    pub agent: AgentName,
    /// How often.
    pub rounds: usize,
}

/// What a review agent handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What it would do.
    pub verdict: Verdict,
    /// Why, as a whole.
    pub summary: String,
    /// What it says about single places.
    pub remarks: Vec<Remark>,
}

/// What a review agent would do with a pull request. People decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It found nothing that must change.
    Approve,
    /// It found something that must.
    RequestChanges,
}

/// Something a review agent says about one place of the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// In which file.
    pub path: String,
    /// At which line, if it is about one.
    pub line: Option<u32>,
    /// What it says.
    pub text: String,
}

/// What came of a review agent's look at a try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Which try it is about.
    pub attempt: Attempt,
    /// What was found.
    pub found: Found,
}

/// What a review agent found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Found {
    /// This.
    Review {
        /// Whose.
        by: AgentName,
        /// What it says.
        review: Review,
        /// How often the work was sent back before, since a person said something.
        rounds: usize,
    },
    /// Nothing: it gave no review.
    Nothing {
        /// Why.
        why: String,
    },
}

/// Something that happens while a review agent looks at a try.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A worker has it look now.
    Taken(Attempt),
    /// The worker that had it is gone; it is in the queue again.
    Lost(Attempt),
    /// It handed in its review.
    Submitted {
        /// Of which try.
        attempt: Attempt,
        /// Who it is, and how often it may send work back.
        reviewer: Reviewer,
        /// What it says.
        review: Review,
        /// When.
        at: DateTime<Utc>,
    },
    /// It is over. Where no review came of it, this is why.
    Ended(Attempt, String),
}

impl Sprint {
    /// Lets something happen to the review of a task; nothing comes of one that nobody waits for.
    pub(in crate::domain) fn reviewed(
        &mut self,
        number: TaskNumber,
        event: Event,
    ) -> Result<Step, task::Nonsense> {
        let id = self.id.clone();
        match &mut self.run {
            Some(run) => run.reviewed(&id, number, event),
            None => Ok(Step::default()),
        }
    }
}

impl Run {
    fn reviewed(
        &mut self,
        sprint: &SprintId,
        number: TaskNumber,
        event: Event,
    ) -> Result<Step, task::Nonsense> {
        let (mut step, run) = (Step::default(), self.id.clone());
        let found = self.tasks.iter_mut().find(|task| task.planned.number == number);
        let Some(task) = found else { return Ok(step) };
        match event {
            Event::Taken(of) if task.awaits_review(of) => {
                let text = format!("the review agent looks at T{number}");
                step.notes.push((Some(number), text));
                Ok(step)
            }
            // Nobody needs to look at it again.
            Event::Lost(of) if !task.awaits_review(of) => {
                step.effects.push(Effect::Stop(ExecutionId::of_review(&run, number, of)));
                Ok(step)
            }
            Event::Submitted { attempt, reviewer, review, at } if task.awaits_review(attempt) => {
                let next = task.take_review(attempt, &reviewer, review, at, &mut step);
                self.meet_after(sprint, number, &next, step)
            }
            Event::Ended(attempt, why) if task.awaits_review(attempt) => {
                let text = format!("the review agent gave no review of T{number}: {why}");
                step.notes.push((Some(number), text));
                task.dialogue.opinion = Some(Opinion { attempt, found: Found::Nothing { why } });
                self.meet_after(sprint, number, &task::Event::Reviewed(attempt), step)
            }
            // Of a review that nobody waits for any more.
            Event::Taken(_) | Event::Lost(_) | Event::Submitted { .. } | Event::Ended(..) => {
                Ok(step)
            }
        }
    }

    fn meet_after(
        &mut self,
        sprint: &SprintId,
        number: TaskNumber,
        event: &task::Event,
        mut step: Step,
    ) -> Result<Step, task::Nonsense> {
        let then = self.meet(sprint, number, event)?;
        step.effects.extend(then.effects);
        step.notes.extend(then.notes);
        Ok(step)
    }

    /// While the run may spend nothing, owners are asked without the review agent.
    pub(in crate::domain) fn ask_without_review(
        &mut self,
        sprint: &SprintId,
    ) -> Result<Step, task::Nonsense> {
        let mut step = Step::default();
        if !self.holds.contains(&Hold::Spent) {
            return Ok(step);
        }
        let awaited: Vec<_> = self.tasks.iter().filter_map(Task::in_agent_review).collect();
        for (number, attempt) in awaited {
            let why = "the run's budget is spent".to_owned();
            let one = self.reviewed(sprint, number, Event::Ended(attempt, why))?;
            step.effects.push(Effect::Stop(ExecutionId::of_review(&self.id, number, attempt)));
            step.effects.extend(one.effects);
            step.notes.extend(one.notes);
        }
        Ok(step)
    }
}

impl Task {
    fn in_agent_review(&self) -> Option<(TaskNumber, Attempt)> {
        let attempt = self.state.attempt();
        self.awaits_review(attempt).then_some((self.planned.number, attempt))
    }

    /// Whether the review agent's word about this try is waited for.
    pub fn awaits_review(&self, of: Attempt) -> bool {
        matches!(self.state, State::AgentReview { attempt, .. } if attempt == of)
    }

    /// Keeps a review, and answers what it means: back to the agent with it, or on to the owner.
    fn take_review(
        &mut self,
        attempt: Attempt,
        reviewer: &Reviewer,
        review: Review,
        at: DateTime<Utc>,
        step: &mut Step,
    ) -> task::Event {
        let (number, rounds) = (self.planned.number, self.dialogue.returns());
        let wants_changes = review.verdict == Verdict::RequestChanges;
        let words = if wants_changes { "wants changes in" } else { "found nothing to change in" };
        step.notes.push((Some(number), format!("the review agent {words} T{number}")));
        let goes_back = wants_changes && rounds < reviewer.rounds;
        let (by, from) = (Login(reviewer.agent.0.clone()), Source::Reviewer { attempt });
        let text = review.for_the_agent();
        let found = Found::Review { by: reviewer.agent.clone(), review, rounds };
        self.dialogue.opinion = Some(Opinion { attempt, found });
        if goes_back && self.hear_reviewer(by, from, text, at) {
            task::Event::Returned(attempt)
        } else {
            task::Event::Reviewed(attempt)
        }
    }
}

impl Review {
    /// What the agent is told whose work it is about.
    fn for_the_agent(&self) -> String {
        let remarks = self.remarks.iter().map(|one| format!("\n\n{}: {}", one.place(), one.text));
        format!(
            "I am the review agent, and I looked at your pull request before its owner does. This \
             should change:\n\n{}{}",
            self.summary,
            remarks.collect::<String>()
        )
    }
}

impl Remark {
    /// Where it is: `src/lib.rs:12`.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.clone(),
        }
    }
}
