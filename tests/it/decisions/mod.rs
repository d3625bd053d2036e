//! What the core decides, without a world around it.

mod approving;
mod budgeting;
mod controlling;
mod delegating;
mod guiding;
mod linting;
mod listening;
mod permitting;
mod planning;
mod refining;
mod reviewing;
mod running;
mod starting;
mod talking;
mod task_machine;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use team6::domain::budget::Budgets;
use team6::domain::checklist::{Edit, Mark};
use team6::domain::effect::{Effect, Saying};
use team6::domain::ids::{
    AgentName, IssueNumber, IssueRef, Login, MilestoneNumber, ProjectName, RepoId, RepoName,
    SprintId, TaskNumber,
};
use team6::domain::lint::Surroundings;
use team6::domain::permission::Permission;
use team6::domain::plan::{Dependency, Plan, PlannedTask};
use team6::domain::planning::Planning;
use team6::domain::refusal::Refusal;
use team6::domain::sprint::{Decision, Edited, Event, Goal, Lack, No, Sprint, State};
use team6::domain::start::Start;

fn repo() -> RepoName {
    "acme/web".parse().unwrap()
}

fn login(name: &str) -> Login {
    Login(name.to_owned())
}

/// A task of ada's, in words that name it.
fn task(number: i64, after: &[i64]) -> PlannedTask {
    let title = format!("Task {number}");
    PlannedTask {
        issue: Some(IssueRef { repo: repo(), number: IssueNumber(10 + number) }),
        owner: Some(login("ada")),
        after: after.iter().map(|n| Dependency::Task(TaskNumber(*n))).collect(),
        ..PlannedTask::new(TaskNumber(number), repo(), &title, AgentName("builder".to_owned()))
    }
}

/// A sprint with a plan that nobody has approved.
fn planned(tasks: Vec<PlannedTask>) -> Sprint {
    Sprint {
        id: SprintId::of(RepoId(7), IssueNumber(1)),
        project: ProjectName("acme".to_owned()),
        repo: repo(),
        repo_id: RepoId(7),
        issue: IssueNumber(1),
        milestone: MilestoneNumber(1),
        goal: Goal::default(),
        state: State::Recognized,
        lack: None,
        planning: Planning::default(),
        plan: Some(Plan { version: 1, tasks, ..Plan::default() }),
        approvals: vec![],
        run: None,
    }
}

/// Edits the boxes of the plan comment.
fn edits(sprint: &Sprint, by: &str, may: Permission, edit: Edit) -> Decision {
    let edited = Edited {
        by: login(by),
        at: DateTime::<Utc>::UNIX_EPOCH,
        edit,
        permissions: BTreeMap::from([(repo(), may)]),
        key: "the edit".to_owned(),
    };
    sprint.decide(Event::Edited(edited)).unwrap()
}

fn ticks(sprint: &Sprint, by: &str, may: Permission, marks: Vec<Mark>) -> Decision {
    edits(sprint, by, may, Edit { ticked: marks, ..Edit::default() })
}

fn mark(sprint: &Sprint, number: i64) -> Mark {
    let task = sprint.plan.as_ref().unwrap().find(TaskNumber(number)).unwrap();
    Mark::Task(task.number, task.hash())
}

/// The box for the whole plan.
fn everything(sprint: &Sprint) -> Mark {
    Mark::Everything(sprint.plan.as_ref().unwrap().hash())
}

/// Everything approved by a maintainer.
fn approved(tasks: Vec<PlannedTask>) -> Sprint {
    let sprint = planned(tasks);
    ticks(&sprint, "ada", Permission::Maintain, vec![everything(&sprint)]).sprint
}

fn start_by(owners: &[(&str, Permission)]) -> Start {
    Start {
        by: login("ada"),
        around: around(owners),
        despite_warnings: false,
        taken: BTreeSet::new(),
        budgets: Budgets::default(),
    }
}

/// A world in which these people may do this, and nothing is wrong.
fn around(owners: &[(&str, Permission)]) -> Surroundings {
    Surroundings {
        agents: vec![AgentName("builder".to_owned())],
        owners: owners.iter().map(|(name, may)| (((*name).to_owned(), repo()), *may)).collect(),
        most_at_once: 100,
        ..Surroundings::default()
    }
}

fn started(sprint: &Sprint) -> Decision {
    sprint.decide(Event::Started(start_by(&[("ada", Permission::Write)]))).unwrap()
}

fn refused(result: Result<Decision, No>) -> Vec<String> {
    match result {
        Err(No::Refused(refusals)) => refusals.iter().map(ToString::to_string).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

/// What a decision says to a person instead of doing it.
fn explained(decision: &Decision) -> Vec<String> {
    let said = decision.effects.iter().find_map(|effect| {
        if let Effect::Say { saying: Saying::Refused { refusals, .. }, .. } = effect {
            Some(refusals.clone())
        } else {
            None
        }
    });
    said.unwrap_or_default().iter().map(Refusal::to_string).collect()
}

fn approvals(sprint: &Sprint) -> Vec<(i64, String)> {
    sprint.approvals.iter().map(|a| (a.task.0, a.by.0.clone())).collect()
}
