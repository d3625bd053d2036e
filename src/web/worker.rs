//! `/api/worker/…`: what workers ask and report.

use std::time::{Duration, Instant};

use aws_lc_rs::constant_time;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::time::timeout;

use super::{Failed, Web};
use crate::app::{Stale, Worker};
use crate::domain::ids::{Epoch, ExecutionId};
use crate::domain::work::{
    Claim, Finish, Lease, Renew, Renewal, Renewals, Renewed, Spent, ToolCall, TraceBatch, TurnEnded,
};

/// How long a claim is held while there is no work.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often a claim looks for work although nobody said that there is some.
const GLANCE: Duration = Duration::from_secs(1);

/// A request with a worker's token.
pub(super) struct Known(Worker);

impl FromRequestParts<Web> for Known {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        let shown = parts
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or(StatusCode::UNAUTHORIZED)?;
        let expected = web.inner.worker_token.as_bytes();
        constant_time::verify_slices_are_equal(shown.as_bytes(), expected)
            .map_err(|_| StatusCode::UNAUTHORIZED)?;
        Ok(Self(Worker { projects: None }))
    }
}

pub(super) async fn claim(
    State(web): State<Web>,
    Known(worker): Known,
    Json(claim): Json<Claim>,
) -> Result<Response, Failed> {
    let (begun, mut jobs) = (Instant::now(), web.app().jobs());
    loop {
        if let Some(claimed) = web.app().claim(&worker, &claim).await? {
            return Ok(Json(claimed).into_response());
        }
        if claim.no_room.is_some() || PATIENCE <= begun.elapsed() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        // A job whose time comes rings no bell, nor does one that another server put there.
        let _ = timeout(GLANCE, jobs.rung()).await;
    }
}

pub(super) async fn renew(
    State(web): State<Web>,
    Known(_): Known,
    Json(renew): Json<Renew>,
) -> Result<Json<Renewals>, Failed> {
    let mut renewals = web.app().renew(renew.leases.clone()).await?;
    allow(&web, &renew.spent, &mut renewals).await?;
    let patience = Duration::from_secs(renew.patience_seconds).min(PATIENCE);
    let is_news = |one: &Renewal| one.renewed != Renewed::GoOn || one.urgent != 0;
    let news = renewals.iter().any(is_news);
    if news || patience.is_zero() {
        return Ok(Json(Renewals { leases: renewals }));
    }
    web.app().show_that_time_passes(&renew.leases).await?;
    web.app().until_news(&renew.leases, patience).await?;
    let mut renewals = web.app().renew(renew.leases).await?;
    allow(&web, &renew.spent, &mut renewals).await?;
    Ok(Json(Renewals { leases: renewals }))
}

/// Adds what those may spend that said what they spent.
async fn allow(web: &Web, spent: &[Spent], renewals: &mut [Renewal]) -> Result<(), Failed> {
    for renewal in renewals {
        let said = spent.iter().find(|one| one.lease == renewal.lease);
        if let Some(said) = said.filter(|_| renewal.renewed == Renewed::GoOn) {
            renewal.allowance = web.app().spends(&said.lease, said.so_far).await?;
        }
    }
    Ok(())
}

pub(super) async fn removable(
    State(web): State<Web>,
    Known(_): Known,
) -> Result<Json<Vec<String>>, Failed> {
    Ok(Json(web.app().removable().await?))
}

pub(super) async fn trace(
    State(web): State<Web>,
    Known(_): Known,
    Path(execution): Path<ExecutionId>,
    Json(batch): Json<TraceBatch>,
) -> Result<StatusCode, Failed> {
    let lease = Lease { execution, epoch: batch.epoch };
    Ok(heard(web.app().trace(&lease, batch.lines).await?))
}

/// Which generation of its lease a bundle is from.
#[derive(Deserialize)]
pub(super) struct From {
    epoch: Epoch,
}

pub(super) async fn bundle(
    State(web): State<Web>,
    Known(_): Known,
    Path(execution): Path<ExecutionId>,
    Query(from): Query<From>,
    body: Bytes,
) -> Result<StatusCode, Failed> {
    let lease = Lease { execution, epoch: from.epoch };
    Ok(heard(web.app().keep_bundle(&lease, body.into()).await?))
}

pub(super) async fn call_tool(
    State(web): State<Web>,
    Known(_): Known,
    Path((execution, name)): Path<(ExecutionId, String)>,
    Json(call): Json<ToolCall>,
) -> Result<Response, Failed> {
    let lease = Lease { execution, epoch: call.epoch };
    Ok(answered(web.app().call_tool(&lease, &name, &call.arguments).await?))
}

pub(super) async fn after_turn(
    State(web): State<Web>,
    Known(_): Known,
    Path(execution): Path<ExecutionId>,
    Json(ended): Json<TurnEnded>,
) -> Result<Response, Failed> {
    let lease = Lease { execution, epoch: ended.epoch };
    Ok(answered(web.app().after_turn(&lease, &ended).await?))
}

pub(super) async fn finish(
    State(web): State<Web>,
    Known(_): Known,
    Path(execution): Path<ExecutionId>,
    Json(finish): Json<Finish>,
) -> Result<StatusCode, Failed> {
    let lease = Lease { execution, epoch: finish.epoch };
    web.app().spends(&lease, finish.spent).await?;
    Ok(heard(web.app().finish(&lease, &finish.outcome, finish.resets_at).await?))
}

fn heard(result: Result<(), Stale>) -> StatusCode {
    match result {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(Stale) => StatusCode::CONFLICT,
    }
}

fn answered(result: Result<impl serde::Serialize, Stale>) -> Response {
    match result {
        Ok(answer) => Json(answer).into_response(),
        Err(Stale) => StatusCode::CONFLICT.into_response(),
    }
}
