//! `/localhub/people`: more people, and other roles, which on GitHub take an administrator.

use std::collections::BTreeMap;

use axum::{Json, Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};

use super::call::Input;
use super::problem::Problem;
use crate::{
    hub::Hub,
    model::{Actor, Refusal, Role},
    seed::{Seed, User},
};

pub(super) fn routes() -> Router<Hub> {
    Router::new().route("/localhub/people", post(invite))
}

/// Somebody, new or known, and what they may do from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    login: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    token: Option<String>,
    /// `owner/name` → role.
    #[serde(default)]
    roles: BTreeMap<String, Role>,
}

#[derive(Serialize)]
struct Invited {
    login: String,
    token: Option<String>,
}

async fn invite(
    State(hub): State<Hub>,
    Input(user): Input<Person>,
) -> Result<Json<Invited>, Problem> {
    let token = user.token.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
    let login = user.login;
    let newcomer = User { login: login.clone(), name: user.name, email: None, token: Some(token) };
    hub.seed(&Seed { users: vec![newcomer], ..Seed::default() }).await?;
    hub.change(Actor::Nobody, |change| {
        let account = change.world.account(&login).ok_or(Refusal::NotFound)?.id;
        for (full_name, role) in &user.roles {
            let (owner, name) = full_name.split_once('/').ok_or(Refusal::NotFound)?;
            let repo = change.world.repo(owner, name).ok_or(Refusal::NotFound)?.id;
            change.world.repos.edit(repo).roles.insert(account, *role);
        }
        Ok(())
    })
    .await?;
    let token = hub.world().account(&login).and_then(|account| account.token.clone());
    Ok(Json(Invited { login, token }))
}
