//! What an agent is told.

use std::collections::BTreeMap;

use askama::Template;

use super::dialogue::{quoted, told};
use super::{parts, render};
use crate::domain::dialogue::{Delivery, Message, Question};
use crate::domain::ids::{Attempt, IssueNumber, Login, PullNumber, RepoName, TaskNumber};
use crate::domain::plan::{Plan, PlannedTask, Prd};
use crate::domain::planner::{Candidate, IssueState, Specialist, Survey};
use crate::domain::planning::{self, MOST_QUESTIONS, MOST_ROUNDS};
use crate::domain::sprint::Goal;
use crate::domain::task::Task;
use crate::domain::work::Source;

/// What was delivered by a task this one waited for.
pub struct Delivered {
    /// The task's title.
    pub title: String,
    /// Its pull request, `acme/web#7`.
    pub pull: String,
    /// What its agent said it did.
    pub summary: Option<String>,
}

impl Delivered {
    fn said(&self) -> Option<String> {
        self.summary.as_ref().map(|text| quoted(&cut(text, LONGEST_SUMMARY)))
    }
}

/// What an operator's own words for a prompt may name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// What Team6 would say.
    pub prompt: &'a str,
    /// The task's title.
    pub title: &'a str,
    /// Where it is done.
    pub repository: &'a str,
    /// The number of its issue.
    pub issue: i64,
    /// What its issue says.
    pub text: &'a str,
    /// What the sprint is for.
    pub goal: &'a str,
    /// Which try it is.
    pub attempt: i64,
}

#[derive(Template)]
#[template(path = "prompt/task.md")]
struct Prompt<'a> {
    task: &'a PlannedTask,
    issue: IssueNumber,
    goal: &'a Goal,
    before: &'a [Delivered],
    prd: Option<String>,
    failure: Option<String>,
    notes: &'a str,
    instructions: Option<&'a str>,
    so_far: String,
}

/// What an agent must know of its earlier turns at a task.
#[derive(Default)]
pub struct Past {
    /// How the try before this one failed, if it did.
    pub failure: Option<String>,
    /// What the agent said it did when it last delivered.
    pub summary: Option<String>,
    /// What earlier work on the project taught, in words.
    pub notes: String,
    /// What its repository says to this agent.
    pub instructions: Option<String>,
    /// What the team agreed on beyond the tasks.
    pub prd: Option<Prd>,
    /// What agents said they did for the tasks this one waited for, and for its parts.
    pub summaries: BTreeMap<TaskNumber, String>,
    /// How tries at them failed.
    pub failures: BTreeMap<TaskNumber, String>,
}

#[derive(Template)]
#[template(path = "prompt/so_far.md")]
struct SoFar<'a> {
    summary: Option<String>,
    pull: Option<PullNumber>,
    before: String,
    open: Vec<&'a Question>,
    new: String,
    is_resumed: bool,
    parts: String,
}

/// As much of a failure as an agent needs to hear, in characters.
const LONGEST_FAILURE: usize = 2_000;

/// As much of what was done before as it needs, and of what the team agreed on.
const LONGEST_SUMMARY: usize = 600;
const LONGEST_PRD: usize = 4_000;

/// The prompt for a try at a task, with how the try before it failed if there was one, and with all
/// that people and the agent said. What others wrote is data between two lines that say so, or
/// quoted.
pub fn task(
    task: &Task,
    attempt: Attempt,
    goal: &Goal,
    before: &[Delivered],
    past: &Past,
) -> String {
    let failure = past.failure.as_ref().map(|why| shortened(why));
    let heard = |message: &&Message| matches!(message.state, Delivery::Acknowledged { .. });
    let so_far = render(&SoFar {
        summary: past.summary.as_ref().map(|text| quoted(&shortened(text))),
        pull: task.state.pull(),
        before: told(task, task.dialogue.messages.iter().filter(heard)),
        open: task.dialogue.open().collect(),
        new: told(task, task.dialogue.of_turn(attempt, 1)),
        is_resumed: false,
        parts: parts::told(task, &past.summaries, &past.failures),
    });
    let issue = task.issue.number;
    let instructions = past.instructions.as_deref().map(str::trim);
    let prd = past.prd.as_ref().map(|prd| quoted(&cut(&excerpt(prd), LONGEST_PRD)));
    let task = &task.planned;
    let notes = past.notes.as_str();
    render(&Prompt { task, issue, goal, before, prd, failure, notes, instructions, so_far })
}

/// What an agent is told that goes on with the session it had before.
pub fn resumed(task: &Task, attempt: Attempt, past: &Past) -> String {
    let so_far = render(&SoFar {
        summary: None,
        pull: task.state.pull(),
        before: String::new(),
        open: task.dialogue.open().collect(),
        new: told(task, task.dialogue.of_turn(attempt, 1)),
        is_resumed: true,
        parts: parts::told(task, &past.summaries, &past.failures),
    });
    match &past.failure {
        Some(why) => {
            let why = quoted(&shortened(why));
            format!("Your last turn did not end well. What its machine said:\n\n{why}\n\n{so_far}")
        }
        None => so_far,
    }
}

/// What an agent is told at the beginning of another turn.
pub fn another_turn(task: &Task, attempt: Attempt, turn: u32) -> String {
    render(&SoFar {
        summary: None,
        pull: task.state.pull(),
        before: String::new(),
        open: Vec::new(),
        new: told(task, task.dialogue.of_turn(attempt, turn)),
        is_resumed: true,
        parts: String::new(),
    })
}

fn shortened(text: &str) -> String {
    cut(text, LONGEST_FAILURE)
}

fn cut(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

/// What of a PRD concerns whoever does one of its tasks.
fn excerpt(prd: &Prd) -> String {
    let parts = [
        ("Goals", &prd.goals),
        ("Not wanted", &prd.non_goals),
        ("Constraints", &prd.constraints),
        ("Done when", &prd.acceptance),
    ];
    let mut text = prd.problem.trim().to_owned();
    for (name, lines) in parts.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        let lines: Vec<_> = lines.iter().map(|line| format!("- {}", line.trim())).collect();
        text = format!("{text}\n\n{name}:\n{}", lines.join("\n"));
    }
    text
}

/// Everything a planner agent is told about a sprint.
pub struct Planned<'a> {
    /// What the team wants.
    pub goal: &'a Goal,
    /// The code it can read.
    pub sources: &'a [Source],
    /// The milestone's issues, and the agents.
    pub survey: &'a Survey,
    /// Who can write, by repository.
    pub people: &'a BTreeMap<RepoName, Vec<Login>>,
    /// Everything that was ever asked.
    pub questions: &'a [planning::Question],
    /// The plan as it is, where it counts.
    pub previous: Option<&'a Plan>,
    /// What earlier work on the project taught, in words.
    pub notes: &'a str,
    /// How many tasks a plan may have.
    pub most_tasks: usize,
}

#[derive(Template)]
#[template(path = "prompt/plan.md")]
struct PlanPrompt<'a> {
    told: &'a Planned<'a>,
    folders: Vec<String>,
    /// The agents, of each repository where these differ.
    rosters: Vec<(Option<&'a RepoName>, &'a [Specialist])>,
    issues: Vec<&'a Candidate>,
    most_rounds: u32,
    most_questions: usize,
}

/// The prompt for a plan. What people wrote is data between lines that say so.
pub fn plan(told: &Planned<'_>) -> String {
    let issues = told.survey.candidates.iter();
    let roster = &told.survey.roster;
    let repos = || told.people.keys();
    let rosters = if repos().any(|repo| roster.is_chosen(repo)) {
        repos().map(|repo| (Some(repo), roster.of(repo))).collect()
    } else {
        vec![(None, roster.everywhere())]
    };
    render(&PlanPrompt {
        told,
        rosters,
        folders: told.sources.iter().map(Source::folder).collect(),
        issues: issues.filter(|issue| issue.state == IssueState::Open).collect(),
        most_rounds: MOST_ROUNDS,
        most_questions: MOST_QUESTIONS,
    })
}

/// What a planner is told that ended its turn with nothing to show.
pub fn plan_again(flaws: &[String], left: u32) -> String {
    let mut text =
        "You ended your turn without an accepted plan and without a question. ".to_owned();
    if !flaws.is_empty() {
        text.push_str("Your last submission still has these flaws:\n\n");
        text.push_str(&list(flaws));
        text.push_str("\n\n");
    }
    text.push_str("Call the tool `submit_plan` with the whole plan, or `ask_question`. ");
    text.push_str(&rounds(left));
    text
}

/// What a planner is answered whose submission has flaws; `left` says how many rounds it has.
pub fn flaws(flaws: &[String], left: Option<u32>) -> String {
    let listed = list(flaws);
    match left {
        Some(left) => format!(
            "Not accepted. Correct all of this and submit the whole plan again. {}\n\n{listed}",
            rounds(left)
        ),
        None => format!(
            "Not accepted, and this was the last round: end your turn now. What was wrong:\n\n{listed}"
        ),
    }
}

fn rounds(left: u32) -> String {
    if left == 1 {
        "This is your last round.".to_owned()
    } else {
        format!("{left} rounds are left.")
    }
}

/// How many flaws an agent is told; with more, it is on a wrong track anyway.
const MOST_FLAWS: usize = 100;

fn list(flaws: &[String]) -> String {
    let mut lines: Vec<_> = flaws.iter().take(MOST_FLAWS).map(|flaw| format!("- {flaw}")).collect();
    if MOST_FLAWS < flaws.len() {
        lines.push(format!("- … and {} more", flaws.len() - MOST_FLAWS));
    }
    lines.join("\n")
}
