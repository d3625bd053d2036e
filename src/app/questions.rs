//! Somebody answers the planner's questions.

use super::apply::Applied;
use super::command::{Said, Spoken, short};
use super::{App, Error, Result};
use crate::domain::answers::{self, Given};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{DeliveryId, SprintId};
use crate::domain::planning;
use crate::domain::refusal::Refusal;
use crate::domain::sprint::Event;

impl App {
    /// Hears a comment without commands: on the sprint issue it may answer questions. What it said
    /// before it was edited was heard then.
    pub(super) async fn hear_reply(
        &self,
        spoken: &Spoken,
        before: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let Spoken { on, comment, by, .. } = spoken.clone();
        let said = Said { on, comment, by, lines: Vec::new() };
        let known = match self.known(&said.on.repo).await {
            Err(Error::NotInstalled(_)) => return Ok(()),
            known => known?,
        };
        let Some((id, here)) = self.find_place(known.id, &said.on).await? else { return Ok(()) };
        if let Some(task) = here {
            return self.hear_at_task(&id, task, (spoken, before), delivery).await;
        }
        let given = answers::in_edit(before, &spoken.body);
        if given.is_empty() {
            return Ok(());
        }
        let sprint = self.sprint(&id).await?;
        let key = format!("reply {} {}", said.comment, short(&format!("{given:?}")));
        if sprint.planning.meant(&given).is_empty() {
            // Numbers are no answers for having been written before there was a question.
            return self.ask_once(&key, &[], delivery).await;
        }
        let seen = Effect::Acknowledge { repo: said.on.repo.clone(), comment: said.comment };
        self.ask_once(&format!("seen {}", said.comment), &[seen], delivery).await?;
        let applied = if self.permission_in(&said.on.repo, &said.by).await?.may_write() {
            self.take_answers(&id, given, &said, &key, delivery).await?
        } else {
            Applied::Refused(vec![Refusal::NeedsWrite])
        };
        match applied {
            Applied::Refused(refusals) => {
                let saying = Saying::Refused { to: said.by, refusals };
                let say = Effect::Say { on: said.on, key: key.clone(), saying };
                self.ask_once(&key, &[say], delivery).await
            }
            Applied::Decided | Applied::Ignored => Ok(()),
        }
    }

    /// Takes answers in; the person may give them.
    pub(super) async fn take_answers(
        &self,
        id: &SprintId,
        given: Vec<Given>,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<Applied> {
        let at = self.clock().now();
        let event = planning::Event::Answered { asked: said.asked(), given, at };
        self.apply(id, &Event::Planning(event), &said.cause(key, delivery)).await
    }
}
