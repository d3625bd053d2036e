//! A provider of models each of whose answers costs a dollar.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A provider that listens on this machine.
pub(crate) struct Provider {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Provider {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&calls);
        let answer = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Json(dollar()))
        };
        let router = Router::new().route("/chat/completions", post(answer));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, calls }
    }

    /// How often it was asked.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// The settings of a `frontend` agent that thinks with it, followed by more.
    pub(crate) fn settings(&self, more: &str) -> String {
        format!(
            "model = \"dear\"\n\
             set = {{ SCRIPTED_MODEL_URL = \"{{model_url}}\", SCRIPTED_MODEL_TOKEN = \"{{model_token}}\" }}\n\
             {more}\n\
             [models.dear]\nprovider = \"openai-compatible\"\nmodel = \"scripted\"\nbase_url = \"{}\"\n\
             [prices.scripted]\ninput = \"1\"\noutput = \"0\"\n",
            self.url
        )
    }
}

/// An answer that used a million tokens, at a dollar for a million.
fn dollar() -> Value {
    json!({
        "id": "1", "object": "chat.completion", "model": "scripted",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": "Go on." },
        }],
        "usage": { "prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000 },
    })
}
