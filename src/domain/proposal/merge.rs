//! The plan that a proposal becomes, with what people decided before.

use super::{Before, Proposal, ProposedTask};
use crate::domain::ids::{IssueRef, TaskNumber};
use crate::domain::plan::{Dependency, Plan, PlannedTask, Suggestion};
use crate::domain::planner::{Candidate, Survey, plan};

/// The plan that a proposal becomes.
///
/// An issue of the milestone is a task, whether the planner named it or not. A task keeps the number
/// it had: found by its issue, or by its title. What people decided stays, unless it is to be
/// `fresh`: a value that is no longer what the planner once proposed was changed by a person.
pub fn merged(proposal: &Proposal, survey: &Survey, previous: Option<&Plan>, fresh: bool) -> Plan {
    let nothing = Plan::default();
    let before = previous.unwrap_or(&nothing);
    let kept = if fresh { &nothing } else { before };
    let base = plan(survey, previous, fresh);
    let numbers = numbers(proposal, &base, before, kept);
    let mut tasks: Vec<PlannedTask> = Vec::new();
    for (task, number) in proposal.tasks.iter().zip(&numbers) {
        let Some(number) = *number else { continue };
        let was = base.find(number).or_else(|| kept.find(number));
        let after = after(task, proposal, &numbers, &base);
        tasks.push(one(task, number, was, after, survey));
    }
    // Issues the planner left out, and tasks that people added.
    let is_there = |number| tasks.iter().any(|task| task.number == number);
    let others = base.tasks.iter().chain(&kept.tasks).filter(|task| !is_there(task.number));
    let mut others: Vec<PlannedTask> = others
        .filter(|task| base.find(task.number).is_some() || task.issue.is_none())
        .filter(|task| task.issue.is_some() || task.proposed.is_none())
        .cloned()
        .collect();
    tasks.append(&mut others);
    tasks.sort_by_key(|task| task.number);
    tasks.dedup_by_key(|task| task.number);
    let known: Vec<TaskNumber> = tasks.iter().map(|task| task.number).collect();
    for task in &mut tasks {
        task.after.retain(|dependency| match dependency {
            Dependency::Task(number) => known.contains(number) && *number != task.number,
            Dependency::Outside(_) | Dependency::Dropped(_) | Dependency::Unknown(_) => true,
        });
        task.after.sort();
        task.after.dedup();
    }
    let prd = Some(proposal.prd.clone());
    Plan { prd, tasks, dropped: kept.dropped.clone(), ..base }
}

/// The number of each proposed task; none for what people took out of the plan.
fn numbers(
    proposal: &Proposal,
    base: &Plan,
    before: &Plan,
    kept: &Plan,
) -> Vec<Option<TaskNumber>> {
    let mut next = base.next_number().max(before.next_number());
    let mut taken: Vec<TaskNumber> = Vec::new();
    let mut numbers = Vec::new();
    for task in &proposal.tasks {
        let same = |title: &str| title.trim().to_lowercase() == task.title.to_lowercase();
        let is_dropped = kept.dropped.iter().any(|dropped| match &task.issue {
            Some(issue) => dropped.issue.as_ref() == Some(issue),
            None => same(&dropped.title),
        });
        if is_dropped {
            numbers.push(None);
            continue;
        }
        let known = match &task.issue {
            Some(issue) => base.of_issue(issue).map(|task| task.number),
            None => {
                let was = base.tasks.iter().chain(&before.tasks);
                let mut was = was.filter(|was| was.repo == task.repo && same(&was.title));
                was.find(|was| {
                    // An issue that another task of the proposal names is that task's.
                    let named = |issue: &IssueRef| {
                        proposal.tasks.iter().any(|other| other.issue.as_ref() == Some(issue))
                    };
                    !was.issue.as_ref().is_some_and(named)
                })
                .map(|was| was.number)
            }
        };
        let number = known.filter(|number| !taken.contains(number)).unwrap_or_else(|| {
            let free = next;
            next.0 += 1;
            free
        });
        taken.push(number);
        numbers.push(Some(number));
    }
    numbers
}

/// What a proposed task waits for, as far as it is in the plan.
fn after(
    task: &ProposedTask,
    proposal: &Proposal,
    numbers: &[Option<TaskNumber>],
    base: &Plan,
) -> Vec<Dependency> {
    let of_issue = |issue: &IssueRef| {
        let at = proposal.tasks.iter().position(|other| other.issue.as_ref() == Some(issue));
        match at {
            Some(at) => numbers.get(at).copied().flatten(),
            None => base.of_issue(issue).map(|task| task.number),
        }
    };
    let mut after: Vec<Dependency> = task
        .after
        .iter()
        .filter_map(|before| match before {
            Before::Proposed(at) => numbers.get(*at).copied().flatten(),
            Before::Issue(issue) => of_issue(issue),
        })
        .map(Dependency::Task)
        .collect();
    after.sort();
    after.dedup();
    after
}

/// One task: what the planner proposes, below what its issue says and people decided.
fn one(
    task: &ProposedTask,
    number: TaskNumber,
    was: Option<&PlannedTask>,
    after: Vec<Dependency>,
    survey: &Survey,
) -> PlannedTask {
    let now = Suggestion {
        title: task.title.clone(),
        text: task.text.clone(),
        owner: task.owner.clone(),
        agent: task.agent.clone(),
        estimate: task.estimate,
        priority: task.priority,
        after,
    };
    let new = || PlannedTask {
        text: now.text.clone(),
        owner: now.owner.clone(),
        estimate: now.estimate,
        priority: now.priority,
        after: now.after.clone(),
        proposed: Some(now.clone()),
        ..PlannedTask::new(number, task.repo.clone(), &now.title, now.agent.clone())
    };
    let mut planned = was.cloned().unwrap_or_else(new);
    match planned.proposed.clone() {
        Some(then) => amend(&mut planned, &then, &now),
        None => fill(&mut planned, &now, survey),
    }
    planned.acceptance.clone_from(&task.acceptance);
    planned.files.clone_from(&task.files);
    planned.reason = task.reason.clone().filter(|_| planned.agent == task.agent);
    planned.proposed = Some(now);
    planned
}

/// Puts in what the planner proposes now where people left what it proposed then.
fn amend(task: &mut PlannedTask, then: &Suggestion, now: &Suggestion) {
    fn follow<T: PartialEq + Clone>(value: &mut T, then: &T, now: &T) {
        if value == then {
            value.clone_from(now);
        }
    }
    if task.issue.is_none() {
        follow(&mut task.title, &then.title, &now.title);
        follow(&mut task.text, &then.text, &now.text);
    }
    follow(&mut task.owner, &then.owner, &now.owner);
    follow(&mut task.agent, &then.agent, &now.agent);
    follow(&mut task.estimate, &then.estimate, &now.estimate);
    follow(&mut task.priority, &then.priority, &now.priority);
    task.after.retain(|one| !then.after.contains(one) || now.after.contains(one));
    task.after.extend(now.after.iter().filter(|one| !then.after.contains(one)).cloned());
}

/// Puts in what the planner proposes where an issue, or whoever added the task, says nothing.
fn fill(task: &mut PlannedTask, now: &Suggestion, survey: &Survey) {
    let is_labelled = task.issue.as_ref().is_none_or(|issue| {
        let named = |one: &Candidate| {
            one.issue == *issue && one.labels.iter().any(|label| label.starts_with("agent:"))
        };
        survey.candidates.iter().any(named)
    });
    if !is_labelled {
        task.agent = now.agent.clone();
    }
    if task.text.trim().is_empty() {
        task.text.clone_from(&now.text);
    }
    task.owner = task.owner.take().or_else(|| now.owner.clone());
    task.estimate = task.estimate.or(now.estimate);
    task.priority = task.priority.or(now.priority);
    task.after.extend(now.after.iter().cloned());
}
