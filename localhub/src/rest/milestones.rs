//! Milestones.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    problem::Problem,
};
use crate::model::{Milestone, Need, Refusal, change::milestones::MilestoneInput};

fn numbered(call: &Call) -> Result<Arc<Milestone>, Problem> {
    let repo = call.repo(Need::READ_ISSUES)?;
    let found = call.world().milestone(&repo, call.number("milestone")?).cloned();
    Ok(found.ok_or(Refusal::NotFound)?)
}

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::READ_ISSUES)?;
    let view = call.view();
    let state = call.asked("state").unwrap_or("open");
    let all = view.world.milestones.iter().filter(|one| one.repo == repo.id);
    let all = all.filter(|one| state == "all" || one.state.name() == state);
    let mut all: Vec<_> = all.cloned().collect();
    if call.asked("direction") == Some("desc") {
        all.reverse();
    }
    call.list(all, |one| view.milestone(&one))
}

pub(super) async fn create(call: Call, Input(input): Input<MilestoneInput>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    let id = call.change(|change| change.create_milestone(repo, &input)).await?;
    let view = call.view();
    created(view.milestone(view.world.milestones.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().milestone(&*numbered(&call)?))
}

pub(super) async fn edit(call: Call, Input(input): Input<MilestoneInput>) -> Reply {
    let id = numbered(&call)?.id;
    call.change(|change| change.edit_milestone(id, &input)).await?;
    ok(call.view().milestone(&*numbered(&call)?))
}

pub(super) async fn delete(call: Call) -> Reply {
    let id = numbered(&call)?.id;
    call.change(|change| change.delete_milestone(id)).await?;
    no_content()
}

/// A milestone has no labels of its own; these are those of its issues.
pub(super) async fn labels(call: Call) -> Reply {
    let (milestone, view) = (numbered(&call)?, call.view());
    let inside = view.world.issues.iter().filter(|issue| issue.milestone == Some(milestone.id));
    let labels: BTreeSet<_> = inside.flat_map(|issue| issue.labels.clone()).collect();
    call.list(labels.into_iter().collect(), |label| view.label(view.world.labels.at(label)))
}
