//! What scripts see and change of what is noted.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::Web;
use super::super::wish::NoteWish;
use super::asked::{At, Caller, Sent, With};
use super::doing::name_of;
use super::problem::{Always, Malformed, NotFound, Problem, Refused};
use crate::app::board::Done;
use crate::domain::ids::ProjectName;
use crate::say::page::notes;

/// What is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    /// Words; without them, all notes are listed, the latest first.
    about: Option<String>,
}

/// What is noted about a project to which you can write.
#[utoipa::path(
    get,
    path = "/projects/{project}/memory",
    tag = "projects",
    params(
        ("project" = String, Path, description = "The project's name"),
        About,
    ),
    responses(
        (status = 200, description = "Here it is", body = notes::View),
        Always,
        Malformed,
        NotFound,
    )
)]
pub(super) async fn memory(
    State(web): State<Web>,
    Caller(person): Caller,
    At(project): At<ProjectName>,
    With(sought): With<About>,
) -> Result<Json<notes::View>, Problem> {
    let about = sought.about.unwrap_or_default();
    let found = web.app().notes_page(&person, &project, &about).await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

/// Note something, correct a note, or have it forgotten.
///
/// A request with an `Idempotency-Key` is obeyed once, however often it is sent.
#[utoipa::path(
    post,
    path = "/projects/{project}/memory",
    tag = "projects",
    params(
        ("project" = String, Path, description = "The project's name"),
        ("idempotency-key" = Option<String>, Header, description = "What names this request among all of yours"),
    ),
    request_body = NoteWish,
    responses(
        (status = 204, description = "It is done, or was before"),
        Always,
        Malformed,
        NotFound,
        Refused,
    )
)]
pub(super) async fn remember(
    State(web): State<Web>,
    Caller(person): Caller,
    At(project): At<ProjectName>,
    headers: HeaderMap,
    Sent(wish): Sent<NoteWish>,
) -> Result<StatusCode, Problem> {
    let once = format!("api {person} {project} {}", name_of(&headers)?);
    match web.app().act_on_notes(&person, &project, &wish.wish(), &once).await? {
        Done::Yes => Ok(StatusCode::NO_CONTENT),
        Done::Unseen => Err(Problem::not_found()),
        Done::No(refusals) => Err(Problem::refused(&refusals)),
    }
}
