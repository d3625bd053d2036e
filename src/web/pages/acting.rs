//! Forms: what a person wants, turned into the command they could have typed.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::sign_in::own;
use super::super::visitor::Visitor;
use super::Trouble;
use crate::app::board::{Act, Done};
use crate::domain::ids::{SprintId, TaskNumber};
use crate::domain::plan::TextHash;
use crate::domain::refusal::Refusal;
use crate::say::page::{self, Tab};

/// What a form says.
#[derive(Deserialize)]
pub(in super::super) struct Wish {
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
}

/// Does what a form says.
pub(in super::super) async fn act(
    State(web): State<Web>,
    visitor: Visitor,
    Path(sprint): Path<SprintId>,
    Form(wish): Form<Wish>,
) -> Result<Response, Trouble> {
    if !visitor.sent(&wish.csrf) {
        return Err(Trouble::Forged);
    }
    let act = wish.act().ok_or(Trouble::NotFound)?;
    let task = wish.task.map_or_else(String::new, |task| task.to_string());
    let once = format!("{} {} {} {task}", visitor.login(), wish.once, wish.act);
    match web.app().act(visitor.login(), &sprint, &act, &once).await? {
        Done::Yes => Ok(Redirect::to(own(&wish.back)).into_response()),
        Done::Unseen => Err(Trouble::NotFound),
        Done::No(refusals) => {
            let frame = visitor.frame("Not done", Tab::Runs, 0);
            let only_warnings =
                refusals.iter().all(|refusal| matches!(refusal, Refusal::LookTwice(_)));
            let despite = (wish.act == "start" && only_warnings).then_some(sprint.0.as_str());
            let reasons: Vec<_> = refusals.iter().flat_map(words).collect();
            let text = page::refused(&frame, own(&wish.back), &reasons, despite);
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

impl Wish {
    fn act(&self) -> Option<Act> {
        let on_task = |verb: &str| {
            let task = self.task.map_or_else(String::new, |task| format!(" T{task}"));
            Act::Line(format!("/team6 {verb}{task}"))
        };
        let name = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let value: String = self.value.trim().trim_start_matches('@').chars().collect();
        let is_name = !value.is_empty() && value.chars().all(|c| name(&c));
        Some(match self.act.as_str() {
            "plan" | "start" => Act::Line(format!("/team6 {}", self.act)),
            "start-despite-warnings" => Act::Line("/team6 start --despite-warnings".to_owned()),
            "pause" | "resume" | "cancel" => on_task(&self.act),
            "skip" if self.task.is_some() => on_task("skip"),
            "retry-fresh" if self.task.is_some() => on_task("retry"),
            "retry-continue" if self.task.is_some() => {
                Act::Line(format!("/team6 retry T{} continue", self.task?))
            }
            "owner" if is_name => Act::Line(format!("/team6 owner T{} @{value}", self.task?)),
            "agent" if is_name => Act::Line(format!("/team6 agent T{} {value}", self.task?)),
            "budget" => {
                let task = self.task.map_or_else(String::new, |task| format!(" T{task}"));
                let more = self.value.trim().trim_start_matches('+').trim();
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "$._, ".contains(c);
                let more = Some(more).filter(|more| more.chars().all(is_plain))?;
                Act::Line(format!("/team6 budget{task} +{more}"))
            }
            "answer" => {
                let text: Vec<_> = self.text.split_whitespace().collect();
                Act::Line(format!("/team6 answer {} {}", self.question?, text.join(" ")))
            }
            "approve" | "withdraw" => Act::Approve {
                task: self.task,
                hash: self.hash.clone()?,
                withdrawn: self.act == "withdraw",
            },
            _ => return None,
        })
    }
}
