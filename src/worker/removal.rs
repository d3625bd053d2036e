//! Removing workspaces whose tasks are over, as the server says; nobody else knows.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Shared, hooks, server};
use crate::agent;
use crate::causes::whole;

const EVERY: Duration = Duration::from_secs(5);

/// Looks every few seconds, and whenever an execution is over, for what may be removed.
pub(super) async fn keep_removing(shared: Arc<Shared>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shared.over.notified() => {}
            () = shutdown.cancelled() => return,
        }
        if let Err(error) = remove(&shared, &shutdown).await {
            tracing::debug!(error = %whole(&error), "nothing is removed for now");
        }
        let workspaces = shared.workspaces.clone();
        // Deleting a big tree takes seconds, and waits for nobody.
        let _ = tokio::task::spawn_blocking(move || workspaces.empty_trash()).await;
    }
}

async fn remove(shared: &Shared, shutdown: &CancellationToken) -> Result<(), server::Error> {
    for key in shared.server.removable(&shared.settings.worker).await? {
        if shared.leases.works_in(&key) {
            continue;
        }
        let dir = shared.workspaces.dir(&key);
        if hooks::before_remove(shared, &key, shutdown).await {
            return Ok(());
        }
        if let Err(error) = agent::kill_leftovers(&dir).await {
            tracing::error!(workspace = key.as_str(), error = %whole(&error), "a workspace is kept");
        } else if let Err(error) = shared.workspaces.remove(&key) {
            tracing::error!(workspace = key.as_str(), error = %whole(&error), "a workspace is kept");
        }
    }
    Ok(())
}
