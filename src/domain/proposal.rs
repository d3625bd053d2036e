//! What a planner agent submits: its shape, whether it makes sense, and the plan it becomes.

mod check;
mod merge;
mod read;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use check::check;
pub use merge::merged;

use super::ids::{AgentName, IssueRef, Login, RepoName};
use super::memory;
use super::plan::{LONGEST_TITLE, Plan, Prd};
use super::planner::Survey;

/// The longest description of a task that an agent may write, in characters. People may write more: they type less.
pub const LONGEST_TEXT: usize = 8_000;
/// The longest entry of a list, in characters.
pub const LONGEST_ENTRY: usize = 1_000;
/// How many entries a list may have.
pub const MOST_ENTRIES: usize = 30;
/// The largest estimate, in whatever unit the team counts.
pub const LARGEST_ESTIMATE: u32 = 1_000;

/// A submission that makes sense.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What the sprint is for.
    pub prd: Prd,
    /// Its tasks, in the order of the submission.
    pub tasks: Vec<ProposedTask>,
}

/// A task as the planner proposes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedTask {
    /// The repository the work is done in.
    pub repo: RepoName,
    /// The issue that is this task already.
    pub issue: Option<IssueRef>,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// How one sees that it is done.
    pub acceptance: Vec<String>,
    /// The files it will likely touch.
    pub files: Vec<String>,
    /// Who might own it.
    pub owner: Option<Login>,
    /// Which agent.
    pub agent: AgentName,
    /// Why that agent.
    pub reason: Option<String>,
    /// How big it is.
    pub estimate: Option<u32>,
    /// What goes first.
    pub priority: Option<u32>,
    /// What must be done before it.
    pub after: Vec<Before>,
}

/// Something a proposed task waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Before {
    /// The task at this place of the proposal, from 0.
    Proposed(usize),
    /// The task that an issue of the milestone is.
    Issue(IssueRef),
}

/// What a submission is judged by.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The repository of the sprint issue, which `#12` refers to.
    pub home: RepoName,
    /// The repositories tasks may be in.
    pub repos: Vec<RepoName>,
    /// The people who can write, by repository.
    pub people: BTreeMap<RepoName, Vec<Login>>,
    /// What GitHub says about the sprint's issues, and the agents there are.
    pub survey: Survey,
    /// The plan as it is.
    pub previous: Option<Plan>,
    /// Whether what people decided before is to be forgotten.
    pub fresh: bool,
    /// How many tasks a plan may have.
    pub most_tasks: usize,
}

/// The name of the tool that takes a plan.
pub const SUBMIT: &str = "submit_plan";
/// The name of the tool that takes a question.
pub const ASK: &str = "ask_question";

/// A tool as an agent is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does, and when to use it.
    pub description: &'static str,
    /// What it takes, as a JSON Schema.
    pub schema: Value,
}

/// The tools of a planner agent.
pub fn tools() -> Vec<Tool> {
    vec![
        Tool {
            name: SUBMIT,
            description: "Submit the finished plan, whole. If it has flaws, the answer lists all of \
                          them: fix them and submit the whole plan again. After it is accepted, end \
                          your turn.",
            schema: plan_schema(),
        },
        Tool {
            name: ASK,
            description: "Ask the team a clarifying question about scope, priorities or constraints. \
                          It does not wait for the answer: go on asking, or end your turn; the \
                          answers come with the next prompt. At most five questions a round, so ask \
                          only what changes the plan and cannot be found in the code.",
            schema: json!({
                "type": "object",
                "properties": {
                    "question": { "type": "string", "minLength": 1, "maxLength": 1000 },
                    "options": {
                        "type": "array", "maxItems": 10,
                        "items": { "type": "string", "minLength": 1, "maxLength": 200 },
                        "description": "answers to choose from, where that helps",
                    },
                    "to": {
                        "type": "string",
                        "description": "the GitHub name of who should answer; whoever asked for \
                                        the plan, if left out",
                    },
                },
                "required": ["question"],
                "additionalProperties": false,
            }),
        },
        memory::tools::recall(),
    ]
}

fn plan_schema() -> Value {
    let text = |most: usize, what: &str| json!({ "type": "string", "minLength": 1, "maxLength": most, "description": what });
    let list = |what: &str| {
        json!({
            "type": "array", "maxItems": MOST_ENTRIES, "description": what,
            "items": { "type": "string", "minLength": 1, "maxLength": LONGEST_ENTRY },
        })
    };
    let whole = |most: u32, what: &str| json!({ "type": "integer", "minimum": 1, "maximum": most, "description": what });
    let task = json!({
        "type": "object",
        "properties": {
            "key": text(64, "a short name of yours, unique in this plan, for dependencies"),
            "issue": text(200, "owner/name#12, if the task is an issue of the milestone already; \
                its title and text then stay what the team wrote"),
            "title": text(LONGEST_TITLE, "what is done, in one line; not needed for an issue"),
            "description": text(LONGEST_TEXT, "what is to be done, for an agent that sees only \
                this and the code; not needed for an issue"),
            "repository": text(200, "owner/name of the one repository it changes"),
            "acceptance": list("how one sees that it is done"),
            "files": list("paths it will likely touch"),
            "depends_on": list("keys of tasks that must be merged before it begins, or \
                owner/name#12 for an issue of the milestone"),
            "estimate": whole(LARGEST_ESTIMATE, "how big it is; 1 is the smallest"),
            "priority": whole(LARGEST_ESTIMATE, "what goes first among tasks that could start: 1 \
                before 2"),
            "agent": text(64, "which specialist does it"),
            "reason": text(LONGEST_ENTRY, "why that specialist"),
            "owner": text(64, "GitHub name of the person proposed to be accountable, with write \
                access; leave it out if you cannot tell"),
        },
        "required": ["key", "agent"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "problem": text(LONGEST_TEXT, "what is wrong today, for whom"),
            "goals": list("what shall be true afterwards"),
            "non_goals": list("what is left out on purpose"),
            "constraints": list("what limits the solution"),
            "acceptance": list("how one sees that the sprint is done"),
            "risks": list("what may go wrong"),
            "tasks": { "type": "array", "minItems": 1, "items": task },
        },
        "required": ["problem", "goals", "acceptance", "tasks"],
        "additionalProperties": false,
    })
}
