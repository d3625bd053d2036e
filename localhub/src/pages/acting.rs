//! Who one is.

use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};

use super::{
    form::Form,
    frame::redirect,
    trouble::{Answer, Trouble},
    visit::{COOKIE, Visit},
};
use crate::model::AccountKind;

/// From now on one is the chosen person, or nobody.
pub(super) async fn choose(visit: Visit, form: Form) -> Answer {
    let login = form.word("login");
    let person = visit.world.account(login).filter(|one| one.kind == AccountKind::Person);
    let (login, age) = match person {
        Some(person) => (person.login.clone(), 31_536_000),
        None if login.is_empty() => (String::new(), 0),
        None => return Err(Trouble::not_found()),
    };
    // Only a path of our own: `//example.org` would lead away.
    let back = Some(form.word("back"))
        .filter(|back| back.starts_with('/') && !back.starts_with("//") && !back.contains('\\'));
    let mut response = redirect(back.unwrap_or("/"));
    let cookie = format!("{COOKIE}={login}; Path=/; Max-Age={age}; SameSite=Strict; HttpOnly");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Trouble::not_found())?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response.into_response())
}
