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
    let once = format!("{} {} {} {task}", visitor.login(), form.once, form.act);
    match web.app().act(visitor.login(), &sprint, &act, &once).await? {
        Done::Yes => Ok(Redirect::to(own(&form.back)).into_response()),
        Done::Unseen => Err(Trouble::NotFound),
        Done::No(refusals) => {
            let frame = visitor.frame("Not done", Tab::Runs, 0);
            let only_warnings =
                refusals.iter().all(|refusal| matches!(refusal, Refusal::LookTwice(_)));
            let despite = (form.act == "start" && only_warnings).then_some(sprint.0.as_str());
            let reasons: Vec<_> = refusals.iter().flat_map(words).collect();
            let text = page::refused(&frame, own(&form.back), &reasons, despite);
            Ok((StatusCode::CONFLICT, Html(text)).into_response())
        }
    }
}

/// A refusal in words, each of its warnings apart.
fn words(refusal: &Refusal) -> Vec<(String, Option<String>)> {
    if let Refusal::LookTwice(warnings) = refusal {
        return warnings.iter().map(|warning| (warning.to_string(), None)).collect();
    }
    vec![(refusal.to_string(), refusal.hint().map(str::to_owned))]
}

impl Form {
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
            _ => return None,
        })
    }
}
