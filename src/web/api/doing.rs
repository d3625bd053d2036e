//! What scripts do.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::super::Web;
use super::super::wish::Wish;
use super::asked::{At, Caller, Sent};
use super::problem::{Always, Malformed, NotFound, Problem, Refused};
use crate::app::board::Done;
use crate::domain::ids::SprintId;

/// The longest name of a request that is remembered.
const LONGEST_NAME: usize = 200;

/// Do something, as the `/team6` command of that name would.
///
/// GitHub is asked anew what you may do. A request with an `Idempotency-Key` is obeyed once,
/// however often it is sent.
#[utoipa::path(
    post,
    path = "/sprints/{sprint}/acts",
    tag = "sprints",
    params(
        ("sprint" = String, Path, description = "The sprint's id"),
        ("idempotency-key" = Option<String>, Header, description = "What names this request among all of yours"),
    ),
    request_body = Wish,
    responses(
        (status = 204, description = "It is done, or was before"),
        Malformed,
        Always,
        NotFound,
        Refused,
    )
)]
pub(super) async fn act(
    State(web): State<Web>,
    Caller(person): Caller,
    At(sprint): At<SprintId>,
    headers: HeaderMap,
    Sent(wish): Sent<Wish>,
) -> Result<StatusCode, Problem> {
    let name = name_of(&headers)?;
    let wrong = "a name is no name, or a text is empty or too long";
    let act = wish.act().ok_or_else(|| Problem::malformed(wrong))?;
    match web.app().act(&person, &sprint, &act, &format!("api {person} {sprint} {name}")).await? {
        Done::Yes => Ok(StatusCode::NO_CONTENT),
        Done::Unseen => Err(Problem::not_found()),
        Done::No(refusals) => Err(Problem::refused(&refusals)),
    }
}

/// What names a request among all of its person's.
pub(super) fn name_of(headers: &HeaderMap) -> Result<String, Problem> {
    let named = headers.get("idempotency-key").map(axum::http::HeaderValue::as_bytes);
    match named {
        Some(name) if LONGEST_NAME < name.len() => {
            Err(Problem::malformed("the idempotency key is too long"))
        }
        Some(name) => Ok(hex::encode(name)),
        None => Ok(uuid::Uuid::new_v4().simple().to_string()),
    }
}
