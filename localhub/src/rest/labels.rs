//! Labels of repositories and of issues.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    problem::Problem,
};
use crate::model::{
    Label, Need, Refusal,
    change::{issues::Named, labels::LabelInput},
};

/// Labels as these routes take them: in an object or bare.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Labels {
    Object { labels: Vec<Named> },
    Bare(Vec<Named>),
    Empty {},
}

impl Labels {
    fn names(&self) -> Vec<String> {
        match self {
            Self::Object { labels } | Self::Bare(labels) => {
                labels.iter().map(|label| label.name().to_owned()).collect()
            }
            Self::Empty {} => Vec::new(),
        }
    }
}

fn named(call: &Call) -> Result<Arc<Label>, Problem> {
    let repo = call.repo(Need::METADATA)?;
    let found = call.world().label(&repo, call.text("name")).cloned();
    Ok(found.ok_or(Refusal::NotFound)?)
}

pub(super) async fn list(call: Call) -> Reply {
    let repo = call.repo(Need::METADATA)?;
    let view = call.view();
    let all = view.world.labels.iter().filter(|label| label.repo == repo.id);
    call.list(all.cloned().collect(), |label| view.label(&label))
}

pub(super) async fn create(call: Call, Input(input): Input<LabelInput>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    let id = call.change(|change| change.create_label(repo, &input)).await?;
    let view = call.view();
    created(view.label(view.world.labels.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().label(&*named(&call)?))
}

pub(super) async fn edit(call: Call, Input(input): Input<LabelInput>) -> Reply {
    let id = named(&call)?.id;
    call.change(|change| change.edit_label(id, &input)).await?;
    let view = call.view();
    ok(view.label(view.world.labels.at(id)))
}

pub(super) async fn delete(call: Call) -> Reply {
    let id = named(&call)?.id;
    call.change(|change| change.delete_label(id)).await?;
    no_content()
}

pub(super) async fn of_issue(call: Call) -> Reply {
    let (issue, view) = (call.issue()?, call.view());
    call.list(view.labels(&issue), |label| label)
}

pub(super) async fn add_to_issue(call: Call, Input(labels): Input<Labels>) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.add_labels(issue, &labels.names())).await?;
    ok(call.view().labels(&*call.issue()?).into())
}

pub(super) async fn set_on_issue(call: Call, Input(labels): Input<Labels>) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.set_labels(issue, &labels.names())).await?;
    ok(call.view().labels(&*call.issue()?).into())
}

pub(super) async fn clear_issue(call: Call) -> Reply {
    let issue = call.issue()?.id;
    call.change(|change| change.set_labels(issue, &[])).await?;
    no_content()
}

pub(super) async fn take_off_issue(call: Call) -> Reply {
    let issue = call.issue()?.id;
    let removed = call.change(|change| change.remove_label(issue, call.text("name"))).await;
    removed.map_err(|problem| {
        if problem.status == 404 {
            Problem::new(problem.status, "Label does not exist")
        } else {
            problem
        }
    })?;
    ok(call.view().labels(&*call.issue()?).into())
}
