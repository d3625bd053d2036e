//! The way to a new run, and the forms on it.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::visitor::Visitor;
use super::super::wish::{Task, assigned};
use super::{Page, Trouble, acting, framed, live};
use crate::app::board::{Act, Done, Topic};
use crate::domain::ids::{LaunchId, MilestoneNumber, RepoName, SprintId};
use crate::domain::launch::{Milestone, Opening, Stage, Wish};
use crate::domain::refusal::Refusal;
use crate::say::page::{Tab, wizard};

/// Where one begins.
#[derive(Deserialize)]
pub(in super::super) struct Where {
    repo: Option<RepoName>,
}

pub(in super::super) async fn scope(
    State(web): State<Web>,
    visitor: Visitor,
    Query(shown): Query<Where>,
) -> Page {
    let view = web.app().scope(visitor.login(), shown.repo.as_ref()).await?;
    let view = view.ok_or(Trouble::NotFound)?;
    let frame = framed(&web, &visitor, "New run", Tab::Runs, None).await?;
    Ok(Html(wizard::scope(&frame, &view)))
}

/// A sprint that is to be.
#[derive(Deserialize)]
pub(in super::super) struct New {
    csrf: String,
    once: String,
    repo: RepoName,
    milestone: String,
    #[serde(default)]
    title: String,
    goal: String,
    #[serde(default)]
    text: String,
}

pub(in super::super) async fn open(
    State(web): State<Web>,
    visitor: Visitor,
    axum::Form(new): axum::Form<New>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&new.csrf) {
        return Err(Trouble::Forged);
    }
    let milestone = match new.milestone.parse() {
        Ok(number) => Milestone::There(MilestoneNumber(number)),
        Err(_) => Milestone::New(new.title),
    };
    let opening = Opening { milestone, goal: new.goal, text: new.text };
    let back = format!("/new?repo={}", new.repo);
    let Some(opening) = opening.fit() else {
        let why = "a sprint needs a milestone with a name, and a goal".to_owned();
        let usage = "a line each".to_owned();
        let no = Done::No(vec![Refusal::Malformed { why, usage }]);
        return acting::answered(&visitor, &back, &back, no);
    };
    let place = (&new.repo, None);
    let wish = Wish::Open(opening);
    match web.app().launch(visitor.login(), place, wish, &new.once).await? {
        Ok(id) => Ok(Redirect::to(&format!("/launches/{id}")).into_response()),
        Err(done) => acting::answered(&visitor, &back, &back, done),
    }
}

/// From which task on a plan is looked at.
#[derive(Deserialize)]
pub(in super::super) struct From {
    from: Option<usize>,
}

pub(in super::super) async fn assignments(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
    Query(shown): Query<From>,
) -> Page {
    let live = live(&web, &visitor, &Topic::Sprint(id.clone())).await?;
    let person = visitor.login();
    let view = web.app().sprint_page(person, &id, None).await?.ok_or(Trouble::NotFound)?;
    let people = web.app().possible_owners(person, &id).await?;
    let mut frame = framed(&web, &visitor, "Assignments", Tab::Runs, live).await?;
    frame.refresh = view.planning.is_some();
    Ok(Html(wizard::assignments(&frame, &view, &people, shown.from)))
}

/// The fields of the assignments: `owner-3`, `agent-3`, and what all forms bring along.
type Fields = BTreeMap<String, String>;

pub(in super::super) async fn assign(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
    axum::Form(fields): axum::Form<Fields>,
) -> Result<Response, Trouble> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if !visitor.sent(field("csrf")) {
        return Err(Trouble::Forged);
    }
    let view = web.app().sprint_page(visitor.login(), &id, None).await?;
    let view = view.ok_or(Trouble::NotFound)?;
    let here = format!("/sprints/{id}/assignments");
    let there =
        if field("then") == "preview" { format!("/sprints/{id}/preview") } else { here.clone() };
    let lines = match field("drop").parse::<i64>() {
        Ok(task) => format!("/team6 drop T{task}"),
        Err(_) => {
            let now = view.tasks.iter().map(|task| Task {
                number: task.number,
                owner: task.owner.as_deref().unwrap_or_default(),
                agent: &task.agent,
            });
            assigned(now, &fields)
        }
    };
    if lines.is_empty() {
        return Ok(Redirect::to(&there).into_response());
    }
    let once = format!("{} {} assign", visitor.login(), field("once"));
    let act = Act::Line(lines);
    let done = web.app().act(visitor.login(), &id, &act, &once).await?;
    acting::answered(&visitor, &there, &here, done)
}

/// A task that is to be.
#[derive(Deserialize)]
pub(in super::super) struct Added {
    csrf: String,
    once: String,
    title: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    after: String,
}

pub(in super::super) async fn add(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
    axum::Form(new): axum::Form<Added>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&new.csrf) {
        return Err(Trouble::Forged);
    }
    let here = format!("/sprints/{id}/assignments");
    let once = format!("{} {} add", visitor.login(), new.once);
    let wish = super::super::wish::Wish::Add {
        title: new.title,
        owner: new.owner,
        agent: new.agent,
        after: new.after,
    };
    let Some(act) = wish.act() else {
        let why = "a name is no name, or a task is no task".to_owned();
        let usage = "T1, T2".to_owned();
        let no = Done::No(vec![Refusal::Malformed { why, usage }]);
        return acting::answered(&visitor, &here, &here, no);
    };
    let done = web.app().act(visitor.login(), &id, &act, &once).await?;
    acting::answered(&visitor, &here, &here, done)
}

pub(in super::super) async fn preview(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
) -> Page {
    let live = live(&web, &visitor, &Topic::Sprint(id.clone())).await?;
    let view = web.app().preview(visitor.login(), &id).await?.ok_or(Trouble::NotFound)?;
    let frame = framed(&web, &visitor, "Preview", Tab::Runs, live).await?;
    Ok(Html(wizard::preview(&frame, &view)))
}

/// A start.
#[derive(Deserialize)]
pub(in super::super) struct Go {
    csrf: String,
    once: String,
    #[serde(default)]
    despite: String,
}

pub(in super::super) async fn start(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
    axum::Form(go): axum::Form<Go>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&go.csrf) {
        return Err(Trouble::Forged);
    }
    let back = format!("/sprints/{id}/preview");
    let Some(repo) = web.app().home_of(&id).await? else { return Err(Trouble::NotFound) };
    let wish = Wish::Start { despite_warnings: !go.despite.is_empty() };
    match web.app().launch(visitor.login(), (&repo, Some(&id)), wish, &go.once).await? {
        Ok(launch) => Ok(Redirect::to(&format!("/launches/{launch}")).into_response()),
        Err(done) => acting::answered(&visitor, &back, &back, done),
    }
}

pub(in super::super) async fn launched(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<LaunchId>,
) -> Result<Response, Trouble> {
    let live = live(&web, &visitor, &Topic::Launch(id.clone())).await?;
    let view = web.app().launch_page(visitor.login(), &id).await?.ok_or(Trouble::NotFound)?;
    match (&view.run, &view.sprint) {
        (Some(run), _) => return Ok(Redirect::to(&format!("/runs/{run}")).into_response()),
        (None, Some(sprint)) if view.stage == Stage::Done => {
            return Ok(Redirect::to(&format!("/sprints/{sprint}/assignments")).into_response());
        }
        (None, _) => {}
    }
    let mut frame = framed(&web, &visitor, "New run", Tab::Runs, live).await?;
    frame.refresh = view.is_under_way();
    Ok(Html(wizard::launched(&frame, &view)).into_response())
}
