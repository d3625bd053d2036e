//! One place for one execution at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::backoff::Backoff;
use super::room::TooLittle;
use super::{Shared, execution, room};
use crate::domain::work::Claim;

/// How long a worker waits for room.
const LATER: Duration = Duration::from_secs(15);

/// Asks for work, does it, asks again, until `shutdown`.
pub(super) async fn serve(shared: Arc<Shared>, shutdown: CancellationToken) {
    let claim = Claim {
        worker: shared.settings.worker.clone(),
        incarnation: shared.incarnation.clone(),
        agents: shared.settings.agents.keys().cloned().collect(),
    };
    let mut backoff = Backoff::new(shared.settings.pause);
    loop {
        if let Err(TooLittle { free_mb, wanted_mb }) = room::is_there(&shared) {
            tracing::warn!(free_mb, wanted_mb, "there is too little room on the disk to take work");
            // What may be removed makes room.
            shared.over.notify_one();
            tokio::select! {
                () = tokio::time::sleep(LATER) => continue,
                () = shutdown.cancelled() => return,
            }
        }
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
