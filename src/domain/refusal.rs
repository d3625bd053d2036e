//! What Team6 will not do, in words for the person who asked.

mod hint;

use serde::{Deserialize, Serialize};

use super::found::Obstacle;
use super::ids::{AgentName, IssueNumber, IssueRef, Login, RepoName, TaskNumber};
use super::lint::Warning;
use super::memory::{NoteNumber, Unfit};
use super::run::Hold;
use super::team_file::Flaw;

/// Why Team6 will not do what a person asked. Nothing else is shown to people as an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The person cannot write to the repository.
    #[error("only people who can write to this repository may do that")]
    NeedsWrite,
    /// The task belongs to somebody else.
    #[error("T{task} is {}'s: only its owner or a maintainer may decide about it", name(.owner))]
    NotYourTask {
        /// Which task.
        task: TaskNumber,
        /// Whose it is.
        owner: Login,
    },
    /// The plan comment's words were edited.
    #[error("the words of the plan are Team6's to write; I put them back")]
    PlanRewritten,
    /// No agent will work on the task any more.
    #[error("T{task} is {state}, so no agent would hear that")]
    NobodyListens {
        /// Which task.
        task: TaskNumber,
        /// Where it is, in a word.
        state: String,
    },
    /// Too much waits for the task's agent already.
    #[error("too many messages wait for T{task}'s agent already")]
    TooMuchSaid {
        /// Which task.
        task: TaskNumber,
    },
    /// There is nothing in what the agent is to be told.
    #[error("there is no message to pass on")]
    NothingSaid,
    /// The tick belongs to an older text of the task.
    #[error(
        "T{task} changed while you were looking at it, so your tick does not count for the new text"
    )]
    Outdated {
        /// Which task.
        task: TaskNumber,
    },
    /// The tick belongs to an older plan.
    #[error(
        "the plan changed while you were looking at it, so your tick does not count for the new one"
    )]
    PlanOutdated,
    /// The issue is no sprint issue.
    #[error("this issue is not a sprint")]
    NotASprint,
    /// The milestone has a sprint issue already.
    #[error("the milestone already has a sprint issue, #{other}, and a milestone is one sprint")]
    SecondSprint {
        /// The one it has.
        other: IssueNumber,
    },
    /// There is no plan yet.
    #[error("there is no plan yet")]
    NoPlan,
    /// The milestone has no open issues besides the sprint issue.
    #[error("the milestone has no open issues besides this one, so there is nothing to plan")]
    NothingToPlan,
    /// Tasks wait for each other.
    #[error("{} wait for each other in a circle", path(.tasks))]
    Cycle {
        /// The circle, first task repeated at its end.
        tasks: Vec<TaskNumber>,
    },
    /// A task has no owner.
    #[error("T{task} has no owner")]
    NoOwner {
        /// Which task.
        task: TaskNumber,
    },
    /// A task's owner could not merge its pull request.
    #[error(
        "T{task} is owned by {}, who cannot write to {repo} and so could not merge it",
        name(.owner)
    )]
    OwnerCannotWrite {
        /// Which task.
        task: TaskNumber,
        /// Whose.
        owner: Login,
        /// Where.
        repo: RepoName,
    },
    /// A task is not approved.
    #[error("T{task} is not approved")]
    NotApproved {
        /// Which task.
        task: TaskNumber,
    },
    /// A task names an agent nobody configured.
    #[error("T{task} asks for the agent `{}`, which is not configured", shown(&.agent.0))]
    UnknownAgent {
        /// Which task.
        task: TaskNumber,
        /// Which agent.
        agent: AgentName,
    },
    /// A task names an agent that its repository does not want.
    #[error("T{task} asks for the agent `{}`, which `.github/team6.yml` of {repo} does not list", shown(&.agent.0))]
    NotListed {
        /// Which task.
        task: TaskNumber,
        /// Which agent.
        agent: AgentName,
        /// Where.
        repo: RepoName,
    },
    /// What a repository says about its agents cannot be used.
    #[error("`.github/team6.yml` of {repo} cannot be used: {flaw}")]
    TeamFile {
        /// Which repository.
        repo: RepoName,
        /// What is wrong, and where.
        flaw: Flaw,
    },
    /// The App is not installed where tasks are to be done.
    #[error("I cannot reach {repo}, where {} would be done", list(.tasks))]
    Unreachable {
        /// Where.
        repo: RepoName,
        /// Which tasks.
        tasks: Vec<TaskNumber>,
    },
    /// Something should be looked at twice first.
    #[error("something should be looked at twice first")]
    LookTwice(Vec<Warning>),
    /// A task waits for something that will never be done.
    #[error("T{task} depends on {issue}, which was closed as not planned")]
    WaitsForNothing {
        /// Which task.
        task: TaskNumber,
        /// For what.
        issue: IssueRef,
    },
    /// A task waits for something that is not there.
    #[error("T{task} depends on {issue}, which does not exist or which I cannot see")]
    UnknownDependency {
        /// Which task.
        task: TaskNumber,
        /// On what.
        issue: IssueRef,
    },
    /// The sprint is running already.
    #[error("this sprint is already running")]
    AlreadyRunning,
    /// Everything in the plan is merged.
    #[error("every task of this plan is merged already")]
    AlreadyDone,
    /// A proposed task has no issue yet.
    #[error("T{task} has no issue yet")]
    NoIssue {
        /// Which.
        task: TaskNumber,
    },
    /// The plan cannot change while its sprint runs.
    #[error("this sprint is running, so its plan stays as it was approved")]
    PlanIsFixed,
    /// The sprint is not running.
    #[error("this sprint is not running")]
    NotRunning,
    /// There is no such question.
    #[error("there is no question {number}")]
    NoSuchQuestion {
        /// Which.
        number: u32,
    },
    /// An answer that does not say to what.
    #[error("an answer needs the number of its question and a text")]
    WhichQuestion,
    /// Everything was answered.
    #[error("no question is open")]
    NoOpenQuestion,
    /// Only some may end a run.
    #[error("only {by}, who started this sprint, or a maintainer can cancel it")]
    NotYourRun {
        /// Who started it.
        by: Login,
    },
    /// Only some may say what a run may spend.
    #[error("only {by}, who started this sprint, or a maintainer can raise its budget")]
    NotYourBudget {
        /// Who started it.
        by: Login,
    },
    /// There is no budget that this could raise.
    #[error("nothing limits what {} may spend in {unit}", task_or_run(.task.as_ref()))]
    NotLimited {
        /// Which task; the run, where none is named.
        task: Option<TaskNumber>,
        /// Dollars, tokens or minutes.
        unit: String,
    },
    /// It is paused already.
    #[error("{by} has paused this sprint already")]
    AlreadyPaused {
        /// By whom.
        by: Login,
    },
    /// It is not paused.
    #[error("this sprint is not paused")]
    NotPaused,
    /// It is paused, but not by a person.
    #[error("this sprint is held because {hold}")]
    HeldByOther {
        /// Why.
        hold: Hold,
    },
    /// The task is paused already.
    #[error("{by} has paused T{task} already")]
    TaskAlreadyPaused {
        /// Which.
        task: TaskNumber,
        /// By whom.
        by: Login,
    },
    /// The task is not paused.
    #[error("T{task} is not paused")]
    TaskNotPaused {
        /// Which.
        task: TaskNumber,
    },
    /// The task is not paused by a person, but something keeps it from starting.
    #[error("T{task} is not paused: {obstacle}")]
    TaskBarred {
        /// Which.
        task: TaskNumber,
        /// Why.
        obstacle: Obstacle,
    },
    /// The task is past the point where it could be paused.
    #[error("T{task} is {state}, so there is nothing to pause")]
    NothingToPause {
        /// Which.
        task: TaskNumber,
        /// What it is, in words.
        state: String,
    },
    /// The task is over already.
    #[error("T{task} is {state} already")]
    NothingToEnd {
        /// Which.
        task: TaskNumber,
        /// What it is, in words.
        state: String,
    },
    /// There is no such task.
    #[error("there is no task T{task} in this sprint")]
    NoSuchTask {
        /// Which.
        task: TaskNumber,
    },
    /// A line of a comment that asked for several things cannot be obeyed, so none of them was.
    #[error("line {number}, `{}`: {why}", shown(.line))]
    InLine {
        /// Which, from 1.
        number: usize,
        /// The line.
        line: String,
        /// Why.
        why: Box<Refusal>,
    },
    /// A command is not written as it should be.
    #[error("{why}; it is written `{usage}`")]
    Malformed {
        /// What is wrong.
        why: String,
        /// How it is written.
        usage: String,
    },
    /// A word nobody taught us, among others that had to wait for it.
    #[error("I do not know `/team6 {}`", shown(.word))]
    UnknownWord {
        /// The word.
        word: String,
    },
    /// Something stood above it in the same comment that could not be done.
    #[error("the line above it was not obeyed")]
    NotReached,
    /// A task cannot wait for itself.
    #[error("T{task} cannot wait for itself")]
    WaitsForItself {
        /// Which task.
        task: TaskNumber,
    },
    /// Nobody configured such an agent.
    #[error("there is no agent `{agent}`; there {} {}", are(.known.len()), listed(.known))]
    NoSuchAgent {
        /// The agent that was named.
        agent: AgentName,
        /// Those there are.
        known: Vec<AgentName>,
    },
    /// What was to be noted is no note.
    #[error("I did not note that: {why}")]
    NoNote {
        /// Why not.
        why: Unfit,
    },
    /// There is no such note, or none any more.
    #[error("there is no note {note}")]
    NoSuchNote {
        /// The number that was named.
        note: NoteNumber,
    },
    /// The repository does not want that agent.
    #[error(
        "`.github/team6.yml` of {repo} does not list the agent `{}`; there {} {}",
        shown(&.agent.0), are(.known.len()), listed(.known)
    )]
    AgentNotListed {
        /// The agent that was named.
        agent: AgentName,
        /// Where.
        repo: RepoName,
        /// Those it lists.
        known: Vec<AgentName>,
    },
    /// The repository does not belong to the sprint's project.
    #[error("{repo} does not belong to this project, or I am not installed there")]
    NoSuchRepository {
        /// Which.
        repo: RepoName,
    },
    /// There is no such account.
    #[error("nobody on GitHub is called {}", shown(&.person.0))]
    NoSuchPerson {
        /// The name.
        person: Login,
    },
    /// A bot cannot be accountable.
    #[error("{} is not a person, and only people own tasks", shown(&.person.0))]
    NotAPerson {
        /// The account.
        person: Login,
    },
    /// A person cannot own a task whose pull request they could not merge.
    #[error("{} cannot write to {repo}, and so could not merge the task's pull request", shown(&.person.0))]
    PersonCannotWrite {
        /// Who.
        person: Login,
        /// Where.
        repo: RepoName,
    },
    /// The person cannot write where the task is done.
    #[error("only people who can write to {repo} may do that")]
    NeedsWriteIn {
        /// Where.
        repo: RepoName,
    },
    /// A question of the planner's is open.
    #[error("question {question} is not answered")]
    Unanswered {
        /// Which.
        question: u32,
    },
    /// The planner is not done.
    #[error("the plan is still being drafted")]
    StillPlanning,
    /// There is no such version of the plan.
    #[error("there is no version {version} of this plan")]
    NoSuchVersion {
        /// Which.
        version: i64,
    },
    /// The person never approved anything in this plan.
    #[error("you have not approved anything in this plan yet, so I do not know since when")]
    NeverApproved,
    /// The command needs a task.
    #[error("`{command}` needs a task, like `/team6 {command} T3`")]
    WhichTask {
        /// Which command.
        command: String,
    },
    /// The task is not in a state to be tried again.
    #[error("T{task} is {state}, so there is nothing to retry")]
    NothingToRetry {
        /// Which task.
        task: TaskNumber,
        /// What it is, in words.
        state: String,
    },
}

impl Refusal {
    /// The reason alone, where the comment had only this line.
    #[must_use]
    pub fn alone(self) -> Self {
        if let Self::InLine { why, .. } = self { *why } else { self }
    }

    /// Whether it is about this one task of a plan.
    pub fn is_about(&self, number: TaskNumber) -> bool {
        if let Self::Cycle { tasks } | Self::Unreachable { tasks, .. } = self {
            return tasks.contains(&number);
        }
        if let Self::NoOwner { task }
        | Self::OwnerCannotWrite { task, .. }
        | Self::UnknownAgent { task, .. }
        | Self::NotListed { task, .. }
        | Self::WaitsForNothing { task, .. }
        | Self::UnknownDependency { task, .. } = self
        {
            return *task == number;
        }
        false
    }
}

fn task_or_run(task: Option<&TaskNumber>) -> String {
    task.map_or_else(|| "this run".to_owned(), |task| format!("T{task}"))
}

/// `T1 → T2 → T1`
fn path(tasks: &[TaskNumber]) -> String {
    tasks.iter().map(|task| format!("T{task}")).collect::<Vec<_>>().join(" → ")
}

/// `T1, T2 and T3`; from a dozen on only the first ones, and how many more there are.
pub fn list(tasks: &[TaskNumber]) -> String {
    const MOST: usize = 12;
    let name = |task: &TaskNumber| format!("T{task}");
    let (shown, more) = tasks.split_at(tasks.len().min(MOST));
    match (shown, more.len()) {
        ([], _) => String::new(),
        ([one], 0) => name(one),
        ([first @ .., last], 0) => {
            format!("{} and {}", first.iter().map(name).collect::<Vec<_>>().join(", "), name(last))
        }
        (_, more) => {
            format!("{} and {more} more", shown.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Most characters of somebody's words that are said back to them.
const MOST_SHOWN: usize = 80;

/// Somebody's words, so that they can stand between two backticks and do nothing there.
pub fn shown(words: &str) -> String {
    let one_line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = MOST_SHOWN < one_line.chars().count();
    let mut safe: String = one_line.chars().take(MOST_SHOWN).filter_map(harmless).collect();
    if cut {
        safe.push('…');
    }
    safe
}

/// A character that ends no code, begins no marker and turns nothing around.
fn harmless(c: char) -> Option<char> {
    match c {
        '`' => Some('\''),
        '<' => Some('‹'),
        '>' => Some('›'),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => None,
        c => (!c.is_control()).then_some(c),
    }
}

/// A person's name, with nothing in it that cannot be in one.
fn name(login: &Login) -> String {
    login.0.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect()
}

fn are(how_many: usize) -> &'static str {
    if how_many == 1 { "is" } else { "are" }
}

fn listed(agents: &[AgentName]) -> String {
    if agents.is_empty() {
        return "none".to_owned();
    }
    agents.iter().map(|agent| format!("`{agent}`")).collect::<Vec<_>>().join(", ")
}
