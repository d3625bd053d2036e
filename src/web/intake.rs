//! Storing webhooks together: each waits until it is on disk, and those that wait at the same time
//! share one commit.

use tokio::sync::{mpsc, oneshot};

use crate::app::{App, Received};
use crate::causes::whole;
use crate::db::deliveries::Delivery;

/// How many webhooks share a commit at most.
const BATCH: usize = 256;

type Waiting = (Delivery, oneshot::Sender<Option<Received>>);

/// Where webhooks are handed in.
#[derive(Clone)]
pub struct Intake {
    sender: mpsc::Sender<Waiting>,
}

/// Makes an intake, and what [`keep_storing`] stores from.
pub struct Line(mpsc::Receiver<Waiting>);

impl Intake {
    /// A new intake, and the line in front of the database.
    pub fn new() -> (Self, Line) {
        let (sender, receiver) = mpsc::channel(4 * BATCH);
        (Self { sender }, Line(receiver))
    }

    /// Stores a webhook; `None` if it could not be, and GitHub should know.
    pub async fn store(&self, delivery: Delivery) -> Option<Received> {
        let (answer, stored) = oneshot::channel();
        self.sender.send((delivery, answer)).await.ok()?;
        stored.await.ok().flatten()
    }
}

/// Stores what comes until every [`Intake`] is gone.
pub async fn keep_storing(app: App, mut line: Line) {
    let mut waiting: Vec<Waiting> = Vec::new();
    while line.0.recv_many(&mut waiting, BATCH).await != 0 {
        let (deliveries, answers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        match app.receive(&deliveries).await {
            Ok(received) => {
                for (answer, received) in answers.into_iter().zip(received) {
                    let _ = answer.send(Some(received));
                }
            }
            Err(error) => {
                tracing::error!(error = %whole(&error), webhooks = deliveries.len(), "cannot store webhooks");
                for answer in answers {
                    let _ = answer.send(None);
                }
            }
        }
    }
}
