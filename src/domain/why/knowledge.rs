//! What a reason is found from, besides the sprint itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::breaker::Breaker;
use crate::domain::effect::Effect;
use crate::domain::ids::{AgentName, ExecutionId, TaskNumber};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Sprint;
use crate::domain::work::{Class, NoRoom};

/// What queue, effects and workers know about a sprint right now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    /// The time.
    pub now: DateTime<Utc>,
    /// Since when the issue is, or is not, a sprint issue.
    pub recognized: Option<DateTime<Utc>>,
    /// When the plan as it is was made.
    pub planned: Option<DateTime<Utc>>,
    /// When the run ended, if it has.
    pub ended: Option<DateTime<Utc>>,
    /// Since when the run is held, if it is.
    pub held: Option<DateTime<Utc>>,
    /// Since when its tasks are where they are.
    pub tasks: BTreeMap<TaskNumber, Since>,
    /// What keeps the plan from being started, approvals aside.
    pub flaws: Vec<Refusal>,
    /// The jobs of its executions that are not over.
    pub jobs: BTreeMap<ExecutionId, Job>,
    /// How the last failed try of a task ended.
    pub failures: BTreeMap<TaskNumber, (Class, String)>,
    /// What is to be done on GitHub and met with trouble.
    pub errands: Vec<Errand>,
    /// The workers that were heard of lately.
    pub workers: Vec<Worker>,
    /// The agents that fail again and again.
    pub broken: BTreeMap<AgentName, Breaker>,
}

/// A worker that asks for work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worker {
    /// The agents it can start.
    pub agents: Vec<AgentName>,
    /// Why it takes no work now, if it does not.
    pub no_room: Option<NoRoom>,
}

/// Since when a task is where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Since {
    /// When it came into its state.
    pub state: Option<DateTime<Utc>>,
    /// Since when somebody or something keeps it from starting.
    pub held: Option<DateTime<Utc>>,
}

/// A job as its queue has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// When it was put into the queue.
    pub queued: DateTime<Utc>,
    /// From when on it may be taken.
    pub run_at: DateTime<Utc>,
    /// Whether a worker has it.
    pub leased: bool,
    /// How many are before it.
    pub ahead: i64,
    /// How many are at work in its project, and how many may be.
    pub in_project: (i64, i64),
    /// How many are at work in all, and how many may be.
    pub in_all: (i64, i64),
    /// How many of its agent are at work, and how many may be, if that is limited.
    pub of_agent: (i64, Option<i64>),
    /// Whether the try before it is still being stopped.
    pub follows: bool,
    /// When its worker was heard of last.
    pub beat: Option<DateTime<Utc>>,
    /// Whether that is too long ago.
    pub silent: bool,
    /// What the agent did last.
    pub step: Option<String>,
    /// Why it could not be handed to a worker the last time.
    pub trouble: Option<String>,
}

/// Something to be done on GitHub that met with trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// By what the operator finds it.
    pub reference: String,
    /// What is to be done.
    pub effect: Effect,
    /// Since when.
    pub asked: DateTime<Utc>,
    /// When it is tried next.
    pub due: DateTime<Utc>,
    /// What went wrong the last time.
    pub trouble: String,
    /// Whether it is not tried again.
    pub given_up: bool,
}

impl Errand {
    /// What it is, in words, if the sprint cannot go on without it.
    pub(super) fn holds_up(&self, sprint: &Sprint) -> Option<&'static str> {
        match &self.effect {
            Effect::Draft { sprint: of, .. } if *of == sprint.id => Some("drafting the plan"),
            Effect::Obey { sprint: of, .. } if *of == sprint.id => Some("obeying a command"),
            Effect::Launch { sprint: Some(of), .. } if *of == sprint.id => Some("starting it"),
            Effect::MakeIssues(of) if *of == sprint.id => Some("making the tasks' issues"),
            Effect::ShowPlan(of) if *of == sprint.id => Some("showing the plan"),
            Effect::ShowQuestions { sprint: of, .. } if *of == sprint.id => {
                Some("asking the planner's questions")
            }
            Effect::Draft { .. }
            | Effect::Obey { .. }
            | Effect::Launch { .. }
            | Effect::MakeIssues(_)
            | Effect::ShowPlan(_)
            | Effect::ShowQuestions { .. }
            | Effect::Read { .. }
            | Effect::Acknowledge { .. }
            | Effect::ShowMessage { .. }
            | Effect::AnswerReview { .. }
            | Effect::Delegation(_)
            | Effect::AskForReview { .. }
            | Effect::QueueReview { .. }
            | Effect::Say { .. }
            | Effect::QueuePlanning { .. }
            | Effect::ShowPlanning { .. }
            | Effect::Mirror { .. }
            | Effect::ShowStatus(_)
            | Effect::Publish(_)
            | Effect::Stop(_)
            | Effect::Queue { .. } => None,
        }
    }

    /// Whether it opens the pull request of this try.
    pub(super) fn publishes(&self, execution: &ExecutionId) -> bool {
        matches!(&self.effect, Effect::Publish(of) if of == execution)
    }
}
