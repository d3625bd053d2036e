//! Somebody wrote a comment: perhaps it asks for something.

use super::apply::{Applied, Cause};
use super::{App, Error, Result};
use crate::domain::command::{Command, parse};
use crate::domain::effect::{Asked, Effect, Saying};
use crate::domain::ids::{CommentId, DeliveryId, IssueRef, Login, RepoId, SprintId, TaskNumber};
use crate::domain::refusal::Refusal;

/// A comment that a person wrote.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// Where.
    pub(super) on: IssueRef,
    /// Which comment.
    pub(super) comment: CommentId,
    /// Who.
    pub(super) by: Login,
    /// What.
    pub(super) body: String,
}

impl App {
    /// Obeys the commands in a comment, each once however often the comment is heard.
    pub(super) async fn hear(&self, said: &Said, delivery: Option<&DeliveryId>) -> Result<()> {
        let commands = parse(&said.body);
        if commands.is_empty() {
            return Ok(());
        }
        let known = match self.known(&said.on.repo).await {
            Err(Error::NotInstalled(_)) => return Ok(()),
            known => known?,
        };
        let seen = Effect::Acknowledge { repo: said.on.repo.clone(), comment: said.comment };
        self.ask_once(&format!("seen {}", said.comment), &[seen], delivery).await?;
        for (nth, command) in commands.iter().enumerate() {
            let key = format!("command {} {nth}", said.comment);
            match self.place_of(known.id, said, delivery).await? {
                _ if matches!(command, Command::Help | Command::Unknown { .. }) => {
                    self.help(command, said, &key, delivery).await?;
                }
                Some((sprint, task)) => {
                    self.obey(command, &sprint, task, said, &key, delivery).await?;
                }
                None => {
                    let why = self.why_no_sprint(known.id, &said.on).await?;
                    let refused = Applied::Refused(vec![why]);
                    self.answer(refused, said, &key, delivery).await?;
                }
            }
        }
        Ok(())
    }

    /// Where something was said. What we do not know is looked up on GitHub: the webhook that
    /// tells of a new sprint issue may come after the command, or never.
    async fn place_of(
        &self,
        repo: RepoId,
        said: &Said,
        delivery: Option<&DeliveryId>,
    ) -> Result<Option<(SprintId, Option<TaskNumber>)>> {
        let known = self.find_place(repo, &said.on).await?;
        if known.is_some() {
            return Ok(known);
        }
        self.issue_touched(&said.on, delivery).await?;
        self.find_place(repo, &said.on).await
    }

    async fn obey(
        &self,
        command: &Command,
        sprint: &SprintId,
        here: Option<TaskNumber>,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        // Read at the moment of the act: it may have been taken away a minute ago.
        let permission = self.repo(&said.on.repo).await?.permission(&said.by).await?;
        if command.needs_write() && !permission.may_write() {
            let refused = Applied::Refused(vec![Refusal::NeedsWrite]);
            return self.answer(refused, said, key, delivery).await;
        }
        match command {
            Command::Plan => {
                let asked =
                    Asked { by: said.by.clone(), on: said.on.clone(), comment: said.comment };
                let draft = Effect::Draft { sprint: sprint.clone(), asked: Some(asked) };
                self.ask_once(key, &[draft], delivery).await
            }
            Command::Start { despite_warnings } => {
                self.start(sprint, *despite_warnings, said, key, delivery).await
            }
            Command::Status => {
                let saying = Saying::Status(sprint.clone());
                let say = Effect::Say { on: said.on.clone(), key: key.to_owned(), saying };
                self.ask_once(key, &[say], delivery).await
            }
            Command::Retry { task } => {
                if let Some(task) = task.or(here) {
                    return self.retry(sprint, task, said, key, delivery).await;
                }
                let which = Refusal::WhichTask { command: "retry".to_owned() };
                self.answer(Applied::Refused(vec![which]), said, key, delivery).await
            }
            Command::Help | Command::Unknown { .. } => {
                self.help(command, said, key, delivery).await
            }
        }
    }

    async fn help(
        &self,
        command: &Command,
        said: &Said,
        key: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let unknown = match command {
            Command::Unknown { word } => Some(word.clone()),
            Command::Plan
            | Command::Start { .. }
            | Command::Status
            | Command::Retry { .. }
            | Command::Help => None,
        };
        let saying = Saying::Help { unknown };
        let say = Effect::Say { on: said.on.clone(), key: key.to_owned(), saying };
        self.ask_once(key, &[say], delivery).await
    }
}

impl Said {
    /// Because this was said.
    pub(super) fn cause(&self, key: &str, delivery: Option<&DeliveryId>) -> Cause {
        Cause { by: self.by.0.clone(), delivery: delivery.cloned(), once: Some(key.to_owned()) }
    }
}
