//! What is noted about a project.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::visitor::Visitor;
use super::super::wish::NoteWish;
use super::{Page, Trouble, acting, framed};
use crate::domain::ids::ProjectName;
use crate::domain::memory::NoteNumber;
use crate::say::page::{Tab, notes};

/// What is looked for.
#[derive(Deserialize)]
pub(in super::super) struct About {
    project: ProjectName,
    #[serde(default)]
    about: String,
}

pub(in super::super) async fn memory(
    State(web): State<Web>,
    visitor: Visitor,
    Query(About { project, about }): Query<About>,
) -> Page {
    let view = web.app().notes_page(visitor.login(), &project, &about).await?;
    let view = view.ok_or(Trouble::NotFound)?;
    let frame = framed(&web, &visitor, "Memory", Tab::Projects, None).await?;
    Ok(Html(notes::show(&frame, &view)))
}

/// As what a file is wanted.
#[derive(Deserialize)]
pub(in super::super) struct Form {
    project: ProjectName,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Markdown,
    Json,
}

pub(in super::super) async fn export(
    State(web): State<Web>,
    visitor: Visitor,
    Query(Form { project, format }): Query<Form>,
) -> Result<Response, Trouble> {
    let kept =
        |name: &str| (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""));
    match format {
        Format::Json => {
            let view = web.app().notes_page(visitor.login(), &project, "").await?;
            let view = view.ok_or(Trouble::NotFound)?;
            Ok(([kept("memory.json")], Json(view)).into_response())
        }
        Format::Markdown => {
            let text = web.app().notes_file(visitor.login(), &project).await?;
            let text = text.ok_or(Trouble::NotFound)?;
            let kind = (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned());
            Ok(([kept("memory.md"), kind], text).into_response())
        }
    }
}

/// What a form says about a note.
#[derive(Deserialize)]
pub(in super::super) struct Change {
    csrf: String,
    once: String,
    project: ProjectName,
    act: String,
    note: Option<NoteNumber>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    agent: String,
}

pub(in super::super) async fn remember(
    State(web): State<Web>,
    visitor: Visitor,
    axum::Form(change): axum::Form<Change>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&change.csrf) {
        return Err(Trouble::Forged);
    }
    let Change { project, act, once, note, text, agent, .. } = change;
    let wish = match (act.as_str(), note) {
        ("add", None) => {
            let agent = Some(agent).filter(|agent| !agent.is_empty());
            NoteWish::Add { text, agent }
        }
        ("edit", Some(note)) => NoteWish::Edit { note: note.0, text },
        ("forget", Some(note)) => NoteWish::Forget { note: note.0 },
        _ => return Err(Trouble::NotFound),
    };
    let number = note.map_or(0, |note| note.0);
    let once = format!("{} {} {} {number}", visitor.login(), once, act);
    let done = web.app().act_on_notes(visitor.login(), &project, &wish.wish(), &once).await?;
    let named: String = url::form_urlencoded::byte_serialize(project.0.as_bytes()).collect();
    let here = format!("/memory?project={named}");
    acting::answered(&visitor, &here, &here, done)
}
