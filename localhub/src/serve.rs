//! Listening and telling, until told to stop.

use std::future::Future;

use tokio::net::TcpListener;

use crate::{error::Error, hub::Hub, origin::Origin, rest};

impl Hub {
    /// Serves pages, REST, GraphQL and git on a listener until `shutdown` is done.
    ///
    /// Addresses in answers start with the one the listener is bound to.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let origin = format!("http://{}", listener.local_addr()?);
        self.serve_as(&origin, listener, shutdown).await
    }

    /// Serves with another address in answers than the one bound, for use behind a proxy.
    pub async fn serve_as(
        &self,
        origin: &str,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        self.set_origin(Origin(origin.trim_end_matches('/').to_owned()));
        let stop = tokio_util::sync::CancellationToken::new();
        let (hub, stopped) = (self.clone(), stop.clone());
        self.spawn(async move {
            tokio::select! {
                () = hub.send_webhooks() => {}
                () = stopped.cancelled() => {}
            }
        });
        let served = axum::serve(listener, rest::router(self.clone()))
            .with_graceful_shutdown(shutdown)
            .await;
        stop.cancel();
        // What was started is finished, so that nothing is cut between git and the database.
        self.tasks().close();
        self.tasks().wait().await;
        self.tasks().reopen();
        Ok(served?)
    }

    /// Everything the hub answers, for callers in the same process; addresses in answers start with
    /// `origin`. Nobody is told of anything then, unless [`Hub::waiting`] is asked.
    pub fn router(&self, origin: &str) -> axum::Router {
        self.set_origin(Origin(origin.trim_end_matches('/').to_owned()));
        rest::router(self.clone())
    }

    /// Starts work that shutting down waits for.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.tasks().spawn(work)
    }
}
