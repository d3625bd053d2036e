//! What is said between the server and its workers about one execution.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::budget::{Limit, Spending};
use super::ids::{
    AgentName, BranchName, CommitSha, Epoch, ExecutionId, ProjectName, RepoName, WorkerId,
};
use super::team_file::{Caps, Hooks};

/// Everything a worker needs to know to do one execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Which execution.
    pub execution: ExecutionId,
    /// The generation of the lease, to be repeated in everything said about it.
    pub epoch: Epoch,
    /// How long the lease lasts without being renewed, in seconds.
    pub lease_seconds: u32,
    /// The project it belongs to.
    pub project: ProjectName,
    /// Which agent shall do it; the worker knows how to start it.
    pub agent: AgentName,
    /// What the agent is told.
    pub prompt: String,
    /// What it is told instead, where it goes on with the session it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// The latest message of people that is in what it is told.
    #[serde(default)]
    pub told: i64,
    /// What it may spend, as far as the server limits it.
    #[serde(default)]
    pub allowance: Limit,
    /// What kind of work it is, and on what.
    pub work: Work,
    /// Who the commits are by.
    pub author: Identity,
    /// What its repository and its project say about how it is done.
    #[serde(default)]
    pub terms: Terms,
}

/// On what terms an agent works.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// Why it may not, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Failure>,
    /// How long it may take, if that is less than usual.
    #[serde(default)]
    pub limits: Caps,
    /// What is run in its workspace.
    #[serde(default)]
    pub hooks: Hooks,
    /// The hosts of the network it may reach.
    #[serde(default)]
    pub egress: Vec<String>,
}

/// What kind of work an execution is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Work {
    /// Do a task: what is delivered are commits.
    Task(Checkout),
    /// Plan a sprint: the code is only read, and what is delivered goes through tools.
    Plan {
        /// The code to read.
        sources: Vec<Source>,
    },
    /// Review what a task's agent did: the code is only read, and the review goes through a tool.
    Review {
        /// The code to read, as the task's branch has it.
        source: Source,
        /// The base it is to be merged into.
        base_sha: CommitSha,
    },
}

/// A repository to be read, not changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The repository.
    pub repo: RepoName,
    /// Where it is cloned from, over HTTP.
    pub url: String,
    /// Which commit is read.
    pub sha: CommitSha,
}

impl Source {
    /// The folder it is laid out in: `acme-web`.
    pub fn folder(&self) -> String {
        format!("{}-{}", self.repo.owner(), self.repo.name())
    }
}

/// An agent called a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The generation of the lease.
    pub epoch: Epoch,
    /// What it passed.
    pub arguments: serde_json::Value,
}

/// What a tool answers to the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolAnswer {
    /// In words.
    pub text: String,
    /// Whether what it wanted was not done.
    pub is_error: bool,
}

/// An agent ended a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnEnded {
    /// The generation of the lease.
    pub epoch: Epoch,
    /// Which turn, from 1; saying it twice is saying it once.
    pub turn: u32,
    /// The last thing the agent said in it.
    #[serde(default)]
    pub said: String,
    /// Whether it ended because people had something to say.
    #[serde(default)]
    pub interrupted: bool,
}

/// What comes after a turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NextTurn {
    /// What the agent is told next; `None` if its work is over.
    pub prompt: Option<String>,
    /// The latest message of people that is in what it was told so far.
    #[serde(default)]
    pub told: i64,
    /// Whether it asked something and waits for the answer.
    #[serde(default)]
    pub asks: bool,
    /// Whether it handed parts of its task to others and waits for them.
    #[serde(default)]
    pub delegates: bool,
}

/// Where and from what the work begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkout {
    /// The repository.
    pub repo: RepoName,
    /// Where it is cloned from, over HTTP.
    pub url: String,
    /// The branch the pull request will be opened against.
    pub base: BranchName,
    /// Where that branch stood when the work was handed out.
    pub base_sha: CommitSha,
    /// The merges of the tasks this one waited for; the base must contain them.
    pub contains: Vec<CommitSha>,
    /// The branch to work on.
    pub branch: BranchName,
    /// Where that branch stands on GitHub, once something was pushed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitSha>,
    /// Commits of others that the agent may have to merge, which the base need not contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CommitSha>,
    /// Whether the branch holds what others did for the task, and no pull request shows it yet.
    #[serde(default)]
    pub is_shared: bool,
    /// Whether what was pushed may be written anew on top of the base, because they conflict.
    #[serde(default)]
    pub may_rebase: bool,
}

/// A name and address for commits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// A worker asks for work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Who asks.
    pub worker: WorkerId,
    /// Which start of that worker this is: leases of an earlier one are given back at once.
    pub incarnation: String,
    /// The agents it can start.
    #[serde(default)]
    pub agents: Vec<AgentName>,
    /// Why it takes no work now, and asks only so that one knows.
    #[serde(default)]
    pub no_room: Option<NoRoom>,
}

/// A disk that has too little room for an agent to work on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoRoom {
    /// How much there is, in MB.
    pub free_mb: u64,
    /// How much there must be.
    pub wanted_mb: u64,
}

/// The answer to a claim that found work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// What to do.
    pub assignment: Assignment,
    /// What reads each of the assignment's repositories, for an hour; never to be written down.
    pub read_tokens: BTreeMap<RepoName, String>,
}

/// A lease, as a worker names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Of which execution.
    pub execution: ExecutionId,
    /// Which generation.
    pub epoch: Epoch,
}

/// What a worker hears about a lease it renews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewed {
    /// It holds; go on.
    GoOn,
    /// It holds, but the work is not wanted any more: stop the agent and report.
    Cancel,
    /// It is somebody else's now: stop the agent and say nothing.
    Lost,
}

/// A worker says that it is alive and still holds these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Renew {
    /// Who says so.
    pub worker: WorkerId,
    /// What it holds.
    pub leases: Vec<Lease>,
    /// What they spent so far.
    #[serde(default)]
    pub spent: Vec<Spent>,
    /// How long the answer may be kept back while there is nothing to say, in seconds.
    #[serde(default)]
    pub patience_seconds: u64,
}

/// What an execution spent so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Under which lease.
    pub lease: Lease,
    /// How much.
    pub so_far: Spending,
}

/// The answer to [`Renew`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Renewals {
    /// One for each lease asked about.
    pub leases: Vec<Renewal>,
}

/// What became of one lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Renewal {
    /// Which lease.
    pub lease: Lease,
    /// What to do about it.
    pub renewed: Renewed,
    /// The message that interrupts the agent's turn, unless it was told already; 0 for none.
    #[serde(default)]
    pub urgent: i64,
    /// What it may spend from now on, where it said what it spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Limit>,
}

/// Some lines of an execution's trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceBatch {
    /// The generation of the lease.
    pub epoch: Epoch,
    /// The lines, in order.
    pub lines: Vec<TraceLine>,
}

/// A worker is done with an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    /// The generation of the lease.
    pub epoch: Epoch,
    /// How it ended.
    pub outcome: Outcome,
    /// When the model's provider wants to be called again, where it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<DateTime<Utc>>,
    /// What it spent.
    #[serde(default)]
    pub spent: Spending,
}

/// One line of an execution's trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceLine {
    /// Its place in the trace, from 1; sending a line twice is sending it once.
    pub seq: i64,
    /// What kind of line: `message`, `thought`, `tool`, `plan`, `usage`, `ledger`, `worker`, `raw`.
    pub kind: String,
    /// What was said, as the agent's protocol spells it.
    pub body: serde_json::Value,
}

/// How an execution ended, as its worker found it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// There are commits, the tree is clean, and the bundle holds them.
    Delivered(Delivery),
    /// It did what it was for by calling tools, or by saying something, so that the server knows
    /// already.
    Done,
    /// The agent asked something and waits for the answer.
    Asked,
    /// There is nothing to show.
    Failed(Failure),
    /// It was stopped because it was not wanted any more.
    Cancelled,
}

/// What an agent delivered, as the worker verified it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The last commit.
    pub head: CommitSha,
    /// Where the work began.
    pub base_sha: CommitSha,
    /// The head of the branch on GitHub that is written anew by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CommitSha>,
    /// The titles of the commits, oldest first.
    pub commits: Vec<String>,
    /// What the agent said it did, in its own words.
    pub summary: String,
    /// How many files changed, and lines.
    pub size: Size,
}

/// How big a change is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Files touched.
    pub files: u32,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
}

/// Why an execution failed, and so what is done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Its kind.
    pub class: Class,
    /// What happened, for the owner.
    pub message: String,
}

/// The kinds of failure; the kind decides whether it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Class {
    /// The agent could not be started, or died.
    AgentDied,
    /// The agent said nothing for too long, or took too long.
    TimedOut,
    /// The agent ended its turn without committing anything.
    NothingDone,
    /// That happened so often in a row that another turn would be wasted.
    NoProgress,
    /// The agent left changes it did not commit.
    LeftDirty,
    /// A command that the repository has run in the workspace failed.
    HookFailed,
    /// The result holds what Team6 does not push: a path outside the tree, a workflow, too much.
    Unacceptable,
    /// The repository does not let this agent work in it, or does not say clearly whether it does.
    Refused,
    /// The agent is not configured on this worker, or is configured wrongly.
    Misconfigured,
    /// The machine or the network failed: cloning, disk, the server.
    Machinery,
    /// The agent spent what it may spend on one execution; a person may allow more.
    Spent,
    /// The model's provider wanted no more calls for a while.
    Quota,
}

impl Class {
    /// Whether another try may end better.
    pub fn is_worth_retrying(self) -> bool {
        match self {
            Self::AgentDied
            | Self::TimedOut
            | Self::NothingDone
            | Self::LeftDirty
            | Self::HookFailed
            | Self::Machinery
            | Self::Quota => true,
            Self::NoProgress
            | Self::Unacceptable
            | Self::Refused
            | Self::Misconfigured
            | Self::Spent => false,
        }
    }

    /// Whether it may have come to this because the agent's model was refused to it.
    pub fn may_be_for_lack_of_a_model(self) -> bool {
        match self {
            Self::AgentDied | Self::TimedOut | Self::NothingDone | Self::LeftDirty => true,
            Self::HookFailed
            | Self::NoProgress
            | Self::Refused
            | Self::Unacceptable
            | Self::Misconfigured
            | Self::Machinery
            | Self::Spent
            | Self::Quota => false,
        }
    }
}
