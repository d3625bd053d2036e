//! Check runs.

use std::sync::Arc;

use axum::{Json, response::IntoResponse};

use super::{
    call::{Call, Input, Reply, created, ok},
    problem::Problem,
};
use crate::model::{CheckRun, Id, Need, Refusal, change::checks::CheckInput};

impl Call {
    fn check(&self) -> Result<Arc<CheckRun>, Problem> {
        let (repo, id) = (self.repo(Need::READ_CHECKS)?, self.number("check")?);
        let found = self.world().checks.find(Id::new(id)).cloned();
        Ok(found.filter(|run| run.repo == repo.id).ok_or(Refusal::NotFound)?)
    }
}

pub(super) async fn create(call: Call, Input(input): Input<CheckInput>) -> Reply {
    let repo = call.repo(Need::METADATA)?.id;
    if let Some(sha) = &input.head_sha
        && call.hub.git(repo).resolve(sha).await?.as_ref() != Some(sha)
    {
        let message = format!("No commit found for SHA: {sha}");
        return Err(Refusal::Unprocessable(message).into());
    }
    let id = call.change(|change| change.create_check(repo, &input)).await?;
    let view = call.view();
    created(view.check(view.world.checks.at(id)))
}

pub(super) async fn show(call: Call) -> Reply {
    ok(call.view().check(&*call.check()?))
}

pub(super) async fn edit(call: Call, Input(input): Input<CheckInput>) -> Reply {
    let id = call.check()?.id;
    call.change(|change| change.edit_check(id, &input)).await?;
    ok(call.view().check(&*call.check()?))
}

/// The runs on a commit; unless all are asked for, the latest of each App and name.
pub(super) async fn of_commit(call: Call) -> Reply {
    let repo = call.repo(Need::READ_CHECKS)?;
    let sha = call.resolve(repo.id, call.text("ref")).await?;
    let view = call.view();
    let app = call.asked("app_id").and_then(|id| id.parse::<u64>().ok());
    let of_commit = |run: &&Arc<CheckRun>| run.repo == repo.id && run.head_sha == sha;
    let all: Vec<_> = view.world.checks.iter().filter(of_commit).cloned().collect();
    let wanted = all.iter().rev().filter(|run| {
        let newer = all.iter().rfind(|other| other.name == run.name && other.app == run.app);
        let latest = newer.is_none_or(|newer| newer.id == run.id);
        (latest || call.asked("filter") == Some("all"))
            && call.asked("check_name").is_none_or(|name| run.name == name)
            && call.asked("status").is_none_or(|status| run.status == status)
            && app.is_none_or(|app| run.app.0 == app)
    });
    let wanted = wanted.cloned().collect();
    let (body, page, count) = call.counted("check_runs", wanted, |run| view.check(&run))?;
    Ok(call.linked(page, count, Json(body).into_response()))
}
