//! Finding out who asks.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    hub::Hub,
    keys,
    model::{Actor, Refusal},
};

/// Who sends these headers; without credentials it is nobody, with wrong ones an error.
pub(crate) fn actor(hub: &Hub, headers: &HeaderMap) -> Result<Actor, Refusal> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(Actor::Nobody) };
    let header = header.to_str().map_err(|_| Refusal::BadCredentials)?;
    let (scheme, value) = header.split_once(' ').ok_or(Refusal::BadCredentials)?;
    let value = value.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => by_secret(hub, value),
        "basic" => {
            let text = STANDARD.decode(value).map_err(|_| Refusal::BadCredentials)?;
            let text = String::from_utf8(text).map_err(|_| Refusal::BadCredentials)?;
            // The token is the password; as user GitHub takes any name.
            let (_, password) = text.split_once(':').ok_or(Refusal::BadCredentials)?;
            by_secret(hub, password)
        }
        _ => Err(Refusal::BadCredentials),
    }
}

fn by_secret(hub: &Hub, secret: &str) -> Result<Actor, Refusal> {
    let (world, now) = (hub.world(), hub.clock().now());
    if secret.matches('.').count() == 2 {
        return keys::app_of_jwt(&world, secret, now).map(Actor::App);
    }
    let token = world.tokens.iter().find(|token| token.secret == secret);
    if let Some(token) = token {
        let installation = world.installations.at(token.installation);
        if token.expires_at <= now || installation.deleted {
            return Err(Refusal::BadCredentials);
        }
        if !installation.is_of_use() {
            return Err(Refusal::suspended());
        }
        return Ok(Actor::Installation(token.id));
    }
    if let Some(person) = hub.oauth().person(secret) {
        return Ok(Actor::Person(person));
    }
    let person = world.accounts.iter().find(|one| one.token.as_deref() == Some(secret));
    person.map(|person| Actor::Person(person.id)).ok_or(Refusal::BadCredentials)
}
