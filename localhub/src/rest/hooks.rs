//! The webhook of an App and the log of its deliveries.
//! <https://docs.github.com/en/rest/apps/webhooks>

use axum::{Json, http::header::LINK, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, Input, Reply, accepted, ok};
use crate::{json::hook_config, model::Refusal};

/// What `PATCH /app/hook/config` takes.
#[derive(Default, Deserialize)]
pub(super) struct Config {
    url: Option<String>,
    secret: Option<String>,
}

pub(super) async fn config(call: Call) -> Reply {
    ok(hook_config(&*call.app()?))
}

pub(super) async fn configure(call: Call, Input(config): Input<Config>) -> Reply {
    let app = call.app()?.id;
    call.change(|change| {
        let app = change.world.apps.edit(app);
        if config.url.is_some() {
            app.webhook_url = config.url;
        }
        if let Some(secret) = config.secret {
            app.webhook_secret = secret;
        }
        Ok(())
    })
    .await?;
    ok(hook_config(&*call.app()?))
}

pub(super) async fn list(call: Call) -> Reply {
    let (app, view) = (call.app()?, call.view());
    let asked = |name| call.asked(name).and_then(|text| text.parse::<u64>().ok());
    let size = asked("per_page").unwrap_or(30).clamp(1, 100);
    let below = asked("cursor").unwrap_or(u64::MAX >> 1);
    // One more than asked for tells whether there is a next page.
    let mut found = Vec::new();
    let mut cursor = below;
    loop {
        let batch = call.hub.store().deliveries(app.id, cursor, 100).await?;
        let Some(last) = batch.last() else { break };
        cursor = last.id;
        found.extend(batch.into_iter().filter(|one| match call.asked("status") {
            Some("success") => (200..400).contains(&one.status_code),
            Some("failure") => (400..600).contains(&one.status_code),
            _ => true,
        }));
        if found.len() as u64 > size {
            break;
        }
    }
    let more = found.len() as u64 > size;
    found.truncate(usize::try_from(size).unwrap_or(100));
    let items: Vec<Value> = found.iter().map(|one| view.delivery(one, false)).collect();
    let mut response = Json(items).into_response();
    if let Some(last) = found.last().filter(|_| more) {
        let next = call.address_with("cursor", &last.id.to_string());
        if let Ok(link) = format!("<{next}>; rel=\"next\"").parse() {
            response.headers_mut().insert(LINK, link);
        }
    }
    Ok(response)
}

pub(super) async fn show(call: Call) -> Reply {
    let app = call.app()?;
    let found = call.hub.store().delivery(app.id, call.number("id")?).await?;
    ok(call.view().delivery(&found.ok_or(Refusal::NotFound)?, true))
}

pub(super) async fn redeliver(call: Call) -> Reply {
    let app = call.app()?;
    call.hub.redeliver(app.id, call.number("id")?).await?;
    accepted(json!({}))
}
