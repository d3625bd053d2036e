//! Apps, installations, tokens, deliveries.

use serde_json::{Value, json};

use super::{View, maybe_time, node_id, time};
use crate::{
    model::{App, Id, Installation, Repo, Token},
    origin::UNKNOWN,
    webhooks::Delivery,
};

impl View {
    /// `integration`.
    pub(crate) fn app(&self, app: &App) -> Value {
        json!({
            "id": app.id.0,
            "slug": app.slug,
            "node_id": node_id("A", app.id.0),
            "client_id": app.client_id,
            "owner": self.user(app.owner),
            "name": app.name,
            "description": null,
            "external_url": self.origin.page(""),
            "html_url": self.origin.page(&format!("apps/{}", app.slug)),
            "created_at": time(app.created_at),
            "updated_at": time(app.created_at),
            "permissions": app.permissions,
            "events": app.events,
        })
    }

    pub(crate) fn maybe_app(&self, app: Option<Id<App>>) -> Value {
        app.map_or(Value::Null, |app| self.app(self.world.apps.at(app)))
    }

    /// `installation`.
    pub(crate) fn installation(&self, installation: &Installation) -> Value {
        let app = self.world.apps.at(installation.app);
        let id = installation.id.0;
        let account = self.world.accounts.at(installation.account);
        let user = self.account(account);
        json!({
            "id": id,
            "client_id": app.client_id,
            "target_type": user["type"],
            "account": user,
            "repository_selection": selection(installation.selected.is_some()),
            "access_tokens_url": self.origin.api(&format!("app/installations/{id}/access_tokens")),
            "repositories_url": self.origin.api("installation/repositories"),
            "html_url": self.origin.page(&format!("settings/installations/{id}")),
            "app_id": app.id.0,
            "app_slug": app.slug,
            "target_id": account.id.0,
            "permissions": installation.permissions,
            "events": installation.events,
            "created_at": time(installation.created_at),
            "updated_at": time(installation.created_at),
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": null,
            "suspended_at": maybe_time(installation.suspended_at),
        })
    }

    /// The repositories of an installation as installation webhooks list them.
    pub(crate) fn covered(&self, installation: &Installation) -> Value {
        let covered = self.world.repos.iter().filter(|repo| installation.covers(repo));
        covered.map(|repo| self.brief(repo)).collect()
    }

    /// A repository as installation webhooks name it.
    pub(crate) fn brief(&self, repo: &Repo) -> Value {
        json!({
            "id": repo.id.0,
            "node_id": node_id("R", repo.id.0),
            "name": repo.name,
            "full_name": self.world.full_name(repo),
            "private": repo.private,
        })
    }

    /// `installation-token`.
    pub(crate) fn token(&self, token: &Token) -> Value {
        let selected = self.world.installations.at(token.installation).selected.is_some();
        let mut body = json!({
            "token": token.secret,
            "expires_at": time(token.expires_at),
            "permissions": token.permissions,
            "repository_selection": selection(selected || token.repos.is_some()),
        });
        if let Some(repos) = &token.repos {
            let repos = repos.iter().map(|repo| self.repository(self.world.repos.at(*repo)));
            body["repositories"] = repos.collect();
        }
        body
    }

    /// `hook-delivery-item`, and with `whole` `hook-delivery`.
    pub(crate) fn delivery(&self, delivery: &Delivery, whole: bool) -> Value {
        let mut body = json!({
            "id": delivery.id,
            "guid": delivery.guid,
            "delivered_at": time(delivery.delivered_at),
            "redelivery": delivery.redelivery,
            "duration": delivery.duration,
            "status": delivery.status,
            "status_code": delivery.status_code,
            "event": delivery.event,
            "action": delivery.action,
            "installation_id": delivery.installation,
            "repository_id": delivery.repository,
            "throttled_at": null,
        });
        if whole {
            let payload = delivery.payload.replace(UNKNOWN, &self.origin.0);
            let payload: Value = serde_json::from_str(&payload).unwrap_or_default();
            let url = self.world.apps.at(delivery.app).webhook_url.as_deref();
            body["url"] = url.unwrap_or_default().into();
            body["request"] = json!({ "headers": delivery.request_headers, "payload": payload });
            body["response"] = json!({
                "headers": delivery.response_headers,
                "payload": delivery.response_body,
            });
        }
        body
    }
}

fn selection(selected: bool) -> &'static str {
    if selected { "selected" } else { "all" }
}

/// `webhook-config`.
pub(crate) fn hook_config(app: &App) -> Value {
    json!({
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
        "url": app.webhook_url.as_deref().unwrap_or_default(),
    })
}
