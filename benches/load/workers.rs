//! Agents without a process, and a visitor who measures how long everything takes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use team6::app::{App, Worker};
use team6::domain::ids::{AgentName, CommitSha, WorkerId};
use team6::domain::work::{Claim, Delivery, Lease, Outcome, Size, TraceLine, TurnEnded, Work};

use crate::measure::{milliseconds, say};

static CLAIMS: Mutex<Vec<f64>> = Mutex::new(Vec::new());

/// What each claim took that found work, in milliseconds.
pub(crate) fn claims() -> Vec<f64> {
    CLAIMS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Does what there is to do, for ever.
pub(crate) async fn work(app: App, nth: usize) {
    let claim = Claim {
        worker: WorkerId(format!("worker-{nth}")),
        incarnation: "1".to_owned(),
        agents: vec![AgentName("frontend".to_owned())],
        no_room: None,
    };
    let anybody = Worker { projects: None };
    loop {
        let begun = Instant::now();
        let claimed = match app.claim(&anybody, &claim).await {
            Ok(claimed) => claimed,
            Err(error) => {
                say(&format!("claiming: {error}"));
                None
            }
        };
        let Some(claimed) = claimed else {
            tokio::time::sleep(Duration::from_millis(250)).await;
            continue;
        };
        let took = milliseconds(begun.elapsed());
        CLAIMS.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        if let Err(error) = deliver(&app, claimed.assignment).await {
            say(&format!("delivering: {error}"));
        }
    }
}

async fn deliver(
    app: &App,
    assignment: team6::domain::work::Assignment,
) -> Result<(), team6::app::Error> {
    let lease = Lease { execution: assignment.execution.clone(), epoch: assignment.epoch };
    let Work::Task(checkout) = assignment.work else { return Ok(()) };
    let line = |seq| TraceLine {
        seq,
        kind: "message".to_owned(),
        body: serde_json::json!({ "text": "Something that an agent says about its work. ".repeat(4) }),
    };
    let _ = app.trace(&lease, (1..=20).map(line).collect()).await?;
    let ended = TurnEnded {
        epoch: lease.epoch,
        turn: 1,
        said: "It is done.".to_owned(),
        interrupted: false,
    };
    let _ = app.after_turn(&lease, &ended).await?;
    let _ = app.keep_bundle(&lease, vec![b' '; 4_000]).await?;
    let outcome = Outcome::Delivered(Delivery {
        head: CommitSha(checkout.base_sha.0.clone()),
        base_sha: checkout.base_sha,
        replaces: None,
        commits: vec!["Do it".to_owned()],
        summary: "It is done.".to_owned(),
        size: Size::default(),
    });
    let _ = app.finish(&lease, &outcome, None).await?;
    Ok(())
}

/// What a visitor measured, in milliseconds.
#[derive(Default)]
pub(crate) struct Probes(Mutex<Taken>);

#[derive(Clone, Default)]
pub(crate) struct Taken {
    pub(crate) webhooks: Vec<f64>,
    pub(crate) pages: Vec<f64>,
}

impl Probes {
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Taken::default();
    }

    pub(crate) fn taken(&self) -> Taken {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Sends a webhook that says nothing, and looks at a page, again and again.
pub(crate) async fn probe(url: String, secret: String, probes: Arc<Probes>) {
    let client = reqwest::Client::new();
    let body = br#"{"zen":"Anything added dilutes everything else."}"#;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = format!("sha256={}", hex::encode(hmac::sign(&key, body).as_ref()));
    loop {
        let begun = Instant::now();
        let sent = client
            .post(format!("{url}/webhook"))
            .header("x-github-event", "ping")
            .header("x-github-delivery", uuid::Uuid::new_v4().to_string())
            .header("x-hub-signature-256", &signature)
            .header("content-type", "application/json")
            .body(body.to_vec())
            .send()
            .await;
        let is_stored = sent.is_ok_and(|answer| answer.status() == 202);
        let webhook = milliseconds(begun.elapsed());
        let begun = Instant::now();
        let page = client.get(format!("{url}/metrics")).send().await;
        let is_shown = page.is_ok_and(|answer| answer.status().is_success());
        let page = milliseconds(begun.elapsed());
        if !is_stored || !is_shown {
            say(&format!("a webhook was stored: {is_stored}; the metrics were shown: {is_shown}"));
        }
        {
            let mut taken = probes.0.lock().unwrap_or_else(PoisonError::into_inner);
            taken.webhooks.push(webhook);
            taken.pages.push(page);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
