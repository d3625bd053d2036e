//! The dashboard's pages: who may see them is asked of `app/board`, what they say of `say/page`.

mod acting;
mod notes;
mod wizard;
mod you;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

pub(super) use acting::act;
pub(super) use notes::{export, memory, remember};
pub(super) use wizard::{add, assign, assignments, launched, open, preview, scope, start};
pub(super) use you::{new_token, you};

use super::Web;
use super::visitor::Visitor;
use crate::app::Error;
use crate::app::board::Topic;
use crate::causes::whole;
use crate::domain::ids::{Attempt, RunId, SprintId, TaskNumber};
use crate::say::page::task::Look;
use crate::say::page::{self, Frame, Live, Tab, lists, run, sprint, task};

/// Why there is no page.
pub(super) enum Trouble {
    /// It is not there, or not for this person.
    NotFound,
    /// A form that is not ours.
    Forged,
    /// Something broke on our side.
    Broken(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, heading, text) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "It may be gone, or in a repository that you cannot see on GitHub.",
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "That page was too old",
                "Go back, reload it, and try again.",
            ),
            Self::Broken(error) => {
                tracing::error!(error = %whole(&error), "cannot show a page now");
                let text = "Either GitHub does not say what you may see, or something broke on \
                            our side. Nothing is lost; try again in a moment.";
                (StatusCode::SERVICE_UNAVAILABLE, "Team6 cannot show this now", text)
            }
        };
        let frame = Frame { title: heading.to_owned(), ..Frame::default() };
        (status, Html(page::trouble(&frame, heading, text))).into_response()
    }
}

type Page = Result<Html<String>, Trouble>;

pub(super) async fn runs(State(web): State<Web>, visitor: Visitor) -> Page {
    let live = live(&web, &visitor, &Topic::All).await?;
    let view = web.app().overview(visitor.login()).await?;
    let mut frame = visitor.frame("Runs", Tab::Runs, view.needs_you.len());
    frame.live = live;
    Ok(Html(lists::runs(&frame, &view)))
}

pub(super) async fn agents(State(web): State<Web>, visitor: Visitor) -> Page {
    let live = live(&web, &visitor, &Topic::All).await?;
    let agents = web.app().agents_page(visitor.login()).await?;
    let frame = framed(&web, &visitor, "Agents", Tab::Agents, live).await?;
    Ok(Html(lists::agents(&frame, &agents)))
}

pub(super) async fn projects(State(web): State<Web>, visitor: Visitor) -> Page {
    let live = live(&web, &visitor, &Topic::All).await?;
    let projects = web.app().projects_page(visitor.login()).await?;
    let frame = framed(&web, &visitor, "Projects", Tab::Projects, live).await?;
    Ok(Html(lists::projects(&frame, &projects)))
}

pub(super) async fn sprint(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<SprintId>,
    Query(shown): Query<Version>,
) -> Page {
    let live = live(&web, &visitor, &Topic::Sprint(id.clone())).await?;
    let view = web
        .app()
        .sprint_page(visitor.login(), &id, shown.version)
        .await?
        .ok_or(Trouble::NotFound)?;
    let frame = framed(&web, &visitor, &view.name, Tab::Runs, live).await?;
    Ok(Html(sprint::show(&frame, &view, shown.from)))
}

pub(super) async fn run(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<RunId>,
    Query(shown): Query<Version>,
) -> Page {
    let sprint = web.app().sprint_of_page(&id).await?.ok_or(Trouble::NotFound)?;
    let topic = Topic::Sprint(sprint);
    let live = live(&web, &visitor, &topic).await?;
    // What is shown may be older than the mark, but must not be newer.
    let view = web.app().run_page(visitor.login(), &id).await?.ok_or(Trouble::NotFound)?;
    let frame = framed(&web, &visitor, &view.name, Tab::Runs, live).await?;
    Ok(Html(run::show(&frame, &view, shown.from)))
}

/// Which version of a plan is looked at, and from which task on.
#[derive(Deserialize)]
pub(super) struct Version {
    version: Option<i64>,
    from: Option<usize>,
}

/// Which try is looked at, or which try's review, and until which step.
#[derive(Deserialize)]
pub(super) struct Shown {
    r#try: Option<Attempt>,
    review: Option<Attempt>,
    until: Option<usize>,
}

impl Shown {
    fn look(&self) -> Option<Look> {
        let tried = self.r#try.map(|one| Look { attempt: one.0, is_review: false });
        tried.or(self.review.map(|one| Look { attempt: one.0, is_review: true }))
    }
}

pub(super) async fn task(
    State(web): State<Web>,
    visitor: Visitor,
    Path((run, number)): Path<(RunId, TaskNumber)>,
    Query(shown): Query<Shown>,
) -> Page {
    let live = live(&web, &visitor, &Topic::Task(run.clone(), number)).await?;
    let person = visitor.login();
    let view = web.app().task_page(person, &run, number, shown.look(), shown.until).await?;
    let view = view.ok_or(Trouble::NotFound)?;
    let title = format!("T{number} {}", view.title);
    let frame = framed(&web, &visitor, &title, Tab::Runs, live).await?;
    Ok(Html(task::show(&frame, &view)))
}

pub(super) async fn nothing(_: Visitor) -> Trouble {
    Trouble::NotFound
}

/// What is around a page, with how many things wait for whoever looks.
async fn framed(
    web: &Web,
    visitor: &Visitor,
    title: &str,
    tab: Tab,
    live: Option<Live>,
) -> Result<Frame, Error> {
    let waiting = web.app().waiting(visitor.login()).await?;
    Ok(Frame { live, ..visitor.frame(title, tab, waiting) })
}

/// Where a page hears of news. Its mark is read before the page is.
async fn live(web: &Web, visitor: &Visitor, topic: &Topic) -> Result<Option<Live>, Error> {
    let mark = web.app().mark(visitor.login(), topic).await?;
    let href = match topic {
        Topic::All => "/live".to_owned(),
        Topic::Sprint(id) => format!("/live?sprint={id}"),
        Topic::Task(run, task) => format!("/live?run={run}&task={task}"),
        Topic::Launch(id) => format!("/live?launch={id}"),
    };
    Ok(mark.map(|mark| Live { href, mark }))
}
