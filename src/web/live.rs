//! News for open pages. An event says that something changed, and the page reads itself again: so
//! whoever was away gets what they missed, once, whatever it was.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use tokio::time::timeout;

use super::Web;
use super::pages::Trouble;
use super::visitor::Visitor;
use crate::app::board::Topic;
use crate::app::{App, Listener};
use crate::causes::whole;
use crate::domain::ids::{LaunchId, Login, RunId, SprintId, TaskNumber};

/// How long a stream lasts; then the browser comes again, and shows anew who it is.
const LASTS: Duration = Duration::from_mins(1);
/// How often we look for what another server decided.
const GLANCE: Duration = Duration::from_secs(2);
/// How soon a browser comes again, in milliseconds.
const AGAIN: Duration = Duration::from_millis(500);
/// The least time between two events: whoever writes fast is read at leisure.
const REST: Duration = Duration::from_millis(150);

/// What a page is about.
#[derive(Deserialize)]
pub(super) struct About {
    sprint: Option<SprintId>,
    run: Option<RunId>,
    task: Option<TaskNumber>,
    launch: Option<LaunchId>,
    /// What was known when the page was made.
    #[serde(default)]
    mark: String,
}

struct Watch {
    app: App,
    person: Login,
    topic: Topic,
    seen: String,
    begun: Instant,
    /// Whether something was said already.
    spoke: bool,
    changes: Listener,
}

pub(super) async fn live(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(about): Query<About>,
) -> Result<Response, Trouble> {
    let topic = match (about.launch, about.sprint, about.run, about.task) {
        (Some(launch), ..) => Topic::Launch(launch),
        (None, _, Some(run), Some(task)) => Topic::Task(run, task),
        (None, Some(sprint), ..) => Topic::Sprint(sprint),
        (None, None, _, _) => Topic::All,
    };
    let app = web.app().clone();
    // Listen before looking, so that nothing is missed between the two.
    let changes = app.changes();
    if app.mark(visitor.login(), &topic).await?.is_none() {
        return Err(Trouble::NotFound);
    }
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let seen = last.map_or(about.mark, str::to_owned);
    let person = visitor.login().clone();
    let watch = Watch { app, person, topic, seen, begun: Instant::now(), spoke: false, changes };
    let events = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    let hello = stream::iter([Ok(Event::default().retry(AGAIN).comment("here"))]);
    let events = futures::StreamExt::chain(hello, events);
    let buffered = HeaderName::from_static("x-accel-buffering");
    Ok(([(buffered, "no")], Sse::new(events).keep_alive(KeepAlive::default())).into_response())
}

impl Watch {
    /// The next event; none, when the stream has lasted long enough or nothing may be seen.
    async fn next(&mut self) -> Option<Event> {
        if self.spoke {
            tokio::time::sleep(REST).await;
        }
        self.spoke = true;
        while self.begun.elapsed() < LASTS {
            match self.app.mark(&self.person, &self.topic).await {
                Ok(Some(mark)) if mark != self.seen => {
                    self.seen.clone_from(&mark);
                    // Browsers tell nobody of an event without data.
                    let event = Event::default().id(mark).event("changed").data("read again");
                    return Some(event);
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => {
                    tracing::debug!(error = %whole(&error), "a stream ends, and its page will come again");
                    return None;
                }
            }
            let _ = timeout(GLANCE, self.changes.rung()).await;
        }
        None
    }
}
