//! Telling those who wait that there may be something for them.

use tokio::sync::watch;

/// Rung when something may be there. Who listens hears what was rung since they last heard it, so
/// that nothing is missed between looking and waiting.
pub(super) struct Bell(watch::Sender<()>);

/// Somebody who listens; begin to listen before you look.
pub struct Listener(watch::Receiver<()>);

impl Bell {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub(super) fn ring(&self) {
        self.0.send_replace(());
    }

    pub(super) fn listener(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Listener {
    /// Waits until it was rung since the last time; forever, if nobody can ring any more.
    pub async fn rung(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn what_was_rung_between_looking_and_waiting_is_heard() {
        let bell = Bell::new();
        let mut listener = bell.listener();
        assert_eq!(listener.rung().now_or_never(), None);
        bell.ring();
        bell.ring();
        assert_eq!(listener.rung().now_or_never(), Some(()));
        assert_eq!(listener.rung().now_or_never(), None, "it was heard");
    }
}
