//! Why something does not move: the one condition that is not met, since when, who or what it waits
//! for, and what happens next. All of it from what is known, nothing from logs.

mod knowledge;
mod parts;
mod plan;
mod run;
mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use knowledge::{Errand, Job, Knowledge, Since, Worker};
pub use run::out_of_budget;

use super::found::{Obstacle, Trouble};
use super::ids::{AgentName, Attempt, IssueRef, Login, RepoName, TaskNumber};
use super::refusal::Refusal;
use super::sprint::{Lack, Sprint};
use super::work::{Class, NoRoom};
use run::Whys;

/// Why a sprint, or one of its tasks, is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// Which task; none for the sprint as a whole.
    pub task: Option<TaskNumber>,
    /// The one reason.
    #[serde(flatten)]
    pub reason: Reason,
    /// Since when it has been so.
    pub since: Option<DateTime<Utc>>,
    /// The people of whom one must act; nobody, if it goes on by itself.
    pub people: Vec<Login>,
    /// When it goes on by itself, where that is known.
    pub at: Option<DateTime<Utc>>,
}

/// Why something does not move, or is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// Its issue is no sprint issue any more.
    NotASprint {
        /// Why not.
        lack: Option<Lack>,
    },
    /// A repository cannot be worked in.
    OutOfReach {
        /// Which.
        repo: RepoName,
        /// Why.
        trouble: Trouble,
    },
    /// Nobody asked for a plan.
    NoPlan,
    /// The planner agent waits for its turn.
    PlannerQueued {
        /// Why it is not its turn.
        queue: Queue,
    },
    /// The planner agent reads and thinks.
    PlannerAtWork {
        /// Which try.
        attempt: Attempt,
        /// What it does.
        step: Option<String>,
        /// When its worker was heard of last.
        beat: Option<DateTime<Utc>>,
    },
    /// The planner agent ended without a plan.
    PlannerFailed {
        /// Why, in words.
        why: String,
    },
    /// The planner agent's questions are open.
    Questions {
        /// Which, and for whom.
        open: Vec<(u32, Login)>,
    },
    /// Questions of the task's agent are open.
    AgentAsks {
        /// Which, and for whom.
        open: Vec<(u32, Login)>,
    },
    /// The plan cannot be started as it is.
    Flawed {
        /// The first thing that is wrong.
        flaw: Box<Refusal>,
        /// How many more there are.
        more: usize,
    },
    /// Tasks are not approved.
    NotApproved {
        /// Which, and whose.
        tasks: Vec<(TaskNumber, Option<Login>)>,
    },
    /// Everything is approved, and nobody has started it.
    NotStarted,
    /// Something must be done on GitHub first, and was put off.
    PutOff {
        /// What.
        what: String,
        /// Why.
        trouble: String,
    },
    /// Something had to be done on GitHub, and was refused for good.
    Refused {
        /// What.
        what: String,
        /// Why.
        trouble: String,
        /// By what the operator finds it.
        reference: String,
    },
    /// The run is under way, and this task of it needs somebody or something first.
    Running {
        /// How many tasks are merged or skipped.
        settled: usize,
        /// Of how many.
        tasks: usize,
        /// The task, and why it does not move.
        first: Box<Why>,
    },
    /// A person paused the sprint.
    Paused {
        /// Who.
        by: Login,
    },
    /// A person paused the task.
    TaskPaused {
        /// Who.
        by: Login,
    },
    /// What may be spent on it is spent.
    Spent {
        /// What was spent of what; nothing, where it is what one execution may spend.
        words: String,
        /// Whether it is the run's budget.
        of_run: bool,
    },
    /// Something in the world keeps the task from starting.
    Barred {
        /// What.
        obstacle: Obstacle,
    },
    /// Other tasks must be done first.
    WaitsFor {
        /// The one that needs somebody or something first, and why it does not move.
        first: Box<Why>,
        /// The others.
        others: Vec<TaskNumber>,
    },
    /// Its agent wants to hand out parts that its owner must allow.
    AsksAboutParts {
        /// Which.
        parts: Vec<TaskNumber>,
    },
    /// Its parts must be done first.
    WaitsForParts {
        /// The one that needs somebody or something first, and why it does not move.
        first: Box<Why>,
        /// The others.
        others: Vec<TaskNumber>,
    },
    /// Its work so far is being pushed, so that its parts can begin.
    SharingParts,
    /// It is a part of another task, and is being merged into that one's branch.
    BeingMerged {
        /// Where.
        pull: IssueRef,
        /// Whose part it is.
        parent: TaskNumber,
    },
    /// It is a part of another task whose agent is told that nothing comes of it by itself.
    PutToParent {
        /// Whose part it is.
        parent: TaskNumber,
        /// Why.
        why: String,
    },
    /// An issue outside the sprint must be done first.
    WaitsForIssue {
        /// Which.
        issue: IssueRef,
        /// Whether it may ever be done.
        hopeless: bool,
    },
    /// It waits for its turn.
    InQueue {
        /// Why it is not its turn.
        queue: Queue,
    },
    /// An agent works on it.
    AtWork {
        /// Which try.
        attempt: Attempt,
        /// Which agent.
        agent: AgentName,
        /// What it does.
        step: Option<String>,
        /// When its worker was heard of last.
        beat: Option<DateTime<Utc>>,
        /// Whether that is too long ago.
        silent: bool,
    },
    /// A person ended it, and its agent is being stopped.
    BeingStopped,
    /// It is delivered, and its pull request is being opened.
    Publishing,
    /// The review agent looks at it, or soon will.
    InAgentReview {
        /// Where.
        pull: IssueRef,
    },
    /// It is in review.
    InReview {
        /// Where.
        pull: IssueRef,
    },
    /// Its pull request was closed without being merged where it belongs.
    Closed {
        /// Which.
        pull: IssueRef,
    },
    /// Every try failed.
    Failed {
        /// Which was the last.
        attempt: Attempt,
        /// How it ended, in words.
        message: Option<String>,
    },
    /// A person ended it.
    Cancelled,
    /// A person said that nothing shall wait for it.
    Skipped {
        /// Who.
        by: Login,
    },
    /// Its work is merged.
    Merged {
        /// As which pull request.
        pull: IssueRef,
    },
    /// Everything is merged or skipped.
    Completed,
    /// A person ended the run.
    RunCancelled,
}

/// Why it is not a job's turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "queue")]
pub enum Queue {
    /// The last try failed, and the next has to wait a little.
    Retry {
        /// Which try waits.
        attempt: Attempt,
        /// How the last one failed.
        after: Option<Class>,
    },
    /// The agent of the try before is still being stopped.
    LastTryStops,
    /// No worker has asked for work lately.
    NoWorker,
    /// No worker can start this agent.
    NoWorkerFor {
        /// Which agent.
        agent: AgentName,
    },
    /// The disk of each worker that can start this agent is nearly full.
    NoRoom {
        /// On that of them which has most.
        room: NoRoom,
    },
    /// It could not be handed to a worker, and is tried again.
    NotHandedOut {
        /// Why, in words.
        trouble: String,
    },
    /// As many agents are at work as may be.
    Full {
        /// How many are at work.
        at_work: i64,
        /// How many are before it in the queue.
        ahead: i64,
    },
    /// As many of its agent are at work as may be.
    AgentFull {
        /// Which agent.
        agent: AgentName,
        /// How many are at work.
        at_work: i64,
    },
    /// Its agent failed again and again in the same way, and gets no work for a while.
    AgentBroke {
        /// Which agent.
        agent: AgentName,
        /// How it failed.
        class: Class,
    },
    /// Its agent failed again and again, and is tried with one task first.
    AgentIsTried {
        /// Which agent.
        agent: AgentName,
    },
    /// Others are before it.
    Behind {
        /// How many.
        ahead: i64,
    },
    /// It is the next.
    Next,
}

impl Why {
    fn new(task: Option<TaskNumber>, reason: Reason) -> Self {
        Self { task, reason, since: None, people: Vec::new(), at: None }
    }

    fn since(self, since: Option<DateTime<Utc>>) -> Self {
        Self { since, ..self }
    }

    fn by(self, people: impl IntoIterator<Item = Login>) -> Self {
        let mut all: Vec<Login> = Vec::new();
        for one in people {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        Self { people: all, ..self }
    }

    fn at(self, at: Option<DateTime<Utc>>) -> Self {
        Self { at, ..self }
    }
}

/// Why a sprint, or the one task of it that is named, does not move.
pub fn why(sprint: &Sprint, task: Option<TaskNumber>, known: &Knowledge) -> Result<Why, Refusal> {
    let run = sprint.run.as_ref();
    // After a run has ended, a new plan is what people ask about.
    let run =
        run.filter(|run| run.state.is_live() || sprint.is_completed() || plan::is_old(sprint));
    let Some(run) = run else { return plan::why(sprint, task, known) };
    match task {
        None => Ok(run::of_all(sprint, run, known)),
        Some(number) => {
            let found = run.find(number).ok_or(Refusal::NoSuchTask { task: number })?;
            Ok(Whys::new(sprint, run, known).of(found))
        }
    }
}

/// Why each task that is not settled does not move, where a run is under way.
pub fn of_each(sprint: &Sprint, known: &Knowledge) -> Vec<Why> {
    let run = sprint.run.as_ref().filter(|run| run.state.is_live());
    run.map_or_else(Vec::new, |run| Whys::new(sprint, run, known).of_each())
}
