//! Giving up: what GitHub refuses for good is told to whoever waits for it, once, and kept where
//! the operator sees it and can have it tried again.

use chrono::{DateTime, Utc};

use super::{App, Error, Result};
use crate::db::effects::Leased;
use crate::db::{Tx, effects, heard};
use crate::domain::delegation::Duty;
use crate::domain::effect::{Effect, Saying};
use crate::domain::ids::{IssueRef, SprintId};

impl App {
    /// Gives an effect up and tells whoever should know. Where nobody can be told, as when the
    /// sprint issue itself cannot be written to, `/health`, the metrics and `team6 effects` show it.
    pub(super) async fn give_up(
        &self,
        leased: &Leased,
        error: &Error,
        trouble: &str,
    ) -> Result<()> {
        if let Effect::Publish(execution) = &leased.body.0 {
            // Its owner is asked, as about any try that came to nothing.
            self.publishing_failed(execution, trouble).await?;
        }
        if let Effect::Delegation(Duty::Share { run, task, attempt }) = &leased.body.0 {
            self.sharing_failed((run, *task), *attempt, trouble).await?;
        }
        if let Effect::Launch { launch, .. } = &leased.body.0 {
            self.launch_broke(launch, &leased.id).await?;
        }
        let telling = self.telling(leased, &reason(error)).await?;
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        effects::give_up(&mut tx, leased, now, trouble).await?;
        if let Some(telling) = telling {
            tell_once(&mut tx, leased, &telling, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What is said about it, and where.
    async fn telling(&self, leased: &Leased, why: &str) -> Result<Option<Effect>> {
        let reference = leased.id.clone();
        let key = format!("given up {reference}");
        match &leased.body.0 {
            // Who asked waits for an answer. What broke is no business of theirs.
            Effect::Draft { asked: Some(asked), .. } => {
                let saying = Saying::Trouble { reference };
                Ok(Some(Effect::Say { on: asked.on.clone(), key, saying }))
            }
            Effect::Obey { said, .. } => {
                let saying = Saying::Trouble { reference };
                Ok(Some(Effect::Say { on: said.on.clone(), key, saying }))
            }
            // What cannot be said where it belongs is said on the sprint issue.
            Effect::Say { on, saying, .. } => {
                let Some(home) = self.sprint_issue_of(on).await? else { return Ok(None) };
                let (on, why) = (on.clone(), why.to_owned());
                let saying =
                    Saying::Elsewhere { meant_for: on, why, saying: Box::new(saying.clone()) };
                Ok(Some(Effect::Say { on: home, key, saying }))
            }
            Effect::Draft { sprint, asked: None }
            | Effect::Mirror { sprint, .. }
            | Effect::MakeIssues(sprint) => {
                let saying = Saying::Trouble { reference };
                let on = self.issue_of_sprint(sprint).await?;
                Ok(Some(Effect::Say { on, key, saying }))
            }
            // There is no other place to say that the sprint issue cannot be written to; nobody
            // waits for 👀; and whose delivery it was that makes no sense is not known.
            // Whoever launched something looks at a page that says so.
            Effect::Launch { .. }
            | Effect::ShowPlan(_)
            | Effect::ShowStatus(_)
            | Effect::ShowPlanning { .. }
            | Effect::ShowQuestions { .. }
            | Effect::QueuePlanning { .. }
            | Effect::Acknowledge { .. }
            | Effect::ShowMessage { .. }
            | Effect::AnswerReview { .. }
            | Effect::AskForReview { .. }
            | Effect::Delegation(_)
            | Effect::QueueReview { .. }
            | Effect::Read { .. }
            | Effect::Publish(_)
            | Effect::Stop(_)
            | Effect::Queue { .. } => Ok(None),
        }
    }

    /// The sprint issue of the sprint a task's issue or pull request belongs to; none for the
    /// sprint issue itself.
    async fn sprint_issue_of(&self, on: &IssueRef) -> Result<Option<IssueRef>> {
        let Ok(known) = self.known(&on.repo).await else { return Ok(None) };
        match self.find_place(known.id, on).await? {
            Some((sprint, Some(_))) => self.issue_of_sprint(&sprint).await.map(Some),
            Some((_, None)) | None => Ok(None),
        }
    }

    async fn issue_of_sprint(&self, sprint: &SprintId) -> Result<IssueRef> {
        Ok(self.sprint(sprint).await?.issue_ref())
    }
}

/// Tells it, unless it was told when the same was given up before.
async fn tell_once(
    tx: &mut Tx,
    leased: &Leased,
    telling: &Effect,
    now: DateTime<Utc>,
) -> Result<()> {
    if heard::first_time(tx, &format!("given up {}", leased.id), now).await? {
        effects::push(tx, telling, leased.delivery_id.as_ref(), now).await?;
    }
    Ok(())
}

/// Why not, for people: GitHub's own words, and nothing of our inside.
fn reason(error: &Error) -> String {
    match error {
        Error::GitHub(error) => error.to_string(),
        Error::NotInstalled(_) | Error::Away(..) => error.to_string(),
        Error::Db(_) | Error::Git(_) | Error::Contended | Error::NotYet(_) => {
            "something broke on my side".to_owned()
        }
    }
}
