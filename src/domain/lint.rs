//! What is wrong with a plan.

use super::ids::AgentName;
use super::plan::{Dependency, Plan};
use super::refusal::Refusal;

/// Everything that keeps a plan from being started, approvals aside, all at once.
pub fn flaws(plan: &Plan, agents: &[AgentName]) -> Vec<Refusal> {
    let mut flaws = Vec::new();
    if plan.tasks.is_empty() {
        flaws.push(Refusal::NothingToPlan);
    }
    flaws.extend(plan.cycles().into_iter().map(|tasks| Refusal::Cycle { tasks }));
    for task in &plan.tasks {
        if task.owner.is_none() {
            flaws.push(Refusal::NoOwner { task: task.number });
        }
        if !agents.contains(&task.agent) {
            flaws.push(Refusal::UnknownAgent { task: task.number, agent: task.agent.clone() });
        }
        flaws.extend(task.after.iter().filter_map(|dependency| match dependency {
            Dependency::Dropped(issue) => {
                Some(Refusal::WaitsForNothing { task: task.number, issue: issue.clone() })
            }
            Dependency::Unknown(issue) => {
                Some(Refusal::UnknownDependency { task: task.number, issue: issue.clone() })
            }
            Dependency::Task(_) | Dependency::Outside(_) => None,
        }));
    }
    flaws
}
