//! What people say to an agent at once: which message interrupts it, and which it was told.

use tokio::sync::watch;

/// Messages are numbered; one interrupts whoever was told none as late.
pub(super) struct Urgent {
    urgent: watch::Sender<i64>,
    told: watch::Sender<i64>,
}

impl Urgent {
    /// For an agent that was told everything until this message.
    pub(super) fn new(told: i64) -> Self {
        Self { urgent: watch::channel(0).0, told: watch::channel(told).0 }
    }

    /// A message is there that cannot wait; the server says so until the agent was told.
    pub(super) fn comes(&self, message: i64) {
        self.urgent.send_replace(message);
    }

    /// The agent was told everything until this message.
    pub(super) fn is_told(&self, message: i64) {
        self.told.send_replace(message);
    }

    /// Ends when there is a message that the agent must hear now.
    pub(super) async fn interrupts(&self) {
        let told = *self.told.borrow();
        let mut urgent = self.urgent.subscribe();
        if urgent.wait_for(|message| told < *message).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
