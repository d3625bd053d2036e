//! What must happen in the world because of a decision.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::command::Line;
use super::delegation::Duty;
use super::diff::Diff;
use super::found::{Barred, Trouble};
use super::ids::{
    AgentName, Attempt, CommentId, DeliveryId, ExecutionId, IssueRef, LaunchId, Login, ProjectName,
    PullNumber, RepoId, RepoName, RunId, SprintId, TaskNumber,
};
use super::memory::Change;
use super::planning::Unplanned;
use super::refine::Remark;
use super::refusal::Refusal;
use super::work::Class;

/// Something to be done outside, after the decision that asked for it was committed. Each may be
/// done twice, because the process may die between doing it and noting that it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Understand a stored webhook. Twice is harmless: what it says is compared with what we know.
    Read {
        /// Which.
        delivery: DeliveryId,
        /// The repository it is about, if it says so: comments should be heard in the order they
        /// were written, and trouble with one repository should hold up no other.
        about: Option<RepoId>,
    },
    /// Show 👀 on a comment. Twice is harmless: GitHub keeps one reaction of a kind per account.
    Acknowledge {
        /// Where.
        repo: RepoName,
        /// On which comment.
        comment: CommentId,
    },
    /// Say something once on an issue or pull request. Twice is harmless: the comment carries `key`
    /// as a hidden marker, which is looked for before it is posted again.
    Say {
        /// Where.
        on: IssueRef,
        /// What names this saying among all.
        key: String,
        /// What is said.
        saying: Saying,
    },
    /// Draft the sprint's plan. Twice is harmless: an unchanged plan is no new version.
    Draft {
        /// Which sprint's.
        sprint: SprintId,
        /// The comment that asked, where one did and so deserves an answer.
        asked: Option<Asked>,
    },
    /// Put a try at planning into the project's queue. Twice is harmless: a job's id is its
    /// execution's.
    QueuePlanning {
        /// Which sprint's.
        sprint: SprintId,
        /// Which planning.
        number: i64,
        /// Which try.
        attempt: Attempt,
        /// Its execution.
        execution: ExecutionId,
        /// How long to wait before it may be taken, in seconds.
        pause_seconds: u32,
    },
    /// Bring the comment about a planning at work up to date. Twice is harmless: it is written whole.
    ShowPlanning {
        /// Which sprint's.
        sprint: SprintId,
        /// Which planning.
        number: i64,
    },
    /// Bring the comment with a round's questions up to date. Twice is harmless: it is written whole.
    ShowQuestions {
        /// Which sprint's.
        sprint: SprintId,
        /// Which round.
        round: i64,
    },
    /// Obey the commands of a comment. Twice is harmless: each is obeyed once by its line, and what
    /// was refused is not tried again.
    Obey {
        /// The sprint it is about.
        sprint: SprintId,
        /// The task at whose issue or pull request it was said.
        here: Option<TaskNumber>,
        /// What was said.
        said: Said,
    },
    /// Do what somebody set going from the dashboard. Twice is harmless: milestone and sprint issue
    /// are looked for first, and commands are obeyed once by their key.
    Launch {
        /// What.
        launch: LaunchId,
        /// Where the sprint is, or will be.
        repo: RepoName,
        /// The sprint, where there is one.
        sprint: Option<SprintId>,
    },
    /// Make a task's issue say what the plan says. Twice is harmless: it is compared first.
    Mirror {
        /// Which sprint's.
        sprint: SprintId,
        /// Which task.
        task: TaskNumber,
    },
    /// Make an issue for each task that has none. Twice is harmless: each carries a hidden marker,
    /// which is looked for first.
    MakeIssues(SprintId),
    /// Bring the plan comment up to date. Twice is harmless: it is written whole.
    ShowPlan(SprintId),
    /// Bring the status comment up to date. Twice is harmless: it is written whole.
    ShowStatus(SprintId),
    /// Push what an execution delivered and open its pull request. Twice is harmless: the branch
    /// then stands where it stood, and a pull request of that branch is looked for first.
    Publish(ExecutionId),
    /// Stop a try that a person ended: take it out of its queue, or have its worker stop the agent.
    /// Twice is harmless: what is stopped stays so.
    Stop(ExecutionId),
    /// Show by a reaction how far a message to a task's agent is. Twice is harmless: GitHub keeps
    /// one reaction of a kind per account.
    ShowMessage {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which of its messages.
        message: u32,
    },
    /// Answer the threads of the review that a try was about, and ask for another review. Twice is
    /// harmless: each answer carries a hidden marker, which is looked for first.
    AnswerReview {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which try.
        attempt: Attempt,
    },
    /// Have the review agent look at a try. Twice is harmless: a job's id is its execution's.
    QueueReview {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which try.
        attempt: Attempt,
        /// The review's execution.
        execution: ExecutionId,
    },
    /// Say at the pull request what the review agent found, and ask people for their review. Twice is
    /// harmless: what is said carries a hidden marker, which is looked for first, and whoever is
    /// asked already is not asked again.
    AskForReview {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which try.
        attempt: Attempt,
        /// Whom.
        people: Vec<Login>,
    },
    /// Do something about a task's parts. Twice is harmless, as each of these says.
    Delegation(Duty),
    /// Put a try into its project's queue. Twice is harmless: a job's id is its execution's.
    Queue {
        /// Which run's task.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which try.
        execution: ExecutionId,
        /// How long to wait before it may be taken, in seconds.
        pause_seconds: u32,
    },
}

/// A comment that asks for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Where.
    pub on: IssueRef,
    /// Which comment.
    pub comment: CommentId,
    /// Who wrote these lines; whoever edits a comment speaks for themselves.
    pub by: Login,
    /// The lines that ask for something.
    pub lines: Vec<Line>,
}

/// Who asked for something, and in which comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub by: Login,
    /// Where the answer belongs.
    pub on: IssueRef,
    /// In which comment.
    pub comment: CommentId,
}

/// What Team6 says in a comment of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// The first words on a new sprint issue.
    Greeting {
        /// The milestone's title.
        milestone: String,
    },
    /// Why something was not done.
    Refused {
        /// For whom.
        to: Login,
        /// Why, all reasons at once.
        refusals: Vec<Refusal>,
    },
    /// A second sprint issue cannot be one.
    NoSecondSprint {
        /// Why.
        refusal: Refusal,
    },
    /// The list of commands.
    Help {
        /// The word that was not understood, if there was one.
        unknown: Option<String>,
    },
    /// Why there is no plan.
    Unplanned {
        /// For whom.
        to: Login,
        /// Why.
        why: Unplanned,
    },
    /// An answer came after the plan was made, or again.
    AnswerKept {
        /// For whom.
        to: Login,
        /// To which questions.
        questions: Vec<u32>,
    },
    /// What people should know about what was done.
    Remarks {
        /// For whom.
        to: Login,
        /// What.
        remarks: Vec<Remark>,
    },
    /// What changed in the plan.
    Diff(Diff),
    /// How the sprint stands.
    Status(SprintId),
    /// A task failed for good, and its owner decides.
    TaskFailed {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Its owner.
        owner: Login,
        /// Its last execution.
        execution: ExecutionId,
    },
    /// A task's agent asks its owner something and waits.
    AgentAsks {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Which of its questions.
        question: u32,
    },
    /// What a task's agent says to what a person said.
    AgentReplied {
        /// For whom.
        to: Login,
        /// Which task's.
        task: TaskNumber,
        /// What.
        text: String,
    },
    /// An agent failed in the same way again and again, and gets no work for a while.
    AgentBreaks {
        /// Which agent.
        agent: AgentName,
        /// How it failed.
        class: Class,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Most of what may be spent on a task, or on the run, is spent.
    NearlySpent {
        /// Which task; the run, where none is named.
        task: Option<TaskNumber>,
        /// Who should know.
        to: Login,
        /// What was spent of what.
        words: String,
    },
    /// A task's agent spent what it may, and its owner decides.
    TaskSpent {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Its owner.
        owner: Login,
    },
    /// Everything that may be spent on a run is spent, and nothing new is started in it.
    RunSpent {
        /// Who decides.
        to: Login,
        /// What was spent of what.
        words: String,
    },
    /// Checks or conflicts sent a task's agent back too often, and the owner decides.
    StillBroken {
        /// Which task.
        task: TaskNumber,
        /// Its owner.
        owner: Login,
        /// What is wrong.
        why: String,
    },
    /// A task's agent could not do what was asked about its pull request, and the owner decides.
    ReworkFailed {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Its owner.
        owner: Login,
        /// Its last execution.
        execution: ExecutionId,
    },
    /// A pull request was closed unmerged, and its owner decides.
    PullClosed {
        /// Which task.
        task: TaskNumber,
        /// Where the pull request is.
        repo: RepoName,
        /// Which pull request.
        pull: PullNumber,
        /// Its owner.
        owner: Login,
        /// The tasks that go on waiting.
        waiting: Vec<TaskNumber>,
    },
    /// Everything is merged or skipped.
    Completed(RunId),
    /// What could not be said where it belongs.
    Elsewhere {
        /// Where that is.
        meant_for: IssueRef,
        /// Why not there.
        why: String,
        /// What was to be said.
        saying: Box<Saying>,
    },
    /// The run was cancelled and its agents are gone: what is left.
    Cancelled(RunId),
    /// A task was cancelled or skipped: what is left of it, and who waits.
    TaskEnded {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
    },
    /// A task cannot be started, for a reason that lies in the world.
    TaskBarred {
        /// Which run's.
        run: RunId,
        /// Which task.
        task: TaskNumber,
        /// Why.
        barred: Barred,
    },
    /// The sprint issue is gone, and so it is said at a task's.
    SprintGone {
        /// Where it was.
        home: IssueRef,
        /// The task.
        task: TaskNumber,
    },
    /// A repository cannot be worked in, or can be again.
    Reach {
        /// Which.
        repo: RepoName,
        /// Why not.
        trouble: Option<Trouble>,
    },
    /// Why something does not move.
    Why {
        /// Of which sprint.
        sprint: SprintId,
        /// Which of its tasks, or the whole.
        task: Option<TaskNumber>,
    },
    /// What is noted about a project.
    Notes(ProjectName),
    /// A person made, changed or forgot a note.
    NoteChanged {
        /// Who.
        to: Login,
        /// Which, and what of it.
        note: Change,
    },
    /// Something broke on our side.
    Trouble {
        /// What the operator finds it by.
        reference: String,
    },
}

/// How long something can wait when not everything can be done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody or something waits for it: an answer, a start, a pull request.
    Important,
    /// It should be done soon.
    Usual,
    /// It shows again what can be seen elsewhere, and one refresh stands for many.
    Cosmetic,
}

impl Urgency {
    /// Its place in line.
    pub fn rank(self) -> i64 {
        match self {
            Self::Important => 0,
            Self::Usual => 1,
            Self::Cosmetic => 2,
        }
    }
}

impl Effect {
    /// How long it can wait.
    pub fn urgency(&self) -> Urgency {
        match self {
            Self::Read { .. }
            | Self::Say { .. }
            | Self::Publish(_)
            | Self::Stop(_)
            | Self::Queue { .. }
            | Self::QueuePlanning { .. }
            | Self::AnswerReview { .. }
            | Self::QueueReview { .. }
            | Self::AskForReview { .. }
            | Self::ShowQuestions { .. }
            | Self::Obey { .. }
            | Self::Launch { .. }
            | Self::MakeIssues(_)
            | Self::Delegation(Duty::Share { .. } | Duty::Ask { .. } | Duty::Merge { .. })
            | Self::Draft { asked: Some(_), .. } => Urgency::Important,
            Self::Acknowledge { .. }
            | Self::ShowMessage { .. }
            | Self::Delegation(Duty::Close { .. })
            | Self::Mirror { .. }
            | Self::Draft { asked: None, .. } => Urgency::Usual,
            Self::ShowPlan(_) | Self::ShowStatus(_) | Self::ShowPlanning { .. } => {
                Urgency::Cosmetic
            }
        }
    }

    /// Effects of one lane are carried out one after the other, in the order they were asked for.
    pub fn lane(&self) -> String {
        match self {
            Self::Read { about: Some(repo), .. } => format!("deliveries {repo}"),
            Self::Read { about: None, .. } => "deliveries".to_owned(),
            Self::Acknowledge { repo, comment } => format!("reaction {repo} {comment}"),
            Self::Say { on, .. } => format!("comments {on}"),
            // What changes the plan comes one after the other, so that nothing it is decided by
            // is older than what was decided before.
            Self::Draft { sprint, .. }
            | Self::Launch { sprint: Some(sprint), .. }
            | Self::Obey { sprint, .. }
            | Self::Mirror { sprint, .. }
            | Self::MakeIssues(sprint) => format!("plan {sprint}"),
            // Two who want a sprint of one milestone get the same one.
            Self::Launch { repo, sprint: None, .. } => format!("launch {repo}"),
            Self::ShowPlan(sprint) => format!("plan comment {sprint}"),
            Self::ShowStatus(sprint) => format!("status {sprint}"),
            Self::QueuePlanning { sprint, .. } => format!("queue {sprint}"),
            // In one lane, so that the last word about a planning stands below what it led to.
            Self::ShowPlanning { sprint, .. } | Self::ShowQuestions { sprint, .. } => {
                format!("planning {sprint}")
            }
            Self::Publish(execution) => format!("publish {execution}"),
            Self::Delegation(duty) => duty.lane(),
            Self::Stop(execution) => format!("stop {execution}"),
            Self::ShowMessage { run, task, message } => format!("message {run} {task} {message}"),
            Self::AnswerReview { run, task, .. } | Self::AskForReview { run, task, .. } => {
                format!("review {run} {task}")
            }
            Self::QueueReview { run, .. } | Self::Queue { run, .. } => format!("queue {run}"),
        }
    }

    /// Effects with one name need to be done only once, however often they were asked for before
    /// the first of them began.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::ShowPlan(sprint) => Some(format!("show plan {sprint}")),
            Self::ShowStatus(sprint) => Some(format!("show status {sprint}")),
            Self::ShowPlanning { sprint, number } => {
                Some(format!("show planning {sprint} {number}"))
            }
            Self::ShowQuestions { sprint, round } => {
                Some(format!("show questions {sprint} {round}"))
            }
            Self::Say { key, .. } => Some(format!("say {key}")),
            Self::Publish(execution) => Some(format!("publish {execution}")),
            Self::Delegation(duty) => Some(duty.name()),
            Self::Draft { sprint, asked: None } => Some(format!("draft {sprint}")),
            Self::Mirror { sprint, task } => Some(format!("mirror {sprint} {task}")),
            Self::MakeIssues(sprint) => Some(format!("make issues {sprint}")),
            Self::ShowMessage { .. } => Some(format!("show {}", self.lane())),
            Self::AnswerReview { run, task, attempt } => {
                Some(format!("answer review {run} {task} {attempt}"))
            }
            Self::AskForReview { run, task, attempt, .. } => {
                Some(format!("ask for review {run} {task} {attempt}"))
            }
            Self::Obey { .. }
            | Self::Launch { .. }
            | Self::Draft { asked: Some(_), .. }
            | Self::Read { .. }
            | Self::Acknowledge { .. }
            | Self::QueuePlanning { .. }
            | Self::QueueReview { .. }
            | Self::Stop(_)
            | Self::Queue { .. } => None,
        }
    }
}
