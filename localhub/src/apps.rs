//! What the author of an App needs to know about it.

use crate::{
    error::Error,
    hub::Hub,
    keys,
    model::{Actor, Refusal},
};

/// An App's identity and secrets, as its author got them from GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppKeys {
    /// The App's id.
    pub id: u64,
    /// The other thing a JSON web token may name as its issuer.
    pub client_id: String,
    /// What it shows when it signs people in.
    pub client_secret: String,
    /// The login of its bot.
    pub bot_login: String,
    /// The private key.
    pub pem: String,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Where it is installed: the login of the account, and the installation's id.
    pub installations: Vec<(String, u64)>,
}

impl Hub {
    /// The identity and secrets of an App.
    pub fn app(&self, slug: &str) -> Option<AppKeys> {
        let world = self.world();
        let app = world.app(slug)?;
        let installations = world.installations.iter().filter(|one| one.app == app.id);
        Some(AppKeys {
            id: app.id.0,
            client_id: app.client_id.clone(),
            client_secret: keys::client_secret(app),
            bot_login: world.accounts.at(app.bot).login.clone(),
            pem: app.pem.clone(),
            webhook_secret: app.webhook_secret.clone(),
            installations: installations
                .map(|one| (world.accounts.at(one.account).login.clone(), one.id.0))
                .collect(),
        })
    }

    /// Points an App's webhooks somewhere else; events before the first address are not told.
    pub async fn set_webhook_url(&self, slug: &str, url: &str) -> Result<(), Error> {
        let app = self.world().app(slug).map(|app| app.id).ok_or(Refusal::NotFound)?;
        let url = url.to_owned();
        self.change(Actor::App(app), |change| {
            change.world.apps.edit(app).webhook_url = Some(url);
            Ok(())
        })
        .await
    }
}
