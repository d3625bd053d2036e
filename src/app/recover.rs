//! Coming back: after our own death, and after a worker's.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::{App, Result};
use crate::causes::whole;
use crate::db::{Db, effects};
use crate::domain::ids::WorkerId;
use crate::queue::Claimant;

/// How often we look for leases that ran out.
const EVERY: Duration = Duration::from_secs(5);

impl App {
    /// Takes up what an earlier life left: what it was carrying out is free again, and every worker
    /// gets one lease of time to report back before it counts as lost.
    pub async fn come_back(&self) -> Result<()> {
        let lease = TimeDelta::seconds(i64::from(self.settings().queue.lease_seconds));
        let mut tx = self.db().begin().await?;
        match self.db() {
            // The file has one server, and that is us now.
            Db::Sqlite { .. } => {
                let freed = effects::free_all(&mut tx).await?;
                tracing::info!(effects = freed, "took up what was left");
            }
            // Other servers may be at work; what a dead one held runs out by itself.
            Db::Postgres(_) => {}
        }
        self.queue().grace(&mut tx, self.clock().now() + lease).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    /// Puts back into their queues at once what a worker held that has been stopped.
    pub async fn let_go(&self, worker: &WorkerId) -> Result<()> {
        let incarnation = String::new();
        let who = Claimant { worker: worker.clone(), incarnation, projects: None };
        let mut tx = self.db().begin().await?;
        let lost = self.queue().take_back(&mut tx, &who).await?;
        self.recovered(&mut tx, lost).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts back into their queues what lost workers held.
    pub async fn reap(&self) -> Result<()> {
        let mut tx = self.db().begin().await?;
        let lost = self.queue().reap(&mut tx, self.clock().now()).await?;
        if !lost.is_empty() {
            self.recovered(&mut tx, lost).await?;
            tx.commit().await?;
            self.wake();
        }
        Ok(())
    }
}

/// Looks for lost workers until `shutdown`.
pub async fn keep_recovering(app: App, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = app.clock().sleep(EVERY) => {}
            () = shutdown.cancelled() => return,
        }
        if let Err(error) = app.reap().await {
            tracing::error!(error = %whole(&error), "cannot look for lost workers");
        }
    }
}
