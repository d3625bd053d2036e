//! `/localhub/faults`, `/localhub/limits`, `/localhub/requests`: what goes wrong on purpose, what is
//! enforced, and what was asked.

use axum::{Json, Router, extract::State, routing::get};

use super::call::Input;
use crate::{
    faults::Plan,
    hub::Hub,
    traffic::{Limits, Request},
};

pub(super) fn routes() -> Router<Hub> {
    Router::new()
        .route("/localhub/faults", get(show).post(set).delete(clear))
        .route("/localhub/limits", get(limits).post(enforce).delete(lift))
        .route("/localhub/requests", get(requests))
}

async fn show(State(hub): State<Hub>) -> Json<Plan> {
    Json(hub.faults().plan())
}

async fn set(State(hub): State<Hub>, Input(plan): Input<Plan>) -> Json<Plan> {
    hub.faults().set(plan);
    Json(hub.faults().plan())
}

async fn limits(State(hub): State<Hub>) -> Json<Limits> {
    Json(hub.traffic().limits())
}

async fn enforce(State(hub): State<Hub>, Input(limits): Input<Limits>) -> Json<Limits> {
    hub.traffic().enforce(limits);
    Json(hub.traffic().limits())
}

async fn lift(State(hub): State<Hub>) -> Json<Limits> {
    hub.traffic().enforce(Limits::default());
    Json(hub.traffic().limits())
}

async fn requests(State(hub): State<Hub>) -> Json<Vec<Request>> {
    Json(hub.traffic().requests())
}

async fn clear(State(hub): State<Hub>) -> Json<Plan> {
    hub.faults().clear();
    Json(hub.faults().plan())
}
