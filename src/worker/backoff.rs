//! Waiting longer and longer, and never in step with the other workers.

use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait after each failure in a row.
pub(super) struct Backoff {
    first: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration) -> Self {
        Self { first, next: first }
    }

    /// Waits, longer than the last time.
    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(self.next()).await;
    }

    /// Between half and the whole of a time that doubles until it is half a minute.
    fn next(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        whole / 2 + jitter(whole / 2)
    }

    /// Begins anew, because something succeeded.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

fn jitter(most: Duration) -> Duration {
    let [byte, ..] = *uuid::Uuid::new_v4().as_bytes();
    most * u32::from(byte) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_stays_away_is_asked_less_and_less() {
        let mut backoff = Backoff::new(Duration::from_secs(1));
        for most in [1, 2, 4, 8, 16, 30, 30, 30] {
            let (waits, most) = (backoff.next(), Duration::from_secs(most));
            assert!(waits >= most / 2 && waits <= most, "{waits:?}");
        }
    }
}
