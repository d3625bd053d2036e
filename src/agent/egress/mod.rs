//! The way to the network for an agent whose project has a list of hosts: a proxy of its own, at a door of its sandbox.
//!
//! It speaks `CONNECT` and plain HTTP, and knows nothing of what goes through a tunnel. What it connects to is the very
//! address that it checked. Where a project has no list, there is no such door and no network.

mod counted;
mod journal;
mod proxy;
mod reach;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use journal::{News, Tally, Watch};
pub use reach::{Resolve, by_this_machine};

use self::journal::Journal;
use self::proxy::Proxy;
use super::sandbox::Listener;
use crate::causes::whole;
use crate::domain::egress::AllowList;

/// How many connections an agent may have at once; more wait.
const AT_ONCE: usize = 64;
/// How much of a request may be its head.
const HEAD: usize = 64 << 10;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To find a name, or to connect.
    pub connect: Duration,
    /// Without a byte in either direction.
    pub idle: Duration,
    /// For one connection.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            idle: Duration::from_mins(2),
            whole: Duration::from_hours(1),
        }
    }
}

/// What a way to the network needs.
pub struct Settings {
    /// What may be reached.
    pub allowed: AllowList,
    /// What the agent shows.
    pub token: String,
    /// How names are found.
    pub resolve: Resolve,
    /// Who hears what is reached.
    pub watch: Watch,
    /// How long things may take.
    pub patience: Patience,
}

/// An open way.
pub struct Egress {
    shut: CancellationToken,
    tasks: TaskTracker,
    journal: Arc<Journal>,
}

impl Egress {
    /// Serves at a door until it is closed.
    pub fn open(mut listener: Listener, settings: Settings) -> Self {
        let (shut, tasks) = (CancellationToken::new(), TaskTracker::new());
        let journal = Arc::new(Journal::new(settings.watch));
        let proxy = Arc::new(Proxy {
            allowed: settings.allowed,
            resolve: settings.resolve,
            patience: settings.patience,
            token: settings.token,
            journal: Arc::clone(&journal),
            tasks: tasks.clone(),
            shut: shut.clone(),
        });
        let (closed, inside) = (shut.clone(), tasks.clone());
        let room = Arc::new(Semaphore::new(AT_ONCE));
        tasks.spawn(async move {
            loop {
                let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
                let (stream, ()) = tokio::select! {
                    accepted = axum::serve::Listener::accept(&mut listener) => accepted,
                    () = closed.cancelled() => return,
                };
                let (proxy, closed) = (Arc::clone(&proxy), closed.clone());
                inside.spawn(async move {
                    let place = Arc::new(place);
                    let service =
                        service_fn(|asked| Arc::clone(&proxy).answer(asked, Arc::clone(&place)));
                    let talk = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(proxy.patience.idle)
                        .max_buf_size(HEAD)
                        .serve_connection(TokioIo::new(stream), service)
                        .with_upgrades();
                    tokio::select! {
                        ended = tokio::time::timeout(proxy.patience.whole, talk) => {
                            if let Ok(Err(error)) = ended {
                                tracing::debug!(error = %whole(&error), "an agent's connection ended");
                            }
                        }
                        () = closed.cancelled() => {}
                    }
                });
            }
        });
        Self { shut, tasks, journal }
    }

    /// Ends every connection; answers what was reached, by host.
    pub async fn close(self) -> BTreeMap<String, Tally> {
        self.shut.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.journal.tallies()
    }
}

impl Drop for Egress {
    fn drop(&mut self) {
        self.shut.cancel();
    }
}
