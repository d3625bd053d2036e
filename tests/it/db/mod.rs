//! Every function of `db`, on every engine: a file for each table.

mod board;
mod bundles;
mod comments;
mod deliveries;
mod edits;
mod effects;
mod executions;
mod heard;
mod history;
mod launches;
mod notes;
mod parts_comments;
mod plans;
mod pull_checks;
mod repositories;
mod runs;
mod sessions;
mod spending;
mod sprints;
mod tasks;
mod traces;
mod transactions;
mod workers;

use team6::db::{self, Tx};
use team6::domain::budget::Purse;
use team6::domain::delegation::Delegation;
use team6::domain::dialogue::Dialogue;
use team6::domain::ids::{
    AgentName, BranchName, CommitSha, IssueNumber, IssueRef, Login, MilestoneNumber, ProjectName,
    RepoId, RepoName, RunId, RunNumber, SprintId, TaskNumber,
};
use team6::domain::plan::PlannedTask;
use team6::domain::planning::Planning;
use team6::domain::run::{self, Run};
use team6::domain::sprint::{Goal, Sprint, State};
use team6::domain::task::{self, Task};

use crate::engines::at;

fn repo(name: &str) -> RepoName {
    name.parse().unwrap()
}

fn issue(number: i64) -> IssueRef {
    IssueRef { repo: repo("acme/web"), number: IssueNumber(number) }
}

fn sha(digit: char) -> CommitSha {
    CommitSha(digit.to_string().repeat(40))
}

/// A sprint of acme/web whose issue and milestone have these numbers.
fn sprint(issue: i64, milestone: i64) -> Sprint {
    Sprint {
        id: SprintId::of(RepoId(7), IssueNumber(issue)),
        project: ProjectName("acme/web".into()),
        repo: repo("acme/web"),
        repo_id: RepoId(7),
        issue: IssueNumber(issue),
        milestone: MilestoneNumber(milestone),
        goal: Goal { milestone: "1.0".into(), title: "Dark mode".into(), text: "Für alle".into() },
        state: State::Recognized,
        lack: None,
        planning: Planning::default(),
        plan: None,
        approvals: Vec::new(),
        run: None,
    }
}

/// What the plan says about the task of this number, which issue 100 more describes.
fn planned(number: i64) -> PlannedTask {
    let issue = issue(100 + number);
    let title = format!("Task {number}");
    PlannedTask {
        issue: Some(issue.clone()),
        text: "Do it".into(),
        owner: Some(Login("ada".into())),
        estimate: Some(3),
        ..PlannedTask::new(TaskNumber(number), issue.repo, &title, AgentName("frontend".into()))
    }
}

fn task(number: i64, state: task::State) -> Task {
    let planned = planned(number);
    Task {
        branch: BranchName::of(planned.number, &planned.title),
        issue: issue(100 + number),
        planned,
        waits_for: Vec::new(),
        state,
        held_by: None,
        dialogue: Dialogue::default(),
        barred: Vec::new(),
        delegation: Delegation::default(),
        purse: Purse::default(),
    }
}

fn run(sprint: &Sprint, number: i64, state: run::State) -> Run {
    Run {
        id: RunId::of(&sprint.id, RunNumber(number)),
        number: RunNumber(number),
        state,
        started_by: Login("ada".into()),
        holds: Vec::new(),
        purse: Purse::default(),
        tasks: Vec::new(),
    }
}

/// A sprint with a first run under way and these tasks in it.
async fn under_way(tx: &mut Tx, issue: i64, tasks: &[Task]) -> (Sprint, Run) {
    let sprint = sprint(issue, issue);
    let run = run(&sprint, 1, run::State::Running);
    assert!(db::sprints::insert(tx, &sprint, crate::engines::at(0)).await.unwrap());
    db::runs::insert(tx, &sprint.id, &run, at(0)).await.unwrap();
    for task in tasks {
        let owner = task.planned.owner.clone().unwrap();
        db::tasks::insert(tx, &run.id, task, &owner, at(0)).await.unwrap();
    }
    (sprint, run)
}
