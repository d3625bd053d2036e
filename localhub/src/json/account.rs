//! Users, organizations, bots.

use serde_json::{Value, json};

use super::{View, node_id, time};
use crate::model::{Account, AccountKind, Id};

impl View {
    /// `simple-user`.
    pub(crate) fn user(&self, id: Id<Account>) -> Value {
        self.account(self.world.accounts.at(id))
    }

    pub(crate) fn maybe_user(&self, id: Option<Id<Account>>) -> Value {
        id.map_or(Value::Null, |id| self.user(id))
    }

    pub(crate) fn users(&self, ids: &[Id<Account>]) -> Vec<Value> {
        ids.iter().map(|id| self.user(*id)).collect()
    }

    pub(crate) fn account(&self, account: &Account) -> Value {
        let login = &account.login;
        let api = |rest: &str| self.origin.api(&format!("users/{login}{rest}"));
        let (kind, page) = match account.kind {
            AccountKind::Person => ("User", login.clone()),
            AccountKind::Organization => ("Organization", login.clone()),
            AccountKind::Bot => ("Bot", format!("apps/{}", login.trim_end_matches("[bot]"))),
        };
        json!({
            "login": login,
            "id": account.id.0,
            "node_id": node_id("U", account.id.0),
            "avatar_url": self.origin.page(&format!("avatars/{}", account.id.0)),
            "gravatar_id": "",
            "url": api(""),
            "html_url": self.origin.page(&page),
            "followers_url": api("/followers"),
            "following_url": api("/following{/other_user}"),
            "gists_url": api("/gists{/gist_id}"),
            "starred_url": api("/starred{/owner}{/repo}"),
            "subscriptions_url": api("/subscriptions"),
            "organizations_url": api("/orgs"),
            "repos_url": api("/repos"),
            "events_url": api("/events{/privacy}"),
            "received_events_url": api("/received_events"),
            "type": kind,
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    /// `public-user`; people see more of themselves, `private-user`.
    pub(crate) fn profile(&self, account: &Account, own: bool) -> Value {
        let mut user = self.account(account);
        let repos = self.world.repos.iter().filter(|repo| repo.owner == account.id);
        let (private, public): (Vec<_>, Vec<_>) = repos.partition(|repo| repo.private);
        merge(
            &mut user,
            json!({
                "name": account.name,
                "company": null,
                "blog": "",
                "location": null,
                "email": account.email,
                "hireable": null,
                "bio": null,
                "public_repos": public.len(),
                "public_gists": 0,
                "followers": 0,
                "following": 0,
                "created_at": time(account.created_at),
                "updated_at": time(account.created_at),
            }),
        );
        if own {
            merge(
                &mut user,
                json!({
                    "private_gists": 0,
                    "total_private_repos": private.len(),
                    "owned_private_repos": private.len(),
                    "disk_usage": 0,
                    "collaborators": 0,
                    "two_factor_authentication": true,
                }),
            );
        }
        user
    }

    /// `organization-simple`, when the account is one.
    pub(crate) fn organization(&self, id: Id<Account>) -> Option<Value> {
        let account = self.world.accounts.at(id);
        if account.kind != AccountKind::Organization {
            return None;
        }
        let api = |rest: &str| self.origin.api(&format!("orgs/{}{rest}", account.login));
        Some(json!({
            "login": account.login,
            "id": account.id.0,
            "node_id": node_id("O", account.id.0),
            "url": api(""),
            "repos_url": api("/repos"),
            "events_url": api("/events"),
            "hooks_url": api("/hooks"),
            "issues_url": api("/issues"),
            "members_url": api("/members{/member}"),
            "public_members_url": api("/public_members{/member}"),
            "avatar_url": self.origin.page(&format!("avatars/{}", account.id.0)),
            "description": account.name,
        }))
    }

    /// `organization-full`.
    pub(crate) fn organization_profile(&self, account: &Account) -> Option<Value> {
        let mut organization = self.organization(account.id)?;
        let repos = self.world.repos.iter();
        let public = repos.filter(|repo| repo.owner == account.id && !repo.private).count();
        merge(
            &mut organization,
            json!({
                "name": account.display_name(),
                "has_organization_projects": false,
                "has_repository_projects": false,
                "public_repos": public,
                "public_gists": 0,
                "followers": 0,
                "following": 0,
                "html_url": self.origin.page(&account.login),
                "type": "Organization",
                "created_at": time(account.created_at),
                "updated_at": time(account.created_at),
                "archived_at": null,
            }),
        );
        Some(organization)
    }
}

/// Adds the fields of one object to another.
pub(super) fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
