//! Apps and their installations.

use std::sync::Arc;

use axum::{Json, response::IntoResponse};
use serde_json::Value;

use super::{
    call::{Call, Input, Reply, created, no_content, ok},
    problem::Problem,
};
use crate::{
    json::time,
    keys,
    model::{Actor, App, Id, Installation, Need, Refusal, change::tokens::TokenRequest},
};

impl Call {
    /// The App that asks by JWT; these routes take nothing else.
    pub(super) fn app(&self) -> Result<Arc<App>, Problem> {
        match self.actor {
            Actor::App(app) => Ok(Arc::clone(self.world().apps.at(app))),
            Actor::Nobody | Actor::Person(_) | Actor::Installation(_) => {
                Err(Refusal::BadJwt("A JSON web token could not be decoded").into())
            }
        }
    }

    fn own_installation(&self) -> Result<Arc<Installation>, Problem> {
        let (app, id) = (self.app()?, self.number("id")?);
        let found = self.world().installations.find(Id::new(id)).cloned();
        Ok(found.filter(|one| one.app == app.id && !one.deleted).ok_or(Refusal::NotFound)?)
    }
}

pub(super) async fn show(call: Call) -> Reply {
    let app = call.app()?;
    let mut body = call.view().app(&app);
    let world = call.world();
    let count = world.installations.iter().filter(|one| one.app == app.id && !one.deleted).count();
    body["installations_count"] = count.into();
    ok(body)
}

pub(super) async fn installations(call: Call) -> Reply {
    let (app, view) = (call.app()?, call.view());
    let all = view.world.installations.iter().filter(|one| one.app == app.id && !one.deleted);
    call.list(all.cloned().collect(), |one| {
        let mut body = view.installation(&one);
        // The description of this list wants accounts to be users and enterprises at once.
        let account = view.world.accounts.at(one.account);
        body["account"]["name"] = account.display_name().into();
        body["account"]["slug"] = account.login.to_lowercase().into();
        body["account"]["created_at"] = time(account.created_at);
        body["account"]["updated_at"] = time(account.created_at);
        body
    })
}

pub(super) async fn installation(call: Call) -> Reply {
    ok(call.view().installation(&*call.own_installation()?))
}

pub(super) async fn installation_of(call: Call) -> Reply {
    let (app, world) = (call.app()?, call.world());
    let account = world.account(call.text("login")).ok_or(Refusal::NotFound)?.id;
    let found = world
        .installations
        .iter()
        .find(|one| one.app == app.id && !one.deleted && one.account == account);
    ok(call.view().installation(found.ok_or(Refusal::NotFound)?))
}

pub(super) async fn installation_on(call: Call) -> Reply {
    let (app, world) = (call.app()?, call.world());
    let repo = call.repo_in_path(&world)?;
    let found = world.installation(&app, repo).ok_or(Refusal::NotFound)?;
    ok(call.view().installation(found))
}

pub(super) async fn create_token(call: Call, Input(request): Input<TokenRequest>) -> Reply {
    let installation = Id::new(call.number("id")?);
    let secret = keys::secret("ghs_");
    let token = call.change(|change| change.issue_token(installation, &request, secret)).await?;
    let view = call.view();
    created(view.token(view.world.tokens.at(token)))
}

pub(super) async fn revoke_token(call: Call) -> Reply {
    call.change(crate::model::Change::revoke_token).await?;
    no_content()
}

pub(super) async fn repositories(call: Call) -> Reply {
    let Actor::Installation(token) = call.actor else {
        let message = "You must authenticate with an installation access token in order to list \
                       repositories for an installation.";
        return Err(Refusal::Forbidden(message.to_owned()).into());
    };
    let view = call.view();
    let world = &view.world;
    let token = world.tokens.at(token);
    let installation = world.installations.at(token.installation);
    let all = world.repos.iter().filter(|repo| {
        installation.covers(repo)
            && token.repos.as_ref().is_none_or(|some| some.contains(&repo.id))
            && call.actor.may(world, repo, Need::METADATA)
    });
    let (mut body, page, count) =
        call.counted("repositories", all.cloned().collect(), |repo| view.repository(&repo))?;
    let selected = installation.selected.is_some() || token.repos.is_some();
    body["repository_selection"] = Value::from(if selected { "selected" } else { "all" });
    Ok(call.linked(page, count, Json(body).into_response()))
}
