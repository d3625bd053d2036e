//! What scripts set going, and how far it is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Web;
use super::asked::{At, Caller, Sent, With};
use super::doing::name_of;
use super::problem::{Always, Malformed, NotFound, Problem, Refused};
use crate::app::board::Done;
use crate::domain::ids::{LaunchId, Login, MilestoneNumber, RepoName, SprintId};
use crate::domain::launch::{Milestone, Opening, Wish};
use crate::say::page::wizard::{Launched, Scope};

type Begun = Result<(StatusCode, Json<Launched>), Problem>;

/// Where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Where {
    /// The repository; without it, only those there are.
    repo: Option<RepoName>,
}

/// A sprint that is to be. Where the milestone has a sprint issue already, that is the one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSprint {
    /// Where its issue shall be.
    repo: RepoName,
    /// Its milestone.
    milestone: Chosen,
    /// The goal, in a line.
    #[schema(min_length = 1, max_length = 250)]
    goal: String,
    /// What more there is to say.
    #[serde(default)]
    text: String,
}

/// A milestone by its number, or a new one by its title.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Chosen {
    /// One that is there.
    Number(MilestoneNumber),
    /// One of this title; it is made, unless there is an open one.
    Title(String),
}

/// A start.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Go {
    /// Whether its warnings were read and accepted.
    #[serde(default)]
    despite_warnings: bool,
}

/// Where you may begin a sprint, and with what.
#[utoipa::path(
    get,
    path = "/beginnings",
    tag = "launches",
    params(Where),
    responses(
        (status = 200, description = "Here it is", body = Scope),
        Always,
        Malformed,
        NotFound,
    )
)]
pub(super) async fn beginnings(
    State(web): State<Web>,
    Caller(person): Caller,
    With(shown): With<Where>,
) -> Result<Json<Scope>, Problem> {
    let found = web.app().scope(&person, shown.repo.as_ref()).await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

/// Open a sprint, and have it planned.
///
/// It takes a while: ask for the launch to see how far it is. A request with an `Idempotency-Key`
/// opens one sprint, however often it is sent.
#[utoipa::path(
    post,
    path = "/launches",
    tag = "launches",
    params(
        ("idempotency-key" = Option<String>, Header, description = "What names this request among all of yours"),
    ),
    request_body = NewSprint,
    responses(
        (status = 202, description = "It goes on by itself", body = Launched),
        Always,
        Malformed,
        NotFound,
        Refused,
    )
)]
pub(super) async fn open(
    State(web): State<Web>,
    Caller(person): Caller,
    headers: HeaderMap,
    Sent(new): Sent<NewSprint>,
) -> Begun {
    let name = name_of(&headers)?;
    let milestone = match new.milestone {
        Chosen::Number(number) => Milestone::There(number),
        Chosen::Title(title) => Milestone::New(title),
    };
    let opening = Opening { milestone, goal: new.goal, text: new.text }.fit();
    let wrong = "a sprint needs a milestone with a title, and a goal; neither is longer than 250";
    let opening = opening.ok_or_else(|| Problem::malformed(wrong))?;
    begin(&web, &person, (&new.repo, None), Wish::Open(opening), &name).await
}

/// Start a sprint whose plan is approved.
///
/// It takes a while: ask for the launch to see how far it is, and which run it became.
#[utoipa::path(
    post,
    path = "/sprints/{sprint}/launches",
    tag = "launches",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
        ("idempotency-key" = Option<String>, Header, description = "What names this request among all of yours"),
    ),
    request_body = Go,
    responses(
        (status = 202, description = "It goes on by itself", body = Launched),
        Always,
        Malformed,
        NotFound,
        Refused,
    )
)]
pub(super) async fn start(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<SprintId>,
    headers: HeaderMap,
    Sent(go): Sent<Go>,
) -> Begun {
    let name = name_of(&headers)?;
    let repo = web.app().home_of(&id).await?.ok_or_else(Problem::not_found)?;
    let wish = Wish::Start { despite_warnings: go.despite_warnings };
    begin(&web, &person, (&repo, Some(&id)), wish, &name).await
}

/// How far something is that you set going.
#[utoipa::path(
    get,
    path = "/launches/{launch}",
    tag = "launches",
    params(
        ("launch" = String, Path, description = "The launch's id"),
    ),
    responses(
        (status = 200, description = "Here it is", body = Launched),
        Always,
        NotFound,
    )
)]
pub(super) async fn launch(
    State(web): State<Web>,
    Caller(person): Caller,
    At(id): At<LaunchId>,
) -> Result<Json<Launched>, Problem> {
    let found = web.app().launch_page(&person, &id).await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

async fn begin(
    web: &Web,
    person: &Login,
    place: (&RepoName, Option<&SprintId>),
    wish: Wish,
    name: &str,
) -> Begun {
    let id = match web.app().launch(person, place, wish, &format!("api {name}")).await? {
        Ok(id) => id,
        Err(Done::No(refusals)) => return Err(Problem::refused(&refusals)),
        Err(Done::Unseen | Done::Yes) => return Err(Problem::not_found()),
    };
    let found = web.app().launch_page(person, &id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(found)))
}
