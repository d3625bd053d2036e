//! `/localhub/faults`: what goes wrong on purpose.

use axum::{Json, Router, extract::State, routing::get};

use super::call::Input;
use crate::{faults::Plan, hub::Hub};

pub(super) fn routes() -> Router<Hub> {
    Router::new().route("/localhub/faults", get(show).post(set).delete(clear))
}

async fn show(State(hub): State<Hub>) -> Json<Plan> {
    Json(hub.faults().plan())
}

async fn set(State(hub): State<Hub>, Input(plan): Input<Plan>) -> Json<Plan> {
    hub.faults().set(plan);
    Json(hub.faults().plan())
}

async fn clear(State(hub): State<Hub>) -> Json<Plan> {
    hub.faults().clear();
    Json(hub.faults().plan())
}
