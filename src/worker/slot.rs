//! One place for one execution at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::backoff::Backoff;
use super::{Shared, execution, room};
use crate::causes::whole;
use crate::domain::work::{Claim, NoRoom};

/// How long a worker waits for room.
const LATER: Duration = Duration::from_secs(15);

/// Asks for work, does it, asks again, until `shutdown`.
pub(super) async fn serve(shared: Arc<Shared>, shutdown: CancellationToken) {
    let mut claim = Claim {
        worker: shared.settings.worker.clone(),
        incarnation: shared.incarnation.clone(),
        agents: shared.settings.agents.keys().cloned().collect(),
        no_room: None,
    };
    let mut backoff = Backoff::new(shared.settings.pause);
    loop {
        claim.no_room = room::is_missing(&shared);
        if let Some(NoRoom { free_mb, wanted_mb }) = claim.no_room {
            tracing::warn!(free_mb, wanted_mb, "there is too little room on the disk to take work");
            // What may be removed makes room.
            shared.over.notify_one();
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
            Ok(None) if claim.no_room.is_some() => tokio::select! {
                () = tokio::time::sleep(LATER) => {}
                () = shutdown.cancelled() => return,
            },
            Ok(None) => backoff.reset(),
            Err(error) => {
                tracing::warn!(error = %whole(&error), "no work could be asked for");
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
