//! The page of an App.

use askama::Template;

use super::{
    frame::{Face, Frame, page, redirect},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::Id;

#[derive(Template)]
#[template(path = "app.html")]
struct Page {
    frame: Frame,
    name: String,
    bot: Face,
    owner: Face,
    webhook_url: Option<String>,
    permissions: Vec<(String, String)>,
    events: Vec<String>,
    installed: Vec<Face>,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let world = &visit.world;
    let app = world.app(visit.text("slug")).ok_or_else(Trouble::not_found)?;
    let level = |level: &crate::model::Level| format!("{level:?}").to_lowercase();
    let permissions = app.permissions.iter().map(|(area, at)| (area.clone(), level(at)));
    let installations = world.installations.iter().filter(|one| one.app == app.id);
    page(&Page {
        frame: Frame::of(&visit),
        name: app.name.clone(),
        bot: Face::at(world, app.bot),
        owner: Face::at(world, app.owner),
        webhook_url: app.webhook_url.clone(),
        permissions: permissions.collect(),
        events: app.events.iter().cloned().collect(),
        installed: installations.map(|one| Face::at(world, one.account)).collect(),
    })
}

/// What is installed is told on the App's own page.
pub(super) async fn installation(visit: Visit) -> Answer {
    let found = visit.world.installations.find(Id::new(visit.number("id")?));
    let app = visit.world.apps.at(found.ok_or_else(Trouble::not_found)?.app);
    Ok(redirect(&format!("/apps/{}", app.slug)))
}
