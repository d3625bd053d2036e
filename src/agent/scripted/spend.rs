//! How the scripted agent spends money when its task says so: a line `scripted: spend 3` has it ask
//! the model of its configuration three times, in all its sessions together. After `spend 3 stubbornly` it listens to
//! nobody any more, once it is refused.

use reqwest::StatusCode;
use serde_json::json;

use super::{Turn, line};

/// Where the agent remembers how often it asked.
const ASKED: &str = ".scripted-asked";

impl Turn {
    /// Asks its model as often as the task says and it has not yet; an error if it is refused.
    pub(super) async fn spends(&self, first: &str) -> Result<(), String> {
        let words = line(first, "scripted:").and_then(|words| words.strip_prefix("spend "));
        let mut words = words.unwrap_or_default().split_whitespace();
        let Some(times) = words.next().and_then(|times| times.parse::<u32>().ok()) else {
            return Ok(());
        };
        let is_stubborn = words.next() == Some("stubbornly");
        let Some(home) = std::env::home_dir() else { return Err("there is no home".to_owned()) };
        let file = home.join(ASKED);
        let asked = std::fs::read_to_string(&file).ok();
        let asked: u32 = asked.and_then(|text| text.parse().ok()).unwrap_or(0);
        for number in asked..times {
            let asked = self.asks_its_model().await;
            while is_stubborn && asked.is_err() {
                // Nothing else runs in this program meanwhile.
                std::thread::sleep(std::time::Duration::from_secs(1));
            }
            asked?;
            let kept = std::fs::write(&file, (number + 1).to_string());
            kept.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "an agent is told of its model by its environment"
    )]
    async fn asks_its_model(&self) -> Result<(), String> {
        let said = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let (url, token) = (said("SCRIPTED_MODEL_URL")?, said("SCRIPTED_MODEL_TOKEN")?);
        let body = json!({
            "model": "scripted", "messages": [{ "role": "user", "content": "What is next?" }],
        });
        let call = reqwest::Client::new().post(format!("{url}/v1/chat/completions"));
        let sent = call.bearer_auth(token).json(&body).send().await;
        let answer = sent.map_err(|error| error.to_string())?;
        match answer.status() {
            StatusCode::OK => {
                // Read to its end, as whoever wants the answer does.
                answer.bytes().await.map(drop).map_err(|error| error.to_string())
            }
            refused => Err(format!("the model answered {refused}")),
        }
    }
}
