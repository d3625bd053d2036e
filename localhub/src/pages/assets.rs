//! The stylesheet, the script, and a face for everybody.

use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};

use super::{
    markdown::escape::escape,
    trouble::{Answer, Trouble},
    visit::Visit,
};
use crate::model::Id;

pub(super) async fn style() -> Answer {
    let style = include_str!("../../templates/style.css");
    Ok(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style).into_response())
}

pub(super) async fn script() -> Answer {
    let script = include_str!("../../templates/page.js");
    Ok(([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response())
}

/// A disc with the first letter; the color is always the same for the same account.
pub(super) async fn avatar(visit: Visit) -> Answer {
    let account = visit.world.accounts.find(Id::new(visit.number("id")?));
    let login = &account.ok_or_else(Trouble::not_found)?.login;
    let letter = login.chars().next().unwrap_or('?').to_uppercase().to_string();
    let hue = login.bytes().fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 360);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 40\">\
         <circle cx=\"20\" cy=\"20\" r=\"20\" fill=\"hsl({hue} 45% 42%)\"/>\
         <text x=\"20\" y=\"27\" text-anchor=\"middle\" font-size=\"20\" fill=\"#fff\" \
         font-family=\"sans-serif\">{}</text></svg>",
        escape(&letter)
    );
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}
