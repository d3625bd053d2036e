//! What people do from the dashboard. It is written as the command they could have typed, and
//! obeyed as such: by the same code, after asking GitHub what they may do, and once.

use std::collections::BTreeMap;

use super::super::apply::{Applied, Cause};
use super::super::obey::not_understood;
use super::super::{App, Result};
use super::speaking::Answer;
use crate::db::sprints;
use crate::domain::checklist::{Edit, Mark};
use crate::domain::command::{Ask, Command, Line, parse};
use crate::domain::ids::{Login, SprintId, TaskNumber};
use crate::domain::permission::{Asker, Permission, may_ask};
use crate::domain::plan::TextHash;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Edited, Event, Sprint};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// What a line of a comment says: `/team6 pause T3`.
    Line(String),
    /// Say something to a task's agent.
    Ask(Ask),
    /// Answer the planner, or a task's agent.
    Answer(Answer),
    /// Approve a task in this text, or withdraw that.
    Approve {
        /// Which task; none for all that this person may approve.
        task: Option<TaskNumber>,
        /// The fingerprint of what they saw.
        hash: TextHash,
        /// Whether it is withdrawn.
        withdrawn: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done, or was before.
    Yes,
    /// It was not, for these reasons.
    No(Vec<Refusal>),
    /// There is no such sprint for this person.
    Unseen,
}

impl App {
    /// Does what a person wants, if they may at this moment. `once` names it among all, so that a
    /// form that is sent twice does it once.
    pub async fn act(&self, person: &Login, id: &SprintId, act: &Act, once: &str) -> Result<Done> {
        let mut tx = self.db().read().await?;
        let found = sprints::find(&mut tx, id).await?;
        drop(tx);
        let Some((sprint, _)) = found else { return Ok(Done::Unseen) };
        let permission = self.permission_in(&sprint.repo, person).await?;
        if permission == Permission::None {
            return Ok(Done::Unseen);
        }
        let key = format!("page {once}");
        if self.is_heard(&key).await? {
            return Ok(Done::Yes);
        }
        let applied = match act {
            Act::Line(line) => self.act_by_line(person, &sprint, permission, line, &key).await?,
            Act::Ask(ask) => self.say_from_page(person, &sprint, ask, &key).await?,
            Act::Answer(answer) => {
                self.answer_from_page(person, (&sprint, permission), answer, &key).await?
            }
            Act::Approve { task, hash, withdrawn } => {
                self.act_by_tick(person, &sprint, (*task, hash), *withdrawn, &key).await?
            }
        };
        Ok(match applied {
            Applied::Decided | Applied::Ignored => Done::Yes,
            Applied::Refused(refusals) => Done::No(refusals),
        })
    }

    /// Does what a line of a comment would have done; several, where all of them change the plan:
    /// they are one change, or none.
    pub(in super::super) async fn act_by_line(
        &self,
        person: &Login,
        sprint: &Sprint,
        permission: Permission,
        line: &str,
        key: &str,
    ) -> Result<Applied> {
        let lines = parse(line);
        let is_refining = |line: &Line| matches!(line.command, Command::Refine(_));
        let only = match lines.as_slice() {
            [only] => only,
            [first, ..] if lines.iter().all(is_refining) => first,
            _ => return Ok(Applied::Refused(not_one(line, &lines))),
        };
        if let Err(refusal) = may_ask(&only.command, Asker::Person(permission)) {
            return Ok(Applied::Refused(vec![refusal]));
        }
        let said = self.said_on_page(person, sprint, lines.clone());
        let id = &sprint.id;
        match &only.command {
            Command::Plan { fresh } if self.settings().has_planner() => {
                self.have_planned(id, *fresh, &said, key, None).await
            }
            Command::Plan { fresh } => self.draft(id, Some(&said.asked()), *fresh).await,
            Command::Answer { given, words: _ } => {
                self.take_answers(id, given.clone(), &said, key, None).await
            }
            Command::Ask(ask) => self.ask_agent(id, None, ask, &said, key, None).await,
            Command::Start { despite_warnings } => {
                self.start(id, &said, *despite_warnings, key, None).await
            }
            Command::Control { verb, task } => {
                self.control(id, *verb, *task, &said, key, None).await
            }
            Command::Budget { task, amount } => {
                self.raise_budget(id, (*task, *amount), &said, key, None).await
            }
            Command::Retry { task: Some(task), again } => {
                self.retry(id, (*task, *again), &said, key, None).await
            }
            Command::Refine(_) => self.refine(id, None, &said, lines.clone(), key, None).await,
            Command::Memory(wish) => self.obey_about_notes(id, wish, &said, key, None).await,
            Command::Malformed(mistake) => Ok(Applied::Refused(vec![Refusal::Malformed {
                why: mistake.why.clone(),
                usage: mistake.usage.clone(),
            }])),
            Command::Retry { task: None, .. }
            | Command::Diff { .. }
            | Command::Status
            | Command::Why { .. }
            | Command::Help
            | Command::Unknown { .. } => {
                Ok(Applied::Refused(vec![Refusal::UnknownWord { word: only.text.clone() }]))
            }
        }
    }

    /// Approves, or withdraws, as a click on a box of the plan comment would; what could not
    /// count is refused before.
    async fn act_by_tick(
        &self,
        person: &Login,
        sprint: &Sprint,
        (task, hash): (Option<TaskNumber>, &TextHash),
        withdrawn: bool,
        key: &str,
    ) -> Result<Applied> {
        let mut permissions = BTreeMap::new();
        for one in sprint.plan.iter().flat_map(|plan| &plan.tasks) {
            if !permissions.contains_key(one.repo()) {
                let permission = self.permission_in(one.repo(), person).await?;
                permissions.insert(one.repo().clone(), permission);
            }
        }
        let mark = match task {
            Some(task) => Mark::Task(task, hash.clone()),
            None => Mark::Everything(hash.clone()),
        };
        let mut edit = Edit::default();
        if withdrawn {
            edit.unticked.push(mark);
        } else {
            edit.ticked.push(mark);
        }
        let (by, at) = (person.clone(), self.clock().now());
        let edited = Edited { by, at, edit, permissions, key: key.to_owned() };
        if let Err(refusal) = sprint.would_count(&edited) {
            return Ok(Applied::Refused(vec![refusal]));
        }
        let cause = Cause { once: Some(key.to_owned()), ..Cause::by(person.0.clone()) };
        self.apply(&sprint.id, &Event::Edited(edited), &cause).await
    }
}

/// Why several lines cannot be obeyed at once: those that are not understood, or that they are not
/// one change of the plan.
fn not_one(text: &str, lines: &[Line]) -> Vec<Refusal> {
    let wrong: Vec<_> = lines.iter().filter_map(not_understood).collect();
    if wrong.is_empty() { vec![Refusal::UnknownWord { word: text.to_owned() }] } else { wrong }
}
