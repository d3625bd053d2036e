//! An execution's way to the network, where its project has a list of hosts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::spool::Spool;
use super::stop::{Stop, failed};
use crate::agent::egress::{Egress, News, Patience, Settings, by_this_machine};
use crate::agent::sandbox::Door;
use crate::agent::{Place, Sandbox};
use crate::domain::egress::AllowList;
use crate::domain::work::Class;

/// The way, if there is one.
pub(super) struct Network {
    egress: Option<Egress>,
    environment: BTreeMap<String, String>,
}

/// Which variables programs look for a proxy in.
const PROXIES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// What is not reached through it: the other doors.
const DIRECTLY: [&str; 2] = ["NO_PROXY", "no_proxy"];

impl Network {
    /// Opens a door to the network for what will run at `place`, if it may reach anything.
    pub(super) fn open(
        hosts: &[String],
        sandbox: &Sandbox,
        place: &mut Place,
        spool: &Arc<Spool>,
    ) -> Result<Self, Stop> {
        let allowed =
            AllowList::parse(hosts).map_err(|words| failed(Class::Misconfigured, words))?;
        if allowed.is_empty() {
            return Ok(Self { egress: None, environment: BTreeMap::new() });
        }
        let broken = |error: &dyn std::fmt::Display| {
            failed(Class::Machinery, format!("opening the agent's way to the network: {error}"))
        };
        let (listener, mut url) =
            sandbox.door(place, Door::Network).map_err(|error| broken(&error))?;
        let token = uuid::Uuid::new_v4().simple().to_string();
        spool.hides(&token);
        let named = url.set_username("team6").and_then(|()| url.set_password(Some(&token)));
        named.map_err(|()| broken(&"its address takes no token"))?;
        let heard = Arc::clone(spool);
        let settings = Settings {
            allowed,
            token,
            resolve: by_this_machine(),
            watch: Arc::new(move |news| heard.tell(&words(news))),
            patience: Patience::default(),
        };
        let url = url.as_str().trim_end_matches('/');
        let proxies = PROXIES.map(|name| (name, url));
        let directly = DIRECTLY.map(|name| (name, "127.0.0.1,localhost"));
        // Node asks for a proxy only if it is told to.
        let all = proxies.into_iter().chain(directly).chain([("NODE_USE_ENV_PROXY", "1")]);
        let environment = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { egress: Some(Egress::open(listener, settings)), environment })
    }

    /// The variables by which programs find it.
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        self.environment.clone()
    }

    /// Closes it, and notes what was reached.
    pub(super) async fn close(self, spool: &Spool) {
        let Some(egress) = self.egress else { return };
        let tallies = egress.close().await;
        for (host, tally) in &tallies {
            tracing::info!(
                host,
                reached = tally.reached,
                refused = tally.refused,
                sent = tally.sent,
                received = tally.received,
                "what an agent did on the network"
            );
        }
        if !tallies.is_empty() {
            spool.push("network", json!(tallies));
        }
    }
}

fn words(news: News) -> String {
    match news {
        News::Reached { host } => format!("Reaches {host}"),
        News::Refused { host, why } => format!("Was refused {host}: {why}"),
    }
}
