//! One place for one execution at a time.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::backoff::Backoff;
use super::{Shared, execution};
use crate::domain::work::Claim;

/// Asks for work, does it, asks again, until `shutdown`.
pub(super) async fn serve(shared: Arc<Shared>, shutdown: CancellationToken) {
    let claim = Claim {
        worker: shared.settings.worker.clone(),
        incarnation: shared.incarnation.clone(),
        agents: shared.settings.agents.keys().cloned().collect(),
    };
    let mut backoff = Backoff::new(shared.settings.pause);
    loop {
        let claimed = tokio::select! {
            claimed = shared.server.claim(&claim) => claimed,
            () = shutdown.cancelled() => return,
        };
        match claimed {
            Ok(Some(claimed)) => {
                backoff.reset();
                let span = tracing::info_span!(
                    "execution",
                    execution.id = %claimed.assignment.execution,
                    agent = %claimed.assignment.agent,
                );
                execution::carry_out(&shared, claimed, &shutdown).instrument(span).await;
                shared.over.notify_one();
            }
            Ok(None) => backoff.reset(),
            Err(error) => {
                tracing::warn!(%error, "no work could be asked for");
                tokio::select! {
                    () = backoff.wait() => {}
                    () = shutdown.cancelled() => return,
                }
            }
        }
        if shutdown.is_cancelled() {
            return;
        }
    }
}
