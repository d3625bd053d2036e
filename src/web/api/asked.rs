//! What a script shows and asks; what cannot be understood is answered in the API's own shape.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Web;
use super::problem::Problem;
use crate::db::sessions::Kind;
use crate::domain::ids::Login;

/// A script of this person's. Only its token counts, no cookie: so no page elsewhere can have a
/// browser ask in its person's name.
pub(super) struct Caller(pub(super) Login);

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|one| one.to_str().ok());
        let (scheme, token) =
            shown.and_then(|one| one.split_once(' ')).ok_or_else(Problem::unknown)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unknown());
        }
        let session = web.app().signed_in(token.trim(), Kind::Script).await?;
        session.map(|session| Self(session.login)).ok_or_else(Problem::unknown)
    }
}

/// What stands in the path.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, web).await;
        // What cannot be a name is the name of nothing.
        path.map(|Path(path)| Self(path)).map_err(|_| Problem::not_found())
    }
}

/// What stands behind the question mark.
pub(super) struct With<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for With<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, web).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|rejection| Problem::malformed(&rejection.body_text()))
    }
}

/// What a script sends.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Web> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let body: Result<Json<T>, JsonRejection> = Json::from_request(request, web).await;
        body.map(|Json(body)| Self(body))
            .map_err(|rejection| Problem::malformed(&rejection.body_text()))
    }
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Which page, from 1.
    #[serde(default = "first")]
    #[param(minimum = 1, default = 1)]
    page: u32,
    /// How many on a page.
    #[serde(default = "many")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    per_page: u32,
}

fn first() -> u32 {
    1
}

fn many() -> u32 {
    50
}

/// A part of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Listed<T: ToSchema> {
    /// What is on this page.
    items: Vec<T>,
    /// How many there are in all.
    total: usize,
    /// The page behind this one, if there is one.
    next_page: Option<u32>,
}

impl Part {
    /// This part of a whole list.
    pub(super) fn of<T: ToSchema>(self, all: Vec<T>) -> Result<Listed<T>, Problem> {
        if self.page == 0 || !(1..=100).contains(&self.per_page) {
            let detail = "`page` begins at 1, and `per_page` is between 1 and 100";
            return Err(Problem::malformed(detail));
        }
        let (total, many) = (all.len(), self.per_page as usize);
        let before = (self.page as usize - 1).saturating_mul(many);
        let items = all.into_iter().skip(before).take(many).collect();
        let next_page = (before.saturating_add(many) < total).then(|| self.page + 1);
        Ok(Listed { items, total, next_page })
    }
}
