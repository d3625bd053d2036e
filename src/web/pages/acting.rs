//! Forms: what a person wants, turned into the command they could have typed.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::sign_in::own;
use super::super::visitor::Visitor;
use super::super::wish::Wish;
use super::Trouble;
use crate::app::board::Done;
use crate::domain::ids::{SprintId, TaskNumber};
use crate::domain::plan::TextHash;
use crate::domain::refusal::Refusal;
use crate::say::page::wizard::Reason;
use crate::say::page::{self, Tab};

/// What a form says.
#[derive(Deserialize)]
pub(in super::super) struct Form {
    csrf: String,
    once: String,
    #[serde(default)]
    back: String,
    act: String,
    task: Option<TaskNumber>,
    hash: Option<TextHash>,
    /// What a button says that is one of many: `approve 3 0c3b1097adf5b1b5`.
    #[serde(default)]
    pick: String,
    #[serde(default)]
    value: String,
    question: Option<u32>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    when: String,
}

/// Does what a form says.
pub(in super::super) async fn act(
    State(web): State<Web>,
    visitor: Visitor,
    Path(sprint): Path<SprintId>,
    axum::Form(form): axum::Form<Form>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&form.csrf) {
        return Err(Trouble::Forged);
    }
    let act = form.wish().and_then(Wish::act).ok_or(Trouble::NotFound)?;
    let task = form.task.map_or_else(String::new, |task| task.to_string());
    let once = format!("{} {} {} {task}{}", visitor.login(), form.once, form.act, form.pick);
    let done = web.app().act(visitor.login(), &sprint, &act, &once).await?;
    if let Done::No(refusals) = &done {
        let only_warnings = refusals.iter().all(|refusal| matches!(refusal, Refusal::LookTwice(_)));
        let despite = (form.act == "start" && only_warnings).then_some(sprint.0.as_str());
        let text = refused(&visitor, own(&form.back), refusals, despite);
        return Ok((StatusCode::CONFLICT, Html(text)).into_response());
    }
    answered(&visitor, own(&form.back), own(&form.back), done)
}

/// The answer to a form: `there`, if what it wants is done, else why not, and the way `back`.
pub(super) fn answered(
    visitor: &Visitor,
    there: &str,
    back: &str,
    done: Done,
) -> Result<Response, Trouble> {
    match done {
        Done::Yes => Ok(Redirect::to(there).into_response()),
        Done::Unseen => Err(Trouble::NotFound),
        Done::No(refusals) => {
            let text = refused(visitor, back, &refusals, None);
            Ok((StatusCode::CONFLICT, Html(text)).into_response())
        }
    }
}

/// Why something was not done, on a page.
pub(super) fn refused(
    visitor: &Visitor,
    back: &str,
    refusals: &[Refusal],
    despite: Option<&str>,
) -> String {
    let frame = visitor.frame("Not done", Tab::Runs, 0);
    page::refused(&frame, back, &Reason::all(refusals), despite)
}

impl Form {
    fn picked(&self) -> Option<Wish> {
        let [verb, task, hash] = self.pick.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let (task, hash) = (task.parse().ok().map(TaskNumber)?, TextHash(hash.to_owned()));
        match verb {
            "approve" => Some(Wish::Approve { task: Some(task), hash }),
            "withdraw" => Some(Wish::Withdraw { task: Some(task), hash }),
            _ => None,
        }
    }

    fn wish(&self) -> Option<Wish> {
        let (task, value) = (self.task, self.value.clone());
        let hash = self.hash.clone();
        Some(match self.act.as_str() {
            "plan" => Wish::Plan { fresh: false },
            "start" => Wish::Start { despite_warnings: false },
            "start-despite-warnings" => Wish::Start { despite_warnings: true },
            "pause" => Wish::Pause { task },
            "resume" => Wish::Resume { task },
            "cancel" => Wish::Cancel { task },
            "skip" => Wish::Skip { task: task? },
            "retry-fresh" => Wish::Retry { task: task?, go_on: false },
            "retry-continue" => Wish::Retry { task: task?, go_on: true },
            "owner" => Wish::Owner { task: task?, person: value },
            "agent" => Wish::Agent { task: task?, agent: value },
            "ask" => Wish::Ask { task: task?, text: self.text.clone(), now: self.when == "now" },
            "budget" => Wish::Budget { task, more: value },
            "answer" => {
                Wish::Answer { task, question: self.question?, text: Some(self.text.clone()) }
            }
            "skip-question" => Wish::Answer { task, question: self.question?, text: None },
            "approve" => Wish::Approve { task, hash: hash? },
            "withdraw" => Wish::Withdraw { task, hash: hash? },
            "pick" => self.picked()?,
            _ => return None,
        })
    }
}
