//! People and a task's agent speak to each other.

use super::apply::{Applied, Cause};
use super::command::{Said, Spoken, short};
use super::{App, Result};
use crate::db::executions::Execution;
use crate::db::runs;
use crate::domain::answers::Given;
use crate::domain::command::{Ask, mentions};
use crate::domain::dialogue::{self, Delivery, Meaning, Remark, Source};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{DeliveryId, RunId, SprintId, TaskNumber};
use crate::domain::refusal::Refusal;
use crate::domain::sprint::{Event, Sprint};
use crate::domain::work::Lease;
use crate::github::Reaction;

impl App {
    /// `/team6 ask`: passes on what a person says to a task's agent.
    pub(super) async fn ask_agent(
        &self,
        id: &SprintId,
        here: Option<TaskNumber>,
        ask: &Ask,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let Some(task) = ask.task.or(here) else {
            let which = Refusal::WhichTask { command: "ask".to_owned() };
            return Ok(Applied::Refused(vec![which]));
        };
        let words = dialogue::Spoken { now: ask.now, ..self.spoken(id, task, said).await? };
        let spoken = dialogue::Spoken { text: ask.text.clone(), ..words };
        let event = Event::Dialogue(task, dialogue::Event::Said(spoken));
        self.apply(id, &event, &said.cause(key, delivery)).await
    }

    /// `/team6 answer` on a task's issue or pull request; `words` is all that was said.
    pub(super) async fn answer_agent(
        &self,
        id: &SprintId,
        task: TaskNumber,
        (given, words): (Vec<Given>, &str),
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let answers = match (given.is_empty(), words.is_empty()) {
            (true, false) => vec![for_all(words)],
            (_, _) => given,
        };
        let spoken =
            dialogue::Spoken { text: words.to_owned(), ..self.spoken(id, task, said).await? };
        let event = dialogue::Event::Answered(dialogue::Given { spoken, answers });
        self.apply(id, &Event::Dialogue(task, event), &said.cause(key, delivery)).await
    }

    /// Whether a task's agent ever asked anything.
    pub(super) async fn has_dialogue(&self, id: &SprintId, task: TaskNumber) -> Result<bool> {
        let sprint = self.sprint(id).await?;
        let found = sprint.run.as_ref().and_then(|run| run.find(task));
        Ok(found.is_some_and(|task| !task.dialogue.questions.is_empty()))
    }

    /// What a comment says to a task's agent, but for its text; what its writer may do is read
    /// where the task is, at this moment.
    async fn spoken(
        &self,
        id: &SprintId,
        task: TaskNumber,
        said: &Said,
    ) -> Result<dialogue::Spoken> {
        let sprint = self.sprint(id).await?;
        let found = sprint.run.as_ref().and_then(|run| run.find(task));
        let place = found.map_or(&sprint.repo, |task| task.planned.repo());
        Ok(dialogue::Spoken {
            by: said.by.clone(),
            permission: self.permission_in(place, &said.by).await?,
            at: self.clock().now(),
            from: source(said),
            text: String::new(),
            now: false,
            threads: Vec::new(),
        })
    }

    /// Hears a comment without commands at a task: it may answer its agent, or address it. What it
    /// said before it was edited was heard then.
    pub(super) async fn hear_at_task(
        &self,
        id: &SprintId,
        task: TaskNumber,
        (spoken, before): (&Spoken, &str),
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let sprint = self.sprint(id).await?;
        let Some(found) = sprint.run.as_ref().and_then(|run| run.find(task)) else {
            return Ok(());
        };
        let meant = found.meaning(Remark {
            comment: spoken.comment,
            by: &spoken.by,
            text: &spoken.body,
            before,
            is_addressed: mentions(&spoken.body, &self.me().slug),
        });
        let Some(meaning) = meant else { return Ok(()) };
        let key = format!("told {} {}", spoken.comment, short(&spoken.body));
        let Spoken { on, comment, by, body } = spoken.clone();
        let said = Said { on, comment, by, lines: Vec::new() };
        let spoken = dialogue::Spoken { text: body, ..self.spoken(id, task, &said).await? };
        let event = match meaning {
            Meaning::Message => dialogue::Event::Said(spoken),
            Meaning::Answers(answers) => {
                dialogue::Event::Answered(dialogue::Given { spoken, answers })
            }
        };
        let seen = Effect::Acknowledge { repo: said.on.repo.clone(), comment };
        self.ask_once(&format!("seen {comment}"), &[seen], delivery).await?;
        match self.apply(id, &Event::Dialogue(task, event), &said.cause(&key, delivery)).await? {
            Applied::Refused(refusals) => {
                let saying = Saying::Refused { to: said.by, refusals };
                let say = Effect::Say { on: said.on, key: key.clone(), saying };
                self.ask_once(&key, &[say], delivery).await
            }
            Applied::Decided | Applied::Ignored => Ok(()),
        }
    }

    /// Shows by a reaction how far a message is: 🚀 the agent was told, 👍 it ended its turn.
    pub(super) async fn show_message(
        &self,
        run: &RunId,
        task: TaskNumber,
        number: u32,
    ) -> Result<()> {
        let Some(sprint) = self.sprint_of(run).await? else { return Ok(()) };
        let found = sprint.run.as_ref().and_then(|run| run.find(task));
        let Some(message) = found.and_then(|task| task.dialogue.message(number)) else {
            return Ok(());
        };
        let reaction = match message.state {
            Delivery::Queued => return Ok(()),
            Delivery::Delivered { .. } => Reaction::Rocket,
            Delivery::Acknowledged { .. } => Reaction::ThumbsUp,
        };
        let shown = match &message.from {
            Source::Comment { on, comment } => {
                self.repo(&on.repo).await?.react(*comment, reaction).await
            }
            Source::Line { comment, .. } => {
                let Some(task) = found else { return Ok(()) };
                self.repo(task.planned.repo()).await?.react_to_line(*comment, reaction).await
            }
            // GitHub has no reactions for these.
            Source::Page
            | Source::Review { .. }
            | Source::Reviewer { .. }
            | Source::Check { .. }
            | Source::Conflict { .. } => return Ok(()),
        };
        match shown {
            // Nobody misses it on a comment that was deleted.
            Err(error) if error.is_gone() || error.is_forbidden() => Ok(()),
            shown => Ok(shown?),
        }
    }

    /// The sprint of a run, if the run still is its latest.
    pub(super) async fn sprint_of(&self, run: &RunId) -> Result<Option<Sprint>> {
        let mut tx = self.db().read().await?;
        let id = runs::times(&mut tx, run).await?.sprint_id;
        drop(tx);
        let sprint = self.sprint(&id).await?;
        let is_latest = sprint.run.as_ref().is_some_and(|latest| latest.id == *run);
        Ok(is_latest.then_some(sprint))
    }

    /// Lets something happen in a dialogue because its agent did it, and answers how the sprint is
    /// then. Under the same commit it is looked whether the lease still is the latest.
    pub(super) async fn agent_does(
        &self,
        execution: &Execution,
        lease: &Lease,
        task: TaskNumber,
        event: dialogue::Event,
    ) -> Result<Sprint> {
        self.agent_lets(execution, lease, &Event::Dialogue(task, event)).await
    }

    /// The same for anything an agent can let happen to a sprint.
    pub(super) async fn agent_lets(
        &self,
        execution: &Execution,
        lease: &Lease,
        event: &Event,
    ) -> Result<Sprint> {
        let cause = Cause::by(format!("agent {}", execution.agent));
        let id = &execution.sprint_id;
        loop {
            let mut tx = self.db().begin().await?;
            if !self.queue().holds(&mut tx, lease).await? {
                drop(tx);
                return self.sprint(id).await;
            }
            if self.apply_in(&mut tx, id, event, &cause).await?.is_some() {
                tx.commit().await?;
                self.wake();
                return self.sprint(id).await;
            }
        }
    }
}

/// Where something was said: GitHub numbers its comments from 1.
fn source(said: &Said) -> Source {
    match said.comment.0 {
        1.. => Source::Comment { on: said.on.clone(), comment: said.comment },
        _ => Source::Page,
    }
}

fn for_all(words: &str) -> Given {
    Given::of_all(Some(words.to_owned()))
}
