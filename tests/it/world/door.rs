//! Webhooks by hand, as GitHub would send them, or somebody who is not GitHub.

use std::sync::Arc;

use aws_lc_rs::hmac;
use team6::db::deliveries;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::team::Team;

impl Team {
    /// What GitHub would write beside this body.
    pub(crate) fn signature(&self, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.world.keys.webhook_secret.as_bytes());
        format!("sha256={}", hex::encode(hmac::sign(&key, body)))
    }

    /// A webhook comes, signed like this; how it is answered.
    pub(crate) async fn knocks(
        &self,
        id: &str,
        event: &str,
        signed: Option<&str>,
        body: Vec<u8>,
    ) -> u16 {
        send(&reqwest::Client::new(), &self.door().await, id, event, signed, body).await
    }

    /// A genuine webhook comes; how it is answered.
    pub(crate) async fn delivers(&self, id: &str, event: &str, body: Vec<u8>) -> u16 {
        let signed = self.signature(&body);
        self.knocks(id, event, Some(&signed), body).await
    }

    /// Webhooks of these names come over so many connections at the same time; the answers.
    pub(crate) async fn delivers_at_once(&self, connections: usize, ids: Vec<String>) -> Vec<u16> {
        let (door, body) = (self.door().await, b"{\"action\":\"created\"}".to_vec());
        let signed = self.signature(&body);
        let left = Arc::new(Mutex::new(ids));
        let mut senders = JoinSet::new();
        for _ in 0..connections {
            let (left, door) = (Arc::clone(&left), door.clone());
            let (signed, body) = (signed.clone(), body.clone());
            senders.spawn(async move {
                let (http, mut answers) = (reqwest::Client::new(), Vec::new());
                loop {
                    let Some(id) = left.lock().await.pop() else { return answers };
                    let body = body.clone();
                    answers.push(send(&http, &door, &id, "star", Some(&signed), body).await);
                }
            });
        }
        senders.join_all().await.concat()
    }

    /// How many webhooks are stored.
    pub(crate) async fn stored(&self) -> i64 {
        self.settles().await;
        let mut tx = self.world.db.read().await.unwrap();
        deliveries::count(&mut tx).await.unwrap().0
    }

    pub(super) async fn door(&self) -> String {
        let server = self.world.server.lock().await;
        format!("http://{}/webhook", server.as_ref().unwrap().address())
    }
}

async fn send(
    http: &reqwest::Client,
    door: &str,
    id: &str,
    event: &str,
    signed: Option<&str>,
    body: Vec<u8>,
) -> u16 {
    let headers = [
        ("x-github-delivery", Some(id).filter(|id| !id.is_empty())),
        ("x-github-event", Some(event).filter(|event| !event.is_empty())),
        ("x-hub-signature-256", signed),
    ];
    let mut request = http.post(door).body(body);
    for (name, value) in headers {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    request.send().await.unwrap().status().as_u16()
}
