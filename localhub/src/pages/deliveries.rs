//! What Apps were told, and what they answered.

use askama::Template;
use serde_json::Value;

use super::{
    frame::{Frame, Moment, back_to, page},
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::{
    model::{App, Id},
    webhooks::Delivery,
};

/// How many of each App are shown.
const SOME: u64 = 100;

/// A delivery in the list.
struct Line {
    page: String,
    app: String,
    what: String,
    repo: String,
    at: Moment,
    words: String,
    class: &'static str,
    redelivery: bool,
}

impl Line {
    fn of(visit: &Visit, one: &Delivery) -> Self {
        let world = &visit.world;
        let repo = one.repository.and_then(|id| world.repos.find(Id::new(id)));
        let attempted = !one.status.is_empty();
        Self {
            page: format!("/localhub/deliveries/{}/{}", one.app.0, one.id),
            app: world.apps.at(one.app).name.clone(),
            what: match &one.action {
                Some(action) => format!("{}.{action}", one.event),
                None => one.event.clone(),
            },
            repo: repo.map(|repo| world.full_name(repo)).unwrap_or_default(),
            at: Moment::of(one.delivered_at, visit.hub.clock().now()),
            words: match (attempted, one.status_code) {
                (false, _) => "waiting".to_owned(),
                (true, 0) => one.status.clone(),
                (true, code) => code.to_string(),
            },
            class: match one.status_code {
                200..400 => "good",
                _ if attempted => "bad",
                _ => "waiting",
            },
            redelivery: one.redelivery,
        }
    }
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
}

pub(super) async fn list(visit: Visit) -> Answer {
    let mut all = Vec::new();
    for app in visit.world.apps.iter() {
        all.extend(visit.hub.store().due(app.id).await?);
        all.extend(visit.hub.store().deliveries(app.id, u64::MAX >> 1, SOME).await?);
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.id));
    let lines = all.iter().map(|one| Line::of(&visit, one)).collect();
    page(&ListPage { frame: Frame::of(&visit), lines })
}

#[derive(Template)]
#[template(path = "delivery.html")]
struct ShowPage {
    frame: Frame,
    line: Line,
    guid: String,
    duration: String,
    sent: Vec<(String, String)>,
    payload: String,
    received: Vec<(String, String)>,
    answer: String,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let (app, id) = address(&visit)?;
    let found = visit.hub.store().delivery(app, id).await?.ok_or_else(Trouble::not_found)?;
    let whole = visit.view().delivery(&found, true);
    page(&ShowPage {
        frame: Frame::of(&visit),
        line: Line::of(&visit, &found),
        guid: found.guid.clone(),
        duration: format!("{:.2} s", found.duration),
        sent: pairs(&found.request_headers),
        payload: serde_json::to_string_pretty(&whole["request"]["payload"]).unwrap_or_default(),
        received: pairs(&found.response_headers),
        answer: found.response_body,
    })
}

pub(super) async fn redeliver(visit: Visit) -> Answer {
    let (app, id) = address(&visit)?;
    visit.hub.redeliver(app, id).await?;
    back_to("/localhub/deliveries")
}

fn address(visit: &Visit) -> Result<(Id<App>, u64), Trouble> {
    let app = Id::new(visit.number("app")?);
    visit.world.apps.find(app).ok_or_else(Trouble::not_found)?;
    Ok((app, visit.number("id")?))
}

fn pairs(headers: &Value) -> Vec<(String, String)> {
    let headers = headers.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    headers.map(|(name, value)| (name.clone(), text(value))).collect()
}
