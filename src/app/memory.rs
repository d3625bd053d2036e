//! What agents and people note for later work, and what is recalled of it.

use serde_json::Value;

use super::apply::Applied;
use super::command::Said;
use super::task_tools::{said, text};
use super::tools::refused;
use super::{App, Result};
use crate::db::executions::{Execution, Subject};
use crate::db::{effects, heard, notes};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{
    AgentName, DeliveryId, Login, ProjectName, RepoName, RunId, SprintId, TaskNumber,
};
use crate::domain::memory::{
    self, BUDGET, Change, Draft, MOST_ANSWERED, Note, NoteNumber, Source, Unfit, Wish,
};
use crate::domain::plan::PlannedTask;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Sprint;
use crate::domain::work::{Lease, ToolAnswer};
use crate::say;

/// What became of a wish: what is said of it, or why it was not done. `None` if somebody else was
/// faster and it must be begun anew.
type Granted = Option<std::result::Result<Saying, Refusal>>;

impl App {
    /// Keeps a note of a task's agent.
    pub(super) async fn remember(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        passed: &Value,
    ) -> Result<ToolAnswer> {
        let Some(words) = text(passed, "text") else {
            return Ok(refused("Not noted: it needs a sentence in `text`."));
        };
        let only_for_me = passed.get("only_for_me").and_then(Value::as_bool).unwrap_or(false);
        let sprint = self.sprint(&execution.sprint_id).await?;
        let found = super::executing::task_of(&sprint, execution);
        let (Some(found), Some(run)) = (found, &sprint.run) else {
            return Ok(refused("Not noted: this task is over."));
        };
        let draft = Draft {
            agent: only_for_me.then(|| execution.agent.clone()),
            text: words.to_owned(),
            source: Source {
                by: execution.agent.0.clone(),
                repo: found.planned.repo().clone(),
                task: Some((run.id.clone(), task)),
            },
        };
        loop {
            let mut tx = self.db().begin().await?;
            if !self.queue().holds(&mut tx, lease).await? {
                return Ok(refused("Not noted: this task is over."));
            }
            let all = notes::of(&mut tx, &execution.project).await?;
            let now = self.clock().now();
            let note = match memory::remember(&all, &execution.project, draft.clone(), now) {
                Ok(note) => note,
                Err(Unfit::Known(_)) => {
                    return Ok(said("That is noted already. Go on.".to_owned()));
                }
                Err(unfit) => return Ok(refused(&format!("Not noted: {unfit}."))),
            };
            if notes::add(&mut tx, &note).await? {
                tx.commit().await?;
                self.inner.changes.ring();
                return Ok(said(format!("Noted as {}. Go on.", note.number)));
            }
        }
    }

    /// Finds notes for an agent.
    pub(super) async fn recall(&self, execution: &Execution, passed: &Value) -> Result<ToolAnswer> {
        let Some(about) = text(passed, "about") else {
            return Ok(refused("It needs a few words in `about`."));
        };
        let task = match &execution.subject {
            Subject::Task(run, task) => Some((run.clone(), *task)),
            Subject::Plan(_) | Subject::Review(..) => None,
        };
        let (project, agent) = (&execution.project, &execution.agent);
        let mut found = self.notes_about(project, agent, task.as_ref(), about).await?;
        found.truncate(MOST_ANSWERED);
        Ok(said(say::memory::recalled(&found)))
    }

    /// What an agent is told of earlier work before it begins a task.
    pub(super) async fn notes_for_task(
        &self,
        execution: &Execution,
        of: (RunId, TaskNumber),
        planned: &PlannedTask,
    ) -> Result<String> {
        let about = format!("{} {}", planned.title, planned.text);
        let (project, agent) = (&execution.project, &execution.agent);
        let found = self.notes_about(project, agent, Some(&of), &about).await?;
        Ok(if found.is_empty() { String::new() } else { say::memory::recalled(&found) })
    }

    /// What the planner is told of earlier work.
    pub(super) async fn notes_for_plan(
        &self,
        sprint: &Sprint,
        agent: &AgentName,
    ) -> Result<String> {
        let about = format!("{} {}", sprint.goal.title, sprint.goal.text);
        let found = self.notes_about(&sprint.project, agent, None, &about).await?;
        Ok(if found.is_empty() { String::new() } else { say::memory::recalled(&found) })
    }

    async fn notes_about(
        &self,
        project: &ProjectName,
        agent: &AgentName,
        task: Option<&(RunId, TaskNumber)>,
        about: &str,
    ) -> Result<Vec<Note>> {
        let all = self.notes(project).await?;
        let known: Vec<_> = all.iter().filter(|note| note.is_for(agent, task)).collect();
        Ok(memory::recall(&known, about, BUDGET).into_iter().cloned().collect())
    }

    /// Every note a project ever had, by number.
    pub async fn notes(&self, project: &ProjectName) -> Result<Vec<Note>> {
        let mut tx = self.db().read().await?;
        Ok(notes::of(&mut tx, project).await?)
    }

    /// `/team6 memory`: what people want of the notes. Who asks may.
    pub(super) async fn obey_about_notes(
        &self,
        id: &SprintId,
        wish: &Wish,
        asked: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let sprint = self.sprint(id).await?;
        loop {
            let now = self.clock().now();
            let mut tx = self.db().begin().await?;
            if !heard::first_time(&mut tx, key, now).await? {
                return Ok(Applied::Ignored);
            }
            let by = (&asked.by, &asked.on.repo);
            let granted = match self.grant(&mut tx, &sprint.project, wish, by).await? {
                None => continue,
                Some(Err(refusal)) => return Ok(Applied::Refused(vec![refusal])),
                Some(Ok(saying)) => saying,
            };
            let say = Effect::Say { on: asked.on.clone(), key: key.to_owned(), saying: granted };
            effects::push(&mut tx, &say, delivery, now).await?;
            tx.commit().await?;
            self.wake();
            return Ok(Applied::Decided);
        }
    }

    /// The same from the dashboard, where nothing needs to be said about it; `place` is where this
    /// person may write. Who asks may.
    pub(super) async fn obey_about_notes_here(
        &self,
        project: &ProjectName,
        wish: &Wish,
        (by, place): (&Login, &RepoName),
        key: &str,
    ) -> Result<Applied> {
        loop {
            let mut tx = self.db().begin().await?;
            if !heard::first_time(&mut tx, key, self.clock().now()).await? {
                return Ok(Applied::Ignored);
            }
            match self.grant(&mut tx, project, wish, (by, place)).await? {
                None => {}
                Some(Err(refusal)) => return Ok(Applied::Refused(vec![refusal])),
                Some(Ok(_)) => {
                    tx.commit().await?;
                    self.inner.changes.ring();
                    return Ok(Applied::Decided);
                }
            }
        }
    }

    async fn grant(
        &self,
        tx: &mut crate::db::Tx,
        project: &ProjectName,
        wish: &Wish,
        (by, place): (&Login, &RepoName),
    ) -> Result<Granted> {
        let done = |note| Some(Ok(Saying::NoteChanged { to: by.clone(), note }));
        let there_is_none = |note: &NoteNumber| Some(Err(Refusal::NoSuchNote { note: *note }));
        Ok(match wish {
            Wish::List => Some(Ok(Saying::Notes(project.clone()))),
            Wish::Add { text, agent } => {
                if let Some(refusal) = self.unknown(agent.as_ref()) {
                    return Ok(Some(Err(refusal)));
                }
                let source = Source { by: by.0.clone(), repo: place.clone(), task: None };
                let draft = Draft { agent: agent.clone(), text: text.clone(), source };
                let all = notes::of(tx, project).await?;
                match memory::remember(&all, project, draft, self.clock().now()) {
                    Ok(note) if notes::add(tx, &note).await? => done(Change::Added(note.number)),
                    Ok(_) => None,
                    Err(why) => Some(Err(Refusal::NoNote { why })),
                }
            }
            Wish::Edit { note, text } => match memory::words(text) {
                Err(why) => Some(Err(Refusal::NoNote { why })),
                Ok(text) if notes::reword(tx, project, *note, &text, by).await? => {
                    done(Change::Edited(*note))
                }
                Ok(_) => there_is_none(note),
            },
            Wish::Forget { note } => {
                if notes::forget(tx, project, *note, by).await? {
                    done(Change::Forgotten(*note))
                } else {
                    there_is_none(note)
                }
            }
        })
    }

    fn unknown(&self, agent: Option<&AgentName>) -> Option<Refusal> {
        let known = self.agents();
        let agent = agent.filter(|agent| !known.contains(agent))?;
        Some(Refusal::NoSuchAgent { agent: agent.clone(), known })
    }
}
