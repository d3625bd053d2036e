//! Deliveries: made with the change that caused them, sent in order, kept as a log.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use super::payload;
use crate::{
    error::Error,
    hub::Hub,
    json::View,
    model::{App, Change, Event, Id, Installation, Subject, World},
    origin::Origin,
};

/// One webhook to one App, before and after it was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) app: Id<App>,
    /// The same for every attempt to deliver the same event.
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) installation: Option<u64>,
    pub(crate) repository: Option<u64>,
    /// The body, with [`crate::origin::UNKNOWN`] where the origin belongs.
    pub(crate) payload: String,
    pub(crate) redelivery: bool,
    pub(crate) delivered_at: DateTime<Utc>,
    pub(crate) duration: f64,
    pub(crate) status: String,
    pub(crate) status_code: u16,
    pub(crate) request_headers: Value,
    pub(crate) response_headers: Value,
    pub(crate) response_body: String,
}

/// Wakes the sender, and those who wait for it to be done.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    due: Notify,
    done: Notify,
    /// The Apps that are being told something right now.
    pub(super) busy: Mutex<BTreeSet<Id<App>>>,
}

impl Outbox {
    pub(crate) fn wake(&self) {
        self.due.notify_one();
    }

    pub(super) fn finish(&self, app: Id<App>) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&app);
        self.done.notify_waiters();
        // Something may have come in after the last look.
        self.wake();
    }
}

/// What Apps have to be told of a change: one delivery per event and subscriber.
pub(crate) fn deliveries_of(change: &mut Change) -> Result<Vec<Delivery>, serde_json::Error> {
    let events = std::mem::take(&mut change.events);
    let mut deliveries = Vec::new();
    if events.is_empty() {
        return Ok(deliveries);
    }
    let view = View { world: Arc::new(change.world.clone()), origin: Origin::unknown() };
    for event in &events {
        for (app, installation) in subscribers(&view.world, event) {
            let payload = payload::render(&view, event, &app, &installation);
            deliveries.push(Delivery {
                id: change.next_id(),
                app: app.id,
                guid: uuid::Uuid::new_v4().to_string(),
                event: event.name.to_owned(),
                action: event.action.map(str::to_owned),
                installation: Some(installation.id.0),
                repository: event.repo.map(|repo| repo.0),
                payload: serde_json::to_string(&payload)?,
                redelivery: false,
                delivered_at: change.now,
                duration: 0.0,
                status: String::new(),
                status_code: 0,
                request_headers: Value::Null,
                response_headers: Value::Null,
                response_body: String::new(),
            });
        }
    }
    Ok(deliveries)
}

fn subscribers(world: &World, event: &Event) -> Vec<(Arc<App>, Arc<Installation>)> {
    let hears = |installation: &Arc<Installation>| {
        let app = world.apps.at(installation.app);
        app.webhook_url.as_ref()?;
        let told = match (event.repo, &event.subject) {
            (None, Subject::Installation(id) | Subject::Selected { installation: id, .. }) => {
                *id == installation.id
            }
            (None, _) => installation.app == app.id && event.sender == app.bot,
            (Some(_), _) if !installation.is_of_use() => false,
            // Of its own end a repository tells whoever could see it.
            (Some(repo), Subject::Repository) if event.action == Some("deleted") => {
                installation.account == world.repos.at(repo).owner
            }
            (Some(repo), _) => {
                installation.covers(world.repos.at(repo))
                    && installation.events.contains(event.name)
            }
        };
        // Only the App that made a check run, or that may see checks, hears of it.
        told.then(|| (Arc::clone(app), Arc::clone(installation)))
    };
    world.installations.iter().filter_map(hears).collect()
}

impl Hub {
    /// Sends a delivery once more, with the same GUID.
    /// <https://docs.github.com/en/rest/apps/webhooks#redeliver-a-delivery-for-an-app-webhook>
    pub(crate) async fn redeliver(&self, app: Id<App>, id: u64) -> Result<(), Error> {
        let found = self.store().delivery(app, id).await?;
        let old = found.ok_or(crate::model::Refusal::NotFound)?;
        let id = self.change(crate::model::Actor::App(app), |change| Ok(change.next_id())).await?;
        let redelivery = true;
        self.store().save(&[], &[Delivery { id, redelivery, ..old }], id).await?;
        self.outbox().wake();
        Ok(())
    }

    /// Waits until every webhook there is has been attempted.
    ///
    /// For tests: after this, what an App was going to hear it has heard.
    pub async fn settled(&self) -> Result<(), Error> {
        loop {
            // Registered before looking, so that nothing finishes unnoticed in between.
            let done = self.outbox().done.notified();
            let idle = self.outbox().busy.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            let mut due = false;
            for app in self.world().apps.iter() {
                due |= !self.store().due(app.id).await?.is_empty();
            }
            if idle && !due {
                return Ok(());
            }
            done.await;
        }
    }

    /// Sends what is due until the hub shuts down; one App never waits for another.
    pub(crate) async fn send_webhooks(&self) {
        loop {
            let apps: Vec<Id<App>> = self.world().apps.iter().map(|app| app.id).collect();
            for app in apps {
                let free =
                    self.outbox().busy.lock().unwrap_or_else(PoisonError::into_inner).insert(app);
                if free {
                    self.start_sending(app).await;
                }
            }
            self.outbox().due.notified().await;
        }
    }

    async fn start_sending(&self, app: Id<App>) {
        match self.store().due(app).await {
            Ok(due) if due.is_empty() => {
                self.outbox().busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&app);
                self.outbox().done.notify_waiters();
            }
            Ok(due) => {
                let hub = self.clone();
                self.spawn(async move {
                    hub.send_all(due).await;
                    hub.outbox().finish(app);
                });
            }
            Err(error) => {
                tracing::error!(%error, "cannot read what is due");
                self.outbox().busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&app);
            }
        }
    }
}
