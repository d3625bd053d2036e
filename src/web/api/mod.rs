//! `/api/v1/…`: what the pages say and do, for scripts. Its description is made of this code.

mod asked;
mod doing;
mod launching;
mod looking;
mod problem;
mod remembering;

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::Problem;
use super::Web;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Team6",
        version = "1",
        description = "What the dashboard shows and does, for scripts. Make a token on the page \
                       /you. What you see and may do follows what you may do on GitHub at that \
                       moment; what you cannot see is not there."
    ),
    modifiers(&Tokens),
    security(("token" = []))
)]
struct Description;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let known = openapi.components.get_or_insert_default();
        known.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// The description, as it is handed out.
static DESCRIBED: LazyLock<String> =
    LazyLock::new(|| described().1.to_pretty_json().unwrap_or_default());

fn described() -> (Router<Web>, utoipa::openapi::OpenApi) {
    let all = OpenApiRouter::new()
        .routes(routes!(looking::me))
        .routes(routes!(looking::overview))
        .routes(routes!(looking::sprints))
        .routes(routes!(looking::sprint))
        .routes(routes!(looking::versions))
        .routes(routes!(looking::difference))
        .routes(routes!(looking::why))
        .routes(routes!(looking::preview))
        .routes(routes!(doing::act))
        .routes(routes!(launching::start))
        .routes(routes!(launching::beginnings))
        .routes(routes!(launching::open))
        .routes(routes!(launching::launch))
        .routes(routes!(looking::runs))
        .routes(routes!(looking::run))
        .routes(routes!(looking::task))
        .routes(routes!(looking::trace))
        .routes(routes!(looking::review_trace))
        .routes(routes!(looking::agents))
        .routes(routes!(looking::projects))
        .routes(routes!(remembering::memory))
        .routes(routes!(remembering::remember));
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", all).split_for_parts()
}

/// The API.
pub(super) fn router() -> Router<Web> {
    described()
        .0
        .route("/api/v1/openapi.json", get(description))
        .method_not_allowed_fallback(async || Problem::not_so())
        .route("/api/v1/{*rest}", axum::routing::any(async || Problem::not_found()))
}

async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIBED.as_str()).into_response()
}
