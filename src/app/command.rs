//! Somebody wrote a comment: perhaps it asks for something.

use std::collections::BTreeMap;

use aws_lc_rs::digest;

use super::apply::Cause;
use super::{App, Error, Result};
use crate::db::{effects, heard};
use crate::domain::command::{Command, Line, parse};
pub(super) use crate::domain::effect::Said;
use crate::domain::effect::{Asked, Effect, Saying};
use crate::domain::ids::{CommentId, DeliveryId, IssueRef, Login, RepoId, SprintId, TaskNumber};
use crate::github::fact::CommentEdit;

/// A comment that a person wrote.
#[derive(Clone, Debug)]
pub(super) struct Spoken {
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
    /// Hears what somebody wrote, or wrote into a comment that said something else `before`: commands are obeyed,
    /// each once however often the comment is heard.
    pub(super) async fn hear(
        &self,
        spoken: &Spoken,
        before: &str,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        if parse(&spoken.body).is_empty() {
            return self.hear_reply(spoken, before, delivery).await;
        }
        self.hear_lines(spoken, new_lines(before, &spoken.body), delivery).await
    }

    /// Follows a webhook's word that somebody edited a comment that is not ours: whoever did
    /// asks for what was not there before.
    pub(super) async fn reworded(
        &self,
        edit: &CommentEdit,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        if edit.sender.is_bot || edit.author.is_bot {
            return Ok(());
        }
        let spoken = Spoken {
            on: IssueRef { repo: edit.place.name.clone(), number: edit.issue },
            comment: edit.comment,
            by: edit.sender.login.clone(),
            body: edit.to.clone(),
        };
        self.hear(&spoken, &edit.from, delivery).await
    }

    async fn hear_lines(
        &self,
        spoken: &Spoken,
        lines: Vec<Line>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let all = keyed(spoken, &lines);
        if lines.is_empty() || self.are_heard(&all).await? {
            return Ok(());
        }
        let known = match self.known(&spoken.on.repo).await {
            Err(Error::NotInstalled(_) | Error::Away(..)) => return Ok(()),
            known => known?,
        };
        let Spoken { on, comment, by, .. } = spoken.clone();
        let said = Said { on, comment, by, lines };
        match self.place_of(known.id, &said.on, delivery).await? {
            Some((sprint, here)) => self.heard(said, &all, Some((sprint, here)), delivery).await,
            None if self.is_worth_an_answer(&said).await? => {
                self.heard(said.clone(), &all, None, delivery).await?;
                self.explain(known.id, &said, delivery).await
            }
            None => Ok(()),
        }
    }

    /// Notes that lines were heard, and has those obeyed that nobody heard before.
    async fn heard(
        &self,
        said: Said,
        keys: &[String],
        place: Option<(SprintId, Option<TaskNumber>)>,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        let mut lines = Vec::new();
        for (line, key) in said.lines.iter().zip(keys) {
            if heard::first_time(&mut tx, key, now).await? {
                lines.push(line.clone());
            }
        }
        let seen = Effect::Acknowledge { repo: said.on.repo.clone(), comment: said.comment };
        let obey = place.map(|(sprint, here)| {
            let said = Said { lines: lines.clone(), ..said.clone() };
            Effect::Obey { sprint, here, said }
        });
        if !lines.is_empty() {
            for effect in obey.into_iter().chain([seen]) {
                effects::push(&mut tx, &effect, delivery, now).await?;
            }
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    async fn are_heard(&self, keys: &[String]) -> Result<bool> {
        let mut tx = self.db().read().await?;
        for key in keys {
            if !heard::is_known(&mut tx, key).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) async fn is_heard(&self, key: &str) -> Result<bool> {
        let mut tx = self.db().read().await?;
        Ok(heard::is_known(&mut tx, key).await?)
    }

    /// Where something was said. What we do not know is looked up on GitHub: the webhook that
    /// tells of a new sprint issue may come after the command, or never.
    pub(super) async fn place_of(
        &self,
        repo: RepoId,
        on: &IssueRef,
        delivery: Option<&DeliveryId>,
    ) -> Result<Option<(SprintId, Option<TaskNumber>)>> {
        let known = self.find_place(repo, on).await?;
        if known.is_some() {
            return Ok(known);
        }
        self.issue_touched(on, delivery).await?;
        self.find_place(repo, on).await
    }

    /// Whether somebody is answered where there is no sprint: who works here may have mistyped,
    /// and anybody may ask for help, but an answer to everybody else would only be noise.
    async fn is_worth_an_answer(&self, said: &Said) -> Result<bool> {
        let asks = |line: &Line| matches!(line.command, Command::Help);
        if said.lines.iter().all(asks) {
            return Ok(true);
        }
        Ok(self.permission_in(&said.on.repo, &said.by).await?.may_write())
    }

    /// Says why nothing can be done where there is no sprint.
    async fn explain(
        &self,
        repo: RepoId,
        said: &Said,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let key = said.key();
        let only_help = said.lines.iter().all(|line| line.command == Command::Help);
        let saying = if only_help {
            Saying::Help { unknown: None }
        } else {
            let refusals = vec![self.why_no_sprint(repo, &said.on).await?];
            Saying::Refused { to: said.by.clone(), refusals }
        };
        let say = Effect::Say { on: said.on.clone(), key: key.clone(), saying };
        self.ask_once(&key, &[say], delivery).await
    }
}

impl Said {
    /// Who asked for something, and where.
    pub(super) fn asked(&self) -> Asked {
        Asked { by: self.by.clone(), on: self.on.clone(), comment: self.comment }
    }

    /// Because this was said.
    pub(super) fn cause(&self, key: &str, delivery: Option<&DeliveryId>) -> Cause {
        Cause { by: self.by.0.clone(), delivery: delivery.cloned(), once: Some(key.to_owned()) }
    }

    /// What names these lines among all that were ever said.
    pub(super) fn key(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("{} {}\n", line.number, line.text));
        format!("said {} {}", self.comment, short(&lines.collect::<String>()))
    }
}

/// The lines that ask for something and were not in the older text, or not as often.
fn new_lines(from: &str, to: &str) -> Vec<Line> {
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    for line in parse(from) {
        *before.entry(line.text).or_default() += 1;
    }
    let mut lines = parse(to);
    lines.retain(|line| match before.get_mut(&line.text) {
        Some(left) if 0 < *left => {
            *left -= 1;
            false
        }
        Some(_) | None => true,
    });
    lines
}

/// What names each line: its text and which of the same it is in the comment. Where it stands
/// does not matter, so that an edit above it does not make it another one.
fn keyed(spoken: &Spoken, lines: &[Line]) -> Vec<String> {
    let all = parse(&spoken.body);
    let nth = |line: &Line| {
        all.iter().filter(|one| one.text == line.text && one.number <= line.number).count()
    };
    let key = |line: &Line| format!("line {} {} {}", spoken.comment, short(&line.text), nth(line));
    lines.iter().map(key).collect()
}

/// A text's fingerprint.
pub(super) fn short(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    hex::encode(&digest.as_ref()[..8])
}
