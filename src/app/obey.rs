//! Obeying the commands of a comment: in order, each once, and nothing half.

use super::apply::Applied;
use super::command::Said;
use super::{App, Result};
use crate::db::{effects, heard};
use crate::domain::command::{Command, Line, parse};
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{DeliveryId, SprintId, TaskNumber};
use crate::domain::permission::{Asker, may_ask};
use crate::domain::refusal::Refusal;

/// A comment that is being obeyed.
struct Obeyed<'a> {
    sprint: &'a SprintId,
    here: Option<TaskNumber>,
    said: &'a Said,
    delivery: Option<&'a DeliveryId>,
}

/// What became of a line.
enum Outcome {
    /// It was obeyed, now or before.
    Done,
    /// It was not, for these reasons.
    Refused(Vec<Refusal>),
    /// Nobody understood it, and its writer was told.
    Unknown,
    /// It was refused when it was heard first.
    RefusedBefore,
}

impl App {
    /// Obeys what was said. After something that could not be done, nothing else of the comment
    /// is done that changes anything: it was written in the belief that the former is done.
    pub(super) async fn obey(
        &self,
        sprint: &SprintId,
        here: Option<TaskNumber>,
        said: &Said,
        delivery: Option<&DeliveryId>,
    ) -> Result<()> {
        let obeyed = Obeyed { sprint, here, said, delivery };
        let (name, lines) = (said.key(), self.still_said(said).await?);
        let mut refined = false;
        for (nth, line) in lines.iter().enumerate() {
            let key = format!("{name} {nth}");
            let outcome = if !is_refining(line) {
                self.obey_line(&obeyed, line, &key).await?
            } else if refined {
                Outcome::Done
            } else {
                refined = true;
                self.obey_refining(&obeyed, &lines, &key).await?
            };
            let mut refusals = match outcome {
                Outcome::Done => continue,
                Outcome::Refused(refusals) => refusals,
                Outcome::Unknown | Outcome::RefusedBefore => Vec::new(),
            };
            let (rest, is_new) = (&lines[nth + 1..], !refusals.is_empty());
            let waits = |line: &&Line| {
                line.command.needs_write() && !(is_refining(line) && is_refining(&lines[nth]))
            };
            refusals.extend(rest.iter().filter(waits).map(|one| one.refused(Refusal::NotReached)));
            if is_new || matches!(line.command, Command::Unknown { .. }) {
                self.refuse(&obeyed, refusals, &key).await?;
            }
            return self.obey_harmless(&obeyed, &name, &lines, nth + 1).await;
        }
        Ok(())
    }

    /// The lines that are still in the comment: who deletes or corrects a command before it is
    /// obeyed does not want it obeyed.
    async fn still_said(&self, said: &Said) -> Result<Vec<Line>> {
        let comment = match self.repo(&said.on.repo).await?.comment(said.comment).await {
            Err(error) if error.is_gone() => return Ok(Vec::new()),
            comment => comment?,
        };
        let now = parse(&comment.body);
        let is_there = |line: &&Line| now.iter().any(|one| one.text == line.text);
        Ok(said.lines.iter().filter(is_there).cloned().collect())
    }

    /// The rest of a comment of which something could not be done.
    async fn obey_harmless(
        &self,
        obeyed: &Obeyed<'_>,
        name: &str,
        lines: &[Line],
        from: usize,
    ) -> Result<()> {
        for (nth, line) in lines.iter().enumerate().skip(from) {
            let is_harmless = !line.command.needs_write()
                && !matches!(line.command, Command::Unknown { .. } | Command::Malformed(_));
            if is_harmless {
                self.obey_line(obeyed, line, &format!("{name} {nth}")).await?;
            }
        }
        Ok(())
    }

    /// All lines that change the plan, at once: they are one change, or none.
    async fn obey_refining(
        &self,
        obeyed: &Obeyed<'_>,
        lines: &[Line],
        key: &str,
    ) -> Result<Outcome> {
        if self.is_heard(&refused(key)).await? {
            return Ok(Outcome::RefusedBefore);
        }
        let wrong: Vec<_> = lines.iter().filter_map(not_understood).collect();
        if !wrong.is_empty() {
            return Ok(Outcome::Refused(wrong));
        }
        for line in lines.iter().filter(|line| is_refining(line)).take(1) {
            if let Err(refusal) = self.may(obeyed, &line.command).await? {
                return Ok(Outcome::Refused(vec![refusal]));
            }
        }
        let Obeyed { sprint, here, said, delivery } = obeyed;
        let refining = lines.iter().filter(|line| is_refining(line)).cloned().collect();
        self.refine(sprint, *here, said, refining, key, *delivery).await.map(Outcome::from)
    }

    /// One command that does not change the plan's words.
    async fn obey_line(&self, obeyed: &Obeyed<'_>, line: &Line, key: &str) -> Result<Outcome> {
        let Obeyed { sprint, here, said, delivery } = obeyed;
        if self.is_heard(&refused(key)).await? {
            return Ok(Outcome::RefusedBefore);
        }
        if let Err(refusal) = self.may(obeyed, &line.command).await? {
            return Ok(Outcome::Refused(vec![refusal]));
        }
        let applied = match &line.command {
            Command::Plan { fresh } if self.settings().has_planner() => {
                self.have_planned(sprint, *fresh, said, key, *delivery).await?
            }
            Command::Plan { fresh } => self.draft(sprint, Some(&said.asked()), *fresh).await?,
            Command::Answer { given, words } => match here {
                Some(task) if self.has_dialogue(sprint, *task).await? => {
                    let answers = (given.clone(), words.as_str());
                    self.answer_agent(sprint, *task, answers, said, key, *delivery).await?
                }
                Some(_) | None => {
                    self.take_answers(sprint, given.clone(), said, key, *delivery).await?
                }
            },
            Command::Ask(ask) => self.ask_agent(sprint, *here, ask, said, key, *delivery).await?,
            Command::Start { despite_warnings } => {
                self.start(sprint, said, *despite_warnings, key, *delivery).await?
            }
            Command::Control { verb, task } => {
                self.control(sprint, *verb, task.or(*here), said, key, *delivery).await?
            }
            Command::Retry { task, again } => match task.or(*here) {
                Some(task) => self.retry(sprint, (task, *again), said, key, *delivery).await?,
                None => Applied::Refused(vec![Refusal::WhichTask { command: "retry".to_owned() }]),
            },
            Command::Budget { task, amount } => {
                let raised = (task.or(*here), *amount);
                self.raise_budget(sprint, raised, said, key, *delivery).await?
            }
            Command::Diff { since } => self.diff(sprint, said, *since, key, *delivery).await?,
            Command::Status => self.say(obeyed, Saying::Status((*sprint).clone()), key).await?,
            Command::Why { task } => {
                let (sprint, task) = ((*sprint).clone(), task.or(*here));
                self.say(obeyed, Saying::Why { sprint, task }, key).await?
            }
            Command::Memory(wish) => {
                self.obey_about_notes(sprint, wish, said, key, *delivery).await?
            }
            Command::Help => self.say(obeyed, Saying::Help { unknown: None }, key).await?,
            Command::Unknown { word } => {
                self.say(obeyed, Saying::Help { unknown: Some(word.clone()) }, key).await?;
                return Ok(Outcome::Unknown);
            }
            Command::Malformed(_) => Applied::Refused(not_understood(line).into_iter().collect()),
            // They are obeyed together.
            Command::Refine(_) => Applied::Decided,
        };
        let outcome = Outcome::from(applied);
        if let (Outcome::Refused(refusals), false) = (&outcome, line.command.needs_write()) {
            self.refuse(obeyed, refusals.clone(), key).await?;
            return Ok(Outcome::RefusedBefore);
        }
        Ok(outcome)
    }

    async fn may(&self, obeyed: &Obeyed<'_>, command: &Command) -> Result<Result<(), Refusal>> {
        if !command.needs_write() {
            return Ok(Ok(()));
        }
        // Read at the moment of the act: it may have been taken away a minute ago.
        let Said { on, by, .. } = obeyed.said;
        let permission = self.permission_in(&on.repo, by).await?;
        Ok(may_ask(command, Asker::Person(permission)))
    }

    async fn say(&self, obeyed: &Obeyed<'_>, saying: Saying, key: &str) -> Result<Applied> {
        let say = Effect::Say { on: obeyed.said.on.clone(), key: key.to_owned(), saying };
        self.ask_once(key, &[say], obeyed.delivery).await?;
        Ok(Applied::Decided)
    }

    /// Says why not, once, and notes that it was refused: it must not come true later, when the
    /// comment is heard once more.
    async fn refuse(&self, obeyed: &Obeyed<'_>, refusals: Vec<Refusal>, key: &str) -> Result<()> {
        let Obeyed { said, delivery, .. } = obeyed;
        let is_alone = said.lines.len() == 1;
        let alone = |one: Refusal| if is_alone { one.alone() } else { one };
        let refusals: Vec<_> = refusals.into_iter().map(alone).collect();
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        heard::first_time(&mut tx, key, now).await?;
        if heard::first_time(&mut tx, &refused(key), now).await? && !refusals.is_empty() {
            tracing::info!(by = %said.by, on = %said.on, ?refusals, "refused");
            let (to, key) = (said.by.clone(), refused(key));
            let say =
                Effect::Say { on: said.on.clone(), key, saying: Saying::Refused { to, refusals } };
            effects::push(&mut tx, &say, *delivery, now).await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}

impl From<Applied> for Outcome {
    fn from(applied: Applied) -> Self {
        match applied {
            Applied::Refused(refusals) => Self::Refused(refusals),
            Applied::Decided | Applied::Ignored => Self::Done,
        }
    }
}

fn is_refining(line: &Line) -> bool {
    matches!(line.command, Command::Refine(_))
}

/// What is noted of a line that was refused.
fn refused(key: &str) -> String {
    format!("{key} refused")
}

/// Why a line cannot be obeyed as it is written, if it cannot.
pub(super) fn not_understood(line: &Line) -> Option<Refusal> {
    match &line.command {
        Command::Malformed(mistake) => Some(line.refused(Refusal::Malformed {
            why: mistake.why.clone(),
            usage: mistake.usage.clone(),
        })),
        Command::Unknown { word } => {
            Some(line.refused(Refusal::UnknownWord { word: word.clone() }))
        }
        Command::Plan { .. }
        | Command::Answer { .. }
        | Command::Ask(_)
        | Command::Refine(_)
        | Command::Diff { .. }
        | Command::Start { .. }
        | Command::Status
        | Command::Why { .. }
        | Command::Retry { .. }
        | Command::Control { .. }
        | Command::Budget { .. }
        | Command::Memory(_)
        | Command::Help => None,
    }
}
