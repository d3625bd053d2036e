//! What scripts see.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Web;
use super::asked::{At, Caller, Listed, Part, With};
use super::problem::{Always, Malformed, NotFound, Problem};
use crate::domain::diff::Diff;
use crate::domain::ids::{Attempt, RunId, SprintId, TaskNumber};
use crate::say::page::lists::{Agent, Card, Overview, Project};
use crate::say::page::run::ListedRun;
use crate::say::page::sprint::Version;
use crate::say::page::trace::Step;
use crate::say::page::wizard::Preview;
use crate::say::page::{run, sprint, task, why};

type Answer<T> = Result<Json<T>, Problem>;

/// Whose token it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// Their name on GitHub.
    login: String,
}

/// Which task.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// The task's number; without it, the whole sprint is meant.
    task: Option<TaskNumber>,
}

/// Which versions.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    /// The older version; without it, the one before the newer.
    from: Option<i64>,
    /// The newer version; without it, the latest.
    to: Option<i64>,
}

/// Who you are.
#[utoipa::path(
    get,
    path = "/me",
    tag = "you",
    responses(
        (status = 200, description = "Here it is", body = Me),
        Always,
    )
)]
pub(super) async fn me(Caller(person): Caller) -> Answer<Me> {
    Ok(Json(Me { login: person.0 }))
}

/// What waits for whom, and every sprint, by project.
#[utoipa::path(
    get,
    path = "/overview",
    tag = "sprints",
    responses(
        (status = 200, description = "Here it is", body = Overview),
        Always,
    )
)]
pub(super) async fn overview(State(web): State<Web>, Caller(person): Caller) -> Answer<Overview> {
    Ok(Json(web.app().overview(&person).await?))
}

/// The sprints you can see.
#[utoipa::path(
    get,
    path = "/sprints",
    tag = "sprints",
    params(
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Card>),
        Malformed,
        Always,
    )
)]
pub(super) async fn sprints(
    State(web): State<Web>,
    Caller(person): Caller,
    With(part): With<Part>,
) -> Answer<Listed<Card>> {
    let view = web.app().overview(&person).await?;
    let cards = view.projects.into_iter().flat_map(|group| group.sprints).collect();
    Ok(Json(part.of(cards)?))
}

/// A sprint: goal, plan, approvals, questions and runs.
#[utoipa::path(
    get,
    path = "/sprints/{sprint}",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
    ),
    responses(
        (status = 200, description = "Here it is", body = sprint::View),
        Always,
        NotFound,
    )
)]
pub(super) async fn sprint(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
) -> Answer<sprint::View> {
    found(web.app().sprint_page(&person, &id, None).await?)
}

/// The versions of a sprint's plan, latest first.
#[utoipa::path(
    get,
    path = "/sprints/{sprint}/versions",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Version>),
        Malformed,
        Always,
        NotFound,
    )
)]
pub(super) async fn versions(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
    With(part): With<Part>,
) -> Answer<Listed<Version>> {
    let versions = web.app().versions(&person, &id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(part.of(versions)?))
}

/// What changed from one version of a plan to another.
#[utoipa::path(
    get,
    path = "/sprints/{sprint}/difference",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
        Between,
    ),
    responses(
        (status = 200, description = "Here it is", body = Diff),
        Malformed,
        Always,
        NotFound,
    )
)]
pub(super) async fn difference(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
    With(between): With<Between>,
) -> Answer<Diff> {
    let Between { from, to } = between;
    found(web.app().difference(&person, &id, from, to).await?)
}

/// Why a sprint, or one of its tasks, does not move.
#[utoipa::path(
    get,
    path = "/sprints/{sprint}/why",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
        Which,
    ),
    responses(
        (status = 200, description = "Here it is", body = why::View),
        Malformed,
        Always,
        NotFound,
    )
)]
pub(super) async fn why(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
    With(which): With<Which>,
) -> Answer<why::View> {
    found(web.app().why_page(&person, &id, which.task).await?)
}

/// What would happen if a sprint were started now, and what speaks against it.
#[utoipa::path(
    get,
    path = "/sprints/{sprint}/preview",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
    ),
    responses(
        (status = 200, description = "Here it is", body = Preview),
        Always,
        NotFound,
    )
)]
pub(super) async fn preview(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
) -> Answer<Preview> {
    found(web.app().preview(&person, &id).await?)
}

/// The runs you can see, latest first.
#[utoipa::path(
    get,
    path = "/runs",
    tag = "runs",
    params(
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<ListedRun>),
        Malformed,
        Always,
    )
)]
pub(super) async fn runs(
    State(web): State<Web>,
    Caller(person): Caller,
    With(part): With<Part>,
) -> Answer<Listed<ListedRun>> {
    Ok(Json(part.of(web.app().runs_list(&person).await?)?))
}

/// A run: its tasks by wave, its agents, and what happened.
#[utoipa::path(
    get,
    path = "/runs/{run}",
    tag = "runs",
    params(
        ("run" = String, Path, description = "The run's id"),
    ),
    responses(
        (status = 200, description = "Here it is", body = run::View),
        Always,
        NotFound,
    )
)]
pub(super) async fn run(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<RunId>,
) -> Answer<run::View> {
    found(web.app().run_page(&person, &id).await?)
}

/// A task: its tries, what was said, and the last steps of its latest try.
#[utoipa::path(
    get,
    path = "/runs/{run}/tasks/{task}",
    tag = "runs",
    params(
        ("run" = String, Path, description = "The run's id"),
        ("task" = i64, Path, description = "The task's number"),
    ),
    responses(
        (status = 200, description = "Here it is", body = task::View),
        Always,
        NotFound,
    )
)]
pub(super) async fn task(
    State(web): State<Web>,
    Caller(person): Caller,
    At((run, number)): At<(RunId, TaskNumber)>,
) -> Answer<task::View> {
    found(web.app().task_page(&person, &run, number, None, None).await?)
}

/// What the agent said and did in a try, from its beginning.
#[utoipa::path(
    get,
    path = "/runs/{run}/tasks/{task}/tries/{attempt}/trace",
    tag = "runs",
    params(
        ("run" = String, Path, description = "The run's id"),
        ("task" = i64, Path, description = "The task's number"),
        ("attempt" = i64, Path, description = "Which try"),
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Step>),
        Malformed,
        Always,
        NotFound,
    )
)]
pub(super) async fn trace(
    State(web): State<Web>,
    Caller(person): Caller,
    At((run, number, attempt)): At<(RunId, TaskNumber, Attempt)>,
    With(part): With<Part>,
) -> Answer<Listed<Step>> {
    let steps = web.app().trace_of(&person, &run, number, look(attempt, false)).await?;
    Ok(Json(part.of(steps.ok_or_else(Problem::not_found)?)?))
}

/// What the review agent said and did when it looked at a try, from its beginning.
#[utoipa::path(
    get,
    path = "/runs/{run}/tasks/{task}/tries/{attempt}/review/trace",
    tag = "runs",
    params(
        ("run" = String, Path, description = "The run's id"),
        ("task" = i64, Path, description = "The task's number"),
        ("attempt" = i64, Path, description = "Which try"),
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Step>),
        Malformed,
        Always,
        NotFound,
    )
)]
pub(super) async fn review_trace(
    State(web): State<Web>,
    Caller(person): Caller,
    At((run, number, attempt)): At<(RunId, TaskNumber, Attempt)>,
    With(part): With<Part>,
) -> Answer<Listed<Step>> {
    let steps = web.app().trace_of(&person, &run, number, look(attempt, true)).await?;
    Ok(Json(part.of(steps.ok_or_else(Problem::not_found)?)?))
}

fn look(attempt: Attempt, is_review: bool) -> task::Look {
    task::Look { attempt: attempt.0, is_review }
}

/// The agents, and what each did in the sprints you can see.
#[utoipa::path(
    get,
    path = "/agents",
    tag = "agents",
    params(
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Agent>),
        Malformed,
        Always,
    )
)]
pub(super) async fn agents(
    State(web): State<Web>,
    Caller(person): Caller,
    With(part): With<Part>,
) -> Answer<Listed<Agent>> {
    Ok(Json(part.of(web.app().agents_page(&person).await?)?))
}

/// The projects, their queues, and who works for them.
#[utoipa::path(
    get,
    path = "/projects",
    tag = "projects",
    params(
        Part,
    ),
    responses(
        (status = 200, description = "Here it is", body = Listed<Project>),
        Malformed,
        Always,
    )
)]
pub(super) async fn projects(
    State(web): State<Web>,
    Caller(person): Caller,
    With(part): With<Part>,
) -> Answer<Listed<Project>> {
    Ok(Json(part.of(web.app().projects_page(&person).await?)?))
}

fn found<T>(what: Option<T>) -> Answer<T> {
    what.map(Json).ok_or_else(Problem::not_found)
}
